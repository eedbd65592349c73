use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Int, Tensor},
};
use kd_core::{DistillLoss, Error, LossTerms, check, rows};
use kd_kernels::{Divergence, divergence};

/// Configuration of a [`MutualLoss`].
#[derive(Config, Debug)]
pub struct MutualLossConfig {
    /// T: how much all distributions are flattened before they are compared. Finite and above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
    /// Whether labels are checked at every call that takes them. That reads them back from the device, and on a GPU waits
    /// for it; turn it off there once your data loader is known to be right.
    #[config(default = true)]
    pub check_labels: bool,
}

impl MutualLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> MutualLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<MutualLoss, Error> {
        check::temperature("MutualLossConfig", self.temperature)?;
        Ok(MutualLoss {
            temperature: self.temperature,
            check_labels: self.check_labels,
        })
    }
}

/// What a network's peers predict, as targets for its own predictions: deep mutual learning (DML; Zhang, Xiang, Hospedales
/// & Lu, 2018).
///
/// ```text
/// p_k = softmax(peer k / T)
/// mutual of peer i = T² · mean over j ≠ i of KL(p_j ‖ p_i)
/// total of peer i  = CE(peer i, labels) + mutual of peer i
/// ```
///
/// No network is the teacher. Peers train at the same time, start differently, and are surer of different wrong classes;
/// each has its own loss and its own optimizer, and the others are constants in it. As a [`DistillLoss`] this is `mutual`
/// for one peer, whose teacher is the list of all others; [`of_peers`](Self::of_peers) and [`of_peer`](Self::of_peer) give
/// both terms, which [`LossTerms::total`] adds up.
///
/// *Constant* leaves open which predictions of the others: those from before any peer was updated (all forward passes,
/// then all updates; one pass per peer), or those after the update of the peers that came before (the paper's algorithm;
/// one pass more per peer). The loss takes what it is given, so the loop decides; the examples below are the two.
///
/// # Shapes
///
/// - student: `[..., classes]`, for example `[batch, classes]` or `[batch, seq, vocab]`
/// - teacher: a `Vec` of the others' logits, at least one, each of the student's shape
/// - output of `per_sample`: `[rows]`, where rows is the product of all axes but the last
///
/// # Reduction
///
/// Sum over classes, mean over the other peers, mean over rows.
///
/// # Gradient
///
/// `T · (p_i − mean over j ≠ i of p_j) / rows` for each of peer i's logits; none for the others.
///
/// # Range
///
/// At least 0, and 0 where all peers predict the same. Infinite where a peer rules out a class (a logit of −∞) that
/// another does not.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperature` | 1 | flattens all distributions | finite, > 0 |
/// | `check_labels` | true | checks that labels are classes, at every call that takes them | off to spare a GPU the wait |
///
/// # Convention
///
/// From the others to the peer, each pair by itself: the paper found the mean of the others' predictions a worse teacher.
/// The mean over the others is the paper's 1 / (K − 1); the authors' code adds them up (the same for two peers), and has
/// 1e-8 within the logarithm and beside the divisor, which is not here; it goes from peer to peer in the paper's order, with
/// a new batch for each. The paper knows no temperature; T² is that of
/// Hinton's loss. The cross-entropy is at temperature 1, at weight 1. KD_Lib takes squared differences of logits, and cuts
/// no peer off: what comes back from one loss moves the other peers as well.
///
/// # Panics
///
/// If there is no other peer, a peer's shape is another, there are no rows or no classes, there is not one label per row,
/// or a label is not a class.
///
/// # Example
///
/// All forward passes, then all updates:
///
/// ```
/// use burn::{
///     nn::LinearConfig,
///     optim::{GradientsParams, SgdConfig},
///     tensor::{Device, Distribution, Tensor},
/// };
/// use kd_self::MutualLossConfig;
///
/// let device = Device::flex().autodiff();
/// let mut peers = vec![LinearConfig::new(8, 3).init(&device), LinearConfig::new(8, 3).init(&device)];
/// let mut optimizers = vec![SgdConfig::new().init(), SgdConfig::new().init()];
/// let mutual = MutualLossConfig::new().init();
///
/// let images = Tensor::<2>::random([4, 8], Distribution::Default, &device);
/// let labels = Tensor::from_ints([0, 1, 2, 0], &device);
/// let logits: Vec<_> = peers.iter().map(|peer| peer.forward(images.clone())).collect();
/// let losses = mutual.of_peers(&logits, labels);
/// assert_eq!(losses[0].values()[0].0, "hard");
/// for (i, loss) in losses.iter().enumerate() {
///     let gradients = GradientsParams::from_grads(loss.total().backward(), &peers[i]);
///     peers[i] = optimizers[i].step(0.1, peers[i].clone(), gradients);
/// }
/// ```
///
/// The paper's order, in which a peer learns from what the ones before it have just learnt:
///
/// ```
/// # use burn::{
/// #     nn::LinearConfig,
/// #     optim::{GradientsParams, SgdConfig},
/// #     tensor::{Device, Distribution, Tensor},
/// # };
/// # use kd_self::MutualLossConfig;
/// # let device = Device::flex().autodiff();
/// # let mut peers = vec![LinearConfig::new(8, 3).init(&device), LinearConfig::new(8, 3).init(&device)];
/// # let mut optimizers = vec![SgdConfig::new().init(), SgdConfig::new().init()];
/// # let mutual = MutualLossConfig::new().init();
/// # let images = Tensor::<2>::random([4, 8], Distribution::Default, &device);
/// # let labels = Tensor::from_ints([0, 1, 2, 0], &device);
/// let mut logits: Vec<_> = peers.iter().map(|peer| peer.forward(images.clone())).collect();
/// for i in 0..peers.len() {
///     let loss = mutual.of_peer(i, &logits, labels.clone()).total();
///     let gradients = GradientsParams::from_grads(loss.backward(), &peers[i]);
///     peers[i] = optimizers[i].step(0.1, peers[i].clone(), gradients);
///     logits[i] = peers[i].forward(images.clone());
/// }
/// # assert_eq!(logits[1].dims(), [4, 3]);
/// ```
///
/// # Reference
///
/// Ying Zhang, Tao Xiang, Timothy M. Hospedales, Huchuan Lu: *Deep Mutual Learning*, CVPR 2018, arXiv:1706.00384,
/// section 3.
///
/// # See also
///
/// [`LossTerms`], to give `mutual` a weight of its own; [`VirtualTeacher`](crate::VirtualTeacher) and
/// [`UskdLoss`](crate::UskdLoss), where there is not even a peer.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MutualLoss {
    temperature: f64,
    check_labels: bool,
}

