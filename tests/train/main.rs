//! Distillation in Burn's own training loop: a file for each idea.

mod accumulation;
mod checkpoints;
mod devices;
mod failures;
mod features;
mod learner_is_the_loop;
mod loader;
mod metrics;
mod model;
mod resumed;
mod rules;
mod schedules;
