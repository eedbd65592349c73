//! How good, how honest and how alike predictions are, counted over any number of batches.
//!
//! | Piece | What it says |
//! |---|---|
//! | [`Accuracy`] | how often the label is the likeliest class, or among the k likeliest |
//! | [`Likelihood`] | how surprising the labels are: negative log-likelihood (NLL) and perplexity |
//! | [`Brier`] | how far the probabilities are from the truth, squared |
//! | [`Calibration`] | whether it is right as often as it says: expected and maximum calibration error (ECE, MCE), by bins |
//! | [`Agreement`] | how often student and teacher say the same, and how far apart they are |
//! | [`Scores`] | accuracy, NLL, Brier, ECE and MCE at once, and their [`Report`] |
//! | [`best_temperature`] | the temperature that makes confidences honest, from held-out samples |
//! | `ReliabilityDiagram` (feature `plot`) | calibration as a picture, of one model or of several |
//!
//! They share a form: `new`, [`update`](Scores::update) with a batch's logits and labels, `merge` with what was counted
//! elsewhere, and results that are `None` as long as there are no samples. How the samples are cut into batches changes
//! nothing, and memory does not grow with them. [`Predictions`] are the way in for probabilities, masks and temperatures.
//!
//! Everything is counted on the host, in f64, whatever type the logits have and wherever they are: an update waits for
//! its device. Nothing is trained on these numbers, so nothing is differentiated, and everything can be saved with serde.
//!
//! NaN in, NaN out: a sample whose logits are NaN makes the result NaN, and is never left out.
//!
//! ```
//! use burn::tensor::Tensor;
//! use kd_metrics::{Agreement, Scores};
//!
//! # let device = burn::tensor::Device::flex();
//! # let labels = Tensor::from_ints([0, 1], &device);
//! # let student = Tensor::<2>::from_floats([[2.0, 0.0], [1.0, 0.0]], &device);
//! # let teacher = Tensor::<2>::from_floats([[3.0, 0.0], [0.0, 3.0]], &device);
//! let (mut scores, mut agreement) = (Scores::new(), Agreement::new());
//! scores.update(student.clone(), labels); // for every batch
//! agreement.update(student, teacher);
//! println!("{}, like its teacher {:?}", scores.report().unwrap(), agreement.top_1());
//! # assert_eq!(agreement.top_1(), Some(0.5));
//! ```

// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod accuracy;
mod agreement;
mod best_temperature;
mod brier;
mod calibration;
mod calibration_bin;
mod likelihood;
mod log_probs;
mod mean;
mod predictions;
mod ranking;
#[cfg(feature = "plot")]
mod reliability_diagram;
mod scores;

pub use accuracy::Accuracy;
pub use agreement::Agreement;
pub use best_temperature::best_temperature;
pub use brier::Brier;
pub use calibration::Calibration;
pub use calibration_bin::CalibrationBin;
pub use likelihood::Likelihood;
pub use predictions::Predictions;
#[cfg(feature = "plot")]
pub use reliability_diagram::ReliabilityDiagram;
pub use scores::{Report, Scores};
