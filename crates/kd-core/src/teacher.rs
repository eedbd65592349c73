use std::{rc::Rc, sync::Arc};

/// Turns an input into something to learn from.
///
/// `I` is the input and `Output` what a [`DistillLoss`](crate::DistillLoss) takes as its teacher: logits, features, or a
/// struct of both. A teacher need not be a network: a file of recorded outputs, an ensemble or a remote server teach
/// just as well.
///
/// Most people want [`Frozen`](crate::Frozen), which makes a teacher of any Burn module.
pub trait Teacher<I> {
    /// What is taught.
    type Output;

    /// Teaches `input`. The output is off the autodiff graph.
    fn teach(&self, input: I) -> Self::Output;
}

macro_rules! through_pointer {
    ($($pointer:ty),*) => {$(
        impl<I, K: Teacher<I> + ?Sized> Teacher<I> for $pointer {
            type Output = K::Output;

            fn teach(&self, input: I) -> Self::Output {
                (**self).teach(input)
            }
        }
    )*};
}

through_pointer!(&K, Box<K>, Rc<K>, Arc<K>);

/// A closure as a [`Teacher`]; made by [`teacher_fn`].
#[derive(Clone, Copy, Debug)]
pub struct TeacherFn<F>(F);

/// Makes a [`Teacher`] of a closure.
///
/// Nothing is frozen here: whatever the closure returns is taken off the graph, but what it runs is its own business.
///
/// # Example
///
/// A teacher that needs no network: label smoothing, the uniform distribution for every input.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{Teacher, teacher_fn};
///
/// let uniform = teacher_fn(|images: Tensor<2>| Tensor::<2>::zeros([images.dims()[0], 10], &images.device()));
/// # let device = burn::tensor::Device::flex();
/// assert_eq!(uniform.teach(Tensor::ones([3, 784], &device)).dims(), [3, 10]);
/// ```
pub fn teacher_fn<I, O, F: Fn(I) -> O>(teach: F) -> TeacherFn<F> {
    TeacherFn(teach)
}

impl<I, O: crate::OffGraph, F: Fn(I) -> O> Teacher<I> for TeacherFn<F> {
    type Output = O;

    fn teach(&self, input: I) -> O {
        (self.0)(input).off_graph()
    }
}
