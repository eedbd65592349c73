use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`MeanDiscrepancyLoss`].
#[derive(Config, Debug)]
pub struct MeanDiscrepancyLossConfig {}

impl MeanDiscrepancyLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> MeanDiscrepancyLoss {
        MeanDiscrepancyLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<MeanDiscrepancyLoss, Error> {
        Ok(self.init())
    }
}

/// How far the mean of a batch's features is from that of another view of the batch: the maximum mean discrepancy with a
/// linear kernel (Gretton et al., 2012), between distorted views (Xu & Liu, 2019).
///
/// ```text
/// loss = ‖mean over the batch of student − mean over the batch of teacher‖²
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`, the same
/// - or the features of two views as the student, and nothing as the teacher
/// - output of `per_sample`: `[rows]`, the same value for each; a token is a row, a map is one
///
/// # Reduction
///
/// Sum over a row's numbers. The value is of the whole batch: a mask after the fact leaves the masked rows in the means
/// (select the rows that count before, from student and teacher), and gradient accumulation gives the mean of the batches'
/// losses.
///
/// # Gradient
///
/// `2 · (mean of student − mean of teacher) / rows`, the same for each row; none for the teacher. Of two views both move,
/// the second by as much as the first, the other way.
///
/// # Range
///
/// At least 0, and 0 where the means are equal, whatever the single rows are.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// A sum over features of squared differences of means. Code by the authors of the method we have not seen. A copy that
/// later work compares with, Self-KD-Lib of winycg (methods/ddsgd.py), takes the mean over samples *and* features before
/// it squares, so that all that is left of the features is one number, and weighs it with 5e-4. In another, ddgsd-pytorch
/// of youngerous, what is called MMD is the mean squared difference of the two views' *logits*, sample by sample.
///
/// # Panics
///
/// If the shapes differ, or there are no samples or no numbers.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_self::MeanDiscrepancyLossConfig;
///
/// # let device = Device::flex();
/// let loss = MeanDiscrepancyLossConfig::new().init();
/// let first = Tensor::<2>::from_floats([[1.0, 0.0], [3.0, 0.0]], &device);
/// let second = Tensor::<2>::from_floats([[0.0, 1.0], [0.0, 1.0]], &device);
/// assert_eq!(loss.forward([first, second], ()).into_scalar::<f32>(), 5.0); // (2 − 0)² + (0 − 1)²
/// ```
///
/// # Reference
///
/// Arthur Gretton, Karsten Borgwardt, Malte Rasch, Bernhard Schölkopf, Alexander Smola: *A Kernel Two-Sample Test*, 2012;
/// between distorted views in Ting-Bing Xu, Cheng-Lin Liu: *Data-Distortion Guided Self-Distillation for Deep Neural
/// Networks*, AAAI 2019, doi:10.1609/aaai.v33i01.33015565.
///
/// # See also
///
/// [`DistortionLoss`](crate::DistortionLoss), of the same views' predictions.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MeanDiscrepancyLoss {}

const NAME: &str = "MeanDiscrepancyLoss";

impl<const D: usize> DistillLoss<Tensor<D>> for MeanDiscrepancyLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features(NAME, &student, &teacher);
        discrepancy(student, teacher.without_autodiff())
    }
}

impl<const D: usize> DistillLoss<[Tensor<D>; 2], ()> for MeanDiscrepancyLoss {
    #[track_caller]
    fn per_sample(&self, [first, second]: [Tensor<D>; 2], _teacher: ()) -> Tensor<1> {
        check::views(NAME, &first, &second);
        check::features(NAME, &first, &second);
        discrepancy(first, second)
    }
}

fn discrepancy<const D: usize>(first: Tensor<D>, second: Tensor<D>) -> Tensor<1> {
    let first = rows::widen(rows::samples(first));
    let second = rows::samples(second).cast(first.dtype());
    let count = first.dims()[0];
    // The mean of the differences, which are 0 where the views are equal, whatever the order of a sum.
    let apart = (first - second).mean_dim(0);
    apart.square().sum_dim(1).flatten::<1>(0, 1).expand([count])
}

impl ModuleDisplay for MeanDiscrepancyLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
