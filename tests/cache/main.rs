//! Recorded teachers: what is written is read, and what goes wrong is told.

mod corruptions;
mod data_loader;
mod folder;
mod full_disk;
mod keys;
mod kills;
mod loader;
mod python;
mod refused;
mod round_trip;
mod teachers;
mod writers;
