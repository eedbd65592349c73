//! Learning from a teacher's features: what it thinks on the way, not only what it says.
//!
//! | Loss | Compares |
//! |---|---|
//! | [`HintLoss`] | the features themselves, squared: FitNets (Romero et al., 2015) |
//!
//! | Around the losses | |
//! |---|---|
//! | [`align`] | which layer learns from which: CKA between all of them, matchings, plans, heat maps |
//! | [`FeaturePairs`] | several layers at once, each pair with its own projector, loss and weight |
//! | [`Distilled`] | student and projectors as one module for one optimizer, and the student alone in the end |
//!
//! Features come as tensors, `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`, or as a
//! [`Feature`](kd_core::Feature), which is one of these.

#[macro_use]
mod of_feature;

pub mod align;
mod distilled;
mod pairs;

pub use distilled::Distilled;
pub use pairs::{FeaturePair, FeaturePairs};

mod hint;

pub use hint::{HintLoss, HintLossConfig};

/// The examples of the chapter on features, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/features.md")]
struct Chapter;
