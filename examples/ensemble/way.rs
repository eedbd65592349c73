//! The ways to learn from many teachers that are compared.

use clap::ValueEnum;
use serde::{Serialize, Serializer};

/// How students learn from members, in the order of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// From the mean of their probabilities.
    MeanOfProbs,
    /// From the geometric mean of their probabilities.
    GeometricMean,
    /// From the mean of their logits.
    MeanOfLogits,
    /// From the mean with the weights that fit the validation images best.
    Fitted,
    /// From the mean in which those who are sure count more.
    ByEntropy,
    /// From the mean in which those who are right count more.
    ByConfidence,
    /// From whoever is best at an image.
    Best,
    /// From another one in each step.
    Random,
    /// From each, softened alone: the mean of the losses.
    PerTeacher,
    /// From each, with weights that make the loss against none of them worse.
    LeastGradient,
    /// From each, keeping how they disagree.
    Dirichlet,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::MeanOfProbs,
        Self::GeometricMean,
        Self::MeanOfLogits,
        Self::Fitted,
        Self::ByEntropy,
        Self::ByConfidence,
        Self::Best,
        Self::Random,
        Self::PerTeacher,
        Self::LeastGradient,
        Self::Dirichlet,
    ];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanOfProbs => "mean of probabilities",
            Self::GeometricMean => "geometric mean",
            Self::MeanOfLogits => "mean of logits",
            Self::Fitted => "fitted weights",
            Self::ByEntropy => "weighted by entropy",
            Self::ByConfidence => "weighted by confidence (CA-MKD)",
            Self::Best => "best member",
            Self::Random => "random member",
            Self::PerTeacher => "mean of losses",
            Self::LeastGradient => "least gradient (AE-KD)",
            Self::Dirichlet => "Dirichlet (EnDD)",
        }
    }
}

impl Serialize for Way {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
