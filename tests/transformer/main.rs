//! The losses of `kd-transformer`, each by its golden values, by the laws, and by bad input.

mod capacity;
mod layers;
mod mlm;
mod mlm_bad_input;
mod packing;
mod stack;
mod transplant;
mod transplant_bad_input;
