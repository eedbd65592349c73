use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay, Param},
    tensor::{Device, Tensor},
};
use kd_core::{
    DistillLoss, Error,
    check::{self, VARIANCE_EPSILON},
    rows,
};

use crate::{
    channels::{channel_axis, per_channel},
    softplus::softplus,
};

/// Configuration of a [`VariationalLoss`].
#[derive(Config, Debug)]
pub struct VariationalLossConfig {
    /// The teacher's channels: hidden units of vectors and tokens. At least 1.
    pub channels: usize,
    /// Every channel's variance before training. Finite and above 1e-5.
    #[config(default = 5.0)]
    pub variance: f64,
}

impl VariationalLossConfig {
    /// Makes the loss, its parameters on `device`.
    ///
    /// # Panics
    ///
    /// If `channels` is 0, or `variance` is not finite and above 1e-5.
    #[track_caller]
    pub fn init(&self, device: &Device) -> VariationalLoss {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if `channels` is 0, or `variance` is not finite and above 1e-5.
    pub fn try_init(&self, device: &Device) -> Result<VariationalLoss, Error> {
        const NAME: &str = "VariationalLossConfig";
        check::count(NAME, "channels", self.channels)?;
        check::variance(NAME, "variance", self.variance)?;
        // The inverse of softplus, log(exp(v) − 1), which does not overflow.
        let v = self.variance - VARIANCE_EPSILON;
        let alpha = v + (-(-v).exp_m1()).ln();
        Ok(VariationalLoss {
            alpha: Param::from_tensor(Tensor::full([self.channels], alpha, device)),
        })
    }
}

/// How likely the teacher's features are if the student's are their mean and a trained variance says how exactly each
/// channel can be told: variational information distillation (Ahn and others, 2019).
///
/// ```text
/// σ² = softplus(α) + 1e-5, one for each channel
/// loss = Σ ½ · ((student − teacher)² / σ² + log σ²) / numbers in a sample
/// ```
///
/// It bounds the mutual information of the two networks' features from below, but for a constant. A channel that the
/// student cannot tell gets a large variance, and a small weight.
///
/// # Shapes
///
/// - student, teacher: `[batch, channels]`, `[batch, seq, channels]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// Mean over a sample's numbers, mean over samples, which together is the mean over all numbers.
///
/// # Gradient
///
/// `(student − teacher) / σ²` over all numbers, to the student and whatever projector stands before it, and α gets its
/// own: the loss is a [`Module`], and an optimizer has to step it. None for the teacher.
///
/// # Range
///
/// At least `½ · log 1e-5` = −5.76, and below 0 where σ² < 1: it is a density's logarithm and no divergence. For given
/// features it is least where σ² is the mean squared difference of the channel, and there it is `½ · (1 + log σ²)`; for
/// given σ² where the features are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `channels` | | the teacher's channels | ≥ 1 |
/// | `variance` | 5 | σ² before training | finite, > 1e-5 |
///
/// # Convention
///
/// Mean over all numbers, softplus, 1e-5 and 5 as the authors have them, and RepDistiller after them. Their mean network
/// (1×1 convolutions with ReLU between) is a projector before it, [`Projected`](kd_core::Projected). In mdistiller the
/// variances are no parameters of the module, so that no optimizer sees them and they stay at 5.
///
/// # Panics
///
/// If student and teacher differ in shape, there are no samples or no numbers in them, or there is not one variance for
/// each channel.
///
/// # Example
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Distribution, Tensor}};
/// use kd_core::{DistillLoss, Projected};
/// use kd_feature::VariationalLossConfig;
///
/// let device = Device::flex().autodiff();
/// let mean_network = LinearConfig::new(16, 32).init(&device);
/// let variational = Projected::new(mean_network, VariationalLossConfig::new(32).init(&device));
///
/// let student = Tensor::<2>::random([8, 16], Distribution::Default, &device);
/// let teacher = Tensor::<2>::random([8, 32], Distribution::Default, &device);
/// let gradients = variational.forward(student, teacher).backward();
/// assert!(variational.loss.alpha.val().grad(&gradients).is_some());
/// ```
///
/// # Reference
///
/// Sungsoo Ahn, Shell Xu Hu, Andreas Damianou, Neil D. Lawrence, Zhenwen Dai: *Variational Information Distillation for
/// Knowledge Transfer*, 2019, arXiv:1904.05835, section 2.
///
/// # See also
///
/// [`HintLoss`](crate::HintLoss), which trusts all channels alike.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct VariationalLoss {
    /// α, `[channels]`.
    pub alpha: Param<Tensor<1>>,
}

impl VariationalLoss {
    /// σ² of each channel, `[channels]`.
    pub fn variances(&self) -> Tensor<1> {
        softplus(self.alpha.val()) + VARIANCE_EPSILON
    }
}

impl<const D: usize> DistillLoss<Tensor<D>> for VariationalLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        const NAME: &str = "VariationalLoss";
        check::features(NAME, &student, &teacher);
        let channels = student.dims()[channel_axis::<D>()];
        check::channels(NAME, "variances", self.alpha.val().dims()[0], channels);
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let variance = softplus(per_channel(self.alpha.val(), &student)) + VARIANCE_EPSILON;
        let squares = (student - teacher).square();
        let losses = (squares * variance.clone().recip() + variance.log()) * 0.5;
        rows::samples(losses).mean_dim(1).squeeze_dim(1)
    }
}

of_any_rank!(VariationalLoss);

impl ModuleDisplay for VariationalLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("channels", &self.alpha.dims()[0]).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variances_are_what_they_were_asked_to_be() {
        for variance in [1e-3, 1.0, 5.0, 1e4] {
            let loss = VariationalLossConfig::new(3)
                .with_variance(variance)
                .init(&Device::flex());
            for made in loss.variances().into_data().iter::<f64>() {
                assert!((made / variance - 1.0).abs() < 1e-6, "{made} and not {variance}");
            }
        }
    }

    #[test]
    fn shows_what_it_is() {
        let loss = VariationalLossConfig::new(3).init(&Device::flex());
        assert_eq!(format!("{loss}"), "VariationalLoss {channels: 3, params: 3}");
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let of = |config: VariationalLossConfig| config.try_init(&Device::flex()).unwrap_err().to_string();
        assert_eq!(
            of(VariationalLossConfig::new(0)),
            "VariationalLossConfig: channels is 0, but must be at least 1"
        );
        assert_eq!(
            of(VariationalLossConfig::new(3).with_variance(1e-5)),
            "VariationalLossConfig: variance is 0.00001, but must be a finite number above 1e-5, which is added to every \
             variance"
        );
    }
}
