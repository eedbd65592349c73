//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod activation_boundary;
mod adapters;
mod align;
mod any_rank;
mod attention_transfer;
mod channel_wise;
mod class_attention;
mod cosine;
mod factor_transfer;
mod flow;
mod hierarchical_context;
mod hint;
mod masked_generative;
mod neuron_selectivity;
mod normalized_hint;
mod pairs;
mod partial_l2;
mod plans;
mod projector_input;
mod projector_weights;
mod projectors;
mod regression;
mod reused_classifier;
mod review;
mod smooth_l1;
mod variational;
