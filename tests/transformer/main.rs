//! What a large transformer teaches a small one: golden values, laws, padding and bad input, a file for each idea.

mod bert;
mod capacity;
mod distil_bert;
mod distil_bert_input;
mod distil_bert_tokens;
mod layers;
mod margin_mse;
mod mean_pool;
mod mini_lm;
mod mini_lm_v2;
mod mlm;
mod mlm_bad_input;
mod mlm_shares;
mod packing;
mod sequences;
mod stack;
mod tiny_bert;
mod tiny_bert_input;
mod tiny_bert_layers;
mod tokenizer;
mod tokenizer_of_model;
mod transplant;
mod transplant_bad_input;
mod transplant_values;
