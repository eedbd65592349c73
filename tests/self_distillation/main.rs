//! Self-distillation: golden values, laws, bad input and whole training steps, a file for each idea.

mod byot;
mod deep_supervision;
mod early_exit;
#[path = "../features/waves.rs"]
mod waves;
