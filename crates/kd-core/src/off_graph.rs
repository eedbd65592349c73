use burn::tensor::{Bool, Int, Tensor};

/// What can be taken off the autodiff graph: tensors, and whatever is made of them.
///
/// A [`Frozen`](crate::Frozen) teacher takes its input off the graph, so that it records nothing, and its output too, so
/// that no gradient reaches it. Implement it for the struct in which your model returns its features:
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::OffGraph;
///
/// struct Features {
///     hidden: Vec<Tensor<4>>,
///     logits: Tensor<2>,
/// }
///
/// impl OffGraph for Features {
///     fn off_graph(self) -> Self {
///         Self { hidden: self.hidden.off_graph(), logits: self.logits.off_graph() }
///     }
/// }
///
/// # let device = burn::tensor::Device::flex().autodiff();
/// let features = Features { hidden: vec![], logits: Tensor::zeros([1, 2], &device).require_grad() };
/// assert!(!features.off_graph().logits.is_autodiff());
/// ```
#[diagnostic::on_unimplemented(
    note = "implement `OffGraph` for `{Self}`: each of its fields off the graph, as the documentation of the trait shows"
)]
pub trait OffGraph {
    /// The same values, as constants.
    fn off_graph(self) -> Self;
}

macro_rules! tensors {
    ($($kind:ty),*) => {$(
        impl<const D: usize> OffGraph for Tensor<D, $kind> {
            fn off_graph(self) -> Self {
                self.without_autodiff()
            }
        }
    )*};
}

tensors!(burn::tensor::Float, Int, Bool);

impl OffGraph for () {
    fn off_graph(self) -> Self {}
}

impl<A: OffGraph> OffGraph for Option<A> {
    fn off_graph(self) -> Self {
        self.map(A::off_graph)
    }
}

impl<A: OffGraph> OffGraph for Vec<A> {
    fn off_graph(self) -> Self {
        self.into_iter().map(A::off_graph).collect()
    }
}

impl<A: OffGraph, const N: usize> OffGraph for [A; N] {
    fn off_graph(self) -> Self {
        self.map(A::off_graph)
    }
}

macro_rules! tuples {
    ($(($($item:ident),+)),*) => {$(
        impl<$($item: OffGraph),+> OffGraph for ($($item,)+) {
            #[allow(non_snake_case, reason = "the items are named after their types")]
            fn off_graph(self) -> Self {
                let ($($item,)+) = self;
                ($($item.off_graph(),)+)
            }
        }
    )*};
}

tuples!((A), (A, B), (A, B, C), (A, B, C, D), (A, B, C, D, E));
