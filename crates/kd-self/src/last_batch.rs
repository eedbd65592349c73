use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Int, Tensor},
};
use kd_core::{DistillLoss, Error, OffGraph, check, rows};

mod memory;
mod sampler;

pub use memory::LastBatch;
pub use sampler::{LastBatchSampler, LastBatchSamplerConfig};

use crate::hard_and_soft::HardAndSoft;

const NAME: &str = "LastBatchLoss";

/// Configuration of a [`LastBatchLoss`].
#[derive(Config, Debug)]
pub struct LastBatchLossConfig {
    /// T: how much what is said now and what was said are flattened. Finite and above 0.
    #[config(default = 3.0)]
    pub temperature: f64,
    /// The weight of what was said; the labels' is 1. The paper's alpha. Finite, at least 0.
    #[config(default = 1.0)]
    pub weight: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl LastBatchLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or the weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> LastBatchLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or the weight is negative, NaN or infinite.
    pub fn try_init(&self) -> Result<LastBatchLoss, Error> {
        let parts = HardAndSoft::try_new("LastBatchLossConfig", self.temperature, self.weight, self.check_labels)?;
        Ok(LastBatchLoss { parts })
    }
}

/// What was said of the first samples of a batch one step ago, and the labels of all: made by
/// [`LastBatch::teach`](crate::LastBatch::teach).
#[derive(Clone, Debug)]
pub struct Recalled {
    /// Logits `[shared, classes]` of the first `shared` samples; none where nothing is remembered, as in the first step.
    pub logits: Option<Tensor<2>>,
    /// The true classes, `[rows]`.
    pub labels: Tensor<1, Int>,
}

impl OffGraph for Recalled {
    fn off_graph(self) -> Self {
        Self {
            logits: self.logits.off_graph(),
            labels: self.labels.off_graph(),
        }
    }
}

/// The labels, and for the samples that the last batch had as well, what was said of them then: DLB (Shen et al., 2022).
///
/// ```text
/// hard = CE(student, labels)                                         of every row
/// soft = T² · KL(softmax(recalled / T) ‖ softmax(student / T))       of the first `shared` rows
/// loss = hard + weight · rows / shared · soft, or hard alone where there is no soft
/// ```
///
/// so that `forward` is the mean of hard over the batch and `weight` times the mean of soft over the rows that have one.
///
/// Half of each batch comes again in the next one, distorted anew: what the network says of it is to stay the same
/// through an update of its weights.
///
/// # Shapes
///
/// - student: `[rows, classes]`
/// - teacher: [`Recalled`] with logits `[shared, classes]` of the first `shared` of these rows, and labels `[rows]`
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Sum over classes; the mean over rows is that of two means, see above. A mean over other rows mixes the parts otherwise.
///
/// # Gradient
///
/// `(softmax(student) − onehot(labels)) / rows`, and for the first `shared` rows `weight · T · (q − p) / shared` more; none
/// for what was said.
///
/// # Range
///
/// At least 0. *Not* 0 where student and past agree: the labels still count.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 3 | flattens both distributions in `soft` | finite, > 0 |
/// | `weight` | 1 | the weight of `soft` | finite, ≥ 0; at 0 it is left out |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// T², and each mean over the rows that have the part; T = 3 and weight 1 are the paper's. The authors' code agrees: the
/// cross-entropy's mean over both halves and `alpha · T²` times the KL's mean over the rows that come again, the past off
/// the graph and carried from one epoch into the next. There the two halves are two forward passes, so that batch
/// normalisation sees each alone, where one batch here is one pass; and neither T nor alpha has a default. A copy in
/// circulation, DLB-Pytorch, has a cross-entropy at T = 1 in the place of `soft`, and no labels for the rows that come
/// again.
///
/// # Panics
///
/// If the classes differ, there are no rows or no classes, there is not one label per row, more rows are recalled than there
/// are, or a label is not a class.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_self::{LastBatchLossConfig, Recalled};
///
/// let dlb = LastBatchLossConfig::new().init();
///
/// let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]], &device).require_grad();
/// let labels = Tensor::from_ints([0, 0], &device);
/// let past = Tensor::<2>::from_floats([[1.0, 3.0, 0.0]], &device); // of the first of the two
/// let loss = dlb.forward(student.clone(), Recalled { logits: Some(past), labels });
///
/// let gradient = student.grad(&loss.backward()).unwrap();
/// let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
/// assert!(gradient[1] < 0.0 && gradient[4] > 0.0); // to what was said, where something was
/// ```
///
/// # Reference
///
/// Yiqing Shen, Liwu Xu, Yuzhe Yang, Yaqian Li, Yandong Guo: *Self-Distillation from the Last Mini-Batch for Consistency
/// Regularization*, CVPR 2022, arXiv:2203.16172. The authors' code is Meta-knowledge-Lab/DLB (dlb.py).
///
/// # See also
///
/// [`LastBatch`](crate::LastBatch), which remembers, and [`LastBatchSampler`](crate::LastBatchSampler), which draws such
/// batches; [`ProgressiveLoss`](crate::ProgressiveLoss), whose past is an epoch ago.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct LastBatchLoss {
    parts: HardAndSoft,
}

