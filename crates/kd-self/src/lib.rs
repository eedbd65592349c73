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

mod mutual;
mod virtual_teacher;

pub use mutual::{MutualLoss, MutualLossConfig};
pub use virtual_teacher::{VirtualTeacher, VirtualTeacherConfig};
