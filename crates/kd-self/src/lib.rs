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

mod average;
mod ema;
mod record;

pub use ema::{Buffers, Ema, EmaConfig};
