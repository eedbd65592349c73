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
//! | [`LastBatchLoss`], [`LastBatch`], [`LastBatchSampler`] | what it said of half of a batch one step ago, that half (DLB) |
//!
//! # Across views and peers
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`ClassWiseLoss`], [`ClassPairs`] | what it says of another sample of the class, a sample (CS-KD) |
//! | [`DistortionLoss`], [`MeanDiscrepancyLoss`] | two distorted views of a sample, each other |
//!
//! # Without a teacher, and in steps
//!
//! | Piece | What teaches what |
//! |---|---|

mod at_label;
mod class_pairs;
mod class_wise;
mod distortion;
mod last_batch;
mod mean_discrepancy;
mod past_predictions;
mod progressive;
mod seeded;
mod tensor_file;

pub use class_pairs::ClassPairs;
pub use class_wise::{ClassWiseLoss, ClassWiseLossConfig};
pub use distortion::{DistortionLoss, DistortionLossConfig};
pub use last_batch::{
    LastBatch, LastBatchLoss, LastBatchLossConfig, LastBatchSampler, LastBatchSamplerConfig, Recalled,
};
pub use mean_discrepancy::{MeanDiscrepancyLoss, MeanDiscrepancyLossConfig};
pub use past_predictions::{PastPredictions, PastPredictionsConfig};
pub use progressive::{ProgressiveLoss, ProgressiveLossConfig};
