use burn::tensor::{Device, IndexingUpdateOp, Int, Tensor};

use crate::{OffGraph, ToDevice, check, rows};

/// A teacher known only by its best classes, and by how much is left for the others: what is kept of logits that were too many.
///
/// ```text
/// log_probs[r, i] = log softmax(teacher / T)[r, ids[r, i]]
/// tail[r]         = log Σ_{classes not in ids[r]} softmax(teacher / T)[r, class]      −∞ if there are none
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
/// - tail: `[rows]`
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::TopK;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::<2>::from_floats([[0.0, 5.0, 1.0, 4.0]], &device);
/// let teacher = TopK::of(logits.clone(), 2, 1.0);
/// assert_eq!(teacher.ids.into_data().iter::<i64>().collect::<Vec<_>>(), [1, 3]);
/// let all = teacher.log_probs.exp().sum() + teacher.tail.exp();
/// assert!((all.into_scalar::<f32>() - 1.0).abs() < 1e-6);
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
    /// The logarithm of what all other classes have together, `[rows]`.
    pub tail: Tensor<1>,
}

impl TopK {
    /// Puts classes and log-probabilities together, where nothing else of the teacher is known. Whether they fit is checked by
    /// the loss that takes them.
    ///
    /// The tail is what they leave of 1. Where that is less than 8 units of rounding (1e-6 in f32), there is none: the sum of k
    /// rounded numbers is not 1 to the last digit, and a tail that is not there may be infinitely far. Of teachers who are that sure,
    /// [`of`](Self::of) and [`top_p`](Self::top_p) know more.
    ///
    /// # Panics
    ///
    /// If there are no rows or no classes.
    #[track_caller]
    pub fn new(ids: Tensor<2, Int>, log_probs: Tensor<2>) -> Self {
        const NAME: &str = "TopK::new";
        let [rows, k] = log_probs.dims();
        check::not_empty(NAME, rows);
        check::has_classes(NAME, k);
        let left = rows::widen(log_probs.clone().without_autodiff()).exp().sum_dim(1).neg() + 1.0;
        let rounding = 8.0 * left.dtype().finfo().expect("a mass is a float").epsilon;
        let nothing = left.clone().lower_elem(rounding);
        let tail = left.mask_fill(nothing, 0.0).log().squeeze_dim(1);
        Self { ids, log_probs, tail }
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
        let all = log_probs(NAME, logits, temperature);
        // Where fewer than k classes are above −∞, burn-cubecl 0.22.1 fills up with ids that are none.
        let (_, ids) = all.clone().clamp_min(-1e30).topk_with_indices(k, 1);
        let log_probs = all.clone().gather(1, ids.clone());
        let tail = rows::log_sum(all, times_named(&ids, &log_probs, classes).greater_elem(0.5));
        Self { ids, log_probs, tail }
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
        crate::check::must(check::top_p(NAME, p));
        let (all, ids) = log_probs(NAME, logits, temperature).sort_descending_with_indices(1);
        let probs = all.clone().exp();
        let mass_before = probs.clone().cumsum(1) - probs;
        // A rounded sum can be 1 before the last class, and 1 means all of them.
        let enough = if p == 1.0 { f64::INFINITY } else { p };
        let reached = mass_before.greater_equal_elem(enough);
        let chosen = reached.clone().bool_not();
        let needed = chosen.clone().int().sum_dim(1);
        let k = needed.max().into_scalar::<i64>() as usize;
        Self {
            ids: ids.narrow(1, 0, k),
            log_probs: all.clone().mask_fill(reached, f64::NEG_INFINITY).narrow(1, 0, k),
            tail: rows::log_sum(all, chosen),
        }
    }

    /// How often each of so many classes is named: once if at all, or something is wrong. `[rows, classes]`.
    ///
    /// The ids must be classes.
    pub fn times_named(&self, classes: usize) -> Tensor<2> {
        times_named(&self.ids, &self.log_probs, classes)
    }
}

fn times_named(ids: &Tensor<2, Int>, log_probs: &Tensor<2>, classes: usize) -> Tensor<2> {
    let log_probs = rows::widen(log_probs.clone().without_autodiff());
    let kind = (&log_probs.device(), log_probs.dtype());
    let never = Tensor::zeros([log_probs.dims()[0], classes], kind);
    let present = log_probs.clone().equal_elem(f64::NEG_INFINITY).bool_not();
    let present = present.float().cast(log_probs.dtype());
    never.scatter(1, ids.clone().without_autodiff(), present, IndexingUpdateOp::Add)
}

#[track_caller]
fn log_probs(owner: &'static str, logits: Tensor<2>, temperature: f64) -> Tensor<2> {
    crate::check::must(check::temperature(owner, temperature));
    rows::log_soften(logits.without_autodiff(), temperature)
}

impl OffGraph for TopK {
    fn off_graph(self) -> Self {
        Self {
            ids: self.ids.off_graph(),
            log_probs: self.log_probs.off_graph(),
            tail: self.tail.off_graph(),
        }
    }
}

impl ToDevice for TopK {
    fn home(&self) -> Option<Device> {
        self.ids.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self {
            ids: self.ids.bring_to(device),
            log_probs: self.log_probs.bring_to(device),
            tail: self.tail.bring_to(device),
        }
    }
}
