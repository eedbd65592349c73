use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::{gram::gram, unit::unit};

/// Configuration of a [`NeuronSelectivityLoss`].
#[derive(Config, Debug)]
pub struct NeuronSelectivityLossConfig {}

impl NeuronSelectivityLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> NeuronSelectivityLoss {
        NeuronSelectivityLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<NeuronSelectivityLoss, Error> {
        Ok(self.init())
    }
}

/// What places the channels select, as a distribution of patterns: the squared maximum mean discrepancy between the
/// student's channels and the teacher's (Huang and Wang, 2017).
///
/// ```text
/// s[i], t[j] = channels as vectors over places, of length 1    k(x, y) = (x · y)²
/// loss = mean over i, j of k(t[i], t[j]) + mean of k(s[i], s[j]) − 2 · mean of k(s[i], t[j])
/// ```
///
/// Channels are samples of a distribution here, in no order, so student and teacher need not have the same number of
/// them.
///
/// # Shapes
///
/// - student: `[batch, channels of the student, height, width]`
/// - teacher: `[batch, channels of the teacher, height, width]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over pairs of channels, mean over samples.
///
/// # Gradient
///
/// Flows to the student through s and its length; none for the teacher. None at a channel of zeros.
///
/// # Range
///
/// From 0 (up to rounding), where the second moments of the channels are equal, to 2. Zero with gradient 0 where student
/// and teacher are equal, and also where one has every channel twice, or with the other sign. On maps of one place every
/// channel but one of zeros is 1 or −1, and without zeros the loss 0. A channel of zeros stays one: it selects nothing.
/// Where the numbers of channels differ and the student's is below that of places, the value is a difference of three means
/// and right to about 1e-8 in f32; elsewhere it keeps its digits however near the student is.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// The polynomial kernel of the paper with d = 2 and c = 0, biased means (a channel is compared with itself too), as the
/// paper and RepDistiller have it; the term of the teacher alone is included, without which the value would not be 0 at
/// equality. RepDistiller weighs it with 50, and shrinks the larger of two unequal maps; here that is a projector's task.
///
/// # Panics
///
/// If student and teacher differ in batch, height or width, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::{Distribution, Tensor};
/// use kd_core::DistillLoss;
/// use kd_feature::NeuronSelectivityLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let nst = NeuronSelectivityLossConfig::new().init();
/// let teacher = Tensor::<4>::random([2, 6, 4, 4], Distribution::Default, &device);
/// let other = Tensor::<4>::random([2, 3, 4, 4], Distribution::Default, &device);
/// // In another order and of another strength it is the same distribution of patterns.
/// let same = nst.forward(teacher.clone().flip([1]) * 2.0, teacher.clone());
/// assert!(same.into_scalar::<f32>() < 1e-6);
/// assert!(nst.forward(other, teacher).into_scalar::<f32>() > 1e-4);
/// ```
///
/// # Reference
///
/// Zehao Huang, Naiyan Wang: *Like What You Like: Knowledge Distill via Neuron Selectivity Transfer*, 2017,
/// arXiv:1707.01219.
///
/// # See also
///
/// [`HintLoss`](crate::HintLoss), which compares channel by channel.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct NeuronSelectivityLoss {}

impl DistillLoss<Tensor<4>> for NeuronSelectivityLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        check::same_places("NeuronSelectivityLoss", &student, &teacher);
        let s = rows::widen(student);
        let t = teacher.without_autodiff().cast(s.dtype());
        let [s, t] = [s, t].map(|map| unit(map.flatten::<3>(2, 3), 2));
        let [_, channels, places] = s.dims();
        if places <= channels {
            (second_moment(s) - second_moment(t)).square().sum_dims_squeeze(&[1, 2])
        } else if channels == t.dims()[1] {
            of_difference(s - t.clone(), t)
        } else {
            mean_kernel(&t, &t) + mean_kernel(&s, &s) - mean_kernel(&s, &t) * 2.0
        }
    }
}

/// The three means for as many channels on either side, in terms of d = s − t.
///
/// ```text
/// mean over i, j of D² + 4 A D + 2 D T + 2 A Aᵀ, entry by entry    D = d dᵀ, A = d tᵀ, T = t tᵀ
/// ```
///
/// It is what is left of them when s is written t + d and what cancels is struck out; so it keeps its digits where s and t
/// are close.
fn of_difference(d: Tensor<3>, t: Tensor<3>) -> Tensor<1> {
    let across = d.clone().matmul(t.clone().transpose());
    let own = gram(d);
    let kernels = own.clone().square()
        + across.clone() * own.clone() * 4.0
        + own * gram(t) * 2.0
        + across.clone() * across.transpose() * 2.0;
    kernels.mean_dims(&[1, 2]).flatten(0, 2)
}

/// The mean over i, j of `(x[i] · y[j])²`.
fn mean_kernel(x: &Tensor<3>, y: &Tensor<3>) -> Tensor<1> {
    let products = x.clone().matmul(y.clone().swap_dims(1, 2));
    products.square().mean_dims(&[1, 2]).flatten(0, 2)
}

/// The mean over i of `x[i] x[i]ᵀ`, `[batch, places, places]`.
///
/// The mean kernel of x and y is the product of their moments, summed; so the three means are the square of a difference,
/// which keeps its digits where x and y are close, and is cheaper on small maps.
fn second_moment(x: Tensor<3>) -> Tensor<3> {
    let channels = x.dims()[1] as f64;
    x.clone().swap_dims(1, 2).matmul(x) * channels.recip()
}

of_maps!(NeuronSelectivityLoss);

impl ModuleDisplay for NeuronSelectivityLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
