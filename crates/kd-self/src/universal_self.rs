use burn::{
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    nn::Linear,
    tensor::{Int, Tensor},
};
use kd_core::{DistillLoss, check, rows};

use crate::{
    MixedLabels, WithMiddle,
    label_part::LabelPart,
    soft_targets::{others, smoothed, target},
};

pub(crate) const NAME: &str = "UskdLoss";

/// Soft labels that a network makes for itself: for the label by how sure it is of it, for the other classes by how they
/// rank, in its answer and in its middle: universal self-knowledge distillation (USKD; Yang and others, 2023).
///
/// ```text
/// s = softmax(logits)    w = softmax(weak head of middle)    y: the label
/// target = −P · log s_y                     P = s_y² + 1 − mean of s_y² over the batch
/// others = −Σ over i ≠ y of z_i · log ŝ_i   ŝ_i = s_i / (1 − s_y)    z_i = 1 / place of i, over their sum
/// weak   = −Σ v_i · log w_i                 v = 0.9 · onehot(y) + 0.1 / classes
/// loss   = alpha · target + beta · others + mu · weak
/// ```
///
/// Places are counted from 1, in descending order of `s_i / (1 − s_y) + w_i / (1 − w_y)`, over all classes; the label keeps
/// the place that it has, which is the first where both halves are right or undecided. So z is Zipf's law: what a
/// teacher's probabilities of wrong classes look like, in the order that the network itself suggests.
///
/// The loss owns the weak head, a linear layer that only ranks; an optimizer has to step it with the network. A tuple of
/// the two is a module, as in the example.
///
/// # Mixed labels
///
/// Where a sample is of two classes, y by a share of c and x by 1 − c (y is the one with the larger share, and of two equal
/// ones either):
///
/// ```text
/// target = −P_y · log s_y − P_x · log s_x   P_y = s_y² + c − mean of s_y² over the batch, P_x with 1 − c and s_x
/// others = −Σ over the other classes of z_i · log ŝ_i   ŝ_i = s_i / (1 − s_y − s_x)
/// weak   = −Σ v_i · log w_i                 v = 0.9 · shares + 0.1 / classes
/// ```
///
/// and both of its classes keep their places. The mean in P_x is over the samples that have an x; one that has none is
/// treated as above.
///
/// # Shapes
///
/// - student: [`WithMiddle`], logits `[batch, classes]` and middle `[batch, channels]`
/// - teacher: the labels, `[batch]`, or [`MixedLabels`] of images that are mixed of two each, `[batch, classes]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over classes, mean over rows. P compares a sample with the batch, so the loss of a batch is not that of its parts:
/// a mask after the fact leaves the masked rows in that mean, and gradient accumulation takes each part's own. At `alpha`
/// = 0 each sample stands alone.
///
/// # Gradient
///
/// For the logits `(alpha · P · (s − onehot(y)) + beta · (ŝ − z)) / batch`, the second part 0 at the label, and the first a sum
/// over a mixed sample's two classes; for the weak head and the middle that of `mu · weak`. P and z are constants. None for
/// the labels.
///
/// # Range
///
/// At least 0 for labels, since P ≥ s_y². Of `others` and `weak` an entropy is left at best. For mixed labels P can be below 0,
/// where a class has a small share and the batch is sure of its own, and the loss with it: the authors' rule, as it is.
/// Infinite where the network rules a sample's class out (a logit of −∞), unless alpha is 0; another class that it rules out
/// has the last place, and no part in `others`.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `channels` | | of the middle layer | ≥ 1 |
/// | `classes` | | how many there are | ≥ 2 |
/// | `alpha` | 1 | weight of `target` | finite, ≥ 0; at 0 it is left out, and samples are not coupled |
/// | `beta` | 0.1 | weight of `others` | finite, ≥ 0; at 0 it is left out; above, the host sorts, and a GPU waits |
/// | `mu` | 0.005 | weight of `weak` | finite, ≥ 0; at 0 the weak head stays as it is made, and ranks at random |
/// | `check_labels` | true | checks that labels are classes, or shares, at every call | at `beta` = 0, off to spare a GPU the wait |
///
/// # Convention
///
/// Defaults are those of the authors' configurations for ImageNet; for CIFAR-100 they have 0.1 for all three weights. There
/// the middle is the last stage but one, its mean over places; a vision transformer's is another. The cross-entropy with
/// the labels, which they add at weight 1, is left to the training loop. Two things in their code are otherwise: the places
/// come from log-probabilities, a variable having been overwritten, where the formula beside it, and the weak head's half,
/// have probabilities; and 1e-6 is added to both divisors, so that a network that is sure to within 1e-6 no longer has a
/// say. Of mixed labels they take the two largest shares of a row, whatever they are. Where the second is 0, because the sample
/// is of one class, that is any other class: it has no part in `target`, but its s² in the mean, and it is left out of
/// `others`. Here such a sample is one with a label.
///
/// The label comes before classes of the same score. Others of the same score share their places in an order that is the
/// device's affair; if their logits are equal as well, the value does not depend on it.
///
/// # Panics
///
/// If logits and middle are not of the same samples, or not of the classes and channels that the loss was made for, there
/// are no samples, there is not one label per row, or a label is not a class; if mixed labels are not of these rows and classes,
/// have a share below 0, do not sum to 1, or name more than two classes in a row. `init` panics as it says.
///
/// # Example
///
/// ```
/// use burn::{
///     nn::LinearConfig,
///     optim::{GradientsParams, SgdConfig},
///     tensor::{Device, Distribution, Tensor},
/// };
/// use kd_core::{DistillLoss, rows};
/// use kd_self::{UskdLossConfig, WithMiddle};
///
/// let device = Device::flex().autodiff();
/// let network = [LinearConfig::new(8, 6).init(&device), LinearConfig::new(6, 3).init(&device)];
/// let uskd = UskdLossConfig::new(6, 3).init(&device);
///
/// let images = Tensor::<2>::random([4, 8], Distribution::Default, &device);
/// let labels = Tensor::from_ints([0, 1, 2, 0], &device);
/// let middle = network[0].forward(images).tanh();
/// let logits = network[1].forward(middle.clone());
///
/// let hard = rows::cross_entropy(logits.clone(), labels.clone()).mean();
/// let loss = hard + uskd.forward(WithMiddle::new(logits, middle), labels);
/// let trained = (network, uskd);
/// let gradients = GradientsParams::from_grads(loss.backward(), &trained);
/// assert_eq!(gradients.len(), 6); // weights and biases of three layers
/// let (network, uskd) = SgdConfig::new().init().step(0.1, trained, gradients);
/// ```
///
/// # Reference
///
/// Zhendong Yang, Ailing Zeng, Zhe Li, Tianke Zhang, Chun Yuan, Yu Li: *From Knowledge Distillation to Self-Knowledge
/// Distillation: A Unified Approach with Normalized Loss and Customized Soft Labels*, ICCV 2023, arXiv:2303.13005. The
/// authors' code is yzd-v/cls_KD.
///
/// # See also
///
/// [`VirtualTeacher`](crate::VirtualTeacher), to whom all wrong classes are alike.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct UskdLoss {
    /// The weak head, from channels to classes.
    pub weak: Linear,
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    pub(crate) mu: f64,
    pub(crate) check_labels: bool,
}

