//! Learning from a teacher's features: what it thinks on the way, not only what it says.
//!
//! | Loss | Compares |
//! |---|---|
//! | [`HintLoss`] | the features themselves, squared: FitNets (Romero et al., 2015) |
//!
//! | Projector | Brings the student's features to the teacher's shape |
//! |---|---|
//! | [`ConvProjector`], [`BottleneckProjector`] | channels of maps: a 1×1 convolution; three convolutions (SimKD, Chen et al., 2022) |
//! | [`Linear`](burn::nn::Linear), [`MlpProjector`] | widths of vectors and tokens |
//! | [`Resize`], [`ResampleTokens`] | height and width; length |
//! | [`PoolMap`], [`PoolTokens`] | to one vector |
//! | [`Projector`] | any of these, or several in a row; [`AdapterConfig`] chooses from two shapes |
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
mod projector;

pub use hint::{HintLoss, HintLossConfig};
pub use projector::{
    AdapterConfig, BottleneckProjector, BottleneckProjectorConfig, ConvProjector, ConvProjectorConfig, MlpProjector,
    MlpProjectorConfig, PoolMap, PoolTokens, PoolTokensConfig, Projector, ResampleTokens, ResampleTokensConfig,
    Resampling, Resize, ResizeConfig, TokenPooling,
};

/// The examples of the chapter on features, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/features.md")]
struct Chapter;
