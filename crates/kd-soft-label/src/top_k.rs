use burn::tensor::{Int, Tensor};
use kd_core::{OffGraph, check, rows};

/// A teacher known only by its best classes: what is left of logits that were too many to keep.
///
/// ```text
/// log_probs[r, i] = log softmax(teacher / T)[r, ids[r, i]]
/// ```
///
/// The log-probabilities are those of the *full* distribution: T is applied before the cut, and the mass of the classes
/// that are left out stays left out. A distribution that was cut first cannot be brought to another temperature later.
///
/// An entry of log-probability −∞ is ignored, whatever its id: that is how rows with fewer classes are padded.
///
/// # Shapes
///
/// - ids: `[rows, k]`, each in `0..classes`, none twice in a row
/// - log_probs: `[rows, k]`; in a row the probabilities sum to 1 or less
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_soft_label::TopK;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::<2>::from_floats([[0.0, 5.0, 1.0, 4.0]], &device);
/// let teacher = TopK::of(logits.clone(), 2, 1.0);
/// assert_eq!(teacher.ids.into_data().iter::<i64>().collect::<Vec<_>>(), [1, 3]);
///
/// let teacher = TopK::top_p(logits, 0.5, 1.0); // the best class alone has that much
/// assert_eq!(teacher.log_probs.dims(), [1, 1]);
/// ```
#[derive(Clone, Debug)]
pub struct TopK {
    /// The chosen classes, `[rows, k]`.
    pub ids: Tensor<2, Int>,
    /// Their log-probabilities, `[rows, k]`.
    pub log_probs: Tensor<2>,
}

impl TopK {
    /// Puts classes and log-probabilities together. Whether they fit is checked by the loss that takes them.
    pub fn new(ids: Tensor<2, Int>, log_probs: Tensor<2>) -> Self {
        Self { ids, log_probs }
    }

    /// The `k` most probable classes of each row of `logits`, `[rows, classes]`, at a temperature.
    ///
    /// # Panics
    ///
    /// If there are no rows, `k` is 0 or above the number of classes, or the temperature is 0, negative, NaN or
    /// infinite.
    #[track_caller]
    pub fn of(logits: Tensor<2>, k: usize, temperature: f64) -> Self {
        const NAME: &str = "TopK::of";
        let [rows, classes] = logits.dims();
        check::not_empty(NAME, rows);
        check::top_k(NAME, k, classes);
        let log_probs = log_probs(NAME, logits, temperature);
        // Where fewer than k classes are above −∞, burn-cubecl 0.22.1 fills up with ids that are none.
        let (_, ids) = log_probs.clone().clamp_min(-1e30).topk_with_indices(k, 1);
        Self::new(ids.clone(), log_probs.gather(1, ids))
    }

    /// The fewest classes of each row of `logits`, `[rows, classes]`, that together have the mass `p` at a temperature.
    ///
    /// `k` is the number of classes of the row that needs most, which is read back from the device; the other rows are
    /// padded with −∞.
    ///
    /// # Panics
    ///
    /// If there are no rows or no classes, `p` is not above 0 and at most 1, or the temperature is 0, negative, NaN or
    /// infinite.
    #[track_caller]
    pub fn top_p(logits: Tensor<2>, p: f64, temperature: f64) -> Self {
        const NAME: &str = "TopK::top_p";
        let [rows, classes] = logits.dims();
        check::not_empty(NAME, rows);
        check::has_classes(NAME, classes);
        check::top_p(NAME, p).unwrap_or_else(|error| panic!("{error}"));
        let (log_probs, ids) = log_probs(NAME, logits, temperature).sort_descending_with_indices(1);
        let probs = log_probs.clone().exp();
        let mass_before = probs.clone().cumsum(1) - probs;
        // A rounded sum can be 1 before the last class, and 1 means all of them.
        let enough = if p == 1.0 { f64::INFINITY } else { p };
        let reached = mass_before.greater_equal_elem(enough);
        let needed = reached.clone().bool_not().int().sum_dim(1);
        let k = needed.max().into_scalar::<i64>() as usize;
        let log_probs = log_probs.mask_fill(reached, f64::NEG_INFINITY);
        Self::new(ids.narrow(1, 0, k), log_probs.narrow(1, 0, k))
    }
}

#[track_caller]
fn log_probs(owner: &'static str, logits: Tensor<2>, temperature: f64) -> Tensor<2> {
    check::temperature(owner, temperature).unwrap_or_else(|error| panic!("{error}"));
    rows::log_soften(logits.without_autodiff(), temperature)
}

impl OffGraph for TopK {
    fn off_graph(self) -> Self {
        Self::new(self.ids.off_graph(), self.log_probs.off_graph())
    }
}
