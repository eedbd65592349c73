use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use kd_core::{DistillLoss, OffGraph, ToDevice, check};

use crate::Weights;

/// A loss against each of several teachers: the mean of the losses, and not the loss against their mean.
///
/// ```text
/// loss = Σ_m w_m · L(student, teacher_m)
/// ```
///
/// # Shapes
///
/// - student: what L takes
/// - teacher: a `Vec` of what L takes, one for each teacher, such as [`Ensemble::each`](crate::Ensemble::each) gives; or
///   [`WeighedTeachers`], whose weights differ by sample
/// - output of `per_sample`: `[rows]`, as that of L
///
/// # Reduction
///
/// Weighted mean over teachers, mean over rows.
///
/// # Gradient
///
/// `Σ_m w_m` times that of L against teacher m; none for the teachers and the weights.
///
/// # Range
///
/// That of L, as far as L is at least 0; but it is 0 only where the student is equal to all teachers with a weight, which
/// disagreeing ones do not allow.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `loss` | | L | any loss |
/// | `weights` | equal | how much each teacher counts | ≥ 0, normalised to sum 1 |
///
/// # Convention
///
/// The weights sum to 1, and nothing is divided by the number of teachers after that, as CA-MKD's authors' code does once
/// more. Every term keeps its gradient, which that code's mean of hints loses. Each teacher is softened alone, so at a
/// temperature other than 1 this is another objective than a mean of probabilities that is softened; at 1, with KL from the
/// teachers to the student, the two have the same gradient. A teacher of weight 0 is left out, and so is a row whose weight is 0.
///
/// # Panics
///
/// If there is no teacher, if there is not one weight for each, or as L does.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{DistillLoss, Teacher, teacher_fn};
/// use kd_ensemble::{Ensemble, PerTeacher};
///
/// # #[derive(burn::module::Module, Debug)]
/// # struct Mse;
/// # impl DistillLoss<Tensor<2>> for Mse {
/// #     fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
/// #         (student - teacher.without_autodiff()).square().mean_dim(1).squeeze_dim(1)
/// #     }
/// # }
/// # let device = burn::tensor::Device::flex();
/// let member = |value: f32| {
///     teacher_fn(move |images: Tensor<2>| Tensor::<2>::full([images.dims()[0], 10], value, &images.device()))
/// };
/// let ensemble = Ensemble::new([member(1.0), member(3.0)]);
///
/// let images = Tensor::<2>::zeros([8, 784], &device);
/// let student = Tensor::<2>::full([8, 10], 2.0, &device); // the mean of the two, and 1 from either
/// let loss = PerTeacher::new(Mse).forward(student, ensemble.each(images));
/// assert_eq!(loss.into_scalar::<f32>(), 1.0);
/// ```
///
/// # Reference
///
/// Hailin Zhang, Defang Chen, Can Wang: *Confidence-Aware Multi-Teacher Knowledge Distillation*, 2022, arXiv:2201.00007, whose
/// authors' code has the mean with equal weights as `AVERAGE_LOSS`.
///
/// # See also
///
/// [`Ensemble`](crate::Ensemble), which makes one teacher of many first; [`DirichletLoss`](crate::DirichletLoss), whose student
/// keeps how they disagree.
#[derive(Module, Debug)]
pub struct PerTeacher<L> {
    /// Compares the student with one teacher.
    pub loss: L,
    #[module(skip)]
    weights: Option<Weights>,
}

impl<L> PerTeacher<L> {
    /// Every teacher counts the same.
    pub fn new(loss: L) -> Self {
        Self { loss, weights: None }
    }

    /// Each teacher counts as much as its weight says.
    pub fn weighted(loss: L, weights: Weights) -> Self {
        let weights = Some(weights);
        Self { loss, weights }
    }

    /// The weights, if they are not equal.
    pub fn weights(&self) -> Option<&Weights> {
        self.weights.as_ref()
    }
}

