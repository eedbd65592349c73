use burn::{
    module::Module,
    tensor::{Bool, Tensor},
};
use kd_core::{DistillLoss, Error, OffGraph, check};

use crate::{
    exit_output::{ExitOutput, check_same},
    weighted_sum::weighted_sum,
};

const NAME: &str = "DeepSupervision";

/// Any loss at every exit of a network (Lee and others, 2014, for labels; Zhang and others, 2019, for the deepest exit).
///
/// ```text
/// by another teacher:   loss = Σ over exits of weight · L(exit, teacher)                             the trait's functions
/// by the deepest exit:  loss = Σ over the shallower exits of weight · L(exit, constant(deepest))     from_deepest
/// ```
///
/// The inner loss L is any [`DistillLoss`]: on logits, on features, on both; behind a projector
/// ([`Projected`](kd_core::Projected)) where exits have other shapes than their teacher. One that has weights of its own
/// takes as many of them as there are exits that learn: [`of_each`](Self::of_each). It is a Burn module if L is one, so that an
/// optimizer finds them.
///
/// # Shapes
///
/// - exits: what L takes as student, shallow to deep. Logits are of the same samples and classes at every exit, features of
///   the same samples; [`ExitOutput`] says which is what
/// - teacher: what L takes as teacher
/// - output of `per_sample` and `from_deepest_per_sample`: what L gives, `[rows]`
///
/// # Reduction
///
/// Sum over exits, mean over rows. It is not divided by the number of exits or the sum of the weights.
///
/// # Gradient
///
/// Each exit gets its weight times L's. The deepest exit gets none from what it teaches: it is a constant there, as any
/// teacher.
///
/// # Range
///
/// L's, times the sum of the weights.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `weights` | 1 for each | how much each exit that learns counts: all of them, or in `from_deepest` all but the deepest | finite, ≥ 0; 0 leaves the exit out, whatever it shows |
///
/// # Convention
///
/// A sum with weights, as in both papers. The deepest exit is taken off the graph, as in the code of Zhang and others; were
/// it not, it would also learn to say what the shallow exits say.
///
/// # Panics
///
/// If there are no exits; if `from_deepest` is given one alone, which has none to teach; if exits are of unequal samples, or
/// of unequal classes; if there is not one weight, and in `of_each` one loss, for each exit that learns; and where L does.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_self::DeepSupervision;
///
/// # #[derive(burn::module::Module, Debug)]
/// # struct LogitMse;
/// # impl DistillLoss<Tensor<2>> for LogitMse {
/// #     fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
/// #         (student - teacher.without_autodiff()).square().mean_dim(1).squeeze_dim(1)
/// #     }
/// # }
/// # let device = burn::tensor::Device::flex().autodiff();
/// let [shallow, middle, deep] = [0.0, 1.0, 2.0].map(|x| Tensor::<2>::full([8, 10], x, &device).require_grad());
/// let teaching = DeepSupervision::shared(LogitMse).with_weights(vec![0.5, 1.0]);
///
/// let loss = teaching.from_deepest(vec![shallow.clone(), middle, deep.clone()]); // 0.5 · 4 + 1 · 1
/// assert_eq!(loss.clone().into_scalar::<f32>(), 3.0);
///
/// let gradients = loss.backward();
/// assert!(shallow.grad(&gradients).is_some());
/// assert!(deep.grad(&gradients).is_none());
/// ```
///
/// # Reference
///
/// Chen-Yu Lee, Saining Xie, Patrick Gallagher, Zhengyou Zhang, Zhuowen Tu: *Deeply-Supervised Nets*, 2014,
/// arXiv:1409.5185. Linfeng Zhang, Jiebo Song, Anni Gao, Jingwei Chen, Chenglong Bao, Kaisheng Ma: *Be Your Own Teacher:
/// Improve the Performance of Convolutional Neural Networks via Self Distillation*, 2019, arXiv:1905.08094.
///
/// # See also
///
/// [`ByotLoss`](crate::ByotLoss), which is labels, answers and features in one; [`ExitWeights`](crate::ExitWeights), for
/// weights that change; [`HardLabelLoss`](crate::HardLabelLoss), for labels alone.
#[derive(Module, Debug)]
pub struct DeepSupervision<L> {
    losses: Losses<L>,
    weights: Vec<f64>,
}

/// Whose loss is whose.
#[derive(Module, Debug)]
enum Losses<L> {
    Shared(L),
    OfEach(Vec<L>),
}

impl<L> DeepSupervision<L> {
    /// One loss for all exits.
    pub fn shared(loss: L) -> Self {
        Self {
            losses: Losses::Shared(loss),
            weights: Vec::new(),
        }
    }

