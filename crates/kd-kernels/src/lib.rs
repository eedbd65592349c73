//! Fused row-wise operations for the `kd` family: what a loss over a large vocabulary spends its time in.
//!
//! A [`Divergence`] between softened rows of logits, composed of Burn's operations, walks over the logits some twenty
//! times. [`divergence`] reads student and teacher once, writes the student's gradient while the row is still in the cache,
//! and in the backward pass scales it. It is a Burn backend extension:
//!
//! | Backend | Feature | How it runs |
//! |---|---|---|
//! | Flex, NdArray | `flex`, `ndarray` | vectorised within a row, parallel over rows |
//! | Cube | `cuda`, `metal`, `rocm`, `vulkan`, `webgpu`, `wgpu` | a cube (workgroup) per row; f64 is composed |
//! | any other, or a feature that is off | | [`composed`] of Burn's operations |
//!
//! Some operations more are what losses on features and on the relations of samples spend their time in: [`gram`], the products
//! of rows with one another, whose gradient is one product, on each of these backends; on Flex and NdArray [`unit()`], rows at
//! length 1, [`unit_distance`], the squared distance of two such rows, gradient and all, of which [`cosine_distance`] is made,
//! and [`angles()`], which compares the angles of all triplets without storing one; and on Flex [`softplus_sums`], what a
//! contrastive loss says of its negatives.
//!
//! # The numerics
//!
//! Half precision is computed in f32, and sums over classes go on in f64; on Cube they stay in f32, and are summed up in
//! several hundred parts. Where student and teacher nearly agree (a high temperature, the end of a training), a divergence
//! is far smaller than the terms it is made of, and rounding would be all that is left of it; there, a series in the
//! difference of the logits takes the place of the difference of their exponentials.

#![cfg_attr(
    not(any(feature = "flex", feature = "ndarray", feature = "cube")),
    allow(
        dead_code,
        unused_variables,
        reason = "without a backend nothing calls what backends share"
    )
)]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[allow(deprecated, reason = "NdArray is deprecated upstream, still supported here")]
mod angles;
#[cfg(feature = "autodiff")]
mod autodiff;
#[allow(deprecated, reason = "NdArray is deprecated upstream, still supported here")]
mod backend;
mod composed;
#[cfg(feature = "cpu")]
mod cpu;
#[cfg(feature = "cube")]
mod cube;
mod divergence;
mod fused;
#[allow(deprecated, reason = "NdArray is deprecated upstream, still supported here")]
mod gram;
#[allow(deprecated, reason = "NdArray is deprecated upstream, still supported here")]
mod linear;
mod processor;
mod softplus_sums;
#[allow(deprecated, reason = "NdArray is deprecated upstream, still supported here")]
mod unit;
#[allow(deprecated, reason = "NdArray is deprecated upstream, still supported here")]
mod unit_distance;
mod widen;

pub use angles::{AnglesBackend, AnglesGradientBackend, angles, composed_angles};
pub use backend::{DivergenceBackend, GradientBackend};
pub use composed::composed;
pub use divergence::Divergence;
pub use fused::{divergence, is_fused};
pub use gram::{GramBackend, gram};
pub use linear::{LinearDivergence, LinearDivergenceBackend, composed_linear};
pub use softplus_sums::{SoftplusSumsBackend, SoftplusSumsGradientBackend, composed_softplus_sums, softplus_sums};
pub use unit::{UnitBackend, UnitGradientBackend, composed_unit, cosine_distance, unit};
pub use unit_distance::{UnitDistanceBackend, UnitDistanceGradientBackend, unit_distance};
use widen::widen;
