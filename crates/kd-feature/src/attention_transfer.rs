use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::unit::{root, scale, unit_distance};

/// How far apart two attention maps are: the paper says one thing, its code another.
#[derive(Config, Debug, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttentionDistance {
    /// `‖Q_s − Q_t‖₂`, not squared: the paper.
    Norm,
    /// `‖Q_s − Q_t‖₂² / places`: the authors' code, RepDistiller and mdistiller.
    MeanSquare,
}

/// Configuration of an [`AttentionTransferLoss`].
#[derive(Config, Debug)]
pub struct AttentionTransferLossConfig {
    /// How far apart two attention maps are.
    #[config(default = "AttentionDistance::MeanSquare")]
    pub distance: AttentionDistance,
    /// The power that each activation is raised to before channels are summed. Finite and at least 1.
    #[config(default = 2.0)]
    pub p: f64,
}

impl AttentionTransferLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If `p` is below 1, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> AttentionTransferLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if `p` is below 1, NaN or infinite.
    pub fn try_init(&self) -> Result<AttentionTransferLoss, Error> {
        check::power("AttentionTransferLossConfig", "p", self.p)?;
        Ok(AttentionTransferLoss {
            distance: self.distance,
            p: self.p,
        })
    }
}

/// Where in the map there is something to see, whatever it is: attention transfer (Zagoruyko and Komodakis, 2017).
///
/// ```text
/// Q(x) = A / ‖A‖    A[place] = Σ over channels of |x[channel, place]|ᵖ
/// loss = ‖Q(student) − Q(teacher)‖² / places      (MeanSquare)
/// loss = ‖Q(student) − Q(teacher)‖                (Norm)
/// ```
///
/// Student and teacher may have any number of channels, so it needs no projector.
///
/// # Shapes
///
/// - student: `[batch, channels, height, width]`
/// - teacher: `[batch, channels, height, width]`, its channels its own
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Channels are summed (a mean would give the same, as each Q has length 1); over places as `distance` says; mean over
/// samples.
///
/// # Gradient
///
/// Flows to the student through Q; none for the teacher. A map of zeros gets none. That of `Norm` has length 1 in Q
/// however near the student is, and is 0 where Q is the teacher's.
///
/// # Range
///
/// From 0, where each place has the same share of attention, to √2 (`Norm`) or 2 / places (`MeanSquare`), since Q is
/// never negative. A map of zeros has a Q of zeros: the norm is 1 to any other, and 0 to another of zeros. Maps of one
/// place, but for zeros, are all alike: 0.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `distance` | `MeanSquare` | the code's distance or the paper's | |
/// | `p` | 2 | the larger, the more the strongest activations count | finite, ≥ 1 |
///
/// # Convention
///
/// `MeanSquare` is what the authors' code, RepDistiller and mdistiller compute, usually weighed with 1000 for each pair of
/// layers; the square and the division by places make it far smaller than `Norm`. The paper's weight is β/2 for the sum
/// of its norms over layers: give `Norm` that weight. torchdistill has both. KD_Lib's does not sum over channels, and so
/// is no attention.
///
/// # Panics
///
/// If student and teacher differ in batch, height or width, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::AttentionTransferLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let attention = AttentionTransferLossConfig::new().init();
/// let teacher = Tensor::<4>::from_floats([[[[3.0, 1.0]], [[0.0, 2.0]]]], &device);
/// // Another number of channels, other signs and sizes: the second place has 5/9 of the first's in both.
/// let student = Tensor::<4>::from_floats([[[[6.0, -f32::sqrt(20.0)]]]], &device);
/// assert!(attention.forward(student, teacher).into_scalar::<f32>() < 1e-6);
/// ```
///
/// # Reference
///
/// Sergey Zagoruyko, Nikos Komodakis: *Paying More Attention to Attention: Improving the Performance of Convolutional
/// Neural Networks via Attention Transfer*, 2017, arXiv:1612.03928, equation 2.
///
/// # See also
///
/// [`HintLoss`](crate::HintLoss), which compares the activations themselves.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct AttentionTransferLoss {
    #[module(skip)]
    distance: AttentionDistance,
    p: f64,
}

impl AttentionTransferLoss {
    /// Q before it is brought to length 1: `[batch, places]`.
    fn attention(&self, x: Tensor<4>) -> Tensor<2> {
        let x = if self.p == 2.0 {
            x.square()
        } else if self.p == 1.0 {
            x.abs()
        } else {
            // Q does not depend on how large the map is; at its own scale no power overflows, and the largest is 1. A square
            // does without, which spares it a rounding.
            let (scale, _) = scale(&x.clone().flatten::<2>(1, 3), 1);
            (x * scale.unsqueeze_dims(&[2, 3])).abs().powf_scalar(self.p)
        };
        x.sum_dim(1).flatten(1, 3)
    }
}

impl DistillLoss<Tensor<4>> for AttentionTransferLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        check::same_places("AttentionTransferLoss", &student, &teacher);
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let [_, _, height, width] = student.dims();
        let squares = unit_distance(self.attention(student), self.attention(teacher), 1);
        match self.distance {
            AttentionDistance::Norm => root(squares),
            AttentionDistance::MeanSquare => squares * ((height * width) as f64).recip(),
        }
        .squeeze_dim(1)
    }
}

of_maps!(AttentionTransferLoss);

impl ModuleDisplay for AttentionTransferLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add_debug_attribute("distance", &self.distance)
            .add("p", &self.p)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let attention = AttentionTransferLossConfig::new().init();
        assert_eq!(
            format!("{attention}"),
            "AttentionTransferLoss {distance: MeanSquare, p: 2}"
        );
    }

    #[test]
    fn an_impossible_power_is_an_error_that_says_what_to_do() {
        for p in [0.5, f64::NAN, f64::INFINITY] {
            let error = AttentionTransferLossConfig::new().with_p(p).try_init().unwrap_err();
            let message = format!("AttentionTransferLossConfig: p is {p}, but must be a finite number of at least 1");
            assert_eq!(error.to_string(), message);
        }
    }
}
