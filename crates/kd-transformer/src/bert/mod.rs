//! BERT (Devlin and others, 2018) as Hugging Face keeps it: a teacher or a student whose folder Python's `transformers` opens
//! as well.
//!
//! | Piece | What it is |
//! |---|---|
//! | [`BertConfig`] | the sizes, read from a `config.json` or chosen |
//! | [`BertHead`] | what it is asked for, if more than features: tokens that are hidden, or a class |
//! | [`Bert`] | the network: [`Bert::load`] reads a folder, [`Bert::save`] writes one |
//! | [`BertInput`] | token ids, with a mask and token types |
//! | [`BertOutput`] | every layer's hidden states, what the heads say, and on request [`BertAttention`] |
//!
//! [`BertOutput::masked_language`] and [`BertOutput::encoder_layers`] are what losses compare; `AttentionAndValues` and
//! `QueriesKeysValues` are made `from` a `&BertAttention`.
//!
//! Masks are true where a token counts.

mod activation;
mod attention;
mod compared;
mod config;
mod config_file;
mod embeddings;
mod folder;
mod head;
mod input;
mod layer;
mod linear;
mod masked_language;
mod model;
mod names;
mod output;
mod parameters;
mod pooler;
mod weights;

pub use attention::BertSelfAttention;
pub use config::BertConfig;
pub use embeddings::BertEmbeddings;
pub use head::BertHead;
pub use input::BertInput;
pub use layer::{BertFeedForward, BertLayer};
pub use masked_language::BertMaskedLanguage;
pub use model::Bert;
pub use output::{BertAttention, BertOutput};
pub use pooler::BertPooler;
