//! Self-distillation: golden values, laws, bad input and whole training steps, a file for each idea.

mod chain;
mod ema;
mod generations;
mod metrics;
mod network;
mod route;
mod snapshot;
mod class_wise;
mod distortion;
mod folder;
mod last_batch;
mod last_batch_sampler;
mod mean_discrepancy;
mod past_predictions;
mod progressive;
mod resumed;
mod mutual;
mod universal_self;
mod virtual_teacher;
mod byot;
mod deep_supervision;
mod early_exit;
#[path = "../features/waves.rs"]
mod waves;
