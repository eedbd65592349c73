use burn::tensor::Tensor;
use kd_core::{Teacher, check, rows::log_mean_probs};

/// Several generations as one [`Teacher`], or as the network to use: BANE, the born-again networks' ensemble (Furlanello and
/// others, 2018).
///
/// ```text
/// logits = log (1/n · Σₖ softmax(logits of generation k))
/// ```
///
/// # Shapes
///
/// - input: what each generation takes
/// - output: `[rows, classes]`
///
/// # Gradient
///
/// None: it is a teacher, and so are its members.
///
/// # Convention
///
/// The mean is of probabilities at a temperature of 1, as in the paper. A loss softens their logarithm afterwards, as it would
/// any logits: the mean, softened, and not the mean of what was softened. The generations run one after the other: their
/// activations take the memory of one, and all of it the time of all.
///
/// # Panics
///
/// [`new`](Self::new), if there are no generations; `teach`, if they do not know the same classes.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{Teacher, teacher_fn};
/// use kd_self::EnsembleOfGenerations;
///
/// # let device = burn::tensor::Device::flex();
/// let sure_of = |factor: f32| teacher_fn(move |logits: Tensor<2>| logits * factor);
/// let ensemble = EnsembleOfGenerations::new([sure_of(1.0), sure_of(-1.0)]);
/// let probs = ensemble.teach(Tensor::from_floats([[2.0, 0.0]], &device)).exp();
/// let expected = Tensor::<2>::from_floats([[0.5, 0.5]], &device); // one is as sure as the other, of the contrary
/// probs.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
/// ```
///
/// # Reference
///
/// Tommaso Furlanello and others: *Born Again Neural Networks*, 2018, arXiv:1805.04770.
///
/// # See also
///
/// [`Generations::load_all`](crate::Generations::load_all), for its members; [`log_mean_probs`], for other ensembles.
#[derive(Clone, Debug)]
pub struct EnsembleOfGenerations<T> {
    generations: Vec<T>,
}

impl<T> EnsembleOfGenerations<T> {
    /// Of these teachers, each with the same weight.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[track_caller]
    pub fn new(generations: impl IntoIterator<Item = T>) -> Self {
        let generations: Vec<T> = generations.into_iter().collect();
        check::at_least_one("EnsembleOfGenerations", "generations", generations.len());
        Self { generations }
    }

    /// The teachers it is made of.
    pub fn generations(&self) -> &[T] {
        &self.generations
    }
}

impl<I, T> Teacher<I> for EnsembleOfGenerations<T>
where
    I: Clone,
    T: Teacher<I, Output = Tensor<2>>,
{
    type Output = Tensor<2>;

    fn teach(&self, input: I) -> Tensor<2> {
        let teach = |generation: &T| generation.teach(input.clone()).without_autodiff();
        log_mean_probs(self.generations.iter().map(teach).collect())
    }
}
