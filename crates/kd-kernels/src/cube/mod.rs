//! The kernels on CubeCL, the language behind Burn's backends for graphics processors.
//!
//! A cube (a block, a workgroup) takes a row, and its units stride over the row's classes: [`kernels`] are what is
//! launched, [`row`] is the arithmetic of one row, [`pointwise`] that of one class. The formulas are those of the
//! processor's kernels; computed is in f32 whatever the tensors hold.

mod backend;
mod fusion;
mod kernels;
mod launch;
mod pointwise;
mod real;
mod reduce;
mod row;
