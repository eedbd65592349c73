//! The three parts of universal self-knowledge distillation, for rows whose labels name one class or two.

use burn::tensor::Tensor;
use kd_core::rows;

use crate::{
    label_part::{LabelPart, at_any},
    zipf::{against_others, zipf},
};

/// The share of the weak head's labels that is spread over all classes.
const SMOOTHING: f64 = 0.1;

/// `−Σ P · log s` over the classes that the labels name: the surer of a sample than of the batch, the larger P.
pub(crate) fn target(logits: Tensor<2>, parts: &[LabelPart]) -> Tensor<1> {
    let log_s = rows::log_soften(logits, 1.0);
    let each = parts.iter().map(|part| {
        let absent = part.is_absent();
        // Before the product, for 0 · −∞ would not be 0.
        let log_s = part.of(log_s.clone()).mask_fill(absent.clone(), 0.0);
        let squares = log_s.clone().without_autodiff().exp().square();
        let p = squares.clone() - rows::masked_mean(squares, absent.bool_not()) + part.share();
        (p * log_s).neg()
    });
    each.reduce(|sum, part| sum + part).expect("a label names a class")
}

/// `−Σ z · log ŝ` over the classes that the labels do not name.
pub(crate) fn others(logits: Tensor<2>, weak: Tensor<2>, parts: &[LabelPart]) -> Tensor<1> {
    let named = at_any(parts, logits.dims()[1]);
    let log_s = against_others(logits, named.clone());
    let log_w = against_others(weak.without_autodiff(), named.clone());
    let z = zipf(log_s.clone().without_autodiff(), log_w, named, parts);
    let left_out = z.clone().equal_elem(0.0);
    (z * log_s.mask_fill(left_out, 0.0))
        .sum_dim(1)
        .squeeze_dim::<1>(1)
        .neg()
}

/// Cross-entropy of the weak head with labels that are smoothed over all classes.
pub(crate) fn smoothed(weak: Tensor<2>, parts: &[LabelPart]) -> Tensor<1> {
    let log_w = rows::log_soften(weak, 1.0);
    let evenly = log_w.clone().mean_dim(1).squeeze_dim::<1>(1);
    let each = parts.iter().map(|part| part.of(log_w.clone()) * part.share());
    let named = each.reduce(|sum, part| sum + part).expect("a label names a class");
    (named * (1.0 - SMOOTHING) + evenly * SMOOTHING).neg()
}