    /// A loss for each exit that learns, shallow to deep: for losses with weights of their own.
    ///
    /// # Panics
    ///
    /// If there are none.
    #[track_caller]
    pub fn of_each(losses: Vec<L>) -> Self {
        check::exits(NAME, losses.len());
        Self {
            losses: Losses::OfEach(losses),
            weights: Vec::new(),
        }
    }

    /// The same losses with a weight for each exit that learns, shallow to deep; for example those of
    /// [`ExitWeights`](crate::ExitWeights) at a step.
    ///
    /// # Panics
    ///
    /// If there are none, or one is negative, NaN or infinite.
    #[track_caller]
    pub fn with_weights(self, weights: Vec<f64>) -> Self {
        kd_core::check::must(self.try_with_weights(weights))
    }

    /// The same for weights that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] where [`with_weights`](Self::with_weights) panics.
    pub fn try_with_weights(self, weights: Vec<f64>) -> Result<Self, Error> {
        check::some_exit_weights(NAME, &weights)?;
        Ok(Self { weights, ..self })
    }

    /// What the shallower exits have to learn from the deepest: the mean over samples, `[1]`.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn from_deepest<S>(&self, exits: Vec<S>) -> Tensor<1>
    where
        S: ExitOutput + OffGraph + Clone,
        L: DistillLoss<S>,
    {
        let (shallower, deepest) = taken_apart(exits);
        self.sum(shallower, |loss, exit| loss.forward(exit, deepest.clone()))
    }

    /// [`from_deepest`](Self::from_deepest) for each sample, `[rows]`.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn from_deepest_per_sample<S>(&self, exits: Vec<S>) -> Tensor<1>
    where
        S: ExitOutput + OffGraph + Clone,
        L: DistillLoss<S>,
    {
        let (shallower, deepest) = taken_apart(exits);
        self.sum(shallower, |loss, exit| loss.per_sample(exit, deepest.clone()))
    }

    /// The sum over all exits, which have to fit each other.
    #[track_caller]
    fn each<S: ExitOutput>(&self, exits: Vec<S>, compare: impl Fn(&L, S) -> Tensor<1>) -> Tensor<1> {
        check::exits(NAME, exits.len());
        check_same(NAME, &exits);
        self.sum(exits, compare)
    }

    /// The weighted sum over exits of what `compare` says of each.
    #[track_caller]
    fn sum<S>(&self, exits: Vec<S>, compare: impl Fn(&L, S) -> Tensor<1>) -> Tensor<1> {
        let count = exits.len();
        let losses: Vec<&L> = match &self.losses {
            Losses::Shared(loss) => vec![loss; count],
            Losses::OfEach(losses) => losses.iter().collect(),
        };
        check::one_per_exit(NAME, "losses", losses.len(), "exits that learn", count);
        let mut weights = self.weights.clone();
        if weights.is_empty() {
            weights = vec![1.0; count];
        }
        check::one_per_exit(NAME, "weights", weights.len(), "exits that learn", count);
        let exits = losses.into_iter().zip(exits);
        let compare = &compare;
        let parts = exits.map(|(loss, exit)| move || compare(loss, exit));
        weighted_sum(weights.into_iter().zip(parts))
    }
}

/// The exits that learn, and the deepest as a constant.
#[track_caller]
fn taken_apart<S: ExitOutput + OffGraph>(mut exits: Vec<S>) -> (Vec<S>, S) {
    check::shallower_exits(NAME, exits.len());
    check_same(NAME, &exits);
    let deepest = exits.pop().expect("there are two or more").off_graph();
    (exits, deepest)
}

impl<S, T, L> DistillLoss<Vec<S>, T> for DeepSupervision<L>
where
    S: ExitOutput,
    T: Clone,
    L: DistillLoss<S, T>,
{
    #[track_caller]
    fn per_sample(&self, student: Vec<S>, teacher: T) -> Tensor<1> {
        self.each(student, |loss, exit| loss.per_sample(exit, teacher.clone()))
    }

    #[track_caller]
    fn forward(&self, student: Vec<S>, teacher: T) -> Tensor<1> {
        self.each(student, |loss, exit| loss.forward(exit, teacher.clone()))
    }

    #[track_caller]
    fn forward_masked(&self, student: Vec<S>, teacher: T, mask: Tensor<1, Bool>) -> Tensor<1> {
        self.each(student, |loss, exit| {
            loss.forward_masked(exit, teacher.clone(), mask.clone())
        })
    }
}
