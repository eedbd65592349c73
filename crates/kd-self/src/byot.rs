use burn::{
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Int, Tensor},
};
use kd_core::{DistillLoss, Feature, FeatureProjector, Identity, LossTerms, OffGraph, check, rows};
use kd_kernels::{Divergence, divergence};

use crate::{Exits, certain::certain, exit_output::check_same, weighted_sum::weighted_sum};

pub(crate) const NAME: &str = "ByotLoss";

/// The exits of a network learn from labels, and from the deepest exit's answers and features (Zhang and others, 2019).
///
/// ```text
/// hard     = CE(logits, labels)
/// soft     = T² · KL(softmax(deepest logits / T) ‖ softmax(logits / T))
/// features = Σ (adapter(features) − deepest features)²
///
/// shallower exit: (1 − alpha) · hard + alpha · soft + beta · features
/// deepest exit:   hard
/// loss = Σ over exits of weight · the exit's
/// ```
///
/// Teacher and students come from one forward pass: there is no second one, nothing has to be put in evaluation mode, and
/// dropout and batch normalisation do for both what they do in training.
///
/// # Shapes
///
/// - student: [`Exits`], shallow to deep; logits `[batch, classes]` at each, and features of any rank at each (none if beta
///   is 0)
/// - teacher: the labels, `[batch]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over exits, mean over samples. Features are summed over a sample's numbers.
///
/// # Gradient
///
/// Of a shallower exit's logits `weight · ((1 − alpha) · (softmax(logits) − onehot(labels)) + alpha · T · (q − p)) / batch`, of
/// its features `weight · beta · 2 · (features − deepest features) / batch` through the adapter. As teachers the deepest
/// logits and features are constants: the deepest exit learns from the labels alone, `weight · (softmax − onehot) / batch`.
///
/// # Range
///
/// At least 0. *Not* 0 where all exits agree: the labels still count.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `alpha` | 0.1 | the deepest exit's share of the answers | `[0, 1]`; at 0 and 1 the other part is not computed |
/// | `beta` | 1e-6 | the weight of the features | finite, ≥ 0; at 0 nobody looks at them |
/// | `temperature` | 3 | flattens answers in `soft` | finite, > 0 |
/// | `weights` | 1 for each | how much each exit counts | finite, ≥ 0; at 0 an exit takes no part, but can be logged |
/// | `check_labels` | true | checks that labels are classes, at every call | off to spare a GPU the wait |
///
/// # Convention
///
/// The paper's three parts. T², alpha = 0.1, beta = 1e-6 and T = 3 are those of the implementation that many copies go back to
/// (luanyunteng's). That one multiplies the deepest exit's labels by 1 − alpha too, leaves out features that are positive on
/// neither side, and sums them over the *batch* as well, so that its 1e-6 at 128 samples is a beta of 1.28e-4 here: a mean over
/// samples means the same at every batch size. The authors' code (`pytorch-self-distillation-final`) has the deepest exit
/// learn from the labels alone, as here, but no T² and no features, and an alpha of 0.3. Both have the cross-entropy as soft
/// part, equal in gradient to the KL, which is 0 where exits agree.
/// What is divided by the number of classes elsewhere (`KLDivLoss` and its `mean`) is a sum here.
///
/// # Panics
///
/// If there are no exits, or one alone; if their logits differ in shape, there are no samples or no classes, there is not
/// one label per sample, or a label is not a class; if there is not one weight (where there are weights) and one feature
/// for each exit, and one adapter (where there are adapters) for each but the deepest; or if an exit's features are of other
/// samples than its logits, or have another shape than the deepest's. Exits are counted from 1, the shallowest.
///
/// # Example
///
/// ```
/// use burn::tensor::{Distribution, Tensor};
/// use kd_self::{ByotLossConfig, Exits};
///
/// # let device = burn::tensor::Device::flex().autodiff();
/// # let random = |width| Tensor::<2>::random([8, width], Distribution::Default, &device).require_grad();
/// let byot = ByotLossConfig::new().with_alpha(0.3).with_beta(1e-4).init();
///
/// // What the network shows: logits and pooled features at each exit, shallow to deep.
/// let exits = Exits::new().with(random(10), random(64)).with(random(10), random(64));
/// let terms = byot.terms(exits, Tensor::from_ints([3; 8], &device));
///
/// let names: Vec<&str> = terms.iter().map(|term| &*term.name).collect();
/// assert_eq!(names, ["exit 1 hard", "exit 1 soft", "exit 1 features", "exit 2 hard"]);
/// let gradients = terms.total().backward();
/// # let _ = gradients;
/// ```
///
/// # Reference
///
/// Linfeng Zhang, Jiebo Song, Anni Gao, Jingwei Chen, Chenglong Bao, Kaisheng Ma: *Be Your Own Teacher: Improve the
/// Performance of Convolutional Neural Networks via Self Distillation*, 2019, arXiv:1905.08094.
///
/// # See also
///
/// [`DeepSupervision`](crate::DeepSupervision), which lifts any loss of yours over exits;
/// [`ExitWeights`](crate::ExitWeights), for weights that change.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ByotLoss<P = Identity> {
    pub(crate) adapters: Vec<P>,
    pub(crate) weights: Vec<f64>,
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    pub(crate) temperature: f64,
    pub(crate) check_labels: bool,
}

