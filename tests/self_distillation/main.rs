//! Self-distillation: golden values, laws, bad input and whole training steps, a file for each idea.

mod byot;
mod chain;
mod deep_supervision;
mod early_exit;
mod ema;
mod generations;
mod metrics;
mod network;
mod route;
mod snapshot;
#[path = "../features/waves.rs"]
mod waves;