impl LastBatchLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.parts.temperature
    }

    /// The same loss at another temperature, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn with_temperature(self, temperature: f64) -> Self {
        let parts = self.parts.with_temperature(NAME, temperature);
        Self { parts }
    }

    /// The weight of what was said.
    pub fn weight(&self) -> f64 {
        self.parts.weight
    }

    /// The same loss with another weight, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If the weight is negative, NaN or infinite.
    #[track_caller]
    pub fn with_weight(self, weight: f64) -> Self {
        let parts = self.parts.with_weight(NAME, weight);
        Self { parts }
    }
}

impl DistillLoss<Tensor<2>, Recalled> for LastBatchLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Recalled) -> Tensor<1> {
        let [rows, classes] = student.dims();
        check::not_empty(NAME, rows);
        check::has_classes(NAME, classes);
        check::label_count(NAME, &teacher.labels, rows);
        if self.parts.check_labels {
            check::labels(NAME, &teacher.labels, classes);
        }
        if let Some(recalled) = &teacher.logits {
            check::recalled(NAME, &student, recalled);
        }
        let student = rows::widen(student);
        let hard = rows::cross_entropy(student.clone(), teacher.labels.without_autodiff());
        // What does not count is left out: 0 · ∞ would not be 0.
        let Some(recalled) = teacher.logits.filter(|_| self.parts.weight > 0.0) else {
            return hard;
        };
        let shared = recalled.dims()[0];
        let again = student.slice_dim(0, 0..shared);
        let soft = self.parts.soft(again, recalled, rows as f64 / shared as f64);
        let both = hard.clone().slice_dim(0, 0..shared) + soft;
        if shared == rows {
            both
        } else {
            Tensor::cat(vec![both, hard.slice_dim(0, shared..rows)], 0)
        }
    }
}

impl ModuleDisplay for LastBatchLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        self.parts.content(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let dlb = LastBatchLossConfig::new().init();
        assert_eq!(format!("{dlb}"), "LastBatchLoss {temperature: 3, weight: 1}");
    }

    #[test]
    #[should_panic(expected = "LastBatchLossConfig: temperature is 0")]
    fn an_impossible_temperature_panics() {
        LastBatchLossConfig::new().with_temperature(0.0).init();
    }

    #[test]
    #[should_panic(expected = "LastBatchLoss: weight is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = LastBatchLossConfig::new().init().with_weight(-1.0);
    }

    #[test]
    #[should_panic(expected = "LastBatchLoss: temperature is 0")]
    fn a_schedule_cannot_reach_temperature_0() {
        let _ = LastBatchLossConfig::new().init().with_temperature(0.0);
    }

    #[test]
    fn the_temperature_can_change_alone() {
        let config = LastBatchLossConfig::new().with_weight(0.5).with_check_labels(false);
        let dlb = config.init().with_temperature(2.0);
        assert_eq!(
            (dlb.temperature(), dlb.weight(), dlb.parts.check_labels),
            (2.0, 0.5, false)
        );
    }
}
