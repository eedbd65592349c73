//! The sentences that come with the program, from a novel and from speeches, and a tokenizer for them.

use std::path::Path;

use super::labelled::LabelledTexts;
use super::tokenizer::TextTokenizer;

const SENTENCES: &str = include_str!("../../distilbert/data/sentences.tsv");
const WORDS: &str = include_str!("../../distilbert/data/vocab.txt");

/// The sentences, each with where it is from.
pub fn sentences() -> LabelledTexts {
    LabelledTexts::parse(Path::new("sentences.tsv"), SENTENCES).expect("every line is a class and a text")
}

/// The sentences alone, as something to read.
pub fn corpus() -> Vec<String> {
    let texts = SENTENCES.lines().filter_map(|line| line.split_once('\t'));
    texts.map(|(_, text)| text.to_owned()).collect()
}

/// A tokenizer of 1,500 pieces of their words.
pub fn tokenizer() -> TextTokenizer {
    TextTokenizer::of_words(WORDS).expect("the special tokens are among the words")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_of_each() {
        let sentences = sentences();
        assert_eq!(sentences.classes, ["novel", "speech"]);
        assert_eq!(
            (sentences.train.len(), sentences.test.len(), corpus().len()),
            (1080, 120, 1200)
        );
    }
}
