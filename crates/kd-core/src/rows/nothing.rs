use burn::tensor::Tensor;

/// A 0 for each of these values, in the place of a sum of which nothing counts: it can be differentiated where they can, and
/// has no part in what the values were made of.
///
/// 0 times the values, or the values with 0 put over them, would send gradients of 0 on into their graph, where a slope that is
/// infinite makes NaN of them. Nothing gets a gradient of this.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::nothing;
///
/// # let device = burn::tensor::Device::flex().autodiff();
/// let student = Tensor::<1>::from_floats([f32::INFINITY], &device).require_grad();
/// let zero = nothing(&student.clone().square());
/// let gradients = zero.backward();
/// assert_eq!(zero.into_scalar::<f32>(), 0.0);
/// assert!(student.grad(&gradients).is_none());
/// ```
pub fn nothing(values: &Tensor<1>) -> Tensor<1> {
    let zeros = Tensor::zeros(values.dims(), (&values.device(), values.dtype()));
    // Off the graph nobody can ask for a gradient.
    if values.is_autodiff() {
        zeros.require_grad()
    } else {
        zeros
    }
}