impl MutualLoss {
    /// The temperature in use.
    pub fn temperature(&self) -> f64 {
        self.temperature
    }

    /// The same loss at another temperature, for example the next one of a [`Schedule`](kd_core::Schedule).
    ///
    /// # Panics
    ///
    /// If the temperature is 0, negative, NaN or infinite.
    #[track_caller]
    pub fn with_temperature(self, temperature: f64) -> Self {
        kd_core::check::must(check::temperature("MutualLoss", temperature));
        Self { temperature, ..self }
    }

    /// Every peer's loss: `hard`, the cross-entropy with the labels, and `mutual`, both at weight 1.
    ///
    /// # Shapes
    ///
    /// - logits: each peer's, `[rows, classes]`
    /// - labels: `[rows]`
    ///
    /// # Panics
    ///
    /// If there are fewer than two peers, and as the type says.
    #[track_caller]
    pub fn of_peers(&self, logits: &[Tensor<2>], labels: Tensor<1, Int>) -> Vec<LossTerms> {
        self.check(logits, &labels);
        (0..logits.len())
            .map(|peer| self.terms(peer, logits, labels.clone()))
            .collect()
    }

    /// The loss of one peer of all, counted from 0: what [`of_peers`](Self::of_peers) gives for it.
    ///
    /// # Panics
    ///
    /// If there is no such peer, there are fewer than two, and as the type says.
    #[track_caller]
    pub fn of_peer(&self, peer: usize, logits: &[Tensor<2>], labels: Tensor<1, Int>) -> LossTerms {
        self.check(logits, &labels);
        check::peer("MutualLoss", peer, logits.len());
        self.terms(peer, logits, labels)
    }

    #[track_caller]
    fn check(&self, logits: &[Tensor<2>], labels: &Tensor<1, Int>) {
        const NAME: &str = "MutualLoss";
        check::peers(NAME, logits);
        let [rows, classes] = logits[0].dims();
        check::not_empty(NAME, rows);
        check::has_classes(NAME, classes);
        check::label_count(NAME, labels, rows);
        if self.check_labels {
            check::labels(NAME, labels, classes);
        }
    }

    fn terms(&self, peer: usize, logits: &[Tensor<2>], labels: Tensor<1, Int>) -> LossTerms {
        // Widened once, so that the gradients of both terms are added before they are rounded.
        let student = rows::widen(logits[peer].clone());
        let others = logits.iter().enumerate().filter(|&(other, _)| other != peer);
        let others = others.map(|(_, logits)| logits.clone()).collect();
        LossTerms::new()
            .with(
                "hard",
                1.0,
                rows::cross_entropy(student.clone(), labels.without_autodiff()).mean(),
            )
            .with("mutual", 1.0, self.forward(student, others))
    }
}

impl<const D: usize> DistillLoss<Tensor<D>, Vec<Tensor<D>>> for MutualLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Vec<Tensor<D>>) -> Tensor<1> {
        const NAME: &str = "MutualLoss";
        check::other_peers(NAME, &student, &teacher);
        check::logits(NAME, &student, &teacher[0]);
        let (t, others) = (self.temperature, teacher.len() as f64);
        let student = rows::widen(rows::flatten_rows(student));
        let of_pair = |other| divergence(student.clone(), rows::flatten_rows(other), Divergence::ForwardKl, t);
        let sum = teacher.into_iter().map(of_pair).reduce(|sum, kl| sum + kl);
        sum.expect("there is another peer") * (t * t / others)
    }
}

impl ModuleDisplay for MutualLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("temperature", &self.temperature).optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let mutual = MutualLossConfig::new().with_temperature(2.5).init();
        assert_eq!(format!("{mutual}"), "MutualLoss {temperature: 2.5}");
    }

    #[test]
    fn an_impossible_temperature_is_an_error_that_says_what_to_do() {
        for temperature in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            let config = MutualLossConfig::new().with_temperature(temperature);
            let error = config.try_init().unwrap_err().to_string();
            let said = format!("MutualLossConfig: temperature is {temperature}, but must be a finite number above 0");
            assert!(error.starts_with(&said), "{error}");
        }
    }

    #[test]
    #[should_panic(expected = "MutualLoss: temperature is -1")]
    fn a_schedule_cannot_leave_the_range() {
        let _ = MutualLossConfig::new().init().with_temperature(-1.0);
    }
}
