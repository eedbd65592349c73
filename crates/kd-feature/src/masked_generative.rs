use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    nn::{
        PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Bool, Device, Tensor, activation::relu},
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::{MaskOver, convolve::convolve};

/// Configuration of a [`MaskedGenerativeLoss`].
#[derive(Config, Debug)]
pub struct MaskedGenerativeLossConfig {
    /// The channels of the teacher's map, and of the student's once it is projected. At least 1.
    pub channels: usize,
    /// λ: the share that is hidden, on average. In `[0, 1]`.
    #[config(default = 0.65)]
    pub ratio: f64,
    /// What is hidden.
    #[config(default = "MaskOver::Places")]
    pub over: MaskOver,
}

impl MaskedGenerativeLossConfig {
    /// Makes the loss, its weights on `device`.
    ///
    /// # Panics
    ///
    /// If there are no channels, or the ratio is not in `[0, 1]`.
    #[track_caller]
    pub fn init(&self, device: &Device) -> MaskedGenerativeLoss {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no channels, or the ratio is not in `[0, 1]`.
    pub fn try_init(&self, device: &Device) -> Result<MaskedGenerativeLoss, Error> {
        const NAME: &str = "MaskedGenerativeLossConfig";
        check::count(NAME, "channels", self.channels)?;
        let expected = "in [0, 1] (0 hides nothing, 0.15 to 0.75 are usual)";
        check::share(NAME, "ratio", self.ratio, expected)?;
        let convolution =
            Conv2dConfig::new([self.channels; 2], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1));
        Ok(MaskedGenerativeLoss {
            first: convolution.init(device),
            second: convolution.init(device),
            ratio: self.ratio,
            over: self.over,
        })
    }
}

/// The teacher's map generated from a part of the student's: masked generative distillation (MGD; Yang and others, 2022).
///
/// ```text
/// G = second ∘ ReLU ∘ first    two convolutions of 3 × 3
/// loss = Σ (G(mask · student) − teacher)² / numbers in a sample    mask = 0 with probability λ, else 1
/// ```
///
/// A student whose every part knows what is around it can make up for what is hidden. The mask is drawn anew in every
/// call, for each sample: over places or over channels.
///
/// The loss owns the weights of G. Make it a field of the module that the optimizer trains. Where the channels differ, put
/// a projector before it ([`Projected`](kd_core::Projected)), a 1×1 convolution in the paper.
///
/// # Shapes
///
/// - student, teacher: `[batch, channels, height, width]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over a sample's numbers, mean over samples.
///
/// # Gradient
///
/// Flows through G to the student where it is not hidden, and to the weights of G; none for the teacher. What is hidden has
/// no part in it, even if it is NaN.
///
/// # Range
///
/// At least 0. It is not 0 where student and teacher are equal, but where G restores the teacher.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `channels` | | of the teacher's map | ≥ 1 |
/// | `ratio` | 0.65 | λ, the share hidden | in [0, 1] |
/// | `over` | places | what is hidden as a whole | places or channels |
///
/// # Convention
///
/// Mean over all numbers, as Model-Optimizer has it. The authors' code divides the sum by the batch alone, and weighs it
/// with 2e-5 (λ = 0.65, places) for detection and 7e-5 (λ = 0.15, channels) for classification: multiply such a weight by
/// channels · height · width. Weights begin as Burn's convolutions do, which is as PyTorch's do.
///
/// # Random numbers
///
/// The mask comes from the random numbers of the teacher's device, as dropout does: after `device.seed(n)` the same calls
/// give the same masks on the same backend, in a program in which one thread alone draws. Burn does not save where its
/// numbers are, so a run that is to be resumed exactly seeds anew at each epoch, `device.seed(seed + epoch)`.
/// [`per_sample_of`](Self::per_sample_of) takes a mask of your own and draws nothing. The mask is drawn in validation too.
///
/// # Panics
///
/// If student and teacher differ in shape, have other channels than the loss was made for, or there are no samples or no
/// numbers in them. `init` panics if there are no channels, or the ratio is not in `[0, 1]`.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Distribution, Tensor};
/// use kd_core::DistillLoss;
/// use kd_feature::MaskedGenerativeLossConfig;
///
/// let device = Device::flex().autodiff();
/// let mgd = MaskedGenerativeLossConfig::new(4).init(&device);
/// let student = Tensor::<4>::random([2, 4, 8, 8], Distribution::Default, &device);
/// let loss = || {
///     device.seed(7);
///     mgd.forward(student.clone(), student.clone())
/// };
/// let gradients = loss().backward();
/// assert!(mgd.first.weight.val().grad(&gradients).is_some());
/// // The same seed, the same mask.
/// assert_eq!(loss().into_scalar::<f32>(), loss().into_scalar::<f32>());
/// ```
///
/// # Reference
///
/// Zhendong Yang, Zhe Li, Mingqi Shao, Dachuan Shi, Zehuan Yuan, Chun Yuan: *Masked Generative Distillation*, 2022,
/// arXiv:2205.01529.
///
/// # See also
///
/// [`HintLoss`](crate::HintLoss), which hides nothing and generates nothing.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MaskedGenerativeLoss {
    /// The first convolution of G.
    pub first: Conv2d,
    /// The second one.
    pub second: Conv2d,
    ratio: f64,
    #[module(skip)]
    over: MaskOver,
}

