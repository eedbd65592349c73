//! The rooms that the examples share.

pub mod device;
pub mod digits;
pub mod heat_map;
pub mod idx;
pub mod idx_error;
pub mod interrupt;
pub mod mnist_folder;
pub mod picture;
pub mod progress;
pub mod spread;
pub mod strip_plot;
pub mod table;
pub mod whole_file;
