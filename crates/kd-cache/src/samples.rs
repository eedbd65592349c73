use burn::tensor::{Bool, Device, Float, Int, Tensor, TensorData};
use kd_core::OffGraph;

use crate::CacheKey;

/// A batch for a teacher that knows its samples: the input, whose samples these are, and which view of them it shows.
///
/// # Example
///
/// ```
/// use kd_cache::Samples;
///
/// let plain = Samples::new(vec![7, 2], ["a cat", "a dog"]);
/// assert_eq!(plain.view, "plain");
/// let flipped = plain.of_view("flipped");
/// assert_eq!(flipped.view, "flipped");
/// ```
#[derive(Clone, Debug)]
pub struct Samples<I> {
    /// The id of each sample.
    pub ids: Vec<u64>,
    /// The view that the input shows, in the words of the [`CacheKey`].
    pub view: String,
    /// What the teacher would be given.
    pub input: I,
}

impl<I> Samples<I> {
    /// Samples as they are.
    pub fn new(ids: impl Into<Vec<u64>>, input: I) -> Self {
        Self {
            ids: ids.into(),
            view: CacheKey::PLAIN.into(),
            input,
        }
    }

    /// The input shows another view of the samples.
    pub fn of_view(mut self, view: impl Into<String>) -> Self {
        self.view = view.into();
        self
    }
}

impl<I: OffGraph> OffGraph for Samples<I> {
    fn off_graph(self) -> Self {
        Self {
            input: self.input.off_graph(),
            ..self
        }
    }
}

/// An input of which some samples can be chosen, so that the teacher is asked about those that are not recorded yet.
///
/// It is implemented for tensors, vectors and pairs.
pub trait Pick {
    /// How many samples there are.
    fn rows(&self) -> usize;

    /// Those at these places, in this order.
    fn pick(self, places: &[usize]) -> Self;
}

macro_rules! tensors {
    ($($kind:ty),*) => {$(
        impl<const D: usize> Pick for Tensor<D, $kind> {
            fn rows(&self) -> usize {
                self.dims()[0]
            }

            fn pick(self, places: &[usize]) -> Self {
                let indices = indices(places, &self.device());
                self.select(0, indices)
            }
        }
    )*};
}

tensors!(Float, Int, Bool);

fn indices(places: &[usize], device: &Device) -> Tensor<1, Int> {
    let places: Vec<i64> = places.iter().map(|&place| place as i64).collect();
    let count = places.len();
    Tensor::from_data(TensorData::new(places, [count]), device)
}

impl<A: Clone> Pick for Vec<A> {
    fn rows(&self) -> usize {
        self.len()
    }

    fn pick(self, places: &[usize]) -> Self {
        places.iter().map(|&place| self[place].clone()).collect()
    }
}

impl<A: Pick, B: Pick> Pick for (A, B) {
    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn pick(self, places: &[usize]) -> Self {
        (self.0.pick(places), self.1.pick(places))
    }
}
