//! Texts as tokens, by a tokenizer of BERT's kind.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kd::transformer::mlm::{Tokens, Vocabulary};
use kd::{Error, write_whole};
use serde_json::{Value, json};
use tokenizers::Tokenizer;

use super::text_error::TextError;

/// What the file is called.
const NAME: &str = "tokenizer.json";
/// What tools look into besides, if it is there.
const BESIDES: [&str; 3] = ["tokenizer_config.json", "special_tokens_map.json", "vocab.txt"];

/// What BERT's tokenizers have beside words.
const SPECIAL: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/// A tokenizer, what masking must know of it, and its files.
#[derive(Clone)]
pub struct TextTokenizer {
    tokenizer: Tokenizer,
    vocabulary: Vocabulary,
    files: Vec<(&'static str, Vec<u8>)>,
}

impl TextTokenizer {
    /// Reads the tokenizer that lies beside a model.
    ///
    /// # Errors
    ///
    /// [`TextError`] when there is none, or no special tokens as BERT's have.
    pub fn load(folder: &Path) -> Result<Self, TextError> {
        let path = folder.join(NAME);
        let bytes = fs::read(&path).map_err(|source| TextError::Read {
            path: path.clone(),
            source,
        })?;
        let besides = BESIDES.into_iter().filter_map(|name| {
            let bytes = fs::read(folder.join(name)).ok()?;
            Some((name, bytes))
        });
        let files = [(NAME, bytes.clone())].into_iter().chain(besides).collect();
        Self::new(bytes, files).map_err(|reason| TextError::Tokenizer { path, reason })
    }

    /// Of these pieces of words, a line each, as BERT's `vocab.txt` has them.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn of_words(words: &str) -> Result<Self, String> {
        let vocab: BTreeMap<&str, usize> = words.lines().zip(0..).collect();
        let special: Option<Vec<Value>> = SPECIAL
            .into_iter()
            .map(|token| {
                let id = vocab.get(token)?;
                Some(json!({
                    "id": id, "content": token, "special": true,
                    "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                }))
            })
            .collect();
        let tokenizer = json!({
            "version": "1.0",
            "truncation": null,
            "padding": null,
            "added_tokens": special.ok_or_else(|| format!("it lacks one of {}", SPECIAL.join(", ")))?,
            "normalizer": {
                "type": "BertNormalizer",
                "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true,
            },
            "pre_tokenizer": { "type": "BertPreTokenizer" },
            "post_processor": null,
            "decoder": { "type": "WordPiece", "prefix": "##", "cleanup": true },
            "model": {
                "type": "WordPiece",
                "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                "vocab": vocab,
            },
        });
        let json = serde_json::to_vec_pretty(&tokenizer).expect("a value is JSON");
        let config = r#"{"tokenizer_class": "BertTokenizer", "do_lower_case": true}"#;
        let files = vec![
            (NAME, json.clone()),
            (BESIDES[0], config.into()),
            (BESIDES[2], words.into()),
        ];
        Self::new(json, files)
    }

    fn new(bytes: Vec<u8>, files: Vec<(&'static str, Vec<u8>)>) -> Result<Self, String> {
        let mut tokenizer = Tokenizer::from_bytes(bytes).map_err(|error| error.to_string())?;
        // Both are done here, where lengths are known.
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| error.to_string())?;
        let size = tokenizer.get_vocab_size(true);
        let vocabulary =
            Vocabulary::bert(size, |token| tokenizer.token_to_id(token)).map_err(|error| error.to_string())?;
        Ok(Self {
            tokenizer,
            vocabulary,
            files,
        })
    }

    /// Its tokens, and which of them are no text.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Whether it makes the same tokens, by the same numbers, as another.
    pub fn has_tokens_of(&self, other: &Self) -> bool {
        self.tokenizer.get_vocab(true) == other.tokenizer.get_vocab(true)
    }

    /// A text's tokens and words, without special ones.
    pub fn tokens(&self, text: &str) -> Tokens {
        let encoding = self.tokenizer.encode(text, false).expect("any text has tokens");
        Tokens::with_words(encoding.get_ids(), encoding.get_word_ids())
    }

    /// A text between its special tokens, cut off after `length` of them in all.
    ///
    /// # Panics
    ///
    /// Panics when there is no room for a token.
    pub fn framed(&self, text: &str, length: usize) -> Vec<u32> {
        assert!(
            length > 2,
            "a text of {length} tokens has no room for one between the special ones"
        );
        let special = self.vocabulary.special();
        let tokens = self.tokens(text);
        let kept = &tokens.ids()[..tokens.len().min(length - 2)];
        [&[special.begin], kept, &[special.end]].concat()
    }

    /// Writes its files beside a model.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] when the system refuses.
    pub fn save(&self, folder: &Path) -> Result<(), Error> {
        let mut files = self.files.iter();
        files.try_for_each(|(name, bytes)| write_whole(folder.join(name), |temporary| fs::write(temporary, bytes)))
    }

    /// That a model has a row for each token, and none more.
    ///
    /// # Errors
    ///
    /// [`Error::OtherVocabulary`] otherwise.
    pub fn check_model(&self, rows: usize) -> Result<(), Error> {
        self.vocabulary.check_model(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::embedded;

    #[test]
    fn what_is_written_is_read() {
        let tokenizer = embedded::tokenizer();
        let folder = tempfile::tempdir().unwrap();
        tokenizer.save(folder.path()).unwrap();
        let read = TextTokenizer::load(folder.path()).unwrap();
        assert_eq!(read.vocabulary(), tokenizer.vocabulary());
        let text = "The whale, Mister Speaker!";
        assert_eq!(read.tokens(text), tokenizer.tokens(text));
        let (begin, end) = (read.vocabulary().special().begin, read.vocabulary().special().end);
        let framed = read.framed(text, 4);
        assert_eq!((framed.len(), framed[0], framed[3]), (4, begin, end));
    }

    #[test]
    fn words_are_the_longest_pieces_there_are() {
        let words = SPECIAL
            .into_iter()
            .chain(["the", "wh", "whale", "##s"])
            .collect::<Vec<_>>()
            .join("\n");
        let tokenizer = TextTokenizer::of_words(&words).unwrap();
        assert_eq!(tokenizer.tokens("The WHALES sing").ids(), [5, 7, 8, 1]);
        assert!(TextTokenizer::of_words("the\nwhale\n").is_err());
        let renamed = TextTokenizer::of_words(&words.replace("whale", "squid")).unwrap();
        assert_eq!(renamed.vocabulary(), tokenizer.vocabulary());
        assert!(tokenizer.has_tokens_of(&tokenizer.clone()) && !tokenizer.has_tokens_of(&renamed));
    }

    #[test]
    fn a_model_of_other_words_is_refused() {
        let tokenizer = embedded::tokenizer();
        assert!(tokenizer.check_model(1500).is_ok());
        assert!(tokenizer.check_model(1501).is_err());
    }

    #[test]
    fn what_is_no_tokenizer_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let message = |folder: &Path| TextTokenizer::load(folder).err().expect("an error").to_string();
        assert!(message(folder.path()).contains("tokenizer.json"));
        fs::write(folder.path().join(NAME), "{}").unwrap();
        assert!(message(folder.path()).contains("is not a tokenizer"));
    }
}
