//! What can be wrong with texts and with what reads them.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Texts, or a tokenizer, that cannot be used.
#[derive(Debug, Error)]
pub enum TextError {
    /// A file or folder that cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Nothing to read.
    #[error("there is no text in {}; give a .txt file, or a folder with some, that are not empty", .path.display())]
    Empty {
        /// Where.
        path: PathBuf,
    },
    /// Too little to read.
    #[error("{}", of_sequences(*sequences))]
    TooShort {
        /// How many sequences all texts make.
        sequences: usize,
    },
    /// Too few texts.
    #[error(
        "there are {texts} texts, and there must be at least {needed}, most to learn from and some to be tested on; \
         give more, each a line, or a paragraph between blank lines"
    )]
    TooFew {
        /// How many there are.
        texts: usize,
        /// How many there must be.
        needed: usize,
    },
    /// A task with too few texts to learn vectors of them.
    #[error(
        "task {name:?} has {texts} texts to learn from, and a student learns its teacher's vectors of at least {needed}; \
         give more, or leave such students out: --who says who learns"
    )]
    TooFewOfTask {
        /// What the task is called.
        name: String,
        /// How many there are.
        texts: usize,
        /// How many there must be.
        needed: usize,
    },
    /// Texts longer than a model reads.
    #[error(
        "texts of {length} tokens are asked for, and the model reads {places}; give a smaller --length, or another \
         model"
    )]
    TooLong {
        /// How many tokens a text may have.
        length: usize,
        /// How many places the model has for them.
        places: usize,
    },
    /// Two tasks that could not be told apart.
    #[error("there are two tasks called {name:?}, and results are kept by name; rename one of the files")]
    SameName {
        /// What both are called.
        name: String,
    },
    /// A line that is not a class and a text.
    #[error("{}, line {line}: {reason}", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// Which line, counted from 1.
        line: usize,
        /// What is wrong, and what to do.
        reason: &'static str,
    },
    /// Classes of which there is nothing to learn.
    #[error("{} has {classes} class(es) in {texts} text(s); there must be at least 2, and at least 10 texts", .path.display())]
    Classes {
        /// The file.
        path: PathBuf,
        /// How many classes.
        classes: usize,
        /// How many texts.
        texts: usize,
    },
    /// A file that is no tokenizer.
    #[error("{} is not a tokenizer: {reason}; it is the tokenizer.json of a fast tokenizer, as Hugging Face keeps it", .path.display())]
    Tokenizer {
        /// The file.
        path: PathBuf,
        /// What the crate `tokenizers` says.
        reason: String,
    },
    /// A model that cannot be fetched.
    #[error(
        "cannot fetch {name:?} from Hugging Face: {reason}; check the name and the network, or give --model-dir a folder with its files"
    )]
    Hub {
        /// The model's name.
        name: String,
        /// What went wrong.
        reason: String,
    },
}

impl TextError {
    /// The same of a task's texts, where there are too few of them.
    pub fn of_task(self, task: &str) -> Self {
        match self {
            Self::TooFew { texts, needed } => Self::TooFewOfTask {
                name: task.into(),
                texts,
                needed,
            },
            other => other,
        }
    }
}

fn of_sequences(sequences: usize) -> String {
    format!(
        "all texts together are {sequences} sequence(s), and there must be at least 2: one to learn from and one to be tested \
         on; give more text, or a shorter --length"
    )
}
