//! Relations between the tokens of a sequence, each token's a distribution over all of them.

use burn::tensor::Tensor;
use kd_core::rows;
use kd_kernels::{Divergence, divergence, gram};

use crate::counted::Counted;

/// How much each token's vector is like each other's: `x · xᵀ / √width`, `[batch, heads, seq, seq]`.
pub(crate) fn likeness(x: Tensor<4>) -> Tensor<4> {
    let width = x.dims()[3] as f64;
    gram(x) * width.sqrt().recip()
}

/// Vectors of heads, `[batch, heads, seq, head]`, with 0 in the place of padding, widened.
pub(crate) fn without_padding(x: Tensor<4>, counted: &Counted) -> Tensor<4> {
    let padding = counted.looking(x.dims()).bool_not();
    rows::widen(x).mask_fill(padding, 0.0)
}

/// All heads of a token in a row, parted again into `heads`; nothing of padding is left.
pub(crate) fn parted(x: Tensor<4>, heads: usize, counted: &Counted) -> Tensor<4> {
    let [batch, of_model, seq, head] = x.dims();
    let tokens = without_padding(x, counted).swap_dims(1, 2);
    tokens
        .reshape([batch, seq, heads, of_model * head / heads])
        .swap_dims(1, 2)
}

/// KL(softmax(teacher) ‖ softmax(student)) of each token's scores over the tokens that count: the mean over heads and over the
/// tokens of each sequence that count, `[batch]`.
///
/// Scores are `[batch, heads, seq, seq]`, of equal shape.
pub(crate) fn kl_of_scores(student: Tensor<4>, teacher: Tensor<4>, counted: &Counted) -> Tensor<1> {
    let [batch, heads, seq, _] = student.dims();
    // One mask for all heads of both sides.
    let alike = [batch, 1, seq, seq];
    let padding = counted.looking(alike).bool_not();
    let absent = counted.looking(alike).bool_and(counted.looked_at(alike).bool_not());
    // What does not count is not there for a token that does. Padding looks everywhere alike, so that its row is a distribution.
    let rows_of = |scores: Tensor<4>| {
        let scores = rows::widen(scores).mask_fill(padding.clone(), 0.0);
        let scores = scores.mask_fill(absent.clone(), f64::NEG_INFINITY);
        scores.reshape([batch * heads * seq, seq])
    };
    let (student, teacher) = (rows_of(student), rows_of(teacher.without_autodiff()));
    let values = divergence(student, teacher, Divergence::ForwardKl, 1.0);
    counted.mean(values.reshape([batch, heads, seq]).mean_dim(1).squeeze_dim(1))
}
