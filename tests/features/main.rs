//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod hint;

mod channel_wise;
mod class_attention;
mod flow;
mod hierarchical_context;
mod masked_generative;
mod neuron_selectivity;
mod regression;
mod reused_classifier;
mod review;
