use burn::tensor::Tensor;
use kd_core::{Feature, OffGraph, rows};

/// A sample's differences from the others smaller than this many units of rounding are none.
const ROUNDING: f64 = 32.0;

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
    // Counted from the first sample, equal samples are exactly 0, whatever their mean would be rounded to.
    let x = x.clone() - x.narrow(0, 0, 1);
    let x = x.clone() - x.mean_dim(0);
    let k = x.clone().matmul(x.transpose()) * (1.0 / numbers as f64);
    let k = if debiased { without_diagonal(k) } else { k };
    k.flatten::<1>(0, 1).unsqueeze()
}

/// The U-centred matrix of Székely and Rizzo: off the diagonal each row and each column sums to 0, on it there is 0.
fn without_diagonal(k: Tensor<2>) -> Tensor<2> {
    let n = k.dims()[0];
    let others = Tensor::<2>::eye(n, &k.device()).cast(k.dtype()).neg() + 1.0;
    let k = k * others.clone();
    let (row, column, whole) = (
        k.clone().sum_dim(1),
        k.clone().sum_dim(0),
        k.clone().sum().unsqueeze::<2>(),
    );
    let share = 1.0 / (n as f64 - 2.0);
    let centred = k.clone() - row * share - column * share + whole * (share / (n as f64 - 1.0));
    let centred = centred * others;

    // Where a single sample differs from the rest nothing is left but rounding, which is like nothing.
    let rounding = ROUNDING * k.dtype().finfo().expect("a Gram matrix is of floats").epsilon;
    let bound = k.square().sum() * (rounding * rounding);
    let nothing = centred
        .clone()
        .square()
        .sum()
        .lower(bound)
        .unsqueeze::<2>()
        .expand([n, n]);
    centred.mask_fill(nothing, 0.0)
}
