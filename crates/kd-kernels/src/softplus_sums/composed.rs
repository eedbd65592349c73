use burn::tensor::{Int, Tensor, activation::log_sigmoid};

/// [`softplus_sums`](crate::softplus_sums) composed of Burn's own operations, differentiable on any backend.
pub fn composed_softplus_sums(scores: Tensor<2>, chosen: Tensor<2, Int>, shift: f64) -> Tensor<1> {
    let chosen = scores.gather(1, chosen) + shift;
    log_sigmoid(chosen.neg()).sum_dim(1).neg().squeeze_dim(1)
}
