use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error};

use crate::{
    gram::{centred, gram, sides},
    u_centred::u_centred,
    unit::unit,
};

/// Configuration of a [`CkaLoss`].
#[derive(Config, Debug)]
pub struct CkaLossConfig {
    /// Whether the similarity of independent features is 0 on average, however few samples there are.
    #[config(default = false)]
    pub debiased: bool,
}

impl CkaLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> CkaLoss {
        CkaLoss {
            debiased: self.debiased,
        }
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<CkaLoss, Error> {
        Ok(self.init())
    }
}

/// One minus the centred kernel alignment of student and teacher: linear CKA (Kornblith and others, 2019).
///
/// ```text
/// F = features, a row a sample, less their mean    K = F · Fᵀ
/// CKA = ⟨K_student, K_teacher⟩ / (‖K_student‖ · ‖K_teacher‖)
/// loss = 1 − CKA = ½ · Σ (K_student / ‖K_student‖ − K_teacher / ‖K_teacher‖)²
/// ```
///
/// The student may turn, mirror and scale its features as it likes, and have more of them or fewer.
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`; rank and widths
///   of the two may differ, no projector is needed
/// - output of `per_sample`: `[batch]`, the part of each row of K times batch, so that their mean is the loss
///
/// # Reduction
///
/// One number for a batch. It compares the samples of a batch with one another, so the loss of a batch is not that of
/// its parts: a mask after the fact leaves the masked samples in the others' rows (select the samples that count
/// before, from student and teacher), and gradient accumulation gives the mean of the batches' losses.
///
/// # Gradient
///
/// Flows to the student through K; none for the teacher.
///
/// # Range
///
/// From 0, where the kernels are equal but for a factor, to 1, or 2 if debiased. The CKA of constant features, which
/// are the same for all samples, is undefined: it counts as ½ (loss ½) if one side's are, or as 1 (loss 0) if both
/// are; the gradient is 0 both times. Debiased, features count as constant too if only one sample differs. So a batch of
/// one sample has loss 0, and a debiased one of fewer than four, which would have to be divided by 0.
///
/// [`align::Cka`](crate::align::Cka) has 0 for constant layers: there they are to be like none when layers are matched, here
/// two constant sides are to have nothing to learn.
///
/// # Parameters
///
/// | Name | Default | Purpose |
/// |---|---|---|
/// | `debiased` | false | whether K's diagonal is left out, and K centred for that: independent features of few samples and many numbers then have a CKA of 0 on average, and not one near 1 |
///
/// # Convention
///
/// Linear kernel, on the samples of this batch. Biased it is the estimator of the paper; debiased it is that of Song and
/// others (2012), as used by Nguyen and others (2020), here as the cosine of the U-centred kernels, which is the same.
///
/// # Panics
///
/// If there are unequal numbers of samples, or none, or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::{Distribution, Tensor};
/// use kd_core::DistillLoss;
/// use kd_feature::CkaLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let teacher = Tensor::<2>::random([16, 2], Distribution::Normal(0.0, 1.0), &device);
/// let [x, y] = [0, 1].map(|column| teacher.clone().narrow(1, column, 1));
/// // Turned by an angle, three times as large and moved: the same to CKA.
/// let student = Tensor::cat(vec![x.clone() * 3.0 - y.clone() * 4.0, x * 4.0 + y * 3.0], 1) + 7.0;
/// let loss = CkaLossConfig::new().init();
/// assert!(loss.forward(student, teacher).into_scalar::<f32>() < 1e-6);
/// ```
///
/// # Reference
///
/// Simon Kornblith, Mohammad Norouzi, Honglak Lee, Geoffrey Hinton: *Similarity of Neural Network Representations
/// Revisited*, 2019, arXiv:1905.00414, section 3; Thao Nguyen, Maithra Raghu, Simon Kornblith: *Do Wide and Deep
/// Networks Learn the Same Things?*, 2020, arXiv:2010.15327, section 3.
///
/// # See also
///
/// [`SimilarityLoss`](crate::SimilarityLoss), the same products as they are.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct CkaLoss {
    debiased: bool,
}

impl<const S: usize, const T: usize> DistillLoss<Tensor<S>, Tensor<T>> for CkaLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<S>, teacher: Tensor<T>) -> Tensor<1> {
        let (student, teacher) = sides("CkaLoss", student, teacher);
        let batch = student.dims()[0] as f64;
        // Of vectors of length 1, half the squared distance is 1 minus the cosine, and keeps its digits near 0.
        let squares = (self.kernel(student) - self.kernel(teacher)).square();
        (squares.sum_dim(1) * (0.5 * batch)).squeeze_dim(1)
    }
}

impl CkaLoss {
    /// The centred kernel `[batch, batch]` as a vector of length 1, or of 0 if there is none.
    fn kernel(&self, features: Tensor<2>) -> Tensor<2> {
        let [batch, _] = features.dims();
        let kernel = gram(centred(features));
        let kernel = if self.debiased { u_centred(kernel) } else { kernel };
        unit(kernel.reshape([1, batch * batch]), 1).reshape([batch, batch])
    }
}

of_relations!(CkaLoss);

impl ModuleDisplay for CkaLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("debiased", &self.debiased).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        assert_eq!(format!("{}", CkaLossConfig::new().init()), "CkaLoss {debiased: false}");
    }
}
