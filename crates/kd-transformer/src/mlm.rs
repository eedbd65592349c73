//! Masked language modelling: texts as tokens, as sequences of one length, and as questions to a model.
//!
//! ```text
//! texts ─tokenizer→ Tokens ─Packing→ Tokens of at most so many, framed ─MaskedTokens→ MaskedBatch
//! ```
//!
//! Nothing here depends on a tokenizer. The crate `tokenizers` gives what is needed:
//!
//! ```text
//! let vocabulary = Vocabulary::bert(tokenizer.get_vocab_size(true), |token| tokenizer.token_to_id(token))?;
//! let encoding = tokenizer.encode(text, false)?; // `false`: `Packing` adds the special tokens
//! let tokens = Tokens::with_words(encoding.get_ids(), encoding.get_word_ids());
//! ```
//!
//! # Example
//!
//! ```
//! use burn::tensor::Device;
//! use kd_transformer::mlm::{MaskedTokensConfig, Packing, Tokens, Vocabulary};
//!
//! // A tokenizer of 1000 tokens whose first five are special.
//! let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
//! let number = |token: &str| special.iter().position(|name| *name == token).map(|number| number as u32);
//! let vocabulary = Vocabulary::bert(1000, number)?;
//! vocabulary.check_model(1000)?; // the rows of the model's embedding
//!
//! let texts = [Tokens::new(vec![7; 100]), Tokens::new(vec![8; 30])];
//! let sequences = Packing::new(&vocabulary, 64).pack(&texts)?;
//! let masked = MaskedTokensConfig::new(64).with_seed(42).init(&vocabulary);
//! for epoch in 0..3 {
//!     let samples: Vec<_> = sequences.iter().enumerate().collect();
//!     let batch = masked.batch(&samples, epoch, &Device::flex())?; // other masks in each epoch
//!     assert_eq!(batch.input_ids.dims(), [3, 64]);
//!     assert!(batch.targets.asked.any().into_scalar::<bool>());
//! }
//! # Ok::<(), kd_core::Error>(())
//! ```

mod batch;
mod masked_tokens;
mod masking;
mod packing;
mod tokens;
mod vocabulary;

pub use batch::MaskedBatch;
pub use masked_tokens::{MaskedTokens, MaskedTokensConfig};
pub use masking::MaskedSample;
pub use packing::Packing;
pub use tokens::Tokens;
pub use vocabulary::{SpecialTokens, Vocabulary};
