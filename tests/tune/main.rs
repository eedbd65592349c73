//! Searches for the best temperature, alpha or weight: a file for each idea.

mod bad_input;
mod curve;
mod devices;
mod failures;
mod grids;
mod halving;
mod heat_map;
mod interrupted;
mod journal;
mod kills;
mod making;
mod ranking;
mod splits;
mod student;
