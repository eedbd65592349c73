use burn::{
    config::Config,
    tensor::{Tensor, activation::log_softmax},
};
use kd_core::rows;

/// What becomes of the classes that a [`TopK`](kd_core::TopK) teacher says nothing about.
///
/// K are the classes it names, `P = Σ p` and `Q = Σ q` the mass of teacher and student on them. The four rules are four
/// different losses; they agree only if K is every class.
#[derive(Config, Debug, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SparseRule {
    /// `Σ p · (log p − log q) + (1 − P) · log((1 − P) / (1 − Q))`, sums over K: all other classes count as one, the
    /// tail.
    ///
    /// A divergence: at least 0, 0 where q = p, and never more than that of the full distributions.
    TailBucket,
    /// `Σ p · (log p − log q)` over K, and nothing else.
    ///
    /// Not a divergence: it goes on falling while the student moves the tail's mass onto K, down to `P · log P`.
    Truncated,
    /// `KL(p / P ‖ q / Q)` over K.
    ///
    /// Blind to what the student does outside K: it is 0 for a student with nearly all of its mass there.
    BothRenormalised,
    /// `Σ p/P · (log(p/P) − log q)` over K: q keeps its mass, p is stretched to 1.
    ///
    /// At least 0, and least for a student without a tail, which the teacher has.
    TeacherRenormalised,
}

impl SparseRule {
    /// The loss of each row at temperature 1.
    ///
    /// p and q are the log-probabilities on K, `[rows, k]`, both −∞ where there is nothing. `tails` gives those of all
    /// other classes together, `[rows, 1]`, teacher's and student's, both −∞ where there are none.
    pub(crate) fn compare(self, p: Tensor<2>, q: Tensor<2>, tails: impl FnOnce() -> [Tensor<2>; 2]) -> Tensor<1> {
        let with = |tail, named| Tensor::cat(vec![named, tail], 1);
        match self {
            Self::TailBucket => {
                let [p_tail, q_tail] = tails();
                rows::kl(with(p_tail, p), with(q_tail, q))
            }
            Self::Truncated => truncated(p, q),
            Self::BothRenormalised => rows::kl(log_softmax(p, 1), log_softmax(q, 1)),
            Self::TeacherRenormalised => {
                let [p_tail, q_tail] = tails();
                let nothing = p_tail.full_like(f64::NEG_INFINITY);
                rows::kl(with(nothing, log_softmax(p, 1)), with(q_tail, q))
            }
        }
    }
}

/// The textbook's sum and not [`rows::kl`], which adds `Σ q − p`: that is 0 for distributions, but these are parts of
/// some.
fn truncated(p_log_probs: Tensor<2>, q_log_probs: Tensor<2>) -> Tensor<1> {
    let p = p_log_probs.clone().exp();
    let absent = p.clone().equal_elem(0.0);
    let ratio = (p_log_probs - q_log_probs).mask_fill(absent, 0.0);
    (p * ratio).sum_dim(1).squeeze_dim(1)
}
