use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, LossTerms, check};

use crate::{
    Attended, QueriesKeysValues,
    counted::Counted,
    parts::Parts,
    relation::{kl_of_scores, likeness, parted},
};

const NAME: &str = "MiniLmV2Loss";
const OWNER: &str = "MiniLmV2LossConfig";

/// Configuration of a [`MiniLmV2Loss`].
#[derive(Config, Debug)]
pub struct MiniLmV2LossConfig {
    /// How many parts relations are made of, whatever heads the models have. At least 1, and a divisor of both widths.
    pub relation_heads: usize,
    /// The weight of the relations between queries. Finite and at least 0.
    #[config(default = 1.0)]
    pub queries: f64,
    /// The weight of the relations between keys. Finite and at least 0.
    #[config(default = 1.0)]
    pub keys: f64,
    /// The weight of the relations between values. Finite and at least 0.
    #[config(default = 1.0)]
    pub values: f64,
}

impl MiniLmV2LossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If there are no relation heads, a weight is negative, NaN or infinite, or all are 0.
    #[track_caller]
    pub fn init(&self) -> MiniLmV2Loss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no relation heads, a weight is negative, NaN or infinite, or all are 0.
    pub fn try_init(&self) -> Result<MiniLmV2Loss, Error> {
        check::count(OWNER, "relation_heads", self.relation_heads)?;
        let weights = [("queries", self.queries), ("keys", self.keys), ("values", self.values)];
        check::weights_of_parts(OWNER, &weights)?;
        Ok(MiniLmV2Loss {
            relation_heads: self.relation_heads,
            queries: self.queries,
            keys: self.keys,
            values: self.values,
        })
    }
}

/// The student's queries are to one another as those of a layer of its teacher are, and so are its keys and its values: MiniLMv2
/// (Wang and others, 2021).
///
/// ```text
/// R(X) = softmax(X · Xᵀ / √width), X a relation head's part of all heads in a row, width that part's own
/// loss = Σ over X in queries, keys, values of mean over relation heads and tokens of KL(R(teacher's X) ‖ R(student's X))
/// ```
///
/// All heads of a token are put in a row and parted again into `relation_heads`, so the student may be of any depth and width and
/// have any number of heads.
///
/// # Shapes
///
/// - student: [`QueriesKeysValues`], of its last layer
/// - teacher: [`Attended`] [`QueriesKeysValues`] of one layer, and the tokens that are no padding, `[batch, seq]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over the tokens that are related to, mean over relation heads and over a sequence's tokens that are no padding, mean over
/// sequences. Padding is in no relation, neither as row nor as column. A sequence of padding alone has 0.
///
/// # Gradient
///
/// That of the KL through X · Xᵀ / √width; none for the teacher, and none for padding, whatever stands there.
///
/// # Range
///
/// At least 0, and 0 where all relations are equal, as they are where the student's vectors are the teacher's but turned.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `relation_heads` | | how many parts relations are made of | ≥ 1, a divisor of both widths; 48 or 64 in the paper |
/// | `queries`, `keys`, `values` | 1 | the weight of each relation | finite, ≥ 0; at 0 not computed |
///
/// # Convention
///
/// The paper's equations; its authors published models and no training code. 48 relation heads for teachers of base size (768
/// units), 64 for large ones (1024). Of a teacher of base size the last layer teaches; of a large one a layer above the middle is
/// better: of 24, counted from 1, the 21st (BERT) or the 19th (RoBERTa).
///
/// # Panics
///
/// If queries, keys or values with a weight are of other sequences than the mask, or the relation heads do not divide their
/// width; or if there are no sequences, no tokens or no heads.
///
/// # Example
///
/// ```
/// use burn::tensor::{Bool, Device, Distribution, Tensor};
/// use kd_core::DistillLoss;
/// use kd_transformer::{Attended, MiniLmV2LossConfig, QueriesKeysValues};
///
/// let device = Device::flex().autodiff();
/// let layer = |heads: usize, head: usize| {
///     let random = || Tensor::<4>::random([2, heads, 5, head], Distribution::Default, &device);
///     QueriesKeysValues::new(random(), random(), random())
/// };
/// let attended = Tensor::<2, Bool>::full([2, 5], true, &device);
///
/// // Three heads of 8 learn from four heads of 12.
/// let mini = MiniLmV2LossConfig::new(12).init();
/// let loss = mini.forward(layer(3, 8), Attended::new(layer(4, 12), attended));
/// assert!(loss.into_scalar::<f32>() > 0.0);
/// ```
///
/// # Reference
///
/// Wenhui Wang, Hangbo Bao, Shaohan Huang, Li Dong, Furu Wei: *MiniLMv2: Multi-Head Self-Attention Relation Distillation for
/// Compressing Pretrained Transformers*, 2021, arXiv:2012.15828, section 3.
///
/// # See also
///
/// [`MiniLmLoss`](crate::MiniLmLoss), which compares attention itself.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MiniLmV2Loss {
    relation_heads: usize,
    queries: f64,
    keys: f64,
    values: f64,
}

impl MiniLmV2Loss {
    /// Each relation's mean over sequences by name: `queries`, `keys` and `values`. Their total is what
    /// [`forward`](DistillLoss::forward) gives; a relation without weight has no term.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn terms(&self, student: QueriesKeysValues, teacher: Attended<QueriesKeysValues>) -> LossTerms {
        self.parts(student, teacher).terms()
    }

    #[track_caller]
    fn parts(&self, student: QueriesKeysValues, teacher: Attended<QueriesKeysValues>) -> Parts {
        check::sequences(NAME, teacher.attended.dims());
        let (counted, teacher) = (Counted::new(teacher.attended), teacher.shown);
        let mut parts = Parts::default();
        let relations = [
            ("queries", self.queries, student.queries, teacher.queries),
            ("keys", self.keys, student.keys, teacher.keys),
            ("values", self.values, student.values, teacher.values),
        ];
        for (what, weight, student, teacher) in relations.into_iter().filter(|(_, weight, ..)| *weight > 0.0) {
            for (side, x) in [("student", &student), ("teacher", &teacher)] {
                check::attention(NAME, side, what, x.dims(), counted.dims());
            }
            let width = |x: &Tensor<4>| x.dims()[1] * x.dims()[3];
            check::relation_heads(NAME, what, [width(&student), width(&teacher)], self.relation_heads);
            let relation = |x| likeness(parted(x, self.relation_heads, &counted));
            let (student, teacher) = (relation(student), relation(teacher.without_autodiff()));
            parts.add(what, weight, kl_of_scores(student, teacher, &counted));
        }
        parts
    }
}

impl DistillLoss<QueriesKeysValues, Attended<QueriesKeysValues>> for MiniLmV2Loss {
    #[track_caller]
    fn per_sample(&self, student: QueriesKeysValues, teacher: Attended<QueriesKeysValues>) -> Tensor<1> {
        self.parts(student, teacher).per_sample()
    }
}

impl ModuleDisplay for MiniLmV2Loss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("relation_heads", &self.relation_heads)
            .add("queries", &self.queries)
            .add("keys", &self.keys)
            .add("values", &self.values)
            .optional()
    }
}
