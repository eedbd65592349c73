use burn::tensor::Tensor;
use kd_core::{
    DistillLoss,
    Feature::{self, Map, Tokens, Vector},
    FeatureProjector, check,
};

use crate::{HintLoss, HintLossConfig};

/// A student that keeps the teacher's classifier: its last features are projected to the teacher's and compared with
/// them, and in use the teacher's head classifies them (SimKD; Chen and others, 2022).
///
/// ```text
/// loss = Σ (projector(student) − teacher)² / numbers in a sample
/// logits = head(projector(student))
/// ```
///
/// No labels and no logits are needed in training. The student that is shipped consists of its backbone, the projector and
/// the teacher's head.
///
/// This is a view, made where it is used: the projector is a field of your own module, beside the backbone, and is trained
/// and saved with it; the head is what you take from the teacher, as a closure, with all that comes between features and
/// logits, such as a mean over places. Have the head frozen (`valid()`), or it may be trained along.
///
/// # Shapes
///
/// - student: what the projector takes
/// - teacher: what the projector gives, `[batch, hidden]`, `[batch, seq, hidden]` or `[batch, channels, height, width]`
/// - output of `per_sample`: `[rows]`, as for [`HintLoss`]
///
/// # Reduction
///
/// Mean over a sample's numbers, mean over samples.
///
/// # Gradient
///
/// Flows through the projector to its weights and to the student; none for the teacher, and the head is not asked.
///
/// # Range
///
/// At least 0, and 0 where the projected features are equal to the teacher's.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// Mean over all numbers of the features before the mean over places, the only loss with weight 1 and without
/// cross-entropy, from the authors' code. There the projector is a bottleneck of three convolutions (1 × 1, 3 × 3, 1 × 1,
/// each with norm and ReLU, half as wide within), and the larger of two unequal maps is shrunk; here a projector does both.
///
/// # Panics
///
/// If the projected features and the teacher's differ in shape, or there are no samples or no numbers in them.
///
/// # Example
///
/// ```
/// use burn::{nn::{LinearConfig, conv::Conv2dConfig}, tensor::{Device, Distribution, Tensor}};
/// use kd_core::{DistillLoss, FeatureProjector, projector_fn};
/// use kd_feature::ReusedClassifier;
///
/// let device = Device::flex().autodiff();
/// // Fields of the student's module:
/// let convolution = Conv2dConfig::new([16, 64], [1, 1]).init(&device);
/// // The teacher's, frozen:
/// let linear = LinearConfig::new(64, 10).init(&device.clone().inner());
///
/// let simkd = ReusedClassifier::new(
///     projector_fn(|features: Tensor<4>| convolution.forward(features)),
///     |features: Tensor<4>| linear.forward(features.mean_dims(&[2, 3]).flatten::<2>(1, 3)),
/// );
/// let student = Tensor::<4>::random([2, 16, 4, 4], Distribution::Default, &device);
/// let teacher = Tensor::<4>::random([2, 64, 4, 4], Distribution::Default, &device);
/// let gradients = simkd.forward(student.clone(), teacher).backward();
/// assert!(convolution.weight.val().grad(&gradients).is_some());
/// assert_eq!(simkd.logits(student).dims(), [2, 10]);
/// ```
///
/// # Reference
///
/// Defang Chen, Jian-Ping Mei, Hailin Zhang, Can Wang, Yan Feng, Chun Chen: *Knowledge Distillation with the Reused Teacher
/// Classifier*, 2022, CVPR, arXiv:2203.14001.
///
/// # See also
///
/// [`Projected`](kd_core::Projected) around [`HintLoss`], which is the same loss without a head;
/// [`RegressionLoss`](crate::RegressionLoss), which asks the teacher's head in training too.
#[derive(Clone, Debug)]
pub struct ReusedClassifier<P, C> {
    projector: P,
    head: C,
    hint: HintLoss,
}

impl<P, C> ReusedClassifier<P, C> {
    /// A view of a projector, or of a reference to one, and of the teacher's head.
    pub fn new(projector: P, head: C) -> Self {
        let hint = HintLossConfig::new().init();
        Self { projector, head, hint }
    }

    /// What the teacher's head makes of the student's features: what the student says when it is used.
    pub fn logits<S, O>(&self, student: S) -> O
    where
        P: FeatureProjector<S>,
        C: Fn(P::Output) -> O,
    {
        (self.head)(self.projector.project(student))
    }

    #[track_caller]
    fn compare<const D: usize>(&self, projected: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::features("ReusedClassifier", &projected, &teacher);
        self.hint.per_sample(projected, teacher)
    }
}

impl<S, const D: usize, P, C> DistillLoss<S, Tensor<D>> for ReusedClassifier<P, C>
where
    P: FeatureProjector<S, Output = Tensor<D>>,
{
    #[track_caller]
    fn per_sample(&self, student: S, teacher: Tensor<D>) -> Tensor<1> {
        self.compare(self.projector.project(student), teacher)
    }
}

impl<S, P, C> DistillLoss<S, Feature> for ReusedClassifier<P, C>
where
    P: FeatureProjector<S, Output = Feature>,
{
    #[track_caller]
    fn per_sample(&self, student: S, teacher: Feature) -> Tensor<1> {
        match (self.projector.project(student), teacher) {
            (Vector(projected), Vector(teacher)) => self.compare(projected, teacher),
            (Tokens(projected), Tokens(teacher)) => self.compare(projected, teacher),
            (Map(projected), Map(teacher)) => self.compare(projected, teacher),
            (projected, teacher) => check::unequal_ranks("ReusedClassifier", &projected, &teacher),
        }
    }
}
