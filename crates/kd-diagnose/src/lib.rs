//! Which temperature, which weight, which student? Answers from a few batches, before anything is trained.
//!
//! | Piece | What it answers |
//! |---|---|
//! | [`Diagnosis`] | how soft the targets are, at which temperature the teacher's second choice carries mass; how good and honest both are, and in which classes the student does not follow |
//! | `TermGradients` (feature `autodiff`) | which term of a loss dominates, and which conflict |
//! | [`CapacityReport`] | how far apart both are in parameters, operations and time, and who may stand in between |
//! | [`Report`] | all of it: numbers, [`Advice`], and a page of one file (pictures with the feature `plot`) |
//!
//! Nothing here trains. A diagnosis counts what is given to it, on the host and in f64, in memory that does not grow with the samples; and
//! everything can be saved with serde.
//!
//! ```
//! use burn::tensor::{Device, Tensor};
//! use kd_diagnose::{Diagnosis, Level};
//!
//! # let device = Device::flex();
//! // What both say of a few batches, and the labels.
//! let student = Tensor::from_floats([[2.0, 1.0, 0.0], [0.0, 1.0, 2.0]], &device);
//! let teacher = Tensor::from_floats([[12.0, 8.0, 0.0], [0.0, 8.0, 12.0]], &device);
//! let labels = Tensor::from_ints([0, 2], &device);
//!
//! let mut diagnosis = Diagnosis::new(3);
//! diagnosis.update(student, teacher, labels);
//! let report = diagnosis.report();
//! let first = &report.advice()[0];
//! assert_eq!(first.level, Level::Suggestion);
//! assert!(first.text.starts_with("At T = 1 the teacher's second choice has 1.8 %"));
//!
//! let page = report.html("Two samples");
//! assert!(page.starts_with("<!DOCTYPE html>") && page.contains("second choice"));
//! ```

// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod advice;
mod by_class;
mod capacity_report;
mod diagnosis;
mod gradient_report;
mod html;
mod lost;
pub mod operations;
#[cfg(feature = "plot")]
mod picture;
mod report;
mod softness;
mod softness_sums;
#[cfg(feature = "autodiff")]
mod term_gradients;
mod timing;
mod words;

pub use advice::{Advice, Level};
pub use by_class::ClassAgreement;
pub use capacity_report::{CapacityReport, Operations};
pub use diagnosis::Diagnosis;
pub use gradient_report::{GradientReport, LostGradient, TermGradient};
pub use kd_core::{Capacity, CapacityPart, Chain};
pub use lost::{LostSample, LostSamples};
pub use report::{AgreementReport, ModelReport, Report};
pub use softness::{Softness, SoftnessPoint};
#[cfg(feature = "autodiff")]
pub use term_gradients::TermGradients;
pub use timing::Timing;
