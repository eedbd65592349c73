//! A network and the tokenizer it reads with: one folder, as Hugging Face keeps it.

use std::path::Path;

use burn::prelude::*;
use kd::transformer::bert::{Bert, BertConfig, BertHead};
use kd_examples::failure::Failure;
use kd_examples::text::embedded;
use kd_examples::text::text_error::TextError;
use kd_examples::text::tokenizer::TextTokenizer;
use kd_examples::unusable::Unusable;

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

    /// That it reads texts of so many tokens.
    ///
    /// # Errors
    ///
    /// [`TextError::TooLong`] otherwise.
    pub fn check_length(&self, length: usize) -> Result<(), TextError> {
        let places = self.bert.config().max_position_embeddings;
        if length > places {
            return Err(TextError::TooLong { length, places });
        }
        Ok(())
    }

    /// That it can learn from `teacher`, which is from the folder `path`: both read the same tokens and are as wide.
    ///
    /// # Errors
    ///
    /// [`Unusable`] otherwise.
    pub fn check_teacher(&self, teacher: &Self, path: &Path) -> Result<(), Unusable> {
        if !self.tokenizer.has_tokens_of(&teacher.tokenizer) {
            return Err(Unusable::OtherTokens { path: path.into() });
        }
        let [student, teacher] = [self, teacher].map(|reader| reader.bert.config().hidden_size);
        if student != teacher {
            return Err(Unusable::OtherWidth {
                path: path.into(),
                teacher,
                student,
            });
        }
        Ok(())
    }

    /// That it tells these classes, and is from the folder `path`.
    ///
    /// # Errors
    ///
    /// [`Unusable::OtherClasses`] otherwise.
    pub fn check_classes(&self, classes: &[String], path: &Path) -> Result<(), Unusable> {
        let names = match &self.bert.config().head {
            BertHead::Classes { names } => names.as_slice(),
            _ => &[],
        };
        if names != classes {
            return Err(Unusable::OtherClasses {
                path: path.into(),
                found: names.join(", "),
                wanted: classes.join(", "),
            });
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_go_together_is_told_before_any_work() {
        let device = Device::flex();
        let path = Path::new("teacher");
        let tiny = Reader::tiny(&device);
        assert!(tiny.check_length(64).is_ok() && tiny.check_teacher(&tiny, path).is_ok());
        let narrow = tiny.bert.config().clone().with_hidden_size(32);
        let narrow = Reader {
            bert: narrow.init(&device),
            tokenizer: tiny.tokenizer.clone(),
        };
        let words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nwhale";
        let other = Reader {
            bert: tiny.bert.clone(),
            tokenizer: TextTokenizer::of_words(words).unwrap(),
        };
        let wanted = ["novel", "speech"].map(String::from);
        for (error, words) in [
            (tiny.check_length(65).unwrap_err().to_string(), "the model reads 64"),
            (
                tiny.check_teacher(&narrow, path).unwrap_err().to_string(),
                "is 32 wide and its student 64",
            ),
            (
                tiny.check_teacher(&other, path).unwrap_err().to_string(),
                "reads other tokens",
            ),
            (
                tiny.check_classes(&wanted, path).unwrap_err().to_string(),
                "tells no classes",
            ),
        ] {
            assert!(error.contains(words), "{error}");
        }
    }
}
