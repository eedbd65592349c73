use burn::tensor::{Int, Tensor};
use kd_core::rows;

/// Labels as the logits of a teacher who is certain of them, `[rows, classes]`, on the device and in the type of `like`, which is
/// off the graph: 0 at the label, and −∞ elsewhere.
///
/// KL(certain ‖ student) at temperature 1 is the cross-entropy with the labels, as one operation where the divergences are one.
pub(crate) fn certain(labels: Tensor<1, Int>, like: &Tensor<2>) -> Tensor<2> {
    let at_label = rows::at_label(labels.without_autodiff(), like.dims()[1]);
    Tensor::full(like.dims(), f64::NEG_INFINITY, (&like.device(), like.dtype())).mask_fill(at_label, 0.0)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device, TensorData};
    use kd_kernels::{Divergence, divergence};

    use super::*;

    /// Of a right label that is all but certain, of a wrong one, and of one that is ruled out.
    #[test]
    fn the_divergence_from_certainty_is_the_cross_entropy() {
        let device = Device::flex().autodiff();
        let rows = [
            [9.0, -9.0, 0.5],
            [1.0, 2.0, 4.0],
            [f64::NEG_INFINITY, 1.0, 2.0],
            [0.0, f64::NEG_INFINITY, 3.0],
        ];
        let labels = Tensor::<1, Int>::from_ints([0, 0, 0, 0], &device);
        let of = |loss: &dyn Fn(Tensor<2>) -> Tensor<1>| {
            // In f64: in f32 the cross-entropy of an all but certain label has lost digits that the divergence keeps.
            let logits = Tensor::<2>::from_data(TensorData::from(rows), (&device, DType::F64)).require_grad();
            let values = loss(logits.clone());
            let gradient = logits.grad(&values.clone().sum().backward()).unwrap();
            let read = |data: TensorData| data.iter::<f64>().collect::<Vec<_>>();
            [read(values.into_data()), read(gradient.into_data())].concat()
        };
        let told = |logits: Tensor<2>| {
            let certain = certain(labels.clone(), &logits.clone().without_autodiff());
            divergence(logits, certain, Divergence::ForwardKl, 1.0)
        };
        let found = of(&told);
        let expected = of(&|logits| rows::cross_entropy(logits, labels.clone()));
        for (found, expected) in found.into_iter().zip(expected) {
            let close = found == expected || (found - expected).abs() <= 1e-12 * expected.abs().max(1e-3);
            assert!(close, "{found} and not {expected}");
        }
    }
}
