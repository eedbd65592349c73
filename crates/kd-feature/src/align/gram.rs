use burn::tensor::Tensor;
use kd_core::{Feature, OffGraph, rows};

use crate::{
    gram::{centred, gram},
    u_centred::u_centred,
};

/// Who in a batch is like whom, according to one layer: the centred Gram matrix as a row, `[1, batch · batch]`.
///
/// ```text
/// K = X · Xᵀ / numbers in a sample,    X the samples less their mean
/// Ũ = K less its rows' and columns' share, without the diagonal       (debiased)
/// ```
///
/// Neither estimate depends on where the samples' mean is, so it is taken out of X, and not only out of K, where little
/// would be left of f32's digits.
pub(super) fn centred_gram(feature: Feature, debiased: bool) -> Tensor<2> {
    let x = rows::widen(feature.off_graph().flatten_samples());
    let numbers = x.dims()[1];
    let k = gram(centred(x)) * (1.0 / numbers as f64);
    let k = if debiased { u_centred(k) } else { k };
    k.flatten::<1>(0, 1).unsqueeze()
}
