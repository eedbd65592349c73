use burn::{
    config::Config,
    tensor::{Int, Tensor},
};
use kd_core::{Error, Teacher, check, rows};

/// Configuration of a [`VirtualTeacher`].
#[derive(Config, Debug)]
pub struct VirtualTeacherConfig {
    /// How many classes there are, at least 2.
    pub classes: usize,
    /// a: the probability of the label. At least 1 / `classes`, below 1.
    #[config(default = 0.99)]
    pub confidence: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl VirtualTeacherConfig {
    /// Makes the teacher.
    ///
    /// # Panics
    ///
    /// If there are fewer than two classes, or the confidence is below 1 / `classes`, or not below 1.
    #[track_caller]
    pub fn init(&self) -> VirtualTeacher {
        kd_core::check::must(self.try_init())
    }

    /// Makes the teacher, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are fewer than two classes, or the confidence is below 1 / `classes`, or not
    /// below 1.
    pub fn try_init(&self) -> Result<VirtualTeacher, Error> {
        const NAME: &str = "VirtualTeacherConfig";
        check::several(NAME, "classes", self.classes)?;
        check::confidence(NAME, self.confidence, self.classes)?;
        Ok(VirtualTeacher {
            classes: self.classes,
            confidence: self.confidence,
            check_labels: self.check_labels,
        })
    }
}

/// A teacher that is right about every sample and finds all wrong classes equally wrong: the virtual teacher of teacher-free
/// distillation (Tf-KD; Yuan, Tay, Li, Wang & Feng, 2020).
///
/// ```text
/// p_k     = a for the label, (1 − a) / (classes − 1) for each other class
/// logit_k = log (a · (classes − 1) / (1 − a)) for the label, 0 for each other class
/// ```
///
/// The logits' softmax is p, and at a temperature T it is p^(1/T) over its sum, which is p softened. So any soft-label loss
/// learns from it as from a network, and at the temperature that the loss has. The method is
///
/// ```text
/// loss = (1 − alpha) · CE(student, labels) + alpha · KL(softmax(teacher / T) ‖ softmax(student / T))
/// ```
///
/// with T = 20 or more, at which the teacher is nearly undecided.
///
/// # Shapes
///
/// - labels: `[rows]`, each in `0..classes`
/// - output of `teach`: `[rows, classes]`, logits
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `classes` | | how many there are | ≥ 2 |
/// | `confidence` | 0.99 | a, the label's probability at T = 1 | `[1 / classes, 1)`; the paper has 0.9 and more |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// As the paper defines it. The authors' code computes another target: the softmax of p itself over T, of probabilities as
/// if they were logits, which for 100 classes at T = 20 is 0.0105 for the label and 0.00999 for each other class (here
/// 0.0157 and 0.0099); nor does it soften the student, and it divides by classes too, which a `multiplier` of 1 to 100
/// partly undoes, where it is not 1. As a target theirs is this teacher at `confidence` = 0.0105 and T = 1.
///
/// The loss above has no T², and its soft part pulls 1 / T² as hard as in `KnowledgeDistillationLoss` of `kd-soft-label`,
/// which has it: there a smaller alpha does the same, up to a factor of the whole. Or add up the parts in
/// [`LossTerms`](kd_core::LossTerms), as below; a `SoftLabelLoss` for the second gets the weight `alpha / T²`. The authors'
/// code has an alpha from 0.1 to 0.95 and a T from 10 to 40, by network.
///
/// At T = 1 this is label smoothing, with ε = (1 − a) · classes / (classes − 1): `SmoothedLabels` of `kd-soft-label` is the
/// same teacher by that name.
///
/// # Panics
///
/// `teach` panics if a label is not a class.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{LossTerms, Teacher, rows};
/// use kd_self::VirtualTeacherConfig;
///
/// let teacher = VirtualTeacherConfig::new(3).init();
/// let (alpha, t) = (0.1, 20.0);
///
/// # let device = Device::flex();
/// let labels = Tensor::from_ints([1, 0], &device);
/// let student = Tensor::<2>::from_floats([[0.5, 4.0, 1.0], [3.0, 1.0, 0.0]], &device);
///
/// let taught = rows::log_soften(teacher.teach(labels.clone()), t);
/// let terms = LossTerms::new()
///     .with("hard", 1.0 - alpha, rows::cross_entropy(student.clone(), labels).mean())
///     .with("soft", alpha, rows::kl(taught, rows::log_soften(student, t)).mean());
/// let loss = terms.total().into_scalar::<f32>();
/// assert!((loss - 0.1112).abs() < 1e-3); // 0.1866 if the soft part had T²
/// ```
///
/// # Reference
///
/// Li Yuan, Francis E. H. Tay, Guilin Li, Tao Wang, Jiashi Feng: *Revisiting Knowledge Distillation via Label Smoothing
/// Regularization*, CVPR 2020, arXiv:1909.11723. The authors' code is yuanli2333/Teacher-free-Knowledge-Distillation.
///
/// # See also
///
/// [`MutualLoss`](crate::MutualLoss), where a peer tells one wrong class from another.
#[derive(Clone, Debug)]
pub struct VirtualTeacher {
    classes: usize,
    confidence: f64,
    check_labels: bool,
}

impl VirtualTeacher {
    /// The label's probability at T = 1.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }
}

impl Teacher<Tensor<1, Int>> for VirtualTeacher {
    type Output = Tensor<2>;

