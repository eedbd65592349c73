//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod hint;

mod activation_boundary;
mod any_rank;
mod attention_transfer;
mod cosine;
mod factor_transfer;
mod normalized_hint;
mod partial_l2;
mod smooth_l1;
mod variational;
