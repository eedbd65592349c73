//! Learning from a teacher's features: what it thinks on the way, not only what it says.
//!
//! | Loss | Compares |
//! |---|---|
//! | [`HintLoss`] | the features themselves, squared: FitNets (Romero et al., 2015) |
//!
//! Features come as tensors, `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`, or as a
//! [`Feature`](kd_core::Feature), which is one of these.

#[macro_use]
mod of_feature;

mod hint;

pub use hint::{HintLoss, HintLossConfig};
