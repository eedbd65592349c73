//! Recorded teachers: what is written is read, and what goes wrong is told.
