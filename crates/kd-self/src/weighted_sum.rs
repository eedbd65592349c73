use burn::tensor::{Bool, Tensor};

/// Σ weight · value, of values that are made when they are needed.
///
/// A value of weight 0 is not made: 0 · NaN would not be 0. If all are 0 the sum is 0, and differentiable.
pub(crate) fn weighted_sum<F: FnOnce() -> Tensor<1>>(parts: impl IntoIterator<Item = (f64, F)>) -> Tensor<1> {
    let (live, idle): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(weight, _)| *weight != 0.0);
    let sum = live
        .into_iter()
        .map(|(weight, value)| value() * weight)
        .reduce(|sum, value| sum + value);
    let nothing = || {
        let (_, value) = idle.into_iter().next().expect("there is a part");
        let value = value();
        let everywhere = Tensor::<1, Bool>::full(value.dims(), true, &value.device());
        value.mask_fill(everywhere, 0.0)
    };
    sum.unwrap_or_else(nothing)
}