impl<S: Clone, T, L: DistillLoss<S, T>> DistillLoss<S, Vec<T>> for PerTeacher<L> {
    #[track_caller]
    fn per_sample(&self, student: S, teacher: Vec<T>) -> Tensor<1> {
        let count = teacher.len();
        check::at_least_one("PerTeacher", "teachers", count);
        let equal = || Weights::equal(count);
        let weights = self.weights.clone().unwrap_or_else(equal);
        check::must(check::one_each(
            "PerTeacher",
            "the number of weights",
            weights.len(),
            count,
        ));
        let shares = weights.shares().iter().copied();
        let counted = teacher.into_iter().zip(shares).filter(|&(_, share)| share > 0.0);
        let terms = counted.map(|(teacher, share)| self.loss.per_sample(student.clone(), teacher) * share);
        terms.reduce(|sum, term| sum + term).expect("weights sum to 1")
    }
}

/// What several teachers say, and how much each counts for each sample: for [`PerTeacher`].
///
/// # Shapes
///
/// - teachers: one for each teacher, as the loss takes it
/// - weights: `[rows, teachers]`, each at least 0, such as [`WeightedByEntropy::weights`](crate::WeightedByEntropy::weights) and
///   [`WeightedByConfidence::weights`](crate::WeightedByConfidence::weights) give
///
/// # Convention
///
/// Weights are taken as they are: a row that sums to less than 1 counts less, one of zeros is left out. They are constants.
#[derive(Clone, Debug)]
pub struct WeighedTeachers<T> {
    /// What each teacher says.
    pub teachers: Vec<T>,
    /// How much each counts, `[rows, teachers]`.
    pub weights: Tensor<2>,
}

impl<T> WeighedTeachers<T> {
    /// Puts teachers and weights together. Whether they fit is checked by the loss.
    pub fn new(teachers: Vec<T>, weights: Tensor<2>) -> Self {
        Self { teachers, weights }
    }
}

impl<T: OffGraph> OffGraph for WeighedTeachers<T> {
    fn off_graph(self) -> Self {
        Self::new(self.teachers.off_graph(), self.weights.off_graph())
    }
}

impl<T: ToDevice> ToDevice for WeighedTeachers<T> {
    fn home(&self) -> Option<Device> {
        self.weights.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self::new(self.teachers.bring_to(device), self.weights.bring_to(device))
    }
}

impl<S: Clone, T, L: DistillLoss<S, T>> DistillLoss<S, WeighedTeachers<T>> for PerTeacher<L> {
    #[track_caller]
    fn per_sample(&self, student: S, teacher: WeighedTeachers<T>) -> Tensor<1> {
        let WeighedTeachers { teachers, weights } = teacher;
        assert!(
            self.weights.is_none(),
            "PerTeacher: there are weights for each teacher and weights for each sample; make it with `PerTeacher::new`, \
             and multiply them if you mean both"
        );
        let [rows, count] = weights.dims();
        check::at_least_one("PerTeacher", "teachers", teachers.len());
        check::must(check::one_each(
            "PerTeacher",
            "the number of columns of weights",
            count,
            teachers.len(),
        ));
        let weights = weights.without_autodiff();
        let terms = teachers.into_iter().enumerate().map(|(index, teacher)| {
            let values = self.loss.per_sample(student.clone(), teacher);
            let found = values.dims()[0];
            assert!(
                found == rows,
                "PerTeacher: there are weights for {rows} rows and losses for {found}; give one row of weights for each"
            );
            let weights = weights
                .clone()
                .narrow(1, index, 1)
                .squeeze_dim::<1>(1)
                .cast(values.dtype());
            // 0 · ∞ is not 0.
            let left_out = weights.clone().equal_elem(0.0);
            values.mask_fill(left_out, 0.0) * weights
        });
        terms.reduce(|sum, term| sum + term).expect("there is a teacher")
    }
}
