//! Transformers for [Burn](burn): what a large one teaches a small one, layer by layer and token by token.
//!
//! | Loss | Compares |
//! |---|---|
//! | [`DistilBertLoss`] | what tokens are taken for, the tokens themselves, and hidden states' angles: DistilBERT (Sanh et al., 2019) |
//! | [`TinyBertLoss`] | embeddings, hidden states and attention scores layer by layer, and answers: TinyBERT (Jiao et al., 2020) |
//! | [`MiniLmLoss`] | where the last layer looks, and how its values are related: MiniLM (Wang et al., 2020) |
//! | [`MiniLmV2Loss`] | how queries, keys and values are related, whatever heads there are: MiniLMv2 (Wang et al., 2021) |
//! | [`MarginMseLoss`] | by how much a passage that answers is ahead: MarginMSE (Hofstätter et al., 2020) |
//!
//! Of patient distillation (PKD, Sun et al., 2019) the loss is `kd_feature::NormalizedHintLoss`, of the `[CLS]` token at each
//! layer. Embeddings of sentences go through `kd_feature::HintLoss` or `kd_feature::CosineLoss`.
//!
//! | Input | What it is |
//! |---|---|
//! | [`Attended`] | what a teacher shows, and which tokens are no padding |
//! | [`MaskedLanguage`], [`MaskedLesson`] | what a masked language model shows; what its teacher shows, and what is asked |
//! | [`MaskedTargets`] | which tokens a masked language model is asked for, and where |
//! | [`EncoderLayers`] | all layers' hidden states and attention scores, and answers |
//! | [`AttentionAndValues`], [`QueriesKeysValues`] | what one layer's self-attention shows |
//! | [`PassageScores`] | how well passages fit a query |
//! | [`PickedTokens`] | the tokens that count, for what is to be made of them alone |
//! | [`mean_pool`] | one embedding for each sequence |
//!
//! | A student to begin with | What it does |
//! |---|---|
//! | [`LayerChoice`] | which of the teacher's layers a student is made of |
//! | [`Transplant`], [`copy_layers`] | copies them, between any two Burn modules, and reports what became of each parameter |
//! | [`Capacity`] | how much smaller the student is, part by part |
//! | [`mlm`] | texts as batches for masked language modelling |
//!
//! Masks are true where a token counts. What does not count is never read: padding changes no value and gets no gradient, even
//! where NaN stands in it. A network to teach and to learn is [`bert`].

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod attended;
mod attention_and_values;
pub mod bert;
mod counted;
mod distil_bert;
mod distil_bert_config;
mod distil_bert_counts;
mod distil_bert_part;
mod distil_bert_sums;
mod encoder_layers;
mod layer_choice;
mod margin_mse;
mod masked_language;
mod masked_targets;
mod mean_pool;
mod mini_lm;
mod mini_lm_v2;
pub mod mlm;
mod parts;
mod picked_tokens;
mod queries_keys_values;
mod relation;
mod tiny_bert;
mod tiny_bert_config;
mod tiny_bert_layer;
mod transplant;

pub use attended::Attended;
pub use attention_and_values::AttentionAndValues;
pub use distil_bert::DistilBertLoss;
pub use distil_bert_config::{DistilBertLossConfig, SoftTokens};
pub use distil_bert_counts::DistilBertCounts;
pub use distil_bert_sums::DistilBertSums;
pub use encoder_layers::EncoderLayers;
pub use kd_core::{Capacity, CapacityPart};
pub use layer_choice::LayerChoice;
pub use margin_mse::{MarginMseLoss, MarginMseLossConfig, PassageScores};
pub use masked_language::{MaskedLanguage, MaskedLesson};
pub use masked_targets::MaskedTargets;
pub use mean_pool::mean_pool;
pub use mini_lm::{MiniLmLoss, MiniLmLossConfig};
pub use mini_lm_v2::{MiniLmV2Loss, MiniLmV2LossConfig};
pub use picked_tokens::PickedTokens;
pub use queries_keys_values::QueriesKeysValues;
pub use tiny_bert::TinyBertLoss;
pub use tiny_bert_config::TinyBertLossConfig;
pub use transplant::{CopiedParameter, OtherParameter, Transplant, TransplantReport, copy_layers};
