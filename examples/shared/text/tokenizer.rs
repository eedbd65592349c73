//! Texts as tokens, by a tokenizer of BERT's kind.

use std::fs;
use std::path::Path;

use kd::Error;
use kd::transformer::mlm::{Tokens, Vocabulary};
use tokenizers::models::TrainerWrapper;
use tokenizers::models::wordpiece::{WordPiece, WordPieceTrainerBuilder};
use tokenizers::normalizers::BertNormalizer;
use tokenizers::pre_tokenizers::bert::BertPreTokenizer;
use tokenizers::{AddedToken, Model, Tokenizer};

use super::text_error::TextError;
use crate::whole_file::{self, WriteError};

/// What the file is called.
const NAME: &str = "tokenizer.json";
/// What tools look into besides, if it is there.
const BESIDES: [&str; 3] = ["tokenizer_config.json", "special_tokens_map.json", "vocab.txt"];

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

    /// Learns pieces of words from texts: at most `size`, special tokens included.
    ///
    /// # Panics
    ///
    /// Panics when `size` is too small for the letters of the texts.
    pub fn learn(texts: &[String], size: usize) -> Self {
        let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
        let model = WordPiece::builder().unk_token("[UNK]".into()).build();
        let mut tokenizer = Tokenizer::new(model.expect("a model without words can be made"));
        let normalizer = tokenizer.with_normalizer(Some(BertNormalizer::default()));
        normalizer.expect("no token has been added yet");
        tokenizer.with_pre_tokenizer(Some(BertPreTokenizer));
        let mut trainer: TrainerWrapper = WordPieceTrainerBuilder::new()
            .show_progress(false)
            .vocab_size(size)
            .special_tokens(special.map(|token| AddedToken::from(token, true)).into())
            .build()
            .into();
        let learned = tokenizer.train(&mut trainer, texts.iter());
        learned.expect("texts in memory can be read");
        let bytes = tokenizer.to_string(true).expect("a tokenizer is JSON").into_bytes();
        let config = r#"{"tokenizer_class": "BertTokenizer", "do_lower_case": true}"#;
        let files = vec![
            (NAME, bytes.clone()),
            (BESIDES[0], config.into()),
            (BESIDES[2], words(&tokenizer).into_bytes()),
        ];
        Self::new(bytes, files).expect("what was written can be read")
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
    /// [`WriteError`] when the system refuses.
    pub fn save(&self, folder: &Path) -> Result<(), WriteError> {
        let mut files = self.files.iter();
        files.try_for_each(|(name, bytes)| whole_file::write(&folder.join(name), bytes))
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

/// A word a line, in the order of their numbers.
fn words(tokenizer: &Tokenizer) -> String {
    let mut words: Vec<(String, u32)> = tokenizer.get_model().get_vocab().into_iter().collect();
    words.sort_by_key(|(_, number)| *number);
    words.into_iter().map(|(word, _)| word + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::embedded;

    #[test]
    fn what_is_learned_is_written_and_read() {
        let learned = TextTokenizer::learn(&embedded::corpus(), 600);
        let folder = tempfile::tempdir().unwrap();
        learned.save(folder.path()).unwrap();
        let read = TextTokenizer::load(folder.path()).unwrap();
        assert_eq!(read.vocabulary(), learned.vocabulary());
        assert_eq!(read.vocabulary().size(), 600);
        let text = "The whale, Mister Speaker!";
        assert_eq!(read.tokens(text), learned.tokens(text));
        let (begin, end) = (read.vocabulary().special().begin, read.vocabulary().special().end);
        let framed = read.framed(text, 4);
        assert_eq!((framed.len(), framed[0], framed[3]), (4, begin, end));
        let words = fs::read_to_string(folder.path().join("vocab.txt")).unwrap();
        assert_eq!(words.lines().position(|word| word == "[CLS]"), Some(begin as usize));
    }

    #[test]
    fn learning_twice_is_learning_the_same() {
        let tokens = || TextTokenizer::learn(&embedded::corpus(), 400).tokens("a sentence of the novel");
        assert_eq!(tokens(), tokens());
    }

    #[test]
    fn a_model_of_other_words_is_refused() {
        let tokenizer = TextTokenizer::learn(&embedded::corpus(), 300);
        assert!(tokenizer.check_model(300).is_ok());
        assert!(tokenizer.check_model(301).is_err());
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
