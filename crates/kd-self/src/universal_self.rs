use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    nn::{Linear, LinearConfig},
    tensor::{Device, Int, Tensor},
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::{
    WithMiddle,
    zipf::{against_others, zipf},
};

const NAME: &str = "UskdLoss";

/// The share of the weak head's labels that is spread over all classes.
const SMOOTHING: f64 = 0.1;

/// Configuration of a [`UskdLoss`].
#[derive(Config, Debug)]
pub struct UskdLossConfig {
    /// Channels of the middle layer that the weak head classifies. At least 1.
    pub channels: usize,
    /// How many classes there are. At least 2.
    pub classes: usize,
    /// α: the weight of the label's own soft target. Finite and at least 0.
    #[config(default = 1.0)]
    pub alpha: f64,
    /// β: the weight of the other classes' soft targets. Finite and at least 0.
    #[config(default = 0.1)]
    pub beta: f64,
    /// μ: the weight of the weak head's own training. Finite and at least 0.
    #[config(default = 0.005)]
    pub mu: f64,
    /// Whether labels are checked at every call. That reads them back from the device, and on a GPU waits for it. Turning
    /// it off spares the wait only at `beta` = 0: above, Burn sorts on the host, so a GPU is waited for in any case.
    #[config(default = true)]
    pub check_labels: bool,
}

impl UskdLossConfig {
    /// Makes the loss, its weak head on `device`.
    ///
    /// # Panics
    ///
    /// If there are no channels or fewer than two classes, or a weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self, device: &Device) -> UskdLoss {
        self.try_init(device).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no channels or fewer than two classes, or a weight is negative, NaN or infinite.
    pub fn try_init(&self, device: &Device) -> Result<UskdLoss, Error> {
        const NAME: &str = "UskdLossConfig";
        check::count(NAME, "channels", self.channels)?;
        check::several(NAME, "classes", self.classes)?;
        check::weight(NAME, "alpha", self.alpha)?;
        check::weight(NAME, "beta", self.beta)?;
        check::weight(NAME, "mu", self.mu)?;
        Ok(UskdLoss {
            weak: LinearConfig::new(self.channels, self.classes).init(device),
            alpha: self.alpha,
            beta: self.beta,
            mu: self.mu,
            check_labels: self.check_labels,
        })
    }
}

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
/// # Shapes
///
/// - student: [`WithMiddle`], logits `[batch, classes]` and middle `[batch, channels]`
/// - teacher: the labels, `[batch]`
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
/// For the logits `(alpha · P · (s − onehot(y)) + beta · (ŝ − z)) / batch`, the second part 0 at the label; for the weak
/// head and the middle that of `mu · weak`. P and z are constants. None for the labels.
///
/// # Range
///
/// At least 0, since P ≥ s_y². Of `others` and `weak` an entropy is left at best. Infinite where the network rules the label
/// out (a logit of −∞), unless alpha is 0; another class that it rules out has the last place, and no part in `others`.
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
/// | `check_labels` | true | checks that labels are classes, at every call | at `beta` = 0, off to spare a GPU the wait |
///
/// # Convention
///
/// Defaults are those of the authors' configurations for ImageNet; for CIFAR-100 they have 0.1 for all three weights. There
/// the middle is the last stage but one, its mean over places; a vision transformer's is another. The cross-entropy with
/// the labels, which they add at weight 1, is left to the training loop. Two things in their code are otherwise: the places
/// come from log-probabilities, a variable having been overwritten, where the formula beside it, and the weak head's half,
/// have probabilities; and 1e-6 is added to both divisors, so that a network that is sure to within 1e-6 no longer has a
/// say. Their soft labels for mixed images (two labels with weights) are not here.
///
/// The label comes before classes of the same score. Others of the same score share their places in an order that is the
/// device's affair; if their logits are equal as well, the value does not depend on it.
///
/// # Panics
///
/// If logits and middle are not of the same samples, or not of the classes and channels that the loss was made for, there
/// are no samples, there is not one label per row, or a label is not a class. `init` panics as it says.
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
    alpha: f64,
    beta: f64,
    mu: f64,
    check_labels: bool,
}

impl UskdLoss {
    /// The weight of the label's own soft target.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The weight of the other classes' soft targets.
    pub fn beta(&self) -> f64 {
        self.beta
    }

    /// The weight of the weak head's own training.
    pub fn mu(&self) -> f64 {
        self.mu
    }

    /// The same loss and weak head with another alpha, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If alpha is negative, NaN or infinite.
    #[track_caller]
    pub fn with_alpha(self, alpha: f64) -> Self {
        check::weight(NAME, "alpha", alpha).unwrap_or_else(|error| panic!("{error}"));
        Self { alpha, ..self }
    }

