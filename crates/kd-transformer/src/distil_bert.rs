use burn::{
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, LossTerms, check, rows};
use kd_kernels::{Divergence, cosine_distance, divergence};

use crate::{
    DistilBertLossConfig, DistilBertSums, MaskedLanguage, MaskedLesson, PickedTokens, SoftTokens,
    distil_bert_part::Part,
};

pub(crate) const NAME: &str = "DistilBertLoss";

/// A masked language model learns what its teacher takes each token for, the tokens themselves, and where the teacher's hidden
/// states point: the triple loss of DistilBERT (Sanh and others, 2019).
///
/// ```text
/// soft   = T² · KL(softmax(teacher / T) ‖ softmax(student / T))   of the tokens that are no padding
/// mlm    = CE(student, token)                                     of the tokens that are asked for
/// cosine = 1 − cos(student's hidden, teacher's hidden)            of the tokens that are no padding
/// loss = 5 · mean soft + 2 · mean mlm + 1 · mean cosine
/// ```
///
/// # Shapes
///
/// - student: [`MaskedLanguage`], logits `[batch, seq, vocab]` and hidden states `[batch, seq, hidden]`
/// - teacher: [`MaskedLesson`], the same of the teacher, the tokens asked for, and the tokens that are no padding
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Each part is a mean over the tokens *of the batch* that count in it, so a long sequence weighs more than a short one. A
/// sequence's value is its share of these means, times the number of sequences, so that their mean is the loss. It depends on
/// how many tokens count in the rest of the batch: where a batch comes in pieces, add up [`sums`](Self::sums) instead. A part
/// of which no token counts is 0.
///
/// # Gradient
///
/// Of the logits `soft · T · (q − p) / tokens` and `mlm · (softmax − onehot) / tokens asked for`; of the hidden states that of
/// the angle, which leaves their length alone. None for the teacher, and none for padding, whatever stands there.
///
/// # Range
///
/// At least 0. *Not* 0 where student and teacher are equal: the tokens still count.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `soft` | 5 | the weight of the soft labels | finite, ≥ 0; at 0 not computed |
/// | `mlm` | 2 | the weight of the tokens asked for | finite, ≥ 0; at 0 not computed |
/// | `cosine` | 1 | the weight of the hidden states | finite, ≥ 0; at 0 not computed |
/// | `temperature` | 2 | flattens both distributions in `soft` | finite, > 0 |
/// | `soft_tokens` | `Attended` | the tokens whose soft labels are compared | `Attended`, or `Asked` for those asked for alone |
/// | `check_tokens` | true | checks that tokens are of the vocabulary, at every call | off where the loader is known to be right |
///
/// # Convention
///
/// That of the authors' code (`distiller.py`): T² on the soft part, a KL summed over the vocabulary and divided by tokens
/// (`batchmean` of the tokens that count), a mean over the tokens asked for, and PyTorch's `CosineEmbeddingLoss` (without its
/// 1e-12) of the last hidden states. The weights 5, 2 and 1 are those of the first command in its README, and T = 2 is the default
/// of its `train.py`. (The README's command for several GPUs has 0.33 for each; which of them the published models were trained
/// with, it does not say.) Neither command has the switch `restrict_ce_to_mask`, so both compare the soft labels of all tokens;
/// with it, it is those of the tokens asked for: [`SoftTokens::Asked`]. A label of −100 there is an entry of false in
/// [`MaskedTargets`] here. There is no `alpha_mse` and no `alpha_clm`, which both commands leave at 0.
///
/// [`MaskedTargets`]: crate::MaskedTargets
///
/// # Panics
///
/// If student and teacher differ in the shape of what has a weight, there is not one token and one entry of each mask for each
/// place, a token that is asked for is not of the vocabulary, or there are no sequences, no tokens or no vocabulary.
///
/// # Example
///
/// ```
/// use burn::tensor::{Bool, Device, Distribution, Int, Tensor};
/// use kd_core::DistillLoss;
/// use kd_transformer::{DistilBertLossConfig, MaskedLanguage, MaskedLesson, MaskedTargets};
///
/// let device = Device::flex().autodiff();
/// // Two sequences of three tokens, of a vocabulary of ten. The second is shorter, and one token of each is asked for.
/// let shown = || {
///     let random = |width| Tensor::<3>::random([2, 3, width], Distribution::Default, &device);
///     MaskedLanguage::new(random(10), random(4))
/// };
/// let tokens = Tensor::<2, Int>::from_ints([[7, 3, 9], [1, 8, 0]], &device);
/// let asked = Tensor::<2, Bool>::from_bool([[false, true, false], [true, false, false]], &device);
/// let attended = Tensor::<2, Bool>::from_bool([[true, true, true], [true, true, false]], &device);
/// let lesson = MaskedLesson::new(shown(), MaskedTargets::new(tokens, asked), attended);
///
/// let student = shown();
/// let terms = DistilBertLossConfig::new().init().terms(student, lesson);
/// let names: Vec<&str> = terms.iter().map(|term| &*term.name).collect();
/// assert_eq!(names, ["soft", "mlm", "cosine"]);
/// assert!(terms.total().into_scalar::<f32>() > 0.0);
/// ```
///
/// # Reference
///
/// Victor Sanh, Lysandre Debut, Julien Chaumond, Thomas Wolf: *DistilBERT, a distilled version of BERT: smaller, faster,
/// cheaper and lighter*, 2019, arXiv:1910.01108, section 2.
///
/// # See also
///
/// [`TinyBertLoss`](crate::TinyBertLoss), which compares every layer.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct DistilBertLoss {
    #[module(skip)]
    pub(crate) config: DistilBertLossConfig,
}

