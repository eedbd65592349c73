use burn::tensor::{Int, Tensor};
use kd_core::{Error, check};
use serde::{Deserialize, Serialize};

use crate::{
    EarlyExit,
    early_exit::{check_logits, confidences, mean_cost, samples_per_exit},
};

const NAME: &str = "early_exit_table";

/// What a threshold costs, and what it is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EarlyExitRow {
    /// The probability at which a sample leaves.
    pub threshold: f64,
    /// The share of right answers; NaN if a row of an exit that a sample took holds NaN.
    #[serde(with = "kd_core::number")]
    pub accuracy: f64,
    /// The mean cost of a sample as a share of what the deepest exit costs.
    pub cost: f64,
    /// How many samples took each exit, shallow to deep.
    pub samples: Vec<usize>,
}

/// Accuracy and cost of [`EarlyExit`] at each of `thresholds`, from one run of the whole network.
///
/// Choose the threshold on data that the final numbers are not made of.
///
/// # Shapes
///
/// - logits: all exits', shallow to deep, `[rows, classes]` each; those of several batches one after the other
/// - labels: `[rows]`
/// - costs: what an answer of each exit costs, all that had to be run for it included
///
/// # Errors
///
/// [`Error::InvalidValue`] if a threshold is not in (0, 1], or a cost is not finite or not above 0.
///
/// # Panics
///
/// If there are no exits, they differ in shape, there are no rows, there is not one label per row and one cost per exit, or a
/// label is not a class; the message names the sample.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_self::early_exit_table;
///
/// # let device = burn::tensor::Device::flex();
/// // The shallow exit is wrong about the first sample, and not very sure of it.
/// let shallow = Tensor::<2>::from_floats([[1.0, 0.0], [0.0, 9.0]], &device);
/// let deep = Tensor::<2>::from_floats([[0.0, 5.0], [0.0, 5.0]], &device);
/// let labels = Tensor::from_ints([1, 1], &device);
///
/// let table = early_exit_table(&[shallow, deep], labels, &[3.0, 12.0], &[0.5, 0.9])?;
/// assert_eq!((table[0].accuracy, table[0].cost), (0.5, 0.25));
/// assert_eq!((table[1].accuracy, table[1].cost), (1.0, 0.625));
/// # Ok::<(), kd_core::Error>(())
/// ```
#[track_caller]
pub fn early_exit_table(
    logits: &[Tensor<2>],
    labels: Tensor<1, Int>,
    costs: &[f64],
    thresholds: &[f64],
) -> Result<Vec<EarlyExitRow>, Error> {
    check_logits(NAME, logits);
    check::label_count(NAME, &labels, logits[0].dims()[0]);
    check::one_per_exit(NAME, "costs", costs.len(), "exits", logits.len());
    check::exit_costs(NAME, costs)?;

    let labels: Vec<i64> = labels.into_data().iter::<i64>().collect();
    let confidences: Vec<Vec<f32>> = logits.iter().map(confidences).collect();
    check::labels_of_samples(NAME, &labels, logits[0].dims()[1]);
    let scores: Vec<Vec<f64>> = logits.iter().map(|logits| scores(logits, &labels)).collect();
    let row = |&threshold: &f64| {
        let taken = EarlyExit::try_new(threshold)?.taken(&confidences);
        let right: f64 = taken.iter().enumerate().map(|(row, &exit)| scores[exit][row]).sum();
        let samples = samples_per_exit(&taken, logits.len());
        Ok(EarlyExitRow {
            threshold,
            accuracy: right / labels.len() as f64,
            cost: mean_cost(&samples, costs),
            samples,
        })
    };
    thresholds.iter().map(row).collect()
}

/// 1 for each row whose largest logit is the label's, 0 for the others; NaN where a logit is, since then none is the largest.
fn scores(logits: &Tensor<2>, labels: &[i64]) -> Vec<f64> {
    let logits = logits.clone().without_autodiff();
    let unknown = logits.clone().is_nan().any_dim(1).into_data();
    let answers = logits.argmax(1).into_data();
    let answers = answers.iter::<i64>().zip(unknown.iter::<bool>()).zip(labels);
    let score = |((answer, unknown), label): ((i64, bool), &i64)| match unknown {
        true => f64::NAN,
        false => f64::from(u8::from(answer == *label)),
    };
    answers.map(score).collect()
}