    /// The same loss and weak head with another beta, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If beta is negative, NaN or infinite.
    #[track_caller]
    pub fn with_beta(self, beta: f64) -> Self {
        check::weight(NAME, "beta", beta).unwrap_or_else(|error| panic!("{error}"));
        Self { beta, ..self }
    }

    /// The same loss and weak head with another mu, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If mu is negative, NaN or infinite.
    #[track_caller]
    pub fn with_mu(self, mu: f64) -> Self {
        check::weight(NAME, "mu", mu).unwrap_or_else(|error| panic!("{error}"));
        Self { mu, ..self }
    }

    #[track_caller]
    fn check(&self, student: &WithMiddle, labels: &Tensor<1, Int>) {
        let [channels, classes] = self.weak.weight.dims();
        check::with_middle(NAME, &student.logits, &student.middle, channels, classes);
        check::label_count(NAME, labels, student.logits.dims()[0]);
        if self.check_labels {
            check::labels(NAME, labels, classes);
        }
    }
}

impl DistillLoss<WithMiddle, Tensor<1, Int>> for UskdLoss {
    #[track_caller]
    fn per_sample(&self, student: WithMiddle, teacher: Tensor<1, Int>) -> Tensor<1> {
        self.check(&student, &teacher);
        let labels = teacher.without_autodiff();
        let logits = rows::widen(student.logits);
        let middle = student.middle.cast(self.weak.weight.val().dtype());
        let weak = self.weak.forward(middle).cast(logits.dtype());
        let mut loss = Tensor::zeros([logits.dims()[0]], (&logits.device(), logits.dtype()));
        // A part of weight 0 is left out: 0 · ∞ would not be 0.
        if self.alpha > 0.0 {
            loss = loss + target(logits.clone(), labels.clone()) * self.alpha;
        }
        if self.beta > 0.0 {
            loss = loss + others(logits, weak.clone(), labels.clone()) * self.beta;
        }
        if self.mu > 0.0 {
            loss = loss + smoothed(weak, labels) * self.mu;
        }
        loss
    }
}

/// `−P · log s_y`: the surer of a sample than of the batch, the larger P.
fn target(logits: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<1> {
    let log_s = rows::cross_entropy(logits, labels).neg();
    let squares = log_s.clone().without_autodiff().exp().square();
    let p = squares.clone() - squares.mean() + 1.0;
    (p * log_s).neg()
}

/// `−Σ z · log ŝ` over the classes that are not the label.
fn others(logits: Tensor<2>, weak: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<1> {
    let at_label = rows::at_label(labels.clone(), logits.dims()[1]);
    let log_s = against_others(logits, at_label.clone());
    let log_w = against_others(weak.without_autodiff(), at_label);
    let z = zipf(log_s.clone().without_autodiff(), log_w, labels);
    let left_out = z.clone().equal_elem(0.0);
    (z * log_s.mask_fill(left_out, 0.0))
        .sum_dim(1)
        .squeeze_dim::<1>(1)
        .neg()
}

/// Cross-entropy with labels that are smoothed over all classes.
fn smoothed(logits: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<1> {
    let evenly = rows::log_soften(logits.clone(), 1.0).mean_dim(1).squeeze_dim::<1>(1);
    rows::cross_entropy(logits, labels) * (1.0 - SMOOTHING) - evenly * SMOOTHING
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let uskd = UskdLossConfig::new(4, 3).init(&Device::flex());
        assert_eq!(
            format!("{uskd}"),
            "UskdLoss {channels: 4, classes: 3, alpha: 1, beta: 0.1, mu: 0.005, params: 15}"
        );
    }

    #[test]
    fn each_weight_can_change_alone() {
        let uskd = UskdLossConfig::new(4, 3).init(&Device::flex());
        let weak = uskd.weak.weight.val().into_data();
        let uskd = uskd.with_alpha(0.5).with_beta(0.25).with_mu(0.0);
        assert_eq!((uskd.alpha(), uskd.beta(), uskd.mu()), (0.5, 0.25, 0.0));
        assert_eq!(uskd.weak.weight.val().into_data(), weak);
    }

    #[test]
    #[should_panic(expected = "UskdLoss: beta is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = UskdLossConfig::new(4, 3).init(&Device::flex()).with_beta(-1.0);
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        let of = |config: UskdLossConfig| config.try_init(&Device::flex()).unwrap_err().to_string();
        assert_eq!(
            of(UskdLossConfig::new(0, 3)),
            "UskdLossConfig: channels is 0, but must be at least 1"
        );
        assert_eq!(
            of(UskdLossConfig::new(4, 1)),
            "UskdLossConfig: classes is 1, but must be at least 2"
        );
        assert_eq!(
            of(UskdLossConfig::new(4, 3).with_mu(-1.0)),
            "UskdLossConfig: mu is -1, but must be a finite number of at least 0 (0 leaves its part out)"
        );
    }
}