/// A part of the objective, before the mean over samples.
struct Part {
    name: String,
    weight: f64,
    per_sample: Tensor<1>,
}

impl<P: FeatureProjector<Feature, Output = Feature>> ByotLoss<P> {
    /// Each part's mean over samples by name, to log; their total is what [`forward`](DistillLoss::forward) gives.
    ///
    /// Exits are counted from 1, the shallowest: `exit 1 hard`, `exit 1 soft`, `exit 1 features`, and so on. Parts that
    /// are not computed have no term.
    ///
    /// # Panics
    ///
    /// As the type says.
    #[track_caller]
    pub fn terms(&self, exits: Exits, labels: Tensor<1, Int>) -> LossTerms {
        let parts = self.parts(exits, labels).into_iter();
        parts.fold(LossTerms::new(), |terms, part| {
            terms.with(part.name, part.weight, part.per_sample.mean())
        })
    }

    #[track_caller]
    fn parts(&self, exits: Exits, labels: Tensor<1, Int>) -> Vec<Part> {
        self.check(&exits, &labels);
        let count = exits.logits.len();
        let weight = |exit: usize| self.weights.get(exit).copied().unwrap_or(1.0);
        let (deepest_logits, deepest_features) = (exits.logits[count - 1].clone(), exits.features.last().cloned());
        let teacher = rows::widen(deepest_logits.clone().off_graph());

        let mut parts = Vec::new();
        let mut add = |exit: usize, what: &str, share: f64, per_sample: Tensor<1>| {
            parts.push(Part {
                name: format!("exit {} {what}", exit + 1),
                weight: weight(exit) * share,
                per_sample,
            });
        };
        // One operation for each exit, as what the deepest exit teaches is.
        let certain = certain(labels, &teacher);
        let hard = |logits| divergence(logits, certain.clone(), Divergence::ForwardKl, 1.0);
        let mut features = exits.features.into_iter();
        for (exit, logits) in exits.logits.into_iter().take(count - 1).enumerate() {
            // Widened once, so that the two gradients are added before they are rounded.
            let logits = rows::widen(logits);
            if self.alpha < 1.0 {
                add(exit, "hard", 1.0 - self.alpha, hard(logits.clone()));
            }
            if self.alpha > 0.0 {
                let kl = divergence(logits, teacher.clone(), Divergence::ForwardKl, self.temperature);
                add(exit, "soft", self.alpha, kl * (self.temperature * self.temperature));
            }
            if self.beta > 0.0 {
                let shown = features.next().expect("there is one for each exit");
                let shown = match self.adapters.get(exit) {
                    Some(adapter) => adapter.project(shown),
                    None => shown,
                };
                let deepest = deepest_features.clone().expect("there is one for each exit");
                add(exit, "features", self.beta, squared_distance(exit, shown, deepest));
            }
        }
        add(count - 1, "hard", 1.0, hard(deepest_logits));
        parts
    }

    #[track_caller]
    fn check(&self, exits: &Exits, labels: &Tensor<1, Int>) {
        let count = exits.logits.len();
        check::shallower_exits(NAME, count);
        check_same(NAME, &exits.logits);
        let [samples, classes] = exits.logits[0].dims();
        check::not_empty(NAME, samples);
        check::has_classes(NAME, classes);
        check::label_count(NAME, labels, samples);
        if self.check_labels {
            check::labels(NAME, labels, classes);
        }
        if !self.weights.is_empty() {
            check::one_per_exit(NAME, "weights", self.weights.len(), "exits", count);
        }
        if self.beta > 0.0 {
            check::one_per_exit(NAME, "features", exits.features.len(), "exits", count);
            for (number, features) in (1..).zip(&exits.features) {
                check::exit_samples(NAME, number, &features.shape(), samples);
            }
            if !self.adapters.is_empty() {
                check::one_per_exit(NAME, "adapters", self.adapters.len(), "exits that learn", count - 1);
            }
        }
    }
}

/// Σ (shown − deepest)² over a sample's numbers, of the exit with this index.
#[track_caller]
fn squared_distance(exit: usize, shown: Feature, deepest: Feature) -> Tensor<1> {
    check::exit_features(NAME, exit + 1, &shown.shape(), &deepest.shape());
    let shown = rows::widen(shown.flatten_samples());
    let deepest = deepest.off_graph().flatten_samples().cast(shown.dtype());
    (shown - deepest).square().sum_dim(1).squeeze_dim(1)
}

impl<P: FeatureProjector<Feature, Output = Feature>> DistillLoss<Exits, Tensor<1, Int>> for ByotLoss<P> {
    #[track_caller]
    fn per_sample(&self, student: Exits, teacher: Tensor<1, Int>) -> Tensor<1> {
        let parts = self.parts(student, teacher).into_iter();
        weighted_sum(parts.map(|part| (part.weight, || part.per_sample)))
    }
}

impl<P: Module + ModuleDisplay> ModuleDisplay for ByotLoss<P> {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("alpha", &self.alpha)
            .add("beta", &self.beta)
            .add("temperature", &self.temperature)
            .optional()
    }
}
