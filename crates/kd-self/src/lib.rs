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

mod mutual;

pub use mutual::{MutualLoss, MutualLossConfig};
