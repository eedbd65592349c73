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
