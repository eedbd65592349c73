use burn::tensor::{Bool, Float, Int, Tensor};
use kd_core::Feature;

/// A network that can be run from exit to exit, so that a sample need not go all the way.
///
/// `I` is what it takes. [`EarlyExit`](crate::EarlyExit) runs it.
///
/// # Example
///
/// ```
/// use burn::{nn::Linear, tensor::{Tensor, activation::relu}};
/// use kd_self::ExitByExit;
///
/// struct Network {
///     stages: Vec<Linear>,
///     heads: Vec<Linear>,
/// }
///
/// impl ExitByExit<Tensor<2>> for Network {
///     type State = Tensor<2>;
///
///     fn exits(&self) -> usize {
///         self.heads.len()
///     }
///
///     fn start(&self, input: Tensor<2>) -> Tensor<2> {
///         input
///     }
///
///     fn run_to(&self, exit: usize, state: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
///         let hidden = relu(self.stages[exit].forward(state));
///         (hidden.clone(), self.heads[exit].forward(hidden))
///     }
/// }
/// ```
pub trait ExitByExit<I> {
    /// All that the deeper part of the network needs of the shallower.
    type State: SelectSamples;

    /// How many exits there are, the deepest included.
    fn exits(&self) -> usize;

    /// What the first part starts from; often the input itself.
    fn start(&self, input: I) -> Self::State;

    /// Runs the part from the exit before (from the start for exit 0) to this one.
    ///
    /// # Shapes
    ///
    /// - output: the state to go on from, and the exit's logits, `[batch, classes]`
    fn run_to(&self, exit: usize, state: Self::State) -> (Self::State, Tensor<2>);
}

/// What some samples can be taken out of: tensors whose first axis is the batch, and whatever is made of them.
pub trait SelectSamples {
    /// The samples with these indices, in this order.
    fn select_samples(self, indices: &Tensor<1, Int>) -> Self;
}

macro_rules! tensors {
    ($($kind:ty),*) => {$(
        impl<const D: usize> SelectSamples for Tensor<D, $kind> {
            fn select_samples(self, indices: &Tensor<1, Int>) -> Self {
                self.select(0, indices.clone())
            }
        }
    )*};
}

tensors!(Float, Int, Bool);

impl SelectSamples for Feature {
    fn select_samples(self, indices: &Tensor<1, Int>) -> Self {
        match self {
            Self::Vector(tensor) => tensor.select_samples(indices).into(),
            Self::Tokens(tensor) => tensor.select_samples(indices).into(),
            Self::Map(tensor) => tensor.select_samples(indices).into(),
        }
    }
}

impl<A: SelectSamples> SelectSamples for Option<A> {
    fn select_samples(self, indices: &Tensor<1, Int>) -> Self {
        self.map(|item| item.select_samples(indices))
    }
}

impl<A: SelectSamples> SelectSamples for Vec<A> {
    fn select_samples(self, indices: &Tensor<1, Int>) -> Self {
        self.into_iter().map(|item| item.select_samples(indices)).collect()
    }
}

impl<A: SelectSamples, B: SelectSamples> SelectSamples for (A, B) {
    fn select_samples(self, indices: &Tensor<1, Int>) -> Self {
        (self.0.select_samples(indices), self.1.select_samples(indices))
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn samples_are_taken_out_of_all_of_it() {
        let device = Device::flex();
        let vector = Tensor::<2>::from_floats([[0.0], [1.0], [2.0]], &device);
        let mask = vector.clone().greater_elem(0.5);
        let state = (vec![Feature::from(vector)], Some(mask));
        let indices = Tensor::from_ints([2, 0], &device);
        let (features, mask) = state.select_samples(&indices);
        let vector = features.into_iter().next().unwrap().flatten_samples();
        assert_eq!(vector.into_data().iter::<f64>().collect::<Vec<_>>(), [2.0, 0.0]);
        assert_eq!(
            mask.unwrap().into_data().iter::<bool>().collect::<Vec<_>>(),
            [true, false]
        );
    }
}
