//! The kernels on a processor: vectorised within a row, parallel over rows.

#[cfg(feature = "flex")]
mod add;
mod angles;
#[cfg(feature = "flex")]
mod flex;
mod large;
#[cfg(feature = "flex")]
mod linear;
#[cfg(feature = "ndarray")]
#[allow(deprecated, reason = "deprecated upstream, still supported here")]
mod ndarray;
mod pointwise;
#[cfg(feature = "flex")]
mod product;
mod real;
#[cfg(feature = "flex")]
mod room;
mod row;
mod rows;
mod scale;
#[cfg(feature = "flex")]
mod small;
#[cfg(feature = "flex")]
mod softplus_sums;
mod stored;
mod student;
#[cfg(feature = "flex")]
mod symmetric;
mod unit;
mod unit_distance;
