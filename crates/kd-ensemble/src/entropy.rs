use burn::tensor::Tensor;

/// `−Σ p · log p` of each row, in nats, of log-probabilities; a class that does not exist adds nothing.
pub(crate) fn entropy(log_p: Tensor<2>) -> Tensor<1> {
    let p = log_p.clone().exp();
    let absent = p.clone().equal_elem(0.0);
    (p * log_p.mask_fill(absent, 0.0)).sum_dim(1).squeeze_dim(1).neg()
}
