//! The ways of training that are compared.

use serde::{Serialize, Serializer};

use crate::network::EXITS;

/// A way of training, in the order of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The deepest exit learned from the labels: generation 0.
    Plain,
    /// The average of its weights along the way.
    Ema,
    /// The deepest exit learned from the labels and from the generation before, counted from 1.
    Generation(usize),
    /// All generations together, 0 included.
    Ensemble,
    /// Every exit learned from the labels.
    DeepSupervision,
    /// Every exit learned from the labels, the shallower ones also from the deepest.
    Byot,
}

/// Generations after the first.
pub const GENERATIONS: usize = 3;

impl Way {
    /// All of them.
    pub const ALL: [Self; 5 + GENERATIONS] = [
        Self::Plain,
        Self::Ema,
        Self::Generation(1),
        Self::Generation(2),
        Self::Generation(3),
        Self::Ensemble,
        Self::DeepSupervision,
        Self::Byot,
    ];

    /// In words.
    pub fn name(self) -> String {
        match self {
            Self::Plain => "plain".into(),
            Self::Ema => "average of weights (EMA)".into(),
            Self::Generation(number) => format!("born again, generation {number}"),
            Self::Ensemble => format!("generations 0 to {GENERATIONS} together"),
            Self::DeepSupervision => "deep supervision".into(),
            Self::Byot => "BYOT".into(),
        }
    }

    /// The exits that it trains, counted from 0.
    pub fn exits(self) -> std::ops::Range<usize> {
        match self {
            Self::DeepSupervision | Self::Byot => 0..EXITS,
            _ => EXITS - 1..EXITS,
        }
    }
}

impl Serialize for Way {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}
