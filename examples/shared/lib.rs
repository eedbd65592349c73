//! The rooms that the examples share.

pub mod device;
pub mod digits;
pub mod idx;
pub mod interrupt;
pub mod progress;
pub mod spread;
pub mod table;
pub mod whole_file;
