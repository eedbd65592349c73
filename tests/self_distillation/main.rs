//! Self-distillation: golden values, laws, bad input and whole training steps, a file for each idea.

mod chain;
mod ema;
mod generations;
mod metrics;
mod network;
mod route;
mod snapshot;
mod byot;
mod deep_supervision;
mod early_exit;
#[path = "../features/waves.rs"]
mod waves;
