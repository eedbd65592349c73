//! The sentences that come with the program: from a novel and from speeches.

use std::path::Path;

use super::labelled::LabelledTexts;

const SENTENCES: &str = include_str!("../../distilbert/data/sentences.tsv");

/// The sentences, each with where it is from.
pub fn sentences() -> LabelledTexts {
    LabelledTexts::parse(Path::new("sentences.tsv"), SENTENCES).expect("every line is a class and a text")
}

/// The sentences alone, as something to read.
pub fn corpus() -> Vec<String> {
    let texts = SENTENCES.lines().filter_map(|line| line.split_once('\t'));
    texts.map(|(_, text)| text.to_owned()).collect()
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
