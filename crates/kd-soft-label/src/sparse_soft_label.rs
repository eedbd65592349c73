use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, OffGraph, TopK, check, rows};

use crate::SparseRule;

/// Configuration of a [`SparseSoftLabelLoss`].
#[derive(Config, Debug)]
pub struct SparseSoftLabelLossConfig {
    /// T: how much the student is flattened, and how much the teacher was. Finite and above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
    /// What becomes of the classes that the teacher says nothing about.
    #[config(default = "SparseRule::TailBucket")]
    pub rule: SparseRule,
    /// Whether the teacher's ids and masses are checked at every call. That reads them back from the device, and on a
    /// GPU waits for it; turn it off there once your data is known to be right.
    #[config(default = true)]
    pub check_teacher: bool,
}

impl SparseSoftLabelLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> SparseSoftLabelLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<SparseSoftLabelLoss, Error> {
        check::temperature("SparseSoftLabelLossConfig", self.temperature)?;
        Ok(SparseSoftLabelLoss {
            temperature: self.temperature,
            rule: self.rule,
            check_teacher: self.check_teacher,
        })
    }
}

/// The student's probabilities against a teacher known only by its best classes, as stored teachers of large
/// vocabularies are.
///
/// ```text
/// p = the teacher's probabilities on K    q = softmax(student / T)    P = Σ p    Q = Σ q, over K
/// loss = T² · (Σ p · (log p − log q) + (1 − P) · log((1 − P) / (1 − Q)))
/// ```
///
/// That is the tail bucket, in which all classes outside K are one; [`SparseRule`] has three others by name.
///
/// # Shapes
///
/// - student: `[rows, classes]`; a language model's `[batch, seq, vocab]` goes through [`rows::flatten_rows`] first
/// - teacher: [`TopK`] with ids and log-probabilities `[rows, k]`
/// - output of `per_sample`: `[rows]`
///
/// # Reduction
///
/// Sum over classes, mean over rows.
///
/// # Gradient
///
/// `T · (q − p) / rows` for the logits in K and `T · (q − (1 − P) · q / (1 − Q)) / rows` for the others, whose shares
/// of the tail stay as the student has them; none for the teacher.
///
/// # Range
///
/// Tail bucket: at least 0 (up to rounding), 0 where q = p on K, at most the loss of the full distributions, and equal
/// to it if K is every class. Truncated: at least `T² · P · log P`, which is negative. The renormalised rules: at least
/// 0, but where both are renormalised not above it if student and teacher differ outside K alone, and where only the
/// teacher is, not 0 if student and teacher agree.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 1 | flattens the student; the teacher's log-probabilities must already be at it | finite, > 0 |
/// | `rule` | `TailBucket` | what becomes of the classes outside K | a [`SparseRule`] |
/// | `check_teacher` | true | checks ids and masses, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// Forward KL with T², divided by rows; T = 1, since stored log-probabilities are at 1. `1 − Q` is summed over the classes
/// outside K and never taken from 1, and so is `1 − P` of a teacher that was cut by [`TopK::of`] or [`TopK::top_p`]. Of one from
/// elsewhere ([`TopK::new`]) only the difference can be known; where it is less than 8 units of rounding (1e-6 in f32), there is no
/// tail and its term is 0: at most 1.4e-5 · T² too much. Nor is there one if K is every class. A row without any entry gives 0
/// with the tail bucket and when truncated, and NaN when renormalised.
///
/// The tail bucket is TRL's `loss_add_tail`. Truncated is verl, which clamps what falls below 0, and the gradient with
/// it. Both renormalised are MaxText (offline) and Model-Optimizer; the teacher alone is axolotl's `kd_normalize_topk`.
/// DistillKit tempers the mass that is left after the cut, which for T ≠ 1 belongs to no distribution.
///
/// # Panics
///
/// If there are no rows or no classes, the teacher's shapes do not fit, an id is not a class or comes twice in a row,
/// or the probabilities of a row sum to more than 1.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, TopK};
/// use kd_soft_label::SparseSoftLabelLossConfig;
///
/// let kd = SparseSoftLabelLossConfig::new().init();
///
/// # let device = Device::flex().autodiff();
/// let teacher = Tensor::<2>::from_floats([[5.0, 3.0, 1.0, 0.0]], &device);
/// let teacher = TopK::of(teacher, 2, kd.temperature()); // 4 numbers become 2, and 2 ids
/// let student = Tensor::<2>::from_floats([[0.0, 0.0, 0.0, 0.0]], &device).require_grad();
///
/// let loss = kd.forward(student.clone(), teacher);
/// let gradient = student.grad(&loss.backward()).unwrap();
/// let gradient: Vec<f32> = gradient.into_data().try_to_vec().unwrap();
/// assert!(gradient[0] < 0.0 && gradient[3] > 0.0); // less mass for the tail
/// ```
///
/// # Reference
///
/// Geoffrey Hinton, Oriol Vinyals, Jeff Dean: *Distilling the Knowledge in a Neural Network*, 2015, arXiv:1503.02531,
/// for the loss of the full distributions; cutting them to k classes is the practice of the systems named above.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss), for teachers of whom every class is known.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct SparseSoftLabelLoss {
    temperature: f64,
    #[module(skip)]
    rule: SparseRule,
    check_teacher: bool,
}

impl SparseSoftLabelLoss {
    /// The temperature in use, which is also the one to cut the teacher at.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// The rule in use.
    pub fn rule(&self) -> SparseRule {
        self.rule
    }
}

impl DistillLoss<Tensor<2>, TopK> for SparseSoftLabelLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: TopK) -> Tensor<1> {
        const NAME: &str = "SparseSoftLabelLoss";
        let [rows, classes] = student.dims();
        check::not_empty(NAME, rows);
        check::has_classes(NAME, classes);
        check::top_k_shapes(NAME, &student, &teacher);
        check::top_k(NAME, teacher.ids.dims()[1], classes);
        if self.check_teacher {
            check::class_ids(NAME, &teacher.ids, classes);
        }

        let t = self.temperature;
        let student = rows::widen(student);
        let teacher = teacher.off_graph();
        let named = teacher.times_named(classes);
        let TopK {
            ids,
            log_probs: p,
            tail,
        } = teacher;
        let p = p.cast(student.dtype());
        if self.check_teacher {
            check::distinct_ids(NAME, &named);
            check::mass(NAME, &p.clone().exp().sum_dim(1));
        }

        let q = rows::log_soften(student, t);
        let absent = p.clone().equal_elem(f64::NEG_INFINITY);
        let q_named = q.clone().gather(1, ids).mask_fill(absent, f64::NEG_INFINITY);
        let tails = || {
            let named = named.greater_elem(0.0);
            let p_tail = tail.cast(q.dtype()).unsqueeze_dim::<2>(1);
            let p_tail = p_tail.mask_fill(named.clone().all_dim(1), f64::NEG_INFINITY);
            [p_tail, rows::log_sum(q, named).unsqueeze_dim(1)]
        };
        self.rule.compare(p, q_named, tails) * (t * t)
    }
}

impl ModuleDisplay for SparseSoftLabelLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("temperature", &self.temperature)
            .add_debug_attribute("rule", &self.rule)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let kd = SparseSoftLabelLossConfig::new().init();
        assert_eq!(
            format!("{kd}"),
            "SparseSoftLabelLoss {temperature: 1, rule: TailBucket}"
        );
    }

    #[test]
    #[should_panic(expected = "SparseSoftLabelLossConfig: temperature is 0")]
    fn init_panics_with_the_words_of_the_check() {
        SparseSoftLabelLossConfig::new().with_temperature(0.0).init();
    }
}
