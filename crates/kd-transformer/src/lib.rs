//! Transformers for [Burn](burn): what a large one teaches a small one, layer by layer and token by token.
//!
//! | Input | What it is |
//! |---|---|
//! | [`MaskedTargets`] | which tokens a masked language model is asked for, and where |
//!
//! Masks are true where a token counts. A network to teach and to learn is [`bert`].

pub mod bert;
mod masked_targets;

pub use masked_targets::MaskedTargets;
