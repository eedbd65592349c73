use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, OffGraph, check, rows};

const NAME: &str = "MarginMseLoss";

/// How well a query's passages fit it: one that answers it, and some that do not.
///
/// # Shapes
///
/// - positive: `[batch]`
/// - negatives: `[batch, negatives]`
#[derive(Clone, Debug)]
pub struct PassageScores {
    /// The score of the passage that answers, `[batch]`.
    pub positive: Tensor<1>,
    /// The scores of those that do not, `[batch, negatives]`.
    pub negatives: Tensor<2>,
}

impl PassageScores {
    /// Puts both together. Whether they fit is checked by the loss that takes them.
    pub fn new(positive: Tensor<1>, negatives: Tensor<2>) -> Self {
        Self { positive, negatives }
    }

    /// By how much the positive is ahead of each negative, `[batch, negatives]`.
    fn margins(self) -> Tensor<2> {
        rows::widen(self.positive).unsqueeze_dim::<2>(1) - rows::widen(self.negatives)
    }
}

impl OffGraph for PassageScores {
    fn off_graph(self) -> Self {
        Self::new(self.positive.off_graph(), self.negatives.off_graph())
    }
}

/// Configuration of a [`MarginMseLoss`].
#[derive(Config, Debug)]
pub struct MarginMseLossConfig {}

impl MarginMseLossConfig {
    /// Makes the loss.
    pub fn init(&self) -> MarginMseLoss {
        MarginMseLoss {}
    }

    /// Makes the loss; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<MarginMseLoss, Error> {
        Ok(self.init())
    }
}

/// By how much a passage that answers a query is ahead of those that do not, as the teacher sees it: MarginMSE (Hofstätter and
/// others, 2020).
///
/// ```text
/// loss = mean over negatives of ((student's positive − negative) − (teacher's positive − negative))²
/// ```
///
/// Student and teacher may score on scales that are shifted against each other: a bi-encoder's dot products learn from a
/// cross-encoder's logits.
///
/// # Shapes
///
/// - student, teacher: [`PassageScores`], positive `[batch]` and negatives `[batch, negatives]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over a query's negatives, mean over queries.
///
/// # Gradient
///
/// Of a negative `−2 · (student's margin − teacher's) / (negatives · batch)`, of the positive the sum of these with the other
/// sign; none for the teacher.
///
/// # Range
///
/// At least 0, and 0 where all margins are equal, as they are where scores differ by a constant for each query.
///
/// # Parameters
///
/// None.
///
/// # Convention
///
/// Means of squares, as in the paper and in `MarginMSELoss` of sentence-transformers, whose teacher's margins are these too.
///
/// # Panics
///
/// If student and teacher differ in shape, there is not one positive for each row of negatives, or there are no queries or no
/// negatives.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_transformer::{MarginMseLossConfig, PassageScores};
///
/// # let device = burn::tensor::Device::flex();
/// let scores = |positive: f32, negatives: [f32; 2]| {
///     let positive = Tensor::from_floats([positive], &device);
///     PassageScores::new(positive, Tensor::from_floats([negatives], &device))
/// };
/// // Margins of 3 and 1 against margins of 3 and 5.
/// let loss = MarginMseLossConfig::new().init().forward(scores(4.0, [1.0, 3.0]), scores(9.0, [6.0, 4.0]));
/// assert_eq!(loss.into_scalar::<f32>(), 8.0);
/// ```
///
/// # Reference
///
/// Sebastian Hofstätter, Sophia Althammer, Michael Schröder, Mete Sertkan, Allan Hanbury: *Improving Efficient Neural Ranking
/// Models with Cross-Architecture Knowledge Distillation*, 2020, arXiv:2010.02666.
///
/// # See also
///
/// [`mean_pool`](crate::mean_pool), for embeddings that are compared themselves.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MarginMseLoss {}

impl DistillLoss<PassageScores> for MarginMseLoss {
    #[track_caller]
    fn per_sample(&self, student: PassageScores, teacher: PassageScores) -> Tensor<1> {
        check::same_shape(NAME, &student.negatives, &teacher.negatives);
        check::not_empty(NAME, student.negatives.dims()[0]);
        for (side, scores) in [("student", &student), ("teacher", &teacher)] {
            check::negatives(NAME, side, scores.positive.dims()[0], scores.negatives.dims());
        }
        let student = student.margins();
        let teacher = teacher.off_graph().margins().cast(student.dtype());
        (student - teacher).square().mean_dim(1).squeeze_dim(1)
    }
}

impl ModuleDisplay for MarginMseLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.optional()
    }
}
