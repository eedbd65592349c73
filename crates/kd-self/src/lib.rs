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
//! | [`Ema`] | the average of a student's weights teaches it, and is often the better network: mean teacher (Tarvainen & Valpola, 2017) |
//! | [`Generations`] | each of a row of equal networks teaches the next: born-again networks (Furlanello et al., 2018) |
//! | [`EnsembleOfGenerations`] | all of them together teach, or are used |
//! | [`Route`] | a teacher's own way, from its early self to its last: route-constrained optimisation (Jin et al., 2019) |
//! | [`CyclicSchedule`] | the end of a cycle of learning rates the next: snapshots (Huang et al., 2017; Yang et al., 2019) |
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
//! | [`Chain`] | a teacher its assistants, the last of them the student: TAKD (Mirzadeh et al., 2019) |

/// The examples of the chapter on self-distillation, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/self_distillation.md")]
struct Chapter;

mod byot;
mod byot_config;
mod deep_supervision;
mod early_exit;
mod exit_by_exit;
mod exit_output;
mod exit_table;
mod exit_weights;
mod exits;
mod hard_label;
mod weighted_sum;

pub use byot::ByotLoss;
pub use byot_config::ByotLossConfig;
pub use deep_supervision::DeepSupervision;
pub use early_exit::{EarlyExit, EarlyExited};
pub use exit_by_exit::{ExitByExit, SelectSamples};
pub use exit_output::ExitOutput;
pub use exit_table::{EarlyExitRow, early_exit_table};
pub use exit_weights::ExitWeights;
pub use exits::Exits;
pub use hard_label::{HardLabelLoss, HardLabelLossConfig};
mod average;
mod chain;
mod ema;
mod ensemble_of_generations;
mod generations;
mod record;
mod route;
mod snapshot;

pub use chain::Chain;
pub use ema::{Buffers, Ema, EmaConfig};
pub use ensemble_of_generations::EnsembleOfGenerations;
pub use generations::Generations;
pub use route::Route;
pub use snapshot::{CyclicSchedule, CyclicScheduleConfig};
