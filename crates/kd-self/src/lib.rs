//! Self-distillation for [Burn](burn): a network learns from itself, and no larger one is needed.
//!
//! # Within one network
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`DeepSupervision`] | any loss at every exit: labels, another network, or the deepest exit teaches the others |
//! | [`ExitWeights`] | how much each exit counts, as it changes over training |
//! | [`HardLabelLoss`] | the true labels, for exits that learn from them alone |
//! | [`ByotLoss`] | the labels and the deepest exit's answers and features: BYOT (Zhang et al., 2019) on [`Exits`] |
//! | [`EarlyExit`] | nobody: in use, a sample leaves an [`ExitByExit`] network where it is sure enough |
//! | [`early_exit_table`] | what that costs, and what it is worth |
//!
//! # Along time
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`Ema`] | the average of a student's weights teaches it: mean teacher (Tarvainen & Valpola, 2017) |
//! | [`Generations`] | each of a row of equal networks teaches the next: born-again networks (Furlanello et al., 2018); all together teach as an `Ensemble` of `kd-ensemble` |
//! | [`Route`], [`next_anchor`] | a teacher's own way, from its early self to its last: route-constrained optimisation (Jin et al., 2019) |
//! | [`CyclicSchedule`] | the end of a cycle of learning rates the next: snapshots (Huang et al., 2017; Yang et al., 2019) |
//! | [`ProgressiveLoss`], [`PastPredictions`] | what the network said of a sample an epoch ago, the sample (PS-KD) |
//! | [`LastBatchLoss`], [`LastBatch`], [`LastBatchSampler`] | what it said of half of a batch one step ago, that half (DLB) |
//!
//! # Across views and peers
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`ClassWiseLoss`], [`ClassPairs`] | what it says of another sample of the class, a sample (CS-KD) |
//! | [`DistortionLoss`], [`MeanDiscrepancyLoss`] | two distorted views of a sample, each other |
//! | [`MutualLoss`] | networks that train at the same time teach one another: DML (Zhang et al., 2018) |
//!
//! # Without a teacher, and in steps
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`Chain`] | a teacher its assistants, the last of them the student: TAKD (Mirzadeh et al., 2019) |
//! | [`VirtualTeacher`] | the labels, told as a teacher would that is not quite sure: Tf-KD (Yuan et al., 2020) |
//! | [`UskdLoss`], [`MixedLabels`] | its certainty, and the ranks that its answer and its middle give the classes: USKD (Yang et al., 2023) |

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod average;
mod byot;
mod byot_config;
mod certain;
mod class_pairs;
mod class_wise;
mod deep_supervision;
mod distortion;
mod early_exit;
mod ema;
mod exit_by_exit;
mod exit_output;
mod exit_table;
mod exit_weights;
mod exits;
mod generations;
mod hard_and_soft;
mod hard_label;
mod label_part;
mod last_batch;
mod mean_discrepancy;
mod mixed_labels;
mod mutual;
mod next_anchor;
mod past_predictions;
mod progressive;
mod record;
mod route;
mod seeded;
mod snapshot;
mod soft_targets;
mod tensor_file;
mod universal_self;
mod universal_self_config;
mod virtual_teacher;
mod weighted_sum;
mod with_middle;
mod zipf;

pub use byot::ByotLoss;
pub use byot_config::ByotLossConfig;
pub use class_pairs::ClassPairs;
pub use class_wise::{ClassWiseLoss, ClassWiseLossConfig};
pub use deep_supervision::DeepSupervision;
pub use distortion::{DistortionLoss, DistortionLossConfig};
pub use early_exit::{EarlyExit, EarlyExited};
pub use ema::{Buffers, Ema, EmaConfig};
pub use exit_by_exit::{ExitByExit, SelectSamples};
pub use exit_output::ExitOutput;
pub use exit_table::{EarlyExitRow, early_exit_table};
pub use exit_weights::ExitWeights;
pub use exits::Exits;
pub use generations::Generations;
pub use hard_label::{HardLabelLoss, HardLabelLossConfig};
pub use kd_core::Chain;
pub use last_batch::{
    LastBatch, LastBatchLoss, LastBatchLossConfig, LastBatchSampler, LastBatchSamplerConfig, Recalled,
};
pub use mean_discrepancy::{MeanDiscrepancyLoss, MeanDiscrepancyLossConfig};
pub use mixed_labels::MixedLabels;
pub use mutual::{MutualLoss, MutualLossConfig};
pub use next_anchor::next_anchor;
pub use past_predictions::{PastPredictions, PastPredictionsConfig};
pub use progressive::{ProgressiveLoss, ProgressiveLossConfig};
pub use route::Route;
pub use snapshot::{CyclicSchedule, CyclicScheduleConfig};
pub use universal_self::UskdLoss;
pub use universal_self_config::UskdLossConfig;
pub use virtual_teacher::{VirtualTeacher, VirtualTeacherConfig};
pub use with_middle::WithMiddle;