impl MaskedGenerativeLoss {
    /// The loss of each sample with a mask of your own, which is true where the student is seen.
    ///
    /// # Shapes
    ///
    /// - kept: `[batch, channels, height, width]`, where an axis of 1 stands for all of it: `[batch, 1, height, width]`
    ///   hides places and `[batch, channels, 1, 1]` channels
    /// - output: `[batch]`
    ///
    /// # Panics
    ///
    /// As the loss does, and if the mask does not fit.
    #[track_caller]
    pub fn per_sample_of(&self, student: Tensor<4>, teacher: Tensor<4>, kept: Tensor<4, Bool>) -> Tensor<1> {
        const NAME: &str = "MaskedGenerativeLoss";
        check::features(NAME, &student, &teacher);
        check::channels_of_weights(NAME, "student", self.first.weight.dims()[1], &student);
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let hidden = kept.expand(student.dims()).bool_not();
        let seen = student.mask_fill(hidden, 0.0);
        let generated = convolve(&self.second, relu(convolve(&self.first, seen)));
        let difference = rows::samples(generated - teacher);
        difference.square().mean_dim(1).squeeze_dim(1)
    }
}

impl DistillLoss<Tensor<4>> for MaskedGenerativeLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        check::features("MaskedGenerativeLoss", &student, &teacher);
        let teacher = teacher.without_autodiff();
        let kept = self.over.draw(self.ratio, &teacher);
        self.per_sample_of(student, teacher, kept)
    }
}

of_maps!(MaskedGenerativeLoss);

impl ModuleDisplay for MaskedGenerativeLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("channels", &self.first.weight.dims()[1])
            .add("ratio", &self.ratio)
            .add_debug_attribute("over", &self.over)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let mgd = MaskedGenerativeLossConfig::new(8).init(&Device::flex());
        assert_eq!(
            format!("{mgd}"),
            "MaskedGenerativeLoss {channels: 8, ratio: 0.65, over: Places, params: 1168}"
        );
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let device = Device::flex();
        let error = MaskedGenerativeLossConfig::new(0).try_init(&device).unwrap_err();
        assert_eq!(
            error.to_string(),
            "MaskedGenerativeLossConfig: channels is 0, but must be at least 1"
        );
        let error = MaskedGenerativeLossConfig::new(1)
            .with_ratio(1.5)
            .try_init(&device)
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "MaskedGenerativeLossConfig: ratio is 1.5, but must be in [0, 1] (0 hides nothing, 0.15 to 0.75 are usual)"
        );
    }
}