impl UskdLoss {
    #[track_caller]
    fn check(&self, student: &WithMiddle) {
        let [channels, classes] = self.weak.weight.dims();
        check::with_middle(NAME, &student.logits, &student.middle, channels, classes);
    }

    /// The loss of rows whose labels name these classes.
    fn of_parts(&self, student: WithMiddle, parts: &[LabelPart]) -> Tensor<1> {
        let logits = rows::widen(student.logits);
        let middle = student.middle.cast(self.weak.weight.val().dtype());
        let weak = self.weak.forward(middle).cast(logits.dtype());
        let mut loss = Tensor::zeros([logits.dims()[0]], (&logits.device(), logits.dtype()));
        // A part of weight 0 is left out: 0 · ∞ would not be 0.
        if self.alpha > 0.0 {
            loss = loss + target(logits.clone(), parts) * self.alpha;
        }
        if self.beta > 0.0 {
            loss = loss + others(logits, weak.clone(), parts) * self.beta;
        }
        if self.mu > 0.0 {
            loss = loss + smoothed(weak, parts) * self.mu;
        }
        loss
    }
}

impl DistillLoss<WithMiddle, Tensor<1, Int>> for UskdLoss {
    #[track_caller]
    fn per_sample(&self, student: WithMiddle, teacher: Tensor<1, Int>) -> Tensor<1> {
        self.check(&student);
        let [rows, classes] = student.logits.dims();
        check::label_count(NAME, &teacher, rows);
        if self.check_labels {
            check::labels(NAME, &teacher, classes);
        }
        let like = rows::widen(student.logits.clone().without_autodiff());
        self.of_parts(student, &[LabelPart::whole(teacher.without_autodiff(), &like)])
    }
}

impl DistillLoss<WithMiddle, MixedLabels> for UskdLoss {
    #[track_caller]
    fn per_sample(&self, student: WithMiddle, teacher: MixedLabels) -> Tensor<1> {
        self.check(&student);
        check::mixed_labels(NAME, &student.logits, &teacher.shares, self.check_labels);
        let dtype = rows::widen(student.logits.clone().without_autodiff()).dtype();
        let shares = teacher.shares.without_autodiff().cast(dtype);
        self.of_parts(student, &LabelPart::two_of(shares))
    }
}

impl ModuleDisplay for UskdLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        let [channels, classes] = self.weak.weight.dims();
        content
            .add("channels", &channels)
            .add("classes", &classes)
            .add("alpha", &self.alpha)
            .add("beta", &self.beta)
            .add("mu", &self.mu)
            .optional()
    }
}
