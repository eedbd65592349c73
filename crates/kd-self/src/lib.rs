//! Self-distillation for [Burn](burn): a network learns from itself, and no larger one is needed.
//!
//! # Within one network
//!
//! | Piece | What teaches what |
//! |---|---|
//!
//! # Along time
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`ProgressiveLoss`], [`PastPredictions`] | what the network said of a sample an epoch ago, the sample (PS-KD) |
//!
//! # Across views and peers
//!
//! | Piece | What teaches what |
//! |---|---|
//!
//! # Without a teacher, and in steps
//!
//! | Piece | What teaches what |
//! |---|---|

mod at_label;
mod past_predictions;
mod progressive;
mod tensor_file;

pub use past_predictions::{PastPredictions, PastPredictionsConfig};
pub use progressive::{ProgressiveLoss, ProgressiveLossConfig};
