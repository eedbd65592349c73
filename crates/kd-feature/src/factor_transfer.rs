use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::unit::unit;

/// Configuration of a [`FactorTransferLoss`].
#[derive(Config, Debug)]
pub struct FactorTransferLossConfig {}

impl FactorTransferLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> FactorTransferLoss {
        FactorTransferLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<FactorTransferLoss, Error> {
        Ok(self.init())
    }
}

/// The sum of the differences of two factors, each at length 1: factor transfer (Kim and others, 2018).
///
/// ```text
/// loss = ‖student / ‖student‖₂ − teacher / ‖teacher‖₂‖₁
/// ```
///
/// The teacher's factor comes from a trained and frozen [`Paraphraser`](crate::Paraphraser), the student's from a
/// [`Translator`](crate::Translator) that trains with it. As a loss it takes any features.
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`; a token is a row of its own, a map is one row ([`samples`](rows::samples))
///
/// # Reduction
///
/// Sum over a sample's numbers, which all together have length 1; mean over samples.
///
/// # Gradient
///
/// Turns the student's factor and leaves its length alone; none for the teacher. 0 where two numbers are equal, or the
/// factor is zero.
///
/// # Range
///
/// From 0, where the factors are equal but for their length, to `2 · √numbers in a sample`. Factors of zeros stay zero.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// The paper's norm with its p = 1, so a sum: 1/numbers of it is what implementations with `nn.L1Loss` have, torchdistill's
/// among them. RepDistiller's factor is an attention map, the mean over channels of squares, and no paraphraser's: that is
/// attention transfer with an L1 distance.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Distribution, Tensor};
/// use kd_core::{DistillLoss, Frozen, Projected, Teacher};
/// use kd_feature::{FactorTransferLossConfig, Paraphraser, ParaphraserConfig, TranslatorConfig};
///
/// let device = Device::flex().autodiff();
/// let config = ParaphraserConfig::new(8); // trained by now; see `Paraphraser`
/// let translator = TranslatorConfig::new(3, config.factor_channels()).init(&device);
/// let teacher = Frozen::new(config.init(&device), |paraphraser: &Paraphraser, map| paraphraser.factor(map));
/// let transfer = Projected::new(translator, FactorTransferLossConfig::new().init());
///
/// let features = |channels| Tensor::<4>::random([2, channels, 5, 5], Distribution::Default, &device);
/// let gradients = transfer.forward(features(3), teacher.teach(features(8))).backward();
/// let first = &transfer.projector.layers[0].convolution;
/// assert!(first.weight.val().grad(&gradients).is_some());
/// ```
///
/// # Reference
///
/// Jangho Kim, SeongUk Park, Nojun Kwak: *Paraphrasing Complex Network: Network Compression via Factor Transfer*, 2018,
/// arXiv:1802.04977, section 3.2.
///
/// # See also
///
/// [`NormalizedHintLoss`](crate::NormalizedHintLoss), which squares the same differences;
/// [`AttentionTransferLoss`](crate::AttentionTransferLoss).
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct FactorTransferLoss {}

impl<const D: usize> DistillLoss<Tensor<D>> for FactorTransferLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features("FactorTransferLoss", &student, &teacher);
        let student = unit(rows::widen(rows::samples(student)), 1);
        let teacher = unit(rows::samples(teacher.without_autodiff()).cast(student.dtype()), 1);
        (student - teacher).abs().sum_dim(1).squeeze_dim(1)
    }
}

of_any_rank!(FactorTransferLoss);

impl ModuleDisplay for FactorTransferLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
