//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod adapters;
mod align;
mod hint;
mod pairs;
mod plans;
mod projector_input;
mod projector_weights;
mod projectors;
