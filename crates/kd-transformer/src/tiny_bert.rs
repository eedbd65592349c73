use burn::{
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, FeatureProjector, Identity, LossTerms, check};
use kd_kernels::{Divergence, divergence};

use crate::{Attended, EncoderLayers, TinyBertLossConfig, counted::Counted, parts::Parts, tiny_bert_layer};

pub(crate) const NAME: &str = "TinyBertLoss";

/// An encoder learns its teacher's embeddings, and at each layer the hidden states and the attention scores of a layer of the
/// teacher; and in the end its answers: TinyBERT (Jiao and others, 2020).
///
/// ```text
/// embedding  = mean (W · student's embeddings − teacher's)²
/// hidden k   = mean (W · student's layer k − teacher's layer m(k))²
/// attention k = mean (student's scores of layer k − teacher's of layer m(k))², scores ≤ −100 as 0
/// prediction = −Σ softmax(teacher / T) · log softmax(student / T)
/// ```
///
/// # Shapes
///
/// - student: [`EncoderLayers`], one layer for each entry of `layers`
/// - teacher: [`Attended`] [`EncoderLayers`], and the tokens that are no padding, `[batch, seq]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over a sequence's tokens that are no padding and their numbers, and for scores over heads and pairs of such tokens; sum
/// over layers; mean over sequences. A sequence of padding alone has 0 for all but its answers.
///
/// # Gradient
///
/// `2 · (student − teacher)` over the numbers that the mean is of, through the projector; `softmax − teacher's softmax` over T
/// for the answers. None for the teacher, none for padding, and none for scores at or below −100.
///
/// # Range
///
/// At least 0, and 0 where all layers are equal. `prediction` is not 0 at equality: the teacher's entropy is left.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `layers` | | m: the teacher's layer for each of the student's | each ≥ 1, at least one |
/// | `embedding` | 1 | the weight of the embeddings | finite, ≥ 0; at 0 not computed |
/// | `hidden` | 1 | the weight of the hidden states | finite, ≥ 0; at 0 not computed |
/// | `attention` | 1 | the weight of the scores | finite, ≥ 0; at 0 not computed |
/// | `prediction` | 0 | the weight of the answers | finite, ≥ 0; at 0 not computed |
/// | `temperature` | 1 | flattens both answers | finite, > 0 |
///
/// [`answers`](TinyBertLossConfig::answers) makes the second stage of a configuration.
///
/// # Convention
///
/// The paper's four parts, weights 1 and m(k) = k · teacher's layers / student's
/// ([`uniform`](TinyBertLossConfig::uniform)). As in the authors' code (`task_distill.py`) it is the *raw* scores, not the
/// softmax of them; means of squares; and a cross-entropy without T². Their code counts padding into the means, where most of it
/// is 0 or whatever the models make of it; here padding counts nowhere, so a sequence of half padding weighs as much as any.
/// Their mean of the answers is over classes too: divide the weight by `classes` for it.
///
/// # Panics
///
/// If the student shows other numbers of layers than `layers`, or the teacher has fewer than the last of them; if what has a
/// weight is of other sequences, heads, classes or (after the projector) widths; if there are no sequences or no tokens; or if
/// predictions have a weight and one side shows no logits.
///
/// # Example
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Bool, Device, Distribution, Tensor}};
/// use kd_transformer::{Attended, EncoderLayers, TinyBertLossConfig};
///
/// let device = Device::flex().autodiff();
/// let shown = |layers: usize, width: usize| {
///     let hidden = || Tensor::<3>::random([2, 5, width], Distribution::Default, &device);
///     let scores = || Tensor::<4>::random([2, 4, 5, 5], Distribution::Default, &device);
///     EncoderLayers::new((0..=layers).map(|_| hidden()).collect(), (0..layers).map(|_| scores()).collect())
/// };
/// let attended = Tensor::<2, Bool>::full([2, 5], true, &device);
///
/// // Two layers 8 wide learn from four layers 16 wide: from the second and the fourth.
/// let tiny = TinyBertLossConfig::uniform(2, 4)?.init_with_projectors(vec![LinearConfig::new(8, 16).init(&device)]);
/// let terms = tiny.terms(shown(2, 8), Attended::new(shown(4, 16), attended));
/// let names: Vec<&str> = terms.iter().map(|term| &*term.name).collect();
/// assert_eq!(names, ["embedding", "hidden 1", "attention 1", "hidden 2", "attention 2"]);
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Reference
///
/// Xiaoqi Jiao, Yichun Yin, Lifeng Shang, Xin Jiang, Xiao Chen, Linlin Li, Fang Wang, Qun Liu: *TinyBERT: Distilling BERT for
/// Natural Language Understanding*, 2020, arXiv:1909.10351, equations 7 to 10.
///
/// # See also
///
/// [`MiniLmLoss`](crate::MiniLmLoss), for which the last layer is enough and widths do not matter.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct TinyBertLoss<P = Identity> {
    /// From the student's width to the teacher's: none, one for all, or one for the embeddings and each layer.
    pub projectors: Vec<P>,
    #[module(skip)]
    pub(crate) config: TinyBertLossConfig,
}

