//! What a large transformer teaches a small one: golden values, laws, padding and bad input, a file for each idea.

mod bert;
mod distil_bert;
mod distil_bert_input;
mod distil_bert_tokens;
mod margin_mse;
mod mean_pool;
mod mini_lm;
mod mini_lm_v2;
mod sequences;
mod tiny_bert;
mod tiny_bert_input;
mod tiny_bert_layers;
