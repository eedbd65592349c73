//! Self-distillation: golden values, laws, bad input and whole training steps, a file for each idea.

mod byot;
mod byot_bad_input;
mod chain;
mod class_wise;
mod deep_supervision;
mod distortion;
mod early_exit;
mod ema;
mod folder;
mod generations;
mod hard_label;
mod last_batch;
mod last_batch_sampler;
mod mean_discrepancy;
mod metrics;
mod mutual;
mod network;
mod past_predictions;
mod progressive;
mod resumed;
mod route;
mod snapshot;
mod universal_self;
mod virtual_teacher;
