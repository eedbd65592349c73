use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};
use kd_kernels::{Divergence, divergence};

/// Configuration of an [`AdaptiveKlLoss`].
#[derive(Config, Debug)]
pub struct AdaptiveKlLossConfig {
    /// µ: the teacher's mass that makes up the head. In `[0, 1]`.
    #[config(default = 0.5)]
    pub head: f64,
    /// T: how much both distributions are flattened. Finite and above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
}

impl AdaptiveKlLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the head is outside `[0, 1]`, or the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> AdaptiveKlLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the head is outside `[0, 1]`, or the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<AdaptiveKlLoss, Error> {
        check::share("AdaptiveKlLossConfig", "head", self.head, "in [0, 1] (0.5 is usual)")?;
        check::temperature("AdaptiveKlLossConfig", self.temperature)?;
        Ok(AdaptiveKlLoss {
            head: self.head,
            temperature: self.temperature,
        })
    }
}

/// Adaptive KL: each row mixes both directions by where student and teacher differ more (Wu et al., 2024).
///
/// ```text
/// p = softmax(teacher / T)    q = softmax(student / T)
/// head = the teacher's largest classes as long as their mass is at most µ, and the largest one in any case
/// g_head = Σ_head abs(p − q)    g_tail = Σ_tail abs(p − q)    w = g_head / (g_head + g_tail)
/// loss = T² · (w · KL(p ‖ q) + (1 − w) · KL(q ‖ p))
/// ```
///
/// Forward KL pulls hardest where the teacher has much mass, reverse KL where it has little; the weight goes to the one
/// that is needed.
///
/// # Shapes
///
/// - student, teacher: `[..., classes]`, for example `[batch, classes]` or `[batch, seq, vocab]`
/// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
///
/// # Reduction
///
/// Sum over classes, mean over rows.
///
/// # Gradient
///
/// Of the two divergences; the weight w is a constant, and so is the teacher.
///
/// # Range
///
/// At least 0, and 0 where the distributions are equal. Infinite where the teacher excludes a class (a logit of −∞)
/// that the student does not.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `head` | 0.5 | µ, the teacher's mass in the head | `[0, 1]` |
/// | `temperature` | 1 | flattens both distributions | finite, > 0 |
///
/// # Convention
///
/// The authors' rule for the head, whose mass stays below µ unless one class alone exceeds it. With T², which at the
/// default of 1 changes nothing. The copy in TAID's repository marks the head in sorted order and applies the mark to
/// unsorted gaps, so there the order of the classes changes the loss; here it does not. Where the distributions are
/// equal w would be 0 / 0; it is ½.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_soft_label::AdaptiveKlLossConfig;
///
/// # let device = Device::flex();
/// let loss = AdaptiveKlLossConfig::new().init();
/// let teacher = Tensor::<2>::from_floats([[2.0, 0.0, 0.0]], &device);
/// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0]], &device);
/// // The head is the first class, and what it has too much the two others have too little: w is ½.
/// let value = loss.forward(student, teacher).into_scalar::<f32>();
/// assert!((value - 0.4537).abs() < 1e-3);
/// ```
///
/// # Reference
///
/// Taiqiang Wu, Chaofan Tao, Jiahao Wang, Runming Yang, Zhe Zhao, Ngai Wong: *Rethinking Kullback-Leibler Divergence in
/// Knowledge Distillation for Large Language Models*, 2024, arXiv:2404.02657, section 4.
///
/// # See also
///
/// [`SymmetricKlLoss`](crate::SymmetricKlLoss), with one share for all rows.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct AdaptiveKlLoss {
    head: f64,
    temperature: f64,
}

impl AdaptiveKlLoss {
    /// The teacher's mass in the head.
    pub fn head(&self) -> f64 {
        self.head
    }

    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// The same loss at another temperature, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn with_temperature(self, temperature: f64) -> Self {
        AdaptiveKlLossConfig {
            head: self.head,
            temperature,
        }
        .init()
    }

    /// w, the share of the forward direction: `[rows]`, off the graph.
    fn forward_share(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let p = rows::soften(teacher.without_autodiff(), self.temperature);
        let q = rows::soften(student.without_autodiff(), self.temperature);
        let gap = (p.clone() - q).abs();
        let (p, order) = p.sort_descending_with_indices(1);
        let gap = gap.gather(1, order);

        let beyond = p.clone().cumsum(1).greater_elem(self.head);
        // The largest class belongs to the head, whatever its mass.
        let first = p.slice([0..beyond.dims()[0], 0..1]).ones_like().bool();
        let beyond = beyond.slice_assign([0..first.dims()[0], 0..1], first.bool_not());
        let head = gap.clone().mask_fill(beyond, 0.0).sum_dim(1).squeeze_dim::<1>(1);
        let all = gap.sum_dim(1).squeeze_dim::<1>(1);
        let equal = all.clone().equal_elem(0.0);
        (head / all).mask_fill(equal, 0.5)
    }
}

impl<const D: usize> DistillLoss<Tensor<D>> for AdaptiveKlLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::logits("AdaptiveKlLoss", &student, &teacher);
        let t = self.temperature;
        let (student, teacher) = (rows::flatten_rows(student), rows::flatten_rows(teacher));
        let forward = divergence(student.clone(), teacher.clone(), Divergence::ForwardKl, t);
        let reverse = divergence(student.clone(), teacher.clone(), Divergence::ReverseKl, t);
        let w = self.forward_share(student, teacher).cast(forward.dtype());
        (w.clone() * forward + (w.neg() + 1.0) * reverse) * (t * t)
    }
}

impl ModuleDisplay for AdaptiveKlLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("head", &self.head)
            .add("temperature", &self.temperature)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let loss = AdaptiveKlLossConfig::new().init();
        assert_eq!(format!("{loss}"), "AdaptiveKlLoss {head: 0.5, temperature: 1}");
    }

    #[test]
    fn an_impossible_head_is_an_error_that_says_what_to_do() {
        let error = AdaptiveKlLossConfig::new().with_head(1.5).try_init().unwrap_err();
        assert_eq!(
            error.to_string(),
            "AdaptiveKlLossConfig: head is 1.5, but must be in [0, 1] (0.5 is usual)"
        );
    }
}
