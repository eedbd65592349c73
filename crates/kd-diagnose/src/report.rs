use std::path::Path;

use kd_core::{Error, number, write_whole};
use kd_metrics::Calibration;
use serde::{Deserialize, Serialize};

use crate::{Advice, CapacityReport, ClassAgreement, GradientReport, LostSamples, Softness, advice, html};

/// All that a diagnosis has found, as numbers (with serde), as [`advice`](Self::advice), and as a page ([`html`](Self::html)).
///
/// What there is no number for is `None` and said in the advice; nothing in it is NaN.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// How many samples it is of.
    pub samples: u64,
    /// How many of them have a label.
    pub labelled: u64,
    /// How soft the targets are; `None` of no samples.
    pub softness: Option<Softness>,
    /// How alike both are; `None` of no samples.
    pub agreement: Option<AgreementReport>,
    /// How good and how honest the student is; `None` without labels.
    pub student: Option<ModelReport>,
    /// How good and how honest the teacher is; `None` without labels.
    pub teacher: Option<ModelReport>,
    /// Each class, in their order.
    pub by_class: Vec<ClassAgreement>,
    /// Samples that are in none of these numbers.
    pub lost: LostSamples,
    /// What each term of the loss does, if that was looked at.
    pub gradients: Option<GradientReport>,
    /// How far apart both are in size, if that was looked at.
    pub capacity: Option<CapacityReport>,
}

/// How alike student and teacher are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AgreementReport {
    /// How often both find the same class likeliest.
    pub top_1: f64,
    /// KL(teacher ‖ student) at T = 1, in nats; infinite where the student rules out what the teacher does not.
    #[serde(with = "number")]
    pub kl: f64,
}

/// How good and how honest a model is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelReport {
    /// Accuracy, likelihood, Brier score and calibration error.
    pub scores: kd_metrics::Report,
    /// The calibration by bins.
    pub calibration: Calibration,
}

impl Report {
    /// With what `TermGradients` found.
    pub fn with_gradients(mut self, gradients: GradientReport) -> Self {
        self.gradients = Some(gradients);
        self
    }

    /// With sizes and times.
    pub fn with_capacity(mut self, capacity: CapacityReport) -> Self {
        self.capacity = Some(capacity);
        self
    }

    /// What the numbers mean and what to do, the most pressing first. Every threshold has its reason, in [`Advice`].
    pub fn advice(&self) -> Vec<Advice> {
        advice::of(self)
    }

    /// A page with this title: advice, numbers and (feature `plot`) pictures. It is one file, and needs no network, no script and no font.
    pub fn html(&self, title: &str) -> String {
        html::page(self, title)
    }

    /// Writes the page to a file. Whoever reads the file finds the old page or the new one, and never half of one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save(&self, title: &str, path: impl AsRef<Path>) -> Result<(), Error> {
        write_whole(path, |temporary| std::fs::write(temporary, self.html(title)))
    }
}
