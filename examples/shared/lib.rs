//! The rooms that the examples share.

pub mod burn_version;
pub mod caught;
pub mod curve_plot;
pub mod data;
pub mod device;
pub mod digits;
pub mod heat_map;
pub mod idx;
pub mod idx_error;
pub mod interrupt;
pub mod mnist_folder;
pub mod picture;
pub mod progress;
pub mod result_files;
pub mod spread;
pub mod strip_plot;
pub mod table;
pub mod values;
pub mod whole_file;
