//! A network and the tokenizer it reads with: one folder, as Hugging Face keeps it.

use std::path::Path;

use burn::prelude::*;
use kd::transformer::bert::{Bert, BertConfig, BertHead};
use kd_examples::failure::Failure;
use kd_examples::text::embedded;
use kd_examples::text::tokenizer::TextTokenizer;

/// A network and the tokenizer it reads with.
#[derive(Clone)]
pub struct Reader {
    /// What says something.
    pub bert: Bert,
    /// What makes tokens of texts.
    pub tokenizer: TextTokenizer,
}

impl Reader {
    /// Reads a folder with `config.json`, `model.safetensors` and `tokenizer.json`.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a file is missing, damaged, or contradicts another.
    pub fn load(folder: &Path, device: &Device) -> Result<Self, Failure> {
        let bert = Bert::load(folder, device)?;
        Self::new(bert, TextTokenizer::load(folder)?)
    }

    /// The same with another head, and of the file embeddings and layers alone: pooler and head are new.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn with_new_head(folder: &Path, head: BertHead, device: &Device) -> Result<Self, Failure> {
        let config = BertConfig::from_hugging_face(folder.join("config.json"))?;
        let config = BertConfig {
            pooler: matches!(head, BertHead::Classes { .. }),
            head,
            ..config
        };
        let bert = config
            .try_init(device)?
            .with_encoder_weights(folder.join("model.safetensors"))?;
        Self::new(bert, TextTokenizer::load(folder)?)
    }

    /// A network too small to know anything, with weights at random, for the sentences that come with the program.
    pub fn tiny(device: &Device) -> Self {
        let tokenizer = embedded::tokenizer();
        let config = BertConfig::new()
            .with_vocab_size(tokenizer.vocabulary().size())
            .with_hidden_size(64)
            .with_num_hidden_layers(4)
            .with_num_attention_heads(4)
            .with_intermediate_size(128)
            .with_max_position_embeddings(64)
            .with_head(BertHead::MaskedLanguage)
            .with_pooler(false);
        Self {
            bert: config.init(device),
            tokenizer,
        }
    }

    fn new(bert: Bert, tokenizer: TextTokenizer) -> Result<Self, Failure> {
        tokenizer.check_model(bert.config().vocab_size)?;
        Ok(Self { bert, tokenizer })
    }

    /// Writes the folder.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), Failure> {
        self.bert.save(folder)?;
        Ok(self.tokenizer.save(folder)?)
    }
}
