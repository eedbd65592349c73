use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check};
use kd_kernels::angles;

use crate::{geometry::Geometry, gram::sides, smooth_l1::smooth_l1};

/// Configuration of a [`RelationalLoss`].
#[derive(Config, Debug)]
pub struct RelationalLossConfig {
    /// The weight of distances between two samples. Finite and at least 0.
    #[config(default = 1.0)]
    pub distance: f64,
    /// The weight of angles between three samples. Finite and at least 0.
    #[config(default = 2.0)]
    pub angle: f64,
}

impl RelationalLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If a weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> RelationalLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a weight is negative, NaN or infinite.
    pub fn try_init(&self) -> Result<RelationalLoss, Error> {
        const NAME: &str = "RelationalLossConfig";
        check::weight(NAME, "distance", self.distance)?;
        check::weight(NAME, "angle", self.angle)?;
        Ok(RelationalLoss {
            distance: self.distance,
            angle: self.angle,
        })
    }
}

/// How far samples are from one another, and at what angles: relational knowledge distillation (Park and others, 2019).
///
/// ```text
/// d[i, j] = distance of samples i and j / mean of the distances that are not 0
/// c[i, j, k] = cosine of the angle at sample i between samples j and k
/// h(x) = ½ · x² where |x| < 1, |x| − ½ elsewhere
/// loss of row i = distance · mean over j of h(d_student − d_teacher)
///               + angle · mean over j and k of h(c_student − c_teacher)
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`; rank and widths
///   of the two may differ, no projector is needed
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over all pairs and all triples of samples, those with the same sample twice, which add 0, included. It compares
/// the samples of a batch with one another, so the loss of a batch is not that of its parts: a mask after the fact
/// leaves the masked samples in the others' rows (select the samples that count before, from student and teacher), and
/// gradient accumulation gives the mean of the batches' losses.
///
/// # Gradient
///
/// Flows to the student through its distances, their mean, and its angles; none for the teacher.
///
/// # Range
///
/// At least 0, and 0 where the student is the teacher moved, turned, mirrored or scaled; the part of the angles is at
/// most 1.5 times its weight. Between two equal samples there is no direction: their distance is 0 with gradient 0, and
/// so is the cosine of every angle with them. So a batch of one sample has loss 0 and gradient 0, and so has one in which
/// all are equal on both sides. Equal is also what rounding cannot tell apart: a squared distance below 4 units of
/// rounding of the samples' squared distances from the mean.
///
/// Just above that, angles have few digits left. Where three samples lie within a share r of the batch's spread, the cosine
/// between them is off by about 2·10⁻⁷ / r² in f32: 2·10⁻³ at a hundredth, 0.2 at a thousandth, where they begin to count as
/// equal. Distances stay right to a thousandth of their mean. Where that matters, give the loss f64.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `distance` | 1 | weight of distances between two samples | finite, ≥ 0; at 0 they are not computed |
/// | `angle` | 2 | weight of angles between three samples | finite, ≥ 0; at 0 they are not computed |
///
/// # Convention
///
/// Weights of the paper. RepDistiller and mdistiller have the same ratio, 25 to 50: weigh the loss with 25. h and the means
/// of the parts are as in the authors' code. That code also clamps squared distances to 1e-12, without which the gradient
/// is NaN where samples are equal; so two equal samples are 1e-6 apart there and count in the mean of the distances, which
/// here they do not. Without equal samples both are the same. mmrazor normalises the features to unit length before, KD_Lib
/// weighs both with ½.
///
/// # Cost
///
/// Angles take time for `batch³` numbers, whatever the width: they are made of the samples' products, and differences of
/// features are never formed. On Flex and NdArray they take memory for some `batch²` numbers, elsewhere for some `batch³`.
///
/// # Panics
///
/// If there are unequal numbers of samples, or none, or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::RelationalLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let loss = RelationalLossConfig::new().init();
/// let teacher = Tensor::<2>::from_floats([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]], &device);
/// let similar = Tensor::<2>::from_floats([[1.0, 1.0], [1.0, 7.0], [9.0, 7.0]], &device);
/// let other = Tensor::<2>::from_floats([[1.0, 1.0], [1.0, 7.0], [1.0, 8.0]], &device);
/// assert!(loss.forward(similar, teacher.clone()).into_scalar::<f32>() < 1e-6);
/// assert!(loss.forward(other, teacher).into_scalar::<f32>() > 0.1);
/// ```
///
/// # Reference
///
/// Wonpyo Park, Dongju Kim, Yan Lu, Minsu Cho: *Relational Knowledge Distillation*, 2019, arXiv:1904.05068, equations 5
/// to 9.
///
/// # See also
///
/// [`SimilarityLoss`](crate::SimilarityLoss), which is cheaper.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct RelationalLoss {
    distance: f64,
    angle: f64,
}

impl<const S: usize, const T: usize> DistillLoss<Tensor<S>, Tensor<T>> for RelationalLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<S>, teacher: Tensor<T>) -> Tensor<1> {
        let (student, teacher) = sides("RelationalLoss", student, teacher);
        let [batch, _] = student.dims();
        let (student, teacher) = (Geometry::of(student), Geometry::of(teacher));
        // 0 whatever the weights are, but NaN if the student is.
        let mut loss = student.distances.clone().sum_dim(1).squeeze_dim(1) * 0.0;
        if self.distance > 0.0 {
            let difference = student.relative_distances() - teacher.relative_distances();
            loss = loss + smooth_l1(difference, 1.0).mean_dim(1).squeeze_dim(1) * self.distance;
        }
        if self.angle > 0.0 {
            let pairs = (batch * batch) as f64;
            loss = loss + angles(student.angles(), teacher.angles()) * (self.angle / pairs);
        }
        loss
    }
}

of_relations!(RelationalLoss);

impl ModuleDisplay for RelationalLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("distance", &self.distance)
            .add("angle", &self.angle)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let loss = RelationalLossConfig::new().init();
        assert_eq!(format!("{loss}"), "RelationalLoss {distance: 1, angle: 2}");
    }

    #[test]
    fn an_impossible_weight_is_an_error_that_says_what_to_do() {
        let error = RelationalLossConfig::new().with_angle(-1.0).try_init().unwrap_err();
        assert_eq!(
            error.to_string(),
            "RelationalLossConfig: angle is -1, but must be a finite number of at least 0 (0 leaves its part out)"
        );
    }
}
