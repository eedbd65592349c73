use burn::{config::Config, tensor::Tensor};
use kd_core::{
    DistillLoss, Error,
    Feature::{self, Map, Tokens, Vector},
    check, rows,
};

use crate::{HintLoss, HintLossConfig};

/// Configuration of a [`RegressionLoss`].
#[derive(Config, Debug)]
pub struct RegressionLossConfig {
    /// α: the weight of the difference of features. Finite and at least 0.
    #[config(default = 1.0)]
    pub alpha: f64,
    /// β: the weight of the difference of what the head makes of them. Finite and at least 0.
    #[config(default = 1.0)]
    pub beta: f64,
}

impl RegressionLossConfig {
    /// Makes the loss around the teacher's head.
    ///
    /// # Panics
    ///
    /// If a weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init<C>(&self, head: C) -> RegressionLoss<C> {
        kd_core::check::must(self.try_init(head))
    }

    /// Makes the loss, for weights that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a weight is negative, NaN or infinite.
    pub fn try_init<C>(&self, head: C) -> Result<RegressionLoss<C>, Error> {
        const NAME: &str = "RegressionLossConfig";
        check::weight(NAME, "alpha", self.alpha)?;
        check::weight(NAME, "beta", self.beta)?;
        Ok(RegressionLoss {
            head,
            hint: HintLossConfig::new().init(),
            alpha: self.alpha,
            beta: self.beta,
        })
    }
}

/// Features that mean the same to the teacher's own head: the squared difference of features, and of what that head makes
/// of both (softmax regression representation learning, SRRL; Yang and others, 2021).
///
/// ```text
/// loss = α · mean (student − teacher)² + β · mean (head(student) − head(teacher))²
/// ```
///
/// A difference that the head does not see matters less than one that changes a class. The head is a closure, with all
/// that comes between features and logits, such as a mean over places. Have it frozen (`valid()`), or it may be trained
/// along.
///
/// This is a view, made where it is used, and no Burn module, since a closure is none. Where the student's features have
/// another shape, put a projector before it: a field of your own module, beside the student, that
/// [`Projected`](kd_core::Projected) is given a reference to.
///
/// # Shapes
///
/// - student, teacher: `[batch, hidden]` or `[batch, channels, height, width]`
/// - what the head gives: `[batch, classes]`, a row for each sample; a token would be one
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over a sample's numbers and over its classes, mean over samples.
///
/// # Gradient
///
/// Flows to the student directly and through the head; none for the teacher.
///
/// # Range
///
/// At least 0, and 0 where the features are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `alpha` | 1 | weight of the features | finite, ≥ 0; at 0 they are left out |
/// | `beta` | 1 | weight of the logits | finite, ≥ 0; at 0 the head is not asked |
///
/// # Convention
///
/// Means of squares in both parts. The paper also considers the divergence of the two softmaxes in place of the second:
/// that is a soft-label loss on `head(student)`. Logits are compared in the precision that the head gives.
///
/// # Panics
///
/// If student and teacher differ in shape, there are no samples or no numbers in them, or the head does not give a row for
/// each sample. `init` panics if a weight is negative, NaN or infinite.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::RegressionLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// // A head that sees the first of two numbers alone.
/// let srrl = RegressionLossConfig::new().init(|hidden: Tensor<2>| hidden.narrow(1, 0, 1) * 3.0);
/// let teacher = Tensor::<2>::zeros([1, 2], &device);
/// let seen = Tensor::<2>::from_floats([[1.0, 0.0]], &device);
/// let unseen = Tensor::<2>::from_floats([[0.0, 1.0]], &device);
/// assert_eq!(srrl.forward(seen, teacher.clone()).into_scalar::<f32>(), 9.5);
/// assert_eq!(srrl.forward(unseen, teacher).into_scalar::<f32>(), 0.5);
/// ```
///
/// With a projector:
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Distribution, Tensor}};
/// use kd_core::{DistillLoss, Projected};
/// use kd_feature::RegressionLossConfig;
///
/// let device = Device::flex().autodiff();
/// // A field of the student's module, and the teacher's head, frozen:
/// let projector = LinearConfig::new(16, 64).init(&device);
/// let head = LinearConfig::new(64, 10).init(&device.clone().inner());
///
/// let srrl = RegressionLossConfig::new().init(|hidden: Tensor<2>| head.forward(hidden));
/// let student = Tensor::<2>::random([8, 16], Distribution::Default, &device);
/// let teacher = Tensor::<2>::random([8, 64], Distribution::Default, &device);
/// let gradients = Projected::new(&projector, srrl).forward(student, teacher).backward();
/// assert!(projector.weight.val().grad(&gradients).is_some());
/// ```
///
/// # Reference
///
/// Jing Yang, Brais Martinez, Adrian Bulat, Georgios Tzimiropoulos: *Knowledge distillation via softmax regression
/// representation learning*, 2021, ICLR.
///
/// # See also
///
/// [`ReusedClassifier`](crate::ReusedClassifier), where the student keeps the teacher's head.
#[derive(Clone, Debug)]
pub struct RegressionLoss<C> {
    head: C,
    hint: HintLoss,
    alpha: f64,
    beta: f64,
}

impl<C> RegressionLoss<C> {
    #[track_caller]
    fn compare<const D: usize>(
        &self,
        student: Tensor<D>,
        teacher: Tensor<D>,
        head: impl Fn(Tensor<D>) -> Tensor<2>,
    ) -> Tensor<1> {
        const NAME: &str = "RegressionLoss";
        check::features(NAME, &student, &teacher);
        let teacher = teacher.without_autodiff();
        let features = rows::widen(rows::samples(student.clone()));
        let samples = features.dims()[0];
        // A part of weight 0 is left out: 0 times what is not a number is none either.
        let mut loss = Tensor::zeros([samples], (&features.device(), features.dtype()));
        if self.alpha > 0.0 {
            loss = loss + self.hint.per_sample(student.clone(), teacher.clone()) * self.alpha;
        }
        if self.beta > 0.0 {
            let logits = rows::widen(head(student));
            let target = head(teacher).without_autodiff().cast(logits.dtype());
            check::head(NAME, &logits, samples);
            let of_logits = (logits - target).square().mean_dim(1).squeeze_dim::<1>(1);
            loss = loss.clone() + of_logits.cast(loss.dtype()) * self.beta;
        }
        loss
    }
}

impl<const D: usize, C: Fn(Tensor<D>) -> Tensor<2>> DistillLoss<Tensor<D>> for RegressionLoss<C> {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        self.compare(student, teacher, &self.head)
    }
}

impl<C: Fn(Feature) -> Tensor<2>> DistillLoss<Feature> for RegressionLoss<C> {
    #[track_caller]
    fn per_sample(&self, student: Feature, teacher: Feature) -> Tensor<1> {
        let head = &self.head;
        match (student, teacher) {
            (Vector(student), Vector(teacher)) => self.compare(student, teacher, |x| head(x.into())),
            (Tokens(student), Tokens(teacher)) => self.compare(student, teacher, |x| head(x.into())),
            (Map(student), Map(teacher)) => self.compare(student, teacher, |x| head(x.into())),
            (student, teacher) => check::unequal_ranks("RegressionLoss", &student, &teacher),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_weight_is_an_error_that_says_what_to_do() {
        let config = RegressionLossConfig::new().with_beta(f64::NAN);
        let error = config.try_init(|hidden: Tensor<2>| hidden).err().unwrap();
        assert_eq!(
            error.to_string(),
            "RegressionLossConfig: beta is NaN, but must be a finite number of at least 0 (0 leaves its part out)"
        );
    }
}
