//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod adapters;
mod hint;
mod projector_input;
mod projector_weights;
mod projectors;
