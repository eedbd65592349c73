//! Every loss on features: golden values, laws and bad input, a file for each idea.

mod hint;

mod channel_wise;
mod class_attention;
mod flow;
mod hierarchical_context;
mod neuron_selectivity;
