use burn::{
    config::Config,
    tensor::{Int, Tensor},
};
use kd_core::{Error, Teacher, check, rows};

/// Configuration of a [`SmoothedLabels`] teacher.
#[derive(Config, Debug)]
pub struct SmoothedLabelsConfig {
    /// How many classes there are, at least 1.
    pub classes: usize,
    /// ε: the share of probability that is spread evenly over all classes. In `[0, 1]`.
    #[config(default = 0.1)]
    pub epsilon: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl SmoothedLabelsConfig {
    /// Makes the teacher.
    ///
    /// # Panics
    ///
    /// If epsilon is outside `[0, 1]`, or there are no classes.
    #[track_caller]
    pub fn init(&self) -> SmoothedLabels {
        kd_core::check::must(self.try_init())
    }

    /// Makes the teacher, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if epsilon is outside `[0, 1]`, or there are no classes.
    pub fn try_init(&self) -> Result<SmoothedLabels, Error> {
        const OWNER: &str = "SmoothedLabelsConfig";
        check::count(OWNER, "classes", self.classes)?;
        check::share(
            OWNER,
            "epsilon",
            self.epsilon,
            "in [0, 1] (0 is the label alone, 1 is the same for every class, 0.1 is usual)",
        )?;
        Ok(SmoothedLabels {
            classes: self.classes,
            epsilon: self.epsilon,
            check_labels: self.check_labels,
        })
    }
}

/// A teacher that knows only the labels, and is not quite sure of them: label smoothing (Szegedy et al., 2016).
///
/// ```text
/// p_i = (1 − ε) · [i = label] + ε / classes
/// ```
///
/// What it teaches are the logarithms of p, which are logits of p: give them to a
/// [`SoftLabelLoss`](crate::SoftLabelLoss) **at T = 1**, which makes of them the cross-entropy with smoothed labels less
/// their entropy, a constant. So training with label smoothing *is* distillation, from a teacher that is the same for all.
///
/// # Shapes
///
/// - labels: `[rows]`, each in `0..classes`
/// - output of `teach`: `[rows, classes]`, log-probabilities
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `classes` | none | how many there are | ≥ 1 |
/// | `epsilon` | 0.1 | the share that is spread over all classes | `[0, 1]` |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// ε is spread over *all* classes, the label included, as in the paper and in PyTorch's `label_smoothing`. Where an
/// implementation spreads it over the others alone, its ε is `(classes − 1) / classes` of this one. At ε = 0 the other
/// classes have logit −∞.
///
/// # Panics
///
/// `teach` panics if a label is not a class.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Teacher};
/// use kd_soft_label::{SmoothedLabelsConfig, SoftLabelLossConfig};
///
/// let teacher = SmoothedLabelsConfig::new(4).with_epsilon(0.2).init();
/// let soft = SoftLabelLossConfig::new().with_temperature(1.0).init();
///
/// # let device = Device::flex();
/// let labels = Tensor::from_ints([2], &device);
/// let student = Tensor::<2>::from_floats([[0.05, 0.05, 0.85, 0.05]], &device).log();
/// assert!(soft.forward(student, teacher.teach(labels)).into_scalar::<f32>() < 1e-6);
/// ```
///
/// # Reference
///
/// Christian Szegedy, Vincent Vanhoucke, Sergey Ioffe, Jonathon Shlens, Zbigniew Wojna: *Rethinking the Inception
/// Architecture for Computer Vision*, CVPR 2016, arXiv:1512.00567, section 7. As distillation: Li Yuan, Francis E. H. Tay,
/// Guilin Li, Tao Wang, Jiashi Feng: *Revisiting Knowledge Distillation via Label Smoothing Regularization*, CVPR 2020,
/// arXiv:1909.11723.
///
/// # See also
///
/// [`CorrectedSoftLabelLoss`](crate::CorrectedSoftLabelLoss), where a real teacher is corrected towards the label.
#[derive(Clone, Debug)]
pub struct SmoothedLabels {
    classes: usize,
    epsilon: f64,
    check_labels: bool,
}

impl Teacher<Tensor<1, Int>> for SmoothedLabels {
    type Output = Tensor<2>;

    #[track_caller]
    fn teach(&self, labels: Tensor<1, Int>) -> Tensor<2> {
        let labels = labels.without_autodiff();
        if self.check_labels {
            check::labels("SmoothedLabels", &labels, self.classes);
        }
        let everywhere = self.epsilon / self.classes as f64;
        let shape = [labels.dims()[0], self.classes];
        Tensor::full(shape, everywhere.ln(), &labels.device()).mask_fill(
            rows::at_label(labels, self.classes),
            (1.0 - self.epsilon + everywhere).ln(),
        )
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn probs(epsilon: f64) -> Vec<f32> {
        let teacher = SmoothedLabelsConfig::new(4).with_epsilon(epsilon).init();
        let labels = Tensor::from_ints([0, 3], &Device::flex());
        teacher.teach(labels).exp().into_data().try_to_vec().unwrap()
    }

    #[test]
    fn epsilon_is_spread_over_all_classes() {
        let expected = [0.925, 0.025, 0.025, 0.025, 0.025, 0.025, 0.025, 0.925];
        for (actual, expected) in probs(0.1).iter().zip(expected) {
            assert!((actual - expected).abs() < 1e-6, "{actual} and not {expected}");
        }
        assert_eq!(probs(0.0), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(probs(1.0), [0.25; 8]);
    }

    #[test]
    fn an_impossible_epsilon_is_an_error_that_says_what_to_do() {
        for epsilon in [-0.1, 1.1, f64::NAN] {
            let error = SmoothedLabelsConfig::new(4)
                .with_epsilon(epsilon)
                .try_init()
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "SmoothedLabelsConfig: epsilon is {epsilon}, but must be in [0, 1] (0 is the label alone, 1 is the \
                     same for every class, 0.1 is usual)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "SmoothedLabelsConfig: classes is 0, but must be at least 1")]
    fn there_must_be_classes() {
        SmoothedLabelsConfig::new(0).init();
    }

    #[test]
    #[should_panic(expected = "SmoothedLabels: label 4 is not a class")]
    fn a_label_must_be_a_class() {
        let teacher = SmoothedLabelsConfig::new(4).init();
        let _ = teacher.teach(Tensor::from_ints([4], &Device::flex()));
    }
}
