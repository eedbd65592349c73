//! The rooms that the examples share.

pub mod burn_version;
pub mod caught;
pub mod cifar10;
pub mod curve_plot;
pub mod data;
pub mod device;
pub mod digits;
pub mod failure;
pub mod heat_map;
pub mod idx;
pub mod idx_error;
pub mod interrupt;
pub mod mlp;
pub mod mnist_folder;
pub mod picture;
pub mod progress;
pub mod residual;
pub mod result_files;
pub mod run_options;
pub mod spread;
pub mod strip_plot;
pub mod table;
pub mod values;
pub mod whole_file;
