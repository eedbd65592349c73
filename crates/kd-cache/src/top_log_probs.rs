use burn::tensor::{Device, Int, Tensor};
use kd_core::{OffGraph, check, rows};

use crate::{Columns, Record};

/// A teacher's best classes, with their log-probabilities and what is left for the others: a vocabulary's worth of logits in a
/// few numbers.
///
/// ```text
/// log_probs[r, i] = log softmax(logits)[r, ids[r, i]]
/// tail[r]         = log Σ_{classes not in ids[r]} softmax(logits)[r, class]      −∞ if there are none
/// ```
///
/// The log-probabilities are those of the full distribution at temperature 1. They cannot be brought to another temperature
/// exactly, since that would take each of the others: for training at another temperature keep the logits.
///
/// # For the sparse losses
///
/// `kd-soft-label`'s sparse losses take a `TopK` of the same ids and log-probabilities:
///
/// ```text
/// let best: TopLogProbs = cache.get(&ids, &device)?;
/// let loss = sparse.forward(student, TopK::new(best.ids, best.log_probs));
/// ```
///
/// They work the tail out as 1 less the mass of the best; where these have nearly all of it, `tail` has digits that the
/// difference has not.
///
/// # Shapes
///
/// - ids, log_probs: `[rows, k]`, the best class first
/// - tail: `[rows]`
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_cache::TopLogProbs;
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::<2>::from_floats([[0.0, 5.0, 1.0, 4.0]], &device);
/// let best = TopLogProbs::of(logits, 2);
/// assert_eq!(best.ids.into_data().iter::<i64>().collect::<Vec<_>>(), [1, 3]);
/// let all = best.log_probs.exp().sum() + best.tail.exp();
/// assert!((all.into_scalar::<f32>() - 1.0).abs() < 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct TopLogProbs {
    /// The best classes, `[rows, k]`.
    pub ids: Tensor<2, Int>,
    /// Their log-probabilities, `[rows, k]`.
    pub log_probs: Tensor<2>,
    /// The logarithm of what all other classes have together, `[rows]`.
    pub tail: Tensor<1>,
}

impl TopLogProbs {
    /// The `k` most probable classes of each row of `logits`, `[rows, classes]`.
    ///
    /// # Panics
    ///
    /// If there are no rows, or `k` is 0 or above the number of classes.
    #[track_caller]
    pub fn of(logits: Tensor<2>, k: usize) -> Self {
        const NAME: &str = "TopLogProbs::of";
        let [rows, classes] = logits.dims();
        check::not_empty(NAME, rows);
        check::top_k(NAME, k, classes);
        let log_probs = rows::log_soften(logits.without_autodiff(), 1.0);
        // Where fewer than k classes are above −∞, burn-cubecl 0.22.1 fills up with ids that are none.
        let (_, ids) = log_probs.clone().clamp_min(-1e30).topk_with_indices(k, 1);
        let best = log_probs.clone().gather(1, ids.clone());
        let is_best = Tensor::<2>::zeros([rows, classes], &log_probs.device());
        let is_best = is_best.scatter(1, ids.clone(), best.ones_like(), burn::tensor::IndexingUpdateOp::Add);
        let others = log_probs.mask_fill(is_best.greater_elem(0.5), f64::NEG_INFINITY);
        // Finite, so that nothing is subtracted from −∞ where no others are left.
        let peak = others.clone().max_dim(1).clamp_min(-1e30);
        let tail = (others - peak.clone()).exp().sum_dim(1).log() + peak;
        Self {
            ids,
            log_probs: best,
            tail: tail.squeeze_dim(1),
        }
    }
}

impl OffGraph for TopLogProbs {
    fn off_graph(self) -> Self {
        Self {
            ids: self.ids.off_graph(),
            log_probs: self.log_probs.off_graph(),
            tail: self.tail.off_graph(),
        }
    }
}

impl Record for TopLogProbs {
    fn rows(&self) -> usize {
        self.ids.dims()[0]
    }

    fn write(self, columns: Columns) -> Columns {
        columns
            .with_ints("top_ids", self.ids)
            .with_floats("top_log_probs", self.log_probs)
            .with_floats("tail", self.tail)
    }

    fn read(columns: &Columns, device: &Device) -> Result<Self, String> {
        Ok(Self {
            ids: columns.ints("top_ids", device)?,
            log_probs: columns.floats("top_log_probs", device)?,
            tail: columns.floats("tail", device)?,
        })
    }
}
