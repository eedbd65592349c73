use burn::tensor::Tensor;

/// [`angles`](crate::angles) composed of Burn's own operations, differentiable on any backend, with all batch³ cosines in
/// memory.
pub fn composed_angles(student: Tensor<3>, teacher: Tensor<3>) -> Tensor<1> {
    let apart = cosines(student) - cosines(teacher);
    // With c, what is apart cut to [−1, 1], smooth-L1 is (apart − c / 2) · c. Its slope is c, which is also what that product
    // gives for a constant c.
    let cut = apart.clone().without_autodiff().clamp(-1.0, 1.0);
    let smooth = (apart - cut.clone() * 0.5) * cut;
    smooth.flatten::<2>(1, 2).sum_dim(1).squeeze_dim(1)
}

/// The cosine at the first sample between the second and the third: `[batch, batch, batch]`.
fn cosines(side: Tensor<3>) -> Tensor<3> {
    let of = |part: usize| side.clone().narrow(0, part, 1);
    // [1, i, j] as [i, j, 1] and as [i, 1, j].
    let second = |part: usize| of(part).permute([1, 2, 0]);
    let third = |part: usize| of(part).permute([1, 0, 2]);
    (of(0) - second(1) - third(1)) * second(2) * third(2)
}
