//! Hugging Face's `config.json`.

use std::{collections::BTreeMap, fs, path::Path};

use kd_core::{Error, write_whole};
use serde::{Deserialize, Serialize};

use super::{BertConfig, BertHead, config::usual_pad_token};

/// What the file is called.
pub(super) const NAME: &str = "config.json";

const MODEL: &str = "BertModel";
const MASKED_LANGUAGE: &str = "BertForMaskedLM";
const PRETRAINING: &str = "BertForPreTraining";
const CLASSES: &str = "BertForSequenceClassification";

/// The file's fields that say something of a plain BERT; the others are passed over.
#[derive(Default, Serialize, Deserialize)]
struct ConfigFile {
    architectures: Option<Vec<String>>,
    model_type: Option<String>,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: Option<usize>,
    type_vocab_size: Option<usize>,
    layer_norm_eps: Option<f64>,
    hidden_dropout_prob: Option<f64>,
    attention_probs_dropout_prob: Option<f64>,
    classifier_dropout: Option<f64>,
    initializer_range: Option<f64>,
    /// Null says that there is none.
    #[serde(default = "usual_pad_token")]
    pad_token_id: Option<usize>,
    hidden_act: Option<String>,
    position_embedding_type: Option<String>,
    is_decoder: Option<bool>,
    add_cross_attention: Option<bool>,
    tie_word_embeddings: Option<bool>,
    /// Not one of Hugging Face's, which decides it in code: whether there is a pooler, where the architecture says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    add_pooling_layer: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_labels: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id2label: Option<BTreeMap<usize, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label2id: Option<BTreeMap<String, usize>>,
}

impl BertConfig {
    /// Reads Hugging Face's `config.json`.
    ///
    /// The first of `architectures` says which pooler and head there are: `BertModel` (also if none is named),
    /// `BertForMaskedLM`, `BertForPreTraining` (without its head for sentences) or `BertForSequenceClassification`.
    /// Sizes must be there; other fields that are not have Hugging Face's defaults.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, and [`Error::Config`] if it is not JSON, lacks a size, describes another network than
    /// a plain BERT, or contradicts itself. Each names the field and the remedy.
    pub fn from_hugging_face(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        let file: Result<ConfigFile, _> = serde_json::from_slice(&text);
        let config = file.map_err(|error| error.to_string()).and_then(Self::of_file);
        let config = config.and_then(|config| match config.validate() {
            Ok(()) => Ok(config),
            Err(error) => Err(error.to_string()),
        });
        config.map_err(|reason| Error::Config {
            path: path.to_owned(),
            expected: "configuration of a BERT",
            reason,
        })
    }

    /// Writes Hugging Face's `config.json`, whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if it cannot be written; what was there before still is.
    pub fn write_hugging_face(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(&self.to_file()).expect("a configuration is JSON");
        write_whole(path, |temporary| fs::write(temporary, text + "\n"))
    }

    fn of_file(file: ConfigFile) -> Result<Self, String> {
        file.is_plain()?;
        let default = Self::new();
        let (pooler, head) = file.pooler_and_head()?;
        Ok(Self {
            vocab_size: file.vocab_size,
            hidden_size: file.hidden_size,
            num_hidden_layers: file.num_hidden_layers,
            num_attention_heads: file.num_attention_heads,
            intermediate_size: file.intermediate_size,
            max_position_embeddings: file.max_position_embeddings.unwrap_or(default.max_position_embeddings),
            type_vocab_size: file.type_vocab_size.unwrap_or(default.type_vocab_size),
            layer_norm_eps: file.layer_norm_eps.unwrap_or(default.layer_norm_eps),
            hidden_dropout_prob: file.hidden_dropout_prob.unwrap_or(default.hidden_dropout_prob),
            attention_probs_dropout_prob: file
                .attention_probs_dropout_prob
                .unwrap_or(default.attention_probs_dropout_prob),
            classifier_dropout: file.classifier_dropout,
            initializer_range: file.initializer_range.unwrap_or(default.initializer_range),
            pad_token_id: file.pad_token_id,
            pooler,
            head,
            check_ids: default.check_ids,
        })
    }

