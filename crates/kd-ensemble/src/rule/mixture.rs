//! Members mixed with weights that differ by sample.

use burn::tensor::{Int, Tensor};
use kd_core::{check, rows};

use super::mean_of_probs::log_add;

/// `log Σ_m w_m · softmax(logits_m)`, of weights `[batch, members]`.
pub(super) fn mixture(members: Vec<Tensor<2>>, weights: Tensor<2>) -> Tensor<2> {
    let none = weights.clone().equal_elem(0.0);
    let log_weights = weights
        .mask_fill(none.clone(), 1.0)
        .log()
        .mask_fill(none, f64::NEG_INFINITY);
    let parts = members.into_iter().enumerate().map(|(index, logits)| {
        let log_weight = log_weights.clone().narrow(1, index, 1);
        rows::log_soften(logits, 1.0) + log_weight
    });
    parts.reduce(log_add).expect("there is a member")
}

/// A number for each sample and member, `[batch, members]`, of what each says.
pub(super) fn of_each(members: &[Tensor<2>], number: impl Fn(Tensor<2>) -> Tensor<1>) -> Tensor<2> {
    let numbers = members
        .iter()
        .map(|logits| number(rows::widen(logits.clone().without_autodiff())));
    Tensor::stack::<2>(numbers.collect(), 1)
}

/// What the others have of each row's sum, as weights: `Σ x_k over k ≠ m / ((M − 1) · Σ x_k)`, equal where all are 0.
///
/// The others are summed and not what is left of 1: a weight that is nearly 0 keeps its digits.
pub(super) fn share_of_others(x: Tensor<2>) -> Tensor<2> {
    let [rows, members] = x.dims();
    if members == 1 {
        return x * 0.0 + 1.0; // 0 / 0 by the formula; NaN stays
    }
    let others = Tensor::<2>::eye(members, &x.device()).cast(x.dtype()).neg() + 1.0;
    let of_others = (x.clone().unsqueeze_dim::<3>(1) * others.unsqueeze_dim::<3>(0)).sum_dim(2);
    let sum = x.sum_dim(1);
    let nothing = sum.clone().equal_elem(0.0);
    let whole = sum.mask_fill(nothing.clone(), 1.0) * (members as f64 - 1.0);
    let shares = of_others.squeeze_dim::<2>(2) * whole.recip();
    shares.mask_fill(nothing.expand([rows, members]), (members as f64).recip())
}

/// The labels off the graph and where `logits` are, if they fit them; that each is a class is looked at if `values` says so.
#[track_caller]
pub(super) fn fitting(owner: &str, labels: Tensor<1, Int>, logits: &Tensor<2>, values: bool) -> Tensor<1, Int> {
    let [rows, classes] = logits.dims();
    check::not_empty(owner, rows);
    check::label_count(owner, &labels, rows);
    if values {
        check::labels(owner, &labels, classes);
    }
    labels.without_autodiff().to_device(&logits.device())
}
