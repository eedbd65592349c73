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
//!
//! # Across views and peers
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`MutualLoss`] | networks that train at the same time teach one another: DML (Zhang et al., 2018) |
//!
//! # Without a teacher, and in steps
//!
//! | Piece | What teaches what |
//! |---|---|
//! | [`VirtualTeacher`] | the labels, told as a teacher would that is not quite sure: Tf-KD (Yuan et al., 2020) |
//! | [`UskdLoss`] | a network's certainty, and the ranks that its answer and its middle give the classes: USKD (Yang et al., 2023) |

mod mutual;
mod universal_self;
mod virtual_teacher;
mod with_middle;
mod zipf;

pub use mutual::{MutualLoss, MutualLossConfig};
pub use universal_self::{UskdLoss, UskdLossConfig};
pub use virtual_teacher::{VirtualTeacher, VirtualTeacherConfig};
pub use with_middle::WithMiddle;
