use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, LossTerms, check};

use crate::{
    Attended, AttentionAndValues,
    counted::Counted,
    parts::Parts,
    relation::{kl_of_scores, likeness, without_padding},
};

const NAME: &str = "MiniLmLoss";

/// Configuration of a [`MiniLmLoss`].
#[derive(Config, Debug)]
pub struct MiniLmLossConfig {
    /// The weight of who looks at whom. Finite and at least 0.
    #[config(default = 1.0)]
    pub attention: f64,
    /// The weight of the relations between values. Finite and at least 0.
    #[config(default = 1.0)]
    pub values: f64,
}

impl MiniLmLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If a weight is negative, NaN or infinite, or both are 0.
    #[track_caller]
    pub fn init(&self) -> MiniLmLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a weight is negative, NaN or infinite, or both are 0.
    pub fn try_init(&self) -> Result<MiniLmLoss, Error> {
        let weights = [("attention", self.attention), ("values", self.values)];
        check::weights_of_parts("MiniLmLossConfig", &weights)?;
        Ok(MiniLmLoss {
            attention: self.attention,
            values: self.values,
        })
    }
}

/// The student's last layer looks where the teacher's looks, and its values are to one another as the teacher's are: MiniLM
/// (Wang and others, 2020).
///
/// ```text
/// attention = mean over heads and tokens of KL(softmax(teacher's scores) ‖ softmax(student's scores))
/// values    = mean over heads and tokens of KL(softmax(V · Vᵀ / √head of the teacher) ‖ the same of the student)
/// loss = attention + values
/// ```
///
/// The student may be of any depth and width, and needs no projector; it needs as many heads as its teacher.
///
/// # Shapes
///
/// - student: [`AttentionAndValues`], of its last layer
/// - teacher: [`Attended`] [`AttentionAndValues`] with as many heads, and the tokens that are no padding, `[batch, seq]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over the tokens that are looked at, mean over heads and over a sequence's tokens that are no padding, mean over sequences.
/// Padding neither looks nor is looked at. A sequence of padding alone has 0.
///
/// # Gradient
///
/// Of the scores `(q − p) / (heads · tokens · batch)`, of the values that through V · Vᵀ / √head; none for the teacher, and none
/// for padding, whatever stands there.
///
/// # Range
///
/// At least 0, and 0 where both relations are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `attention` | 1 | the weight of who looks at whom | finite, ≥ 0; at 0 not computed |
/// | `values` | 1 | the weight of the relations between values | finite, ≥ 0; at 0 not computed |
///
/// # Convention
///
/// The paper's equations; its authors published models and no training code. Each side is divided by the root of its own heads'
/// width. Scores are those before the softmax, whose logarithm is exact where a probability has vanished.
///
/// # Panics
///
/// If student and teacher have other numbers of heads, or scores and values are of other sequences than the mask; or if there are
/// no sequences, no tokens or no heads.
///
/// # Example
///
/// ```
/// use burn::tensor::{Bool, Device, Distribution, Tensor};
/// use kd_core::DistillLoss;
/// use kd_transformer::{Attended, AttentionAndValues, MiniLmLossConfig};
///
/// let device = Device::flex().autodiff();
/// let last_layer = |head: usize| {
///     let random = |width| Tensor::<4>::random([2, 4, 5, width], Distribution::Default, &device);
///     AttentionAndValues::new(random(5), random(head))
/// };
/// let attended = Tensor::<2, Bool>::full([2, 5], true, &device);
///
/// let mini = MiniLmLossConfig::new().init();
/// let loss = mini.forward(last_layer(8), Attended::new(last_layer(16), attended)); // heads may be of any width
/// assert!(loss.into_scalar::<f32>() > 0.0);
/// ```
///
/// # Reference
///
/// Wenhui Wang, Furu Wei, Li Dong, Hangbo Bao, Nan Yang, Ming Zhou: *MiniLM: Deep Self-Attention Distillation for Task-Agnostic
/// Compression of Pre-Trained Transformers*, 2020, arXiv:2002.10957, section 3.
///
/// # See also
///
/// [`MiniLmV2Loss`](crate::MiniLmV2Loss), which sets the student's number of heads free.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MiniLmLoss {
    attention: f64,
    values: f64,
}

impl MiniLmLoss {
    /// Each part's mean over sequences by name: `attention` and `values`. Their total is what
    /// [`forward`](DistillLoss::forward) gives; a part without weight has no term.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn terms(&self, student: AttentionAndValues, teacher: Attended<AttentionAndValues>) -> LossTerms {
        self.parts(student, teacher).terms()
    }

    #[track_caller]
    fn parts(&self, student: AttentionAndValues, teacher: Attended<AttentionAndValues>) -> Parts {
        self.check(&student, &teacher);
        let (counted, teacher) = (Counted::new(teacher.attended), teacher.shown);
        let mut parts = Parts::default();
        if self.attention > 0.0 {
            let kl = kl_of_scores(student.scores, teacher.scores, &counted);
            parts.add("attention", self.attention, kl);
        }
        if self.values > 0.0 {
            let relation = |values| likeness(without_padding(values, &counted));
            let (student, teacher) = (relation(student.values), relation(teacher.values.without_autodiff()));
            parts.add("values", self.values, kl_of_scores(student, teacher, &counted));
        }
        parts
    }

    #[track_caller]
    fn check(&self, student: &AttentionAndValues, teacher: &Attended<AttentionAndValues>) {
        let tokens = teacher.attended.dims();
        check::sequences(NAME, tokens);
        let both = |what, student: &Tensor<4>, teacher: &Tensor<4>| {
            check::attention(NAME, "student", what, student.dims(), tokens);
            check::attention(NAME, "teacher", what, teacher.dims(), tokens);
            check::same_heads(NAME, student, teacher);
        };
        if self.values > 0.0 {
            both("values", &student.values, &teacher.shown.values);
        }
        if self.attention > 0.0 {
            both("scores", &student.scores, &teacher.shown.scores);
        }
    }
}

impl DistillLoss<AttentionAndValues, Attended<AttentionAndValues>> for MiniLmLoss {
    #[track_caller]
    fn per_sample(&self, student: AttentionAndValues, teacher: Attended<AttentionAndValues>) -> Tensor<1> {
        self.parts(student, teacher).per_sample()
    }
}

impl ModuleDisplay for MiniLmLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("attention", &self.attention)
            .add("values", &self.values)
            .optional()
    }
}
