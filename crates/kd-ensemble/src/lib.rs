//! Ensembles for [Burn](burn): many teachers as one, the losses that keep them apart, and the making of them.
//!
//! # Combining
//!
//! | Piece | What it says |
//! |---|---|
//! | [`Ensemble`] | what all its members say together: a teacher made of teachers |
//! | [`OnDevice`] | a member that lives on a device of its own |
//! | [`rule`] | how members become one: means, weights, one member alone |
//! | [`PerTeacher`] | a loss against each teacher, and not against what they say together |
//! | [`MinNormWeights`] | weights for it that serve all teachers at once (AE-KD, Du et al., 2020) |
//! | [`DirichletLoss`] | the loss of a student that keeps how the members disagree (Malinin et al., 2020) |
//! | [`Uncertainty`] | what such a student, or the members, leave open, and why |
//!
//! # Making
//!
//! | Piece | What it does |
//! |---|---|

mod dirichlet;
mod ensemble;
mod entropy;
mod gamma;
mod members;
mod min_norm;
mod on_device;
mod per_teacher;
mod question;
pub mod rule;
mod uncertainty;

pub use dirichlet::{DirichletLoss, DirichletLossConfig};
pub use ensemble::Ensemble;
pub use members::Members;
pub use min_norm::MinNormWeights;
pub use on_device::OnDevice;
pub use per_teacher::{PerTeacher, WeighedTeachers};
pub use question::{Question, WithLabels};
pub use rule::{
    BestMember, FittedWeights, GeometricMean, Mean, MeanOfLogits, MeanOfProbs, RandomMember, Rule, Weighted,
    WeightedByConfidence, WeightedByEntropy, Weights,
};
pub use uncertainty::Uncertainty;
