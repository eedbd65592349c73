//! Ensembles for [Burn](burn): many teachers as one, the losses that keep them apart, and the making of them.
//!
//! # Combining
//!
//! | Piece | What it says |
//! |---|---|
//! | [`Ensemble`] | what all its members say together: a teacher made of teachers |
//! | [`OnDevice`] | a member that lives on a device of its own |
//! | [`SideBySide`] | the same ensemble, whose members run at the same time, on devices of their own |
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
//! | [`Bootstrap`], [`Bag`] | draws each member's samples with replacement: bagging (Breiman, 1996) |
//! | [`Boosting`] | weighs samples for the next member by what those before it got wrong: SAMME (Zhu et al., 2009) |
//! | [`weighted_vote`] | what members decide by voting, as boosted ones do |
//! | [`Seeds`] | all random numbers of all members from one seed |
//! | [`Diversity`], [`DiversityReport`] | how unlike members are, and what the ensemble gains by it |
//! | `MemberMap` (feature `plot`) | a number for each two members, as a heat map |
//!
//! Snapshots of one network, which are the cheapest ensemble, are in `kd-self`.

// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod bag;
mod boosting;
mod boosting_config;
mod bootstrap;
mod dirichlet;
mod diversity;
mod diversity_report;
mod ensemble;
mod entropy;
mod gamma;
mod member_table;
mod members;
mod min_norm;
mod pair_counts;
mod per_teacher;
mod probabilities;
mod question;
pub mod rule;
mod seeded;
mod seeds;
mod side_by_side;
mod uncertainty;
mod weighted_vote;

pub use bag::{Bag, BagView};
pub use boosting::Boosting;
pub use boosting_config::BoostingConfig;
pub use bootstrap::Bootstrap;
pub use dirichlet::{DirichletLoss, DirichletLossConfig};
pub use diversity::Diversity;
pub use diversity_report::DiversityReport;
pub use ensemble::Ensemble;
pub use member_table::MemberTable;
pub use members::Members;
pub use min_norm::MinNormWeights;
pub use per_teacher::{PerTeacher, WeighedTeachers};
pub use question::{Question, WithLabels};
pub use rule::{
    BestMember, FittedWeights, GeometricMean, Mean, MeanOfLogits, MeanOfProbs, RandomMember, Rule, Weighted,
    WeightedByConfidence, WeightedByEntropy, Weights,
};
pub use seeds::Seeds;
pub use side_by_side::SideBySide;
pub use uncertainty::Uncertainty;
pub use weighted_vote::weighted_vote;

pub use kd_core::OnDevice;

#[cfg(feature = "plot")]
mod member_map;
#[cfg(feature = "plot")]
pub use member_map::MemberMap;
