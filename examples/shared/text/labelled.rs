//! Texts with a class each: a file of lines, a class, a tab and a text in each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::text_error::TextError;

/// Of every so many texts, one is tested on.
const TESTED: usize = 10;

/// A text and its class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// What is read.
    pub text: String,
    /// The place of its class among the classes.
    pub class: usize,
}

/// Texts to learn from and others to be tested on.
#[derive(Clone, Debug)]
pub struct LabelledTexts {
    /// What the file is called, without its ending.
    pub name: String,
    /// The classes, by name.
    pub classes: Vec<String>,
    /// To learn from.
    pub train: Vec<Sentence>,
    /// To be tested on: a tenth, the same in every run.
    pub test: Vec<Sentence>,
}

impl LabelledTexts {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`TextError`] when it cannot be read, a line is not a class and a text, or there are too few of them.
    pub fn load(path: &Path) -> Result<Self, TextError> {
        let text = fs::read_to_string(path).map_err(|source| TextError::Read {
            path: path.into(),
            source,
        })?;
        Self::parse(path, &text)
    }

    /// Of the contents of a file of this name.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load), but for reading.
    pub fn parse(path: &Path, contents: &str) -> Result<Self, TextError> {
        let mut lines = Vec::new();
        // Some editors begin a file with a mark, which is no part of the first class.
        let contents = contents.trim_start_matches('\u{feff}');
        for (number, line) in contents.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let fault = |reason| TextError::Line {
                path: path.into(),
                line: number + 1,
                reason,
            };
            let (class, text) = line
                .split_once('\t')
                .ok_or_else(|| fault("there is no tab; a line is a class, a tab and a text"))?;
            let (class, text) = (class.trim(), text.trim());
            if class.is_empty() || text.is_empty() {
                return Err(fault(
                    "nothing stands before the tab, or nothing after it; give a class and a text",
                ));
            }
            lines.push((class, text));
        }
        let classes: BTreeSet<&str> = lines.iter().map(|(class, _)| *class).collect();
        if classes.len() < 2 || lines.len() < TESTED {
            return Err(TextError::Classes {
                path: path.into(),
                classes: classes.len(),
                texts: lines.len(),
            });
        }
        let classes: Vec<&str> = classes.into_iter().collect();
        let mut sentences: Vec<Sentence> = lines
            .into_iter()
            .map(|(class, text)| Sentence {
                text: text.into(),
                class: classes.binary_search(&class).expect("every class is among them"),
            })
            .collect();
        // Not by the seed of a run: all runs are tested on the same.
        sentences.shuffle(&mut StdRng::seed_from_u64(0));
        let train = sentences.split_off(sentences.len() / TESTED);
        Ok(Self {
            name: path
                .file_stem()
                .map_or_else(String::new, |name| name.to_string_lossy().into()),
            classes: classes.into_iter().map(Into::into).collect(),
            train,
            test: sentences,
        })
    }

    /// The texts to learn from, without their classes.
    pub fn unlabelled(&self) -> Vec<String> {
        self.train.iter().map(|sentence| sentence.text.clone()).collect()
    }

    /// The same with at most so many texts to learn from.
    pub fn with_at_most(mut self, train: Option<usize>) -> Self {
        self.train.truncate(train.unwrap_or(usize::MAX));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(contents: &str) -> Result<LabelledTexts, TextError> {
        LabelledTexts::parse(Path::new("mood.tsv"), contents)
    }

    #[test]
    fn a_tenth_is_tested_on_and_nobody_learns_from_it() {
        let contents: String = (0..40)
            .map(|n| format!("{}\ttext {n}\n", ["up", "down"][n % 2]))
            .collect();
        let texts = parse(&contents).unwrap();
        assert_eq!(
            (texts.name.as_str(), texts.train.len(), texts.test.len()),
            ("mood", 36, 4)
        );
        assert_eq!(texts.classes, ["down", "up"]);
        assert!(texts.test.iter().all(|sentence| !texts.train.contains(sentence)));
        let up = texts
            .train
            .iter()
            .find(|sentence| sentence.text == "text 2" || sentence.text == "text 4");
        assert_eq!(up.unwrap().class, 1);
        assert_eq!(parse(&contents).unwrap().test, texts.test);
        let marked = parse(&format!("\u{feff}{contents}")).unwrap();
        assert_eq!(
            (marked.classes, marked.test),
            (texts.classes.clone(), texts.test.clone())
        );
        let few = texts.with_at_most(Some(5));
        assert_eq!((few.train.len(), few.unlabelled().len()), (5, 5));
        assert_eq!(few.unlabelled()[4], few.train[4].text);
    }

    #[test]
    fn bad_lines_are_named_by_number() {
        for (contents, words) in [
            ("up\tone\nno class\n", "line 2: there is no tab"),
            ("up\tone\n\n\tnothing\n", "line 3: nothing stands before the tab"),
            ("up\tone\nup\ttwo\n", "has 1 class(es) in 2 text(s)"),
        ] {
            let message = parse(contents).unwrap_err().to_string();
            assert!(message.contains(words) && message.contains("mood.tsv"), "{message}");
        }
    }
}
