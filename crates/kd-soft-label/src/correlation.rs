use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Bool, Tensor},
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::softened::softened;

/// Configuration of a [`DistLoss`].
#[derive(Config, Debug)]
pub struct DistLossConfig {
    /// T: how much both distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 4.0)]
    pub temperature: f64,
    /// The weight of the correlations over classes, one for each sample. Finite and at least 0.
    #[config(default = 1.0)]
    pub beta: f64,
    /// The weight of the correlations over samples, one for each class. Finite and at least 0.
    #[config(default = 1.0)]
    pub gamma: f64,
}

impl DistLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite, or a weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> DistLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite, or a weight is negative, NaN or
    /// infinite.
    pub fn try_init(&self) -> Result<DistLoss, Error> {
        const NAME: &str = "DistLossConfig";
        check::temperature(NAME, self.temperature)?;
        check::weight(NAME, "beta", self.beta)?;
        check::weight(NAME, "gamma", self.gamma)?;
        Ok(DistLoss {
            temperature: self.temperature,
            beta: self.beta,
            gamma: self.gamma,
        })
    }
}

/// The teacher's preferences and not its probabilities: Pearson's correlation of the two, over the classes of each
/// sample and over the samples of each class (Huang and others, 2022).
///
/// ```text
/// p = softmax(teacher / T)    q = softmax(student / T)    ρ = Pearson's correlation
/// loss of row r = T² · (beta · (1 − ρ(q[r, :], p[r, :])) + gamma · mean over c of (1 − ρ(q[:, c], p[:, c])))
/// ```
///
/// A student need not match the probabilities of a teacher far stronger than it, only be a straight line away from
/// them.
///
/// # Shapes
///
/// - student, teacher: `[batch, classes]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over rows of the first term, mean over classes of the second, which is the same for every row: it compares the
/// samples of a batch with one another. So the loss of a batch is not that of its parts. A mask after the fact leaves
/// the masked rows in the second term: select the rows that count before, from student and teacher. Gradient
/// accumulation gives the mean of the batches' losses, and not the loss of all samples.
///
/// # Gradient
///
/// Flows to the student through q; none for the teacher.
///
/// # Range
///
/// From 0, where every correlation is 1, to `2 · T² · (beta + gamma)`, where each is −1. Where a row or a column of one
/// side is constant ρ is undefined: it counts as 0 (term 1), or, if the other side is constant as well, as 1 (term 0);
/// the gradient is 0 both times. So a batch of one sample has no second term. Constant is what differs by less than 4
/// units of rounding.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 4 | flattens both distributions | finite, > 0 |
/// | `beta` | 1 | weight of the correlations over classes | finite, ≥ 0 |
/// | `gamma` | 1 | weight of the correlations over samples | finite, ≥ 0; at 0 samples are not coupled |
///
/// # Convention
///
/// With T². Defaults are the paper's for CIFAR-100; for ImageNet it takes `beta` = `gamma` = 2 at T = 1. The paper has
/// no ε; the authors' code adds 1e-8 to the product of the norms, which turns off classes that hardly occur in a batch,
/// and gives a batch of one sample a second term of 1. A class absent from both sides is a constant column: it adds
/// nothing, but counts in the mean. torchdistill's DIST+ adds a term that *lowers* the loss where channels differ; it
/// is not here.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{DistillLoss, rows};
/// use kd_soft_label::DistLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let dist = DistLossConfig::new().with_temperature(1.0).init();
/// let teacher = Tensor::<2>::from_floats([[3.0, 1.0, 0.0], [0.0, 2.0, 1.0]], &device);
/// // Half of the teacher's opinion, half of none: other probabilities, the same preferences.
/// let student = ((rows::soften(teacher.clone(), 1.0) + 1.0 / 3.0) * 0.5).log();
/// assert!(dist.forward(student, teacher).into_scalar::<f32>() < 1e-6);
/// ```
///
/// # Reference
///
/// Tao Huang, Shan You, Fei Wang, Chen Qian, Chang Xu: *Knowledge Distillation from A Stronger Teacher*, 2022,
/// arXiv:2205.10536, section 3.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss), which wants the probabilities themselves.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct DistLoss {
    temperature: f64,
    beta: f64,
    gamma: f64,
}

impl DistLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }
}

impl DistillLoss<Tensor<2>> for DistLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        check::logits("DistLoss", &student, &teacher);
        let t = self.temperature;
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let p = softened(teacher, t);
        let q = softened(student, t);
        let mut loss = Tensor::zeros([q.dims()[0]], (&q.device(), q.dtype()));
        // A term of weight 0 is left out: without the second, no sample knows of another.
        if self.beta > 0.0 {
            loss = loss + one_minus_correlation(q.clone(), p.clone(), 1).squeeze_dim::<1>(1) * self.beta;
        }
        if self.gamma > 0.0 {
            loss = loss + one_minus_correlation(q, p, 0).mean() * self.gamma;
        }
        loss * (t * t)
    }
}

/// `1 − ρ` of the vectors along `axis`, which becomes 1.
fn one_minus_correlation(q: Tensor<2>, p: Tensor<2>, axis: usize) -> Tensor<2> {
    let (q, q_constant) = standardised(q, axis);
    let (p, p_constant) = standardised(p, axis);
    // Of vectors of length 1 both are 1 − ρ: half the squared distance keeps its digits, and its gradient's, where ρ is
    // near 1, the other where it is near 0. So ρ weighs them.
    let half_square = (q.clone() - p.clone()).square().sum_dim(axis) * 0.5;
    let rest = (q * p).sum_dim(axis).neg() + 1.0;
    let near_0 = half_square.clone().without_autodiff();
    let near_1 = near_0.clone().neg() + 1.0;
    (half_square * near_1 + rest * near_0).mask_fill(q_constant.bool_xor(p_constant), 1.0)
}

/// The vectors along `axis` with mean 0 and length 1, or 0 if they are constant, and whether they are.
fn standardised(x: Tensor<2>, axis: usize) -> (Tensor<2>, Tensor<2, Bool>) {
    let rounding = 4.0 * x.dtype().finfo().expect("a probability is a float").epsilon;
    // The result does not depend on where x begins and how far it reaches, so those two are constants; with them taken
    // out, no square underflows, and equal numbers are equal whatever their mean is rounded to.
    let constant_x = x.clone().without_autodiff();
    let (low, high) = (constant_x.clone().min_dim(axis), constant_x.max_dim(axis));
    let reach = high.clone() - low.clone();
    let constant = reach.clone().lower_equal(high * rounding + 1e-30);
    let scale = reach
        .mask_fill(constant.clone(), 1.0)
        .recip()
        .mask_fill(constant.clone(), 0.0);
    let x = (x - low) * scale;
    let centred = x.clone() - x.mean_dim(axis);
    let length = centred
        .clone()
        .square()
        .sum_dim(axis)
        .mask_fill(constant.clone(), 1.0)
        .sqrt();
    (centred * length.recip(), constant)
}

impl ModuleDisplay for DistLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add("beta", &self.beta)
            .add("gamma", &self.gamma)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let dist = DistLossConfig::new().init();
        assert_eq!(format!("{dist}"), "DistLoss {temperature: 4, beta: 1, gamma: 1}");
    }

    #[test]
    fn an_impossible_weight_is_an_error_that_says_what_to_do() {
        let error = DistLossConfig::new().with_gamma(-1.0).try_init().unwrap_err();
        assert_eq!(
            error.to_string(),
            "DistLossConfig: gamma is -1, but must be a finite number of at least 0 (0 leaves its part out)"
        );
    }
}
