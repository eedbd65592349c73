use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, Labelled, check, rows};

use crate::hard_and_soft::HardAndSoft;

const NAME: &str = "ClassWiseLoss";

/// Configuration of a [`ClassWiseLoss`].
#[derive(Config, Debug)]
pub struct ClassWiseLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 4.0)]
    pub temperature: f64,
    /// The weight of what is said of the other sample; the labels' is 1. The paper's λ. Finite, at least 0.
    #[config(default = 1.0)]
    pub weight: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it; turn
    /// it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl ClassWiseLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or the weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> ClassWiseLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or the weight is negative, NaN or infinite.
    pub fn try_init(&self) -> Result<ClassWiseLoss, Error> {
        let parts = HardAndSoft::try_new("ClassWiseLossConfig", self.temperature, self.weight, self.check_labels)?;
        Ok(ClassWiseLoss { parts })
    }
}

/// The label, and what the same network says of another sample of the same class: CS-KD (Yun et al., 2020).
///
/// ```text
/// p = softmax(other / T)    q = softmax(student / T)
/// loss = CE(student, labels) + weight · T² · KL(p ‖ q)
/// ```
///
/// A network that is sure of a sample for reasons of that sample's own is less sure of its class's others, and is held to
/// what it says of them.
///
/// # Shapes
///
/// - student: `[rows, classes]`
/// - teacher: [`Labelled`] with logits `[rows, classes]` of another sample of each row's class, and labels `[rows]`
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Sum over classes, mean over rows, of both parts.
///
/// # Gradient
///
/// `(softmax(student) − onehot(labels) + weight · T · (q − p)) / rows`; none for the other samples.
///
/// # Range
///
/// At least 0. *Not* 0 where both samples are judged alike: the labels still count.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 4 | flattens both distributions of the second part | finite, > 0 |
/// | `weight` | 1 | the weight of the second part | finite, ≥ 0; at 0 it is left out |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// T², KL, divided by rows, as the authors' code (cs-kd), whose defaults these are. There the other samples go through the
/// network in training mode, without a gradient and without labels of their own: in a second pass, so that batch
/// normalisation sees each half alone.
///
/// # Panics
///
/// If the shapes differ, there are no rows or no classes, there is not one label per row, or a label is not a class.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Labelled};
/// use kd_self::{ClassPairs, ClassWiseLossConfig};
///
/// # fn main() -> Result<(), kd_core::Error> {
/// let device = Device::flex().autodiff();
/// # let forward = |ids: &[usize]| Tensor::<2>::ones([ids.len(), 2], &device).require_grad();
/// let cs_kd = ClassWiseLossConfig::new().init();
/// let pairs = ClassPairs::new(vec![0, 1, 1, 0, 1, 0], 42); // each sample's class, and a seed
///
/// for (step, ids) in [[0, 1, 2], [5, 4, 3]].iter().enumerate() {
///     let others = pairs.partners(ids, step)?;
///     let student = forward(ids);
///     let labels = Tensor::from_ints(pairs.labels(ids)?.as_slice(), &device);
///     let loss = cs_kd.forward(student.clone(), Labelled::new(forward(&others), labels));
///     assert!(student.grad(&loss.backward()).is_some());
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Reference
///
/// Sukmin Yun, Jongjin Park, Kimin Lee, Jinwoo Shin: *Regularizing Class-wise Predictions via Self-knowledge Distillation*,
/// CVPR 2020, arXiv:2003.13964, section 2.
///
/// # See also
///
/// [`ClassPairs`](crate::ClassPairs), which draws the other samples; [`DistortionLoss`](crate::DistortionLoss), between two
/// views of the same sample.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ClassWiseLoss {
    parts: HardAndSoft,
}

impl ClassWiseLoss {
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

    /// The weight of what is said of the other sample.
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

impl DistillLoss<Tensor<2>, Labelled> for ClassWiseLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::labelled(NAME, &student, &teacher, self.parts.check_labels);
        let student = rows::widen(student);
        let hard = rows::cross_entropy(student.clone(), teacher.labels.without_autodiff());
        // What does not count is left out: 0 · ∞ would not be 0.
        if self.parts.weight == 0.0 {
            return hard;
        }
        hard + self.parts.soft(student, teacher.logits, 1.0)
    }
}

impl ModuleDisplay for ClassWiseLoss {
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
        let loss = ClassWiseLossConfig::new().init();
        assert_eq!(format!("{loss}"), "ClassWiseLoss {temperature: 4, weight: 1}");
    }

    #[test]
    #[should_panic(expected = "ClassWiseLossConfig: temperature is NaN")]
    fn an_impossible_temperature_panics() {
        ClassWiseLossConfig::new().with_temperature(f64::NAN).init();
    }

    #[test]
    #[should_panic(expected = "ClassWiseLoss: weight is inf")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = ClassWiseLossConfig::new().init().with_weight(f64::INFINITY);
    }

    #[test]
    #[should_panic(expected = "ClassWiseLoss: temperature is 0")]
    fn a_schedule_cannot_reach_temperature_0() {
        let _ = ClassWiseLossConfig::new().init().with_temperature(0.0);
    }

    #[test]
    fn the_temperature_can_change_alone() {
        let config = ClassWiseLossConfig::new().with_weight(0.5).with_check_labels(false);
        let loss = config.init().with_temperature(2.0);
        assert_eq!(
            (loss.temperature(), loss.weight(), loss.parts.check_labels),
            (2.0, 0.5, false)
        );
    }
}