    fn to_file(&self) -> ConfigFile {
        let (architecture, usual_pooler, names) = match &self.head {
            BertHead::None => (MODEL, true, None),
            BertHead::MaskedLanguage => (MASKED_LANGUAGE, false, None),
            BertHead::Classes { names } => (CLASSES, true, Some(names)),
        };
        ConfigFile {
            architectures: Some(vec![architecture.into()]),
            model_type: Some("bert".into()),
            vocab_size: self.vocab_size,
            hidden_size: self.hidden_size,
            num_hidden_layers: self.num_hidden_layers,
            num_attention_heads: self.num_attention_heads,
            intermediate_size: self.intermediate_size,
            max_position_embeddings: Some(self.max_position_embeddings),
            type_vocab_size: Some(self.type_vocab_size),
            layer_norm_eps: Some(self.layer_norm_eps),
            hidden_dropout_prob: Some(self.hidden_dropout_prob),
            attention_probs_dropout_prob: Some(self.attention_probs_dropout_prob),
            classifier_dropout: self.classifier_dropout,
            initializer_range: Some(self.initializer_range),
            pad_token_id: self.pad_token_id,
            hidden_act: Some("gelu".into()),
            position_embedding_type: Some("absolute".into()),
            is_decoder: Some(false),
            add_cross_attention: Some(false),
            tie_word_embeddings: Some(true),
            add_pooling_layer: (self.pooler != usual_pooler).then_some(self.pooler),
            num_labels: None,
            id2label: names.map(|names| names.iter().cloned().enumerate().collect()),
            label2id: names.map(|names| names.iter().cloned().zip(0..).collect()),
        }
    }
}

impl ConfigFile {
    /// Whether what it describes is a plain BERT.
    fn is_plain(&self) -> Result<(), String> {
        for (name, found, plain, remedy) in [
            (
                "model_type",
                &self.model_type,
                "bert",
                "other networks have other weights",
            ),
            (
                "hidden_act",
                &self.hidden_act,
                "gelu",
                "other activations are not there",
            ),
            (
                "position_embedding_type",
                &self.position_embedding_type,
                "absolute",
                "relative positions are not there",
            ),
        ] {
            if let Some(found) = found.as_deref().filter(|&found| found != plain) {
                return Err(format!(
                    "{name} is '{found}', but must be '{plain}': {remedy}; choose another model"
                ));
            }
        }
        for (name, found) in [
            ("is_decoder", self.is_decoder),
            ("add_cross_attention", self.add_cross_attention),
        ] {
            if found == Some(true) {
                return Err(format!(
                    "{name} is true, but must be false: a BERT reads in both directions, and nothing else than its text; choose another model"
                ));
            }
        }
        Ok(())
    }

    fn pooler_and_head(&self) -> Result<(bool, BertHead), String> {
        let architecture = self.architectures.iter().flatten().next();
        let (pooler, head) = match architecture.map(String::as_str) {
            None | Some(MODEL) => (true, BertHead::None),
            Some(MASKED_LANGUAGE) => (false, BertHead::MaskedLanguage),
            Some(PRETRAINING) => (true, BertHead::MaskedLanguage),
            Some(CLASSES) => (true, BertHead::Classes { names: self.names()? }),
            Some(other) => {
                return Err(format!(
                    "architectures names '{other}', whose head is not there: say '{MODEL}' for its encoder alone, which \
                     `with_encoder_weights` reads, or one of '{MASKED_LANGUAGE}' and '{CLASSES}'"
                ));
            }
        };
        if head == BertHead::MaskedLanguage && self.tie_word_embeddings == Some(false) {
            return Err(format!(
                "tie_word_embeddings is false, but must be true: the output matrix of '{MASKED_LANGUAGE}' is the table of embeddings \
                 here; say '{MODEL}' for the encoder alone"
            ));
        }
        Ok((self.add_pooling_layer.unwrap_or(pooler), head))
    }

    /// The classes' names, in order.
    fn names(&self) -> Result<Vec<String>, String> {
        let Some(id2label) = &self.id2label else {
            let BertHead::Classes { names } = BertHead::classes(self.num_labels.unwrap_or(2)) else {
                unreachable!("classes were asked for");
            };
            return Ok(names);
        };
        if !id2label.keys().copied().eq(0..id2label.len()) {
            let ids: Vec<_> = id2label.keys().collect();
            return Err(format!(
                "id2label names the classes {ids:?}, but must name each from 0 on; number them without gaps"
            ));
        }
        if let Some(count) = self.num_labels.filter(|&count| count != id2label.len()) {
            return Err(format!(
                "num_labels is {count} and id2label names {} classes; correct one, or leave num_labels out",
                id2label.len()
            ));
        }
        for (label, id) in self.label2id.iter().flatten() {
            if id2label.get(id) != Some(label) {
                return Err(format!(
                    "label2id says that '{label}' is class {id}, and id2label does not; correct one, or leave label2id out"
                ));
            }
        }
        Ok(id2label.values().cloned().collect())
    }
}
