//! Transformers for [Burn](burn): what a large one teaches a small one, layer by layer and token by token.
//!
//! | Input | What it is |
//! |---|---|
//! | [`MaskedTargets`] | which tokens a masked language model is asked for, and where |
//!
//! | A student to begin with | What it does |
//! |---|---|
//! | [`LayerChoice`] | which of the teacher's layers a student is made of |
//! | [`Transplant`], [`copy_layers`] | copies them, between any two Burn modules, and reports what became of each parameter |
//! | [`Capacity`] | how much smaller the student is, part by part |
//! | [`mlm`] | texts as batches for masked language modelling |
//!
//! Masks are true where a token counts.

mod capacity;
mod layer_choice;
mod masked_targets;
pub mod mlm;
mod thousands;
mod transplant;

pub use capacity::{Capacity, CapacityPart};
pub use layer_choice::LayerChoice;
pub use masked_targets::MaskedTargets;
pub use transplant::{CopiedParameter, OtherParameter, Transplant, TransplantReport, copy_layers};
