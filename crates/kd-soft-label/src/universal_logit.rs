use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::softened::softened;

/// Configuration of a [`UldLoss`].
#[derive(Config, Debug)]
pub struct UldLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
}

impl UldLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> UldLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<UldLoss, Error> {
        check::temperature("UldLossConfig", self.temperature)?;
        Ok(UldLoss {
            temperature: self.temperature,
        })
    }
}

/// Student and teacher with different vocabularies, compared by how their probabilities are spread and not by which
/// class has them: universal logit distillation (Boizard and others, 2024).
///
/// ```text
/// p = softmax(teacher / T)    q = softmax(student / T)    each sorted, largest first; the shorter padded with 0
/// loss = Σ |q − p|
/// ```
///
/// It is the Wasserstein distance between the two distributions if moving mass from any class to any other costs the
/// same, and is free where there is no telling which class of one is which of the other.
///
/// # Shapes
///
/// - student: `[..., classes]`
/// - teacher: `[..., classes]`, the same but for the number of classes
/// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
///
/// # Reduction
///
/// Sum over classes, mean over rows.
///
/// # Gradient
///
/// `q · (s − Σ q · s) / (T · rows)` with `s = sign(q − p)`, brought back to where each probability was before it was
/// sorted; none for the teacher. Where q = p, `s` is 0. Where two classes of the student are equally likely the loss
/// has a kink, and the gradient is that of one of the two orders.
///
/// # Range
///
/// From 0, where the sorted distributions are equal, to below 2.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 1 | flattens both distributions | finite, > 0 |
///
/// # Convention
///
/// No factor T² (the paper knows no temperature; the authors' code and TRL's GOLD take one, by default 1), a sum over
/// classes and not a mean. The paper adds it to the cross-entropy with weight 1.5. Nothing is overwritten: the authors'
/// code pads the logits that it was given in place.
///
/// Burn sorts on the processor: on a GPU both distributions travel there and back.
///
/// # Panics
///
/// If student and teacher differ in an axis other than the last, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_soft_label::UldLossConfig;
///
/// # let device = Device::flex().autodiff();
/// let student = Tensor::<2>::from_floats([[0.0, 3.0]], &device).require_grad();
/// let teacher = Tensor::<2>::from_floats([[1.0, 0.0, 2.0]], &device); // another vocabulary
/// let loss = UldLossConfig::new().init().forward(student.clone(), teacher);
///
/// let gradient = student.grad(&loss.backward()).unwrap();
/// let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
/// assert!(gradient[1] > 0.0); // the teacher's best class, whichever it is, is less sure
/// ```
///
/// # Reference
///
/// Nicolas Boizard, Kevin El Haddad, Céline Hudelot, Pierre Colombo: *Towards Cross-Tokenizer Distillation: the
/// Universal Logit Distillation Loss for LLMs*, 2024, arXiv:2402.12030, section 3.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss), wherever both have the same classes.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct UldLoss {
    temperature: f64,
}

impl UldLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }
}

impl<const D: usize> DistillLoss<Tensor<D>> for UldLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        const NAME: &str = "UldLoss";
        check::same_rows(NAME, &student, &teacher);
        check::not_empty(NAME, student.dims()[..D - 1].iter().product());
        check::has_classes(NAME, student.dims()[D - 1].min(teacher.dims()[D - 1]));
        let t = self.temperature;
        let student = rows::widen(rows::flatten_rows(student));
        let teacher = rows::flatten_rows(teacher.without_autodiff()).cast(student.dtype());
        let classes = student.dims()[1].max(teacher.dims()[1]);
        let p = padded(softened(teacher, t).sort_descending(1), classes);
        let q = padded(softened(student, t).sort_descending(1), classes);
        (q - p).abs().sum_dim(1).squeeze_dim(1)
    }
}

/// Zeros at the end of each row, up to `classes`.
fn padded(probs: Tensor<2>, classes: usize) -> Tensor<2> {
    let [count, own] = probs.dims();
    if own == classes {
        return probs;
    }
    let zeros = Tensor::zeros([count, classes - own], (&probs.device(), probs.dtype()));
    Tensor::cat(vec![probs, zeros], 1)
}

impl ModuleDisplay for UldLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("temperature", &self.temperature).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let uld = UldLossConfig::new().init();
        assert_eq!(format!("{uld}"), "UldLoss {temperature: 1}");
    }

    #[test]
    #[should_panic(expected = "UldLossConfig: temperature is 0")]
    fn init_panics_with_the_words_of_the_check() {
        UldLossConfig::new().with_temperature(0.0).init();
    }
}
