//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod activation_boundary;
mod adapters;
mod any_rank;
mod attention_transfer;
mod cosine;
mod factor_transfer;
mod hint;
mod normalized_hint;
mod partial_l2;
mod projector_input;
mod projector_weights;
mod projectors;
mod smooth_l1;
mod variational;