impl DistilBertLoss {
    /// The configuration in use.
    pub fn config(&self) -> &DistilBertLossConfig {
        &self.config
    }

    /// Each part's mean over its tokens by name: `soft`, `mlm` and `cosine`. Their total is what
    /// [`forward`](DistillLoss::forward) gives; parts without weight have no term.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn terms(&self, student: MaskedLanguage, teacher: MaskedLesson) -> LossTerms {
        self.sums(student, teacher).terms(&self.config)
    }

    /// Each part's sum over its tokens, and how many these are: what makes accumulation exact.
    ///
    /// Add up those of all pieces of a batch, and let [`DistilBertSums::terms`] weigh them; or take each piece's gradient and let
    /// [`DistilBertSums::shares`] weigh it, which needs memory for one piece.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn sums(&self, student: MaskedLanguage, teacher: MaskedLesson) -> DistilBertSums {
        let [soft, mlm, cosine] = self.parts(student, teacher).map(|part| part.map(Part::sum));
        DistilBertSums { soft, mlm, cosine }
    }

    /// The soft part, that of the tokens asked for, and that of the hidden states, where they have a weight.
    #[track_caller]
    fn parts(&self, student: MaskedLanguage, teacher: MaskedLesson) -> [Option<Part>; 3] {
        self.check(&student, &teacher);
        let config = &self.config;
        let [batch, _, vocab] = student.logits.dims();
        // Widened once, so that gradients are added before they are rounded.
        let logits = rows::widen(student.logits);
        let nothing = Tensor::zeros([batch], (&logits.device(), logits.dtype()));
        let [needs_attended, needs_asked] = match config.soft_tokens {
            SoftTokens::Attended => [config.soft + config.cosine, config.mlm],
            SoftTokens::Asked => [config.cosine, config.soft + config.mlm],
        }
        .map(|weight| weight > 0.0);
        let asked = teacher.targets.asked.bool_and(teacher.attended.clone());
        let attended = needs_attended.then(|| PickedTokens::new(teacher.attended)).flatten();
        let asked = needs_asked.then(|| PickedTokens::new(asked)).flatten();
        // Here, for what is checked in a closure is told with a line of this crate.
        if config.mlm > 0.0
            && config.check_tokens
            && let Some(asked) = &asked
        {
            check::asked_tokens(NAME, &asked.numbers(teacher.targets.tokens.clone()), vocab);
        }

        let soft = (config.soft > 0.0).then(|| {
            let tokens = match config.soft_tokens {
                SoftTokens::Attended => &attended,
                SoftTokens::Asked => &asked,
            };
            Part::new(tokens.as_ref(), &nothing, |tokens| {
                let (student, teacher) = (tokens.vectors(logits.clone()), tokens.vectors(teacher.shown.logits));
                let kl = divergence(student, teacher, Divergence::ForwardKl, config.temperature);
                kl * (config.temperature * config.temperature)
            })
        });
        let mlm = (config.mlm > 0.0).then(|| {
            Part::new(asked.as_ref(), &nothing, |asked| {
                rows::cross_entropy(asked.vectors(logits), asked.numbers(teacher.targets.tokens))
            })
        });
        let cosine = (config.cosine > 0.0).then(|| {
            Part::new(attended.as_ref(), &nothing, |tokens| {
                let (student, teacher) = (tokens.vectors(student.hidden), tokens.vectors(teacher.shown.hidden));
                cosine_distance(student, teacher, 1).squeeze_dim(1)
            })
        });
        [soft, mlm, cosine]
    }

    #[track_caller]
    fn check(&self, student: &MaskedLanguage, teacher: &MaskedLesson) {
        let [batch, seq, vocab] = student.logits.dims();
        if self.config.soft > 0.0 {
            check::same_shape(NAME, &student.logits, &teacher.shown.logits);
        }
        check::sequences(NAME, [batch, seq]);
        check::has_classes(NAME, vocab);
        let of_each = |what, shape| check::of_each_token(NAME, what, shape, [batch, seq]);
        of_each("the mask of attended tokens", teacher.attended.dims());
        of_each("the mask of tokens asked for", teacher.targets.asked.dims());
        of_each("the list of true tokens", teacher.targets.tokens.dims());
        if self.config.cosine > 0.0 {
            check::features(NAME, &student.hidden, &teacher.shown.hidden);
            let [of_batch, of_seq, _] = student.hidden.dims();
            of_each("the student's hidden states", [of_batch, of_seq]);
        }
    }
}

impl DistillLoss<MaskedLanguage, MaskedLesson> for DistilBertLoss {
    #[track_caller]
    fn per_sample(&self, student: MaskedLanguage, teacher: MaskedLesson) -> Tensor<1> {
        let batch = student.logits.dims()[0] as f64;
        let weights = [self.config.soft, self.config.mlm, self.config.cosine];
        let parts = self.parts(student, teacher).into_iter().zip(weights);
        let shares = parts.filter_map(|(part, weight)| {
            let part = part?;
            Some(part.sums * (weight * batch / part.count.max(1) as f64))
        });
        shares.reduce(|sum, share| sum + share).expect("a weight is above 0")
    }
}

impl ModuleDisplay for DistilBertLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        let config = &self.config;
        content
            .add("soft", &config.soft)
            .add("mlm", &config.mlm)
            .add("cosine", &config.cosine)
            .add("temperature", &config.temperature)
            .add_debug_attribute("soft_tokens", &config.soft_tokens)
            .optional()
    }
}
