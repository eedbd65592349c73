//! BERT beside Python's `transformers`, its files, and what must not change its answers.

mod bad_files;
mod bad_input;
mod compared;
mod config;
mod dropout;
mod golden;
mod models;
mod padding;
mod parts;
mod python;
mod sentences;
mod sharded;
mod written;
