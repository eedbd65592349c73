use burn::tensor::{Bool, Int, Tensor};
use kd_core::check;

use crate::log_probs::{normalize, of_logits, read};

/// What a model says of samples whose labels are known: log-probabilities in f64, on the host.
///
/// Every metric has an `update` for logits. Predictions are for all else: several metrics of one batch that is read from
/// the device once, samples to leave out, another temperature, probabilities instead of logits, or a metric of your own.
///
/// It takes 8 bytes for each class of each sample. Metrics do not keep it; give them a vocabulary some rows at a time.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_metrics::{Accuracy, Likelihood, Predictions};
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::from_floats([[2.0, 0.0], [1.0, 0.0], [0.0, 9.0]], &device);
/// let labels = Tensor::from_ints([0, 1, 0], &device);
/// let known = Tensor::from_bool([true, true, false], &device);
///
/// let predictions = Predictions::from_logits(logits, labels).masked(known);
/// let (mut accuracy, mut likelihood) = (Accuracy::new(), Likelihood::new());
/// accuracy.add(&predictions);
/// likelihood.add(&predictions.softened(2.0));
/// assert_eq!(accuracy.value(), Some(0.5));
/// assert!((likelihood.nll().unwrap() - 0.64367).abs() < 1e-5);
/// ```
///
/// # See also
///
/// [`flatten_rows`](kd_core::rows::flatten_rows), which makes rows of tokens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictions {
    classes: usize,
    log_probs: Vec<f64>,
    labels: Vec<usize>,
}

impl Predictions {
    /// Reads logits and labels from their device, and waits for it.
    ///
    /// NaN is kept, and every metric of it is NaN.
    ///
    /// # Shapes
    ///
    /// - logits: `[batch, classes]`, of any float type
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one label per row, there are no classes, or a label is not one of them, of masked samples too; the
    /// message names the sample.
    #[track_caller]
    pub fn from_logits(logits: Tensor<2>, labels: Tensor<1, Int>) -> Self {
        let labels = checked_labels(&logits, labels);
        Self {
            classes: logits.dims()[1],
            log_probs: of_logits(logits),
            labels,
        }
    }

    /// Reads probabilities and labels from their device, and waits for it.
    ///
    /// Probabilities are taken as they are: rows that sum to nearly 1 are not made to sum to 1. One that is above 1 by rounding
    /// is 1.
    ///
    /// # Shapes
    ///
    /// - probs: `[batch, classes]`, of any float type
    /// - labels: `[batch]`
    ///
    /// # Panics
    ///
    /// As [`from_logits`](Self::from_logits), and if a probability is below 0 or above 1.001, or a row sums to less than 0.95 or
    /// more than 1.05. So much is left to rounding, since bf16 takes some of it; logits are found out.
    #[track_caller]
    pub fn from_probs(probs: Tensor<2>, labels: Tensor<1, Int>) -> Self {
        let labels = checked_labels(&probs, labels);
        let classes = probs.dims()[1];
        let mut rows = read(probs);
        check::probs_of_samples("Predictions", &rows, classes);
        for value in &mut rows {
            // Unlike `min`, it keeps NaN.
            *value = value.clamp(0.0, 1.0).ln();
        }
        Self {
            classes,
            log_probs: rows,
            labels,
        }
    }

    /// Only the samples for which the mask is true.
    ///
    /// # Shapes
    ///
    /// - mask: `[batch]`
    ///
    /// # Panics
    ///
    /// If there is not one entry per sample.
    #[track_caller]
    pub fn masked(self, mask: Tensor<1, Bool>) -> Self {
        check::mask("Predictions", &mask, self.len());
        if self.is_empty() {
            return self;
        }
        let mut kept = Self {
            classes: self.classes,
            ..Self::default()
        };
        let mask = mask.into_data();
        for ((log_probs, label), _) in self.iter().zip(mask.iter::<bool>()).filter(|(_, keep)| *keep) {
            kept.log_probs.extend_from_slice(log_probs);
            kept.labels.push(label);
        }
        kept
    }

    /// The same at a temperature: `softmax(logits / T)`.
    ///
    /// # Panics
    ///
    /// If the temperature is not finite and above 0.
    #[track_caller]
    pub fn softened(mut self, temperature: f64) -> Self {
        kd_core::check::must(check::temperature("Predictions", temperature));
        // Log-probabilities are logits that were shifted, which a softmax does not see.
        for value in &mut self.log_probs {
            *value /= temperature;
        }
        normalize(&mut self.log_probs, self.classes);
        self
    }

    /// Adds samples of the same classes: for [`best_temperature`](crate::best_temperature), which wants all of them at
    /// once.
    ///
    /// # Panics
    ///
    /// If they have other classes.
    #[track_caller]
    pub fn extend(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        assert!(
            other.is_empty() || other.classes == self.classes,
            "Predictions: there are {} classes in what is added and {} in what is there; keep models of different \
             classes apart",
            other.classes,
            self.classes
        );
        self.log_probs.extend(other.log_probs);
        self.labels.extend(other.labels);
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Each sample: the log-probabilities of its classes, and its label.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[f64], usize)> {
        let rows = self.log_probs.chunks_exact(self.classes.max(1));
        rows.zip(self.labels.iter().copied())
    }
}

#[track_caller]
fn checked_labels(rows: &Tensor<2>, labels: Tensor<1, Int>) -> Vec<usize> {
    let [count, classes] = rows.dims();
    check::label_count("Predictions", &labels, count);
    if count == 0 {
        return Vec::new();
    }
    check::has_classes("Predictions", classes);
    let labels: Vec<i64> = labels.into_data().iter().collect();
    check::labels_of_samples("Predictions", &labels, classes);
    labels.into_iter().map(|label| label as usize).collect()
}
