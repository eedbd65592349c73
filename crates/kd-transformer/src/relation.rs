//! Relations between the tokens of a sequence, each token's a distribution over all of them.

use burn::tensor::Tensor;
use kd_core::{check, rows};
use kd_kernels::{Divergence, divergence};

use crate::counted::Counted;

/// How much each token's vector is like each other's: `x · xᵀ / √width`, `[batch, heads, seq, seq]`.
pub(crate) fn likeness(x: Tensor<4>) -> Tensor<4> {
    let width = x.dims()[3] as f64;
    x.clone().matmul(x.transpose()) * width.sqrt().recip()
}

/// Vectors of heads, `[batch, heads, seq, head]`, with 0 in the place of padding, widened.
pub(crate) fn without_padding(x: Tensor<4>, counted: &Counted) -> Tensor<4> {
    let padding = counted.looking(x.dims()).bool_not();
    rows::widen(x).mask_fill(padding, 0.0)
}

/// All heads of a token in a row, parted again into `heads`; nothing of padding is left.
#[track_caller]
pub(crate) fn parted(loss: &str, side: &str, what: &str, x: Tensor<4>, heads: usize, counted: &Counted) -> Tensor<4> {
    check::attention(loss, side, what, x.dims(), counted.dims());
    let [batch, of_model, seq, head] = x.dims();
    check::relation_heads(loss, side, what, of_model * head, heads);
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
    let rows_of = |scores| only_counted(scores, counted).reshape([batch * heads * seq, seq]);
    let (student, teacher) = (rows_of(student), rows_of(teacher.without_autodiff()));
    let values = divergence(student, teacher, Divergence::ForwardKl, 1.0);
    counted.mean(values.reshape([batch, heads, seq]).mean_dim(1).squeeze_dim(1))
}

/// What does not count is not there for a token that does. Padding looks everywhere alike, so that its row is a distribution.
fn only_counted(scores: Tensor<4>, counted: &Counted) -> Tensor<4> {
    let shape = scores.dims();
    let absent = counted.looking(shape).bool_and(counted.looked_at(shape).bool_not());
    let scores = rows::widen(scores).mask_fill(counted.looking(shape).bool_not(), 0.0);
    scores.mask_fill(absent, f64::NEG_INFINITY)
}
