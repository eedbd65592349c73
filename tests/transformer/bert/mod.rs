//! BERT beside Python's `transformers`, its files, and what must not change its answers.

mod bad_files;
mod bad_input;
mod config;
mod dropout;
mod golden;
mod models;
mod padding;
mod parts;
mod python;
mod sentences;
mod written;
