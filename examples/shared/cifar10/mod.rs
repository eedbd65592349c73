//! CIFAR-10: where the photos come from, and what a network sees of them.

pub mod batch;
mod binary;
pub mod data;
mod data_error;
pub mod photos;
mod pictures_folder;

pub use data_error::DataError;