    #[track_caller]
    fn teach(&self, labels: Tensor<1, Int>) -> Tensor<2> {
        let labels = labels.without_autodiff();
        if self.check_labels {
            check::labels("VirtualTeacher", &labels, self.classes);
        }
        let others = (self.classes - 1) as f64;
        let lead = (self.confidence * others / (1.0 - self.confidence)).ln();
        Tensor::zeros([labels.dims()[0], self.classes], &labels.device())
            .mask_fill(rows::at_label(labels, self.classes), lead)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn taught(config: &VirtualTeacherConfig, t: f64) -> Vec<f32> {
        let labels = Tensor::from_ints([1], &Device::flex());
        let logits = config.init().teach(labels);
        rows::soften(logits, t).into_data().try_to_vec().unwrap()
    }

    fn assert_probs(probs: &[f32], label: f32, other: f32) {
        for (class, prob) in probs.iter().enumerate() {
            let expected = if class == 1 { label } else { other };
            assert!((prob / expected - 1.0).abs() < 1e-5, "{prob} and not {expected}");
        }
    }

    #[test]
    fn the_others_share_what_the_label_leaves() {
        assert_probs(&taught(&VirtualTeacherConfig::new(5), 1.0), 0.99, 0.0025);
        let undecided = VirtualTeacherConfig::new(5).with_confidence(0.2);
        assert_probs(&taught(&undecided, 1.0), 0.2, 0.2);
    }

    /// 0.99^(1/20) = 0.99949761 and (0.01 / 99)^(1/20) = 0.63127449, over 0.99949761 + 99 · 0.63127449.
    #[test]
    fn it_is_softened_as_a_distribution() {
        assert_probs(
            &taught(&VirtualTeacherConfig::new(100), 20.0),
            0.015_741_193,
            0.009_942_008,
        );
    }

    #[test]
    fn an_impossible_confidence_is_an_error_that_says_what_to_do() {
        for confidence in [0.05, 1.0, 1.1, f64::NAN] {
            let error = VirtualTeacherConfig::new(10)
                .with_confidence(confidence)
                .try_init()
                .unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "VirtualTeacherConfig: confidence is {confidence}, but must be at least 1 / classes, which prefers no \
                     class, and below 1, which is the label alone (0.99 is usual)"
                )
            );
        }
    }

    #[test]
    #[should_panic(expected = "VirtualTeacherConfig: classes is 1, but must be at least 2")]
    fn there_must_be_other_classes() {
        VirtualTeacherConfig::new(1).init();
    }
}