impl<P: FeatureProjector<Tensor<3>, Output = Tensor<3>>> TinyBertLoss<P> {
    /// The configuration in use.
    pub fn config(&self) -> &TinyBertLossConfig {
        &self.config
    }

    /// Each part's mean over sequences by name: `embedding`, `hidden 1`, `attention 1`, and so on for each of the student's
    /// layers, and `prediction`. Their total is what [`forward`](DistillLoss::forward) gives; parts without weight have no
    /// term.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn terms(&self, student: EncoderLayers, teacher: Attended<EncoderLayers>) -> LossTerms {
        self.parts(student, teacher).terms()
    }

    #[track_caller]
    fn parts(&self, student: EncoderLayers, teacher: Attended<EncoderLayers>) -> Parts {
        let (config, mut parts) = (&self.config, Parts::default());
        let (teacher, attended) = (teacher.shown, teacher.attended);
        self.check(&student, &teacher);
        check::sequences(NAME, attended.dims());
        let counted = Counted::new(attended);

        if config.embedding > 0.0 {
            let (student, teacher) = (&student.hidden[0], &teacher.hidden[0]);
            let apart = self.hidden(0, student, teacher, &counted);
            parts.add("embedding", config.embedding, apart);
        }
        for (layer, &of_teacher) in (1..).zip(&config.layers) {
            if config.hidden > 0.0 {
                let (student, teacher) = (&student.hidden[layer], &teacher.hidden[of_teacher]);
                let apart = self.hidden(layer, student, teacher, &counted);
                parts.add(format!("hidden {layer}"), config.hidden, apart);
            }
            if config.attention > 0.0 {
                let (student, teacher) = (&student.scores[layer - 1], &teacher.scores[of_teacher - 1]);
                let apart = tiny_bert_layer::scores(student, teacher, &counted);
                parts.add(format!("attention {layer}"), config.attention, apart);
            }
        }
        if config.prediction > 0.0 {
            let [batch, _] = counted.dims();
            check::answers(NAME, student.logits.as_ref(), teacher.logits.as_ref(), batch);
            let [student, teacher] = [student.logits, teacher.logits].map(|logits| logits.expect("both are there"));
            check::logits(NAME, &student, &teacher);
            let apart = divergence(student, teacher, Divergence::SoftCrossEntropy, config.temperature);
            parts.add("prediction", config.prediction, apart);
        }
        parts
    }

    /// Layer 0 is the embeddings.
    #[track_caller]
    fn hidden(&self, layer: usize, student: &Tensor<3>, teacher: &Tensor<3>, counted: &Counted) -> Tensor<1> {
        let projector = self.projectors.get(layer).or(self.projectors.first());
        tiny_bert_layer::hidden(projector, student, teacher, counted)
    }

    #[track_caller]
    fn check(&self, student: &EncoderLayers, teacher: &EncoderLayers) {
        let config = &self.config;
        let layers = config.layers.len();
        let deepest = config.layers.iter().copied().max().unwrap_or_default();
        check::projectors_of_layers(NAME, self.projectors.len(), layers);
        if config.embedding > 0.0 || config.hidden > 0.0 {
            check::layers_shown(
                NAME,
                "student",
                "hidden states",
                student.hidden.len(),
                layers + 1,
                false,
            );
            check::layers_shown(
                NAME,
                "teacher",
                "hidden states",
                teacher.hidden.len(),
                deepest + 1,
                true,
            );
        }
        if config.attention > 0.0 {
            check::layers_shown(NAME, "student", "layers' scores", student.scores.len(), layers, false);
            check::layers_shown(NAME, "teacher", "layers' scores", teacher.scores.len(), deepest, true);
        }
    }
}

impl<P> DistillLoss<EncoderLayers, Attended<EncoderLayers>> for TinyBertLoss<P>
where
    P: FeatureProjector<Tensor<3>, Output = Tensor<3>>,
{
    #[track_caller]
    fn per_sample(&self, student: EncoderLayers, teacher: Attended<EncoderLayers>) -> Tensor<1> {
        self.parts(student, teacher).per_sample()
    }
}

impl<P: Module + ModuleDisplay> ModuleDisplay for TinyBertLoss<P> {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        let config = &self.config;
        content
            .add_debug_attribute("layers", &config.layers)
            .add("embedding", &config.embedding)
            .add("hidden", &config.hidden)
            .add("attention", &config.attention)
            .add("prediction", &config.prediction)
            .add("temperature", &config.temperature)
            .optional()
    }
}
