use std::{rc::Rc, sync::Arc};

use burn::tensor::Tensor;

use crate::{check, rows};

/// Compares a student with its teacher.
///
/// `S` is what the student shows (logits, a feature map, several exits) and `T` what the teacher shows. They are often
/// the same type; labels come in through `T`, as in [`Labelled`](crate::Labelled). The order is always student, teacher.
///
/// # The contract
///
/// Every implementation keeps these promises, and `kd-testkit` tests them for every loss of this family:
///
/// - **One value per sample.** [`per_sample`](Self::per_sample) is the primitive and reduces nothing across samples, so
///   "mean" has one meaning, and masks, sample weights, gradient accumulation and data parallelism are exact: sum the
///   values, divide by the count you mean.
/// - **The teacher is a constant.** No gradient reaches it, even if it arrives on the autodiff graph.
/// - **Unequal shapes panic** and never broadcast; so does an empty batch.
/// - **At least 0, and 0 at equality**, unless the documentation of the loss says otherwise.
/// - **Half precision is widened**: f16 and bf16 inputs are compared in f32, and the values come out in f32.
/// - **NaN in, NaN out**: there is no hidden epsilon.
///
/// The trait is dyn-compatible, so losses can be chosen at run time as `Box<dyn DistillLoss<Tensor<2>>>`.
pub trait DistillLoss<S, T = S> {
    /// The loss of each sample, unreduced.
    ///
    /// # Shapes
    ///
    /// - output: `[rows]`, one value per sample
    fn per_sample(&self, student: S, teacher: T) -> Tensor<1>;

    /// The mean over samples.
    ///
    /// # Shapes
    ///
    /// - output: `[1]`
    ///
    /// # Panics
    ///
    /// If there is no sample: the mean of nothing is not a number.
    #[track_caller]
    fn forward(&self, student: S, teacher: T) -> Tensor<1> {
        let values = self.per_sample(student, teacher);
        check::not_empty("DistillLoss::forward", values.dims()[0]);
        values.mean()
    }

    /// The mean over the samples whose `mask` is true; exactly 0, and differentiable, if there are none.
    ///
    /// # Shapes
    ///
    /// - mask: `[rows]`
    /// - output: `[1]`
    ///
    /// # Panics
    ///
    /// If the mask's length is not the number of rows.
    #[track_caller]
    fn forward_masked(&self, student: S, teacher: T, mask: Tensor<1, burn::tensor::Bool>) -> Tensor<1> {
        rows::masked_mean(self.per_sample(student, teacher), mask)
    }
}

macro_rules! through_pointer {
    ($($pointer:ty),*) => {$(
        impl<S, T, L: DistillLoss<S, T> + ?Sized> DistillLoss<S, T> for $pointer {
            fn per_sample(&self, student: S, teacher: T) -> Tensor<1> {
                (**self).per_sample(student, teacher)
            }

            fn forward(&self, student: S, teacher: T) -> Tensor<1> {
                (**self).forward(student, teacher)
            }

            fn forward_masked(&self, student: S, teacher: T, mask: Tensor<1, burn::tensor::Bool>) -> Tensor<1> {
                (**self).forward_masked(student, teacher, mask)
            }
        }
    )*};
}

through_pointer!(&L, Box<L>, Rc<L>, Arc<L>);
