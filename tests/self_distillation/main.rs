//! Self-distillation: golden values, laws, bad input and whole training steps, a file for each idea.

mod ema;
mod network;
