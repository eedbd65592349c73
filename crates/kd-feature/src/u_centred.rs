use burn::tensor::{Bool, Tensor};

/// Units of rounding, of what the kernel is made of, below which what is left of it is nothing.
const ROUNDING: f64 = 32.0;

/// A kernel of samples without its diagonal, centred so that every row and every column of what is left sums to 0: the
/// U-centred matrix of Székely and Rizzo. Zeros for fewer than 4 samples, of which nothing is left.
///
/// Nothing is left either where a single sample differs from the rest. What rounding leaves in its place is like nothing,
/// and becomes exactly 0 with gradient 0, lest somebody divides it by its length.
pub(crate) fn u_centred(kernel: Tensor<2>) -> Tensor<2> {
    let [batch, _] = kernel.dims();
    if batch < 4 {
        return kernel * 0.0;
    }
    let n = batch as f64;
    let own = Tensor::<2, Bool>::diag_mask([batch, batch], 0, &kernel.device()).bool_not();
    let others = kernel.mask_fill(own.clone(), 0.0);
    let of_row = others.clone().sum_dim(1) * (n - 2.0).recip();
    let of_all = of_row.clone().sum_dim(0) * (n - 1.0).recip();
    let left = (others.clone() - of_row.clone() - of_row.transpose() + of_all).mask_fill(own, 0.0);

    // Of the largest, so that no square over- or underflows. Where that is 0, so is what is left.
    let scale = others.clone().without_autodiff().abs().max().recip().unsqueeze::<2>();
    let squares = |matrix: &Tensor<2>| (matrix.clone().without_autodiff() * scale.clone()).square().sum();
    let rounding = ROUNDING * others.dtype().finfo().expect("a kernel is of floats").epsilon;
    let nothing = squares(&left).lower(squares(&others) * (rounding * rounding));
    left.mask_fill(nothing.unsqueeze::<2>().expand([batch, batch]), 0.0)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::gram::{centred, gram};

    fn numbers(x: [[f32; 2]; 5]) -> Vec<f32> {
        let x = Tensor::<2>::from_floats(x, &Device::flex());
        u_centred(gram(centred(x))).into_data().try_to_vec().unwrap()
    }

    #[test]
    fn rows_sum_to_0_without_the_diagonal() {
        let left = numbers([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0], [0.5, 0.5], [3.0, -1.0]]);
        for (row, left) in left.chunks(5).enumerate() {
            assert_eq!(left[row], 0.0);
            assert!(left.iter().sum::<f32>().abs() < 1e-5, "{left:?}");
            assert!(left.iter().any(|number| number.abs() > 0.1), "{left:?}");
        }
    }

    #[test]
    fn of_one_sample_that_differs_nothing_is_left() {
        let same = [0.1, 0.7];
        assert_eq!(numbers([same, same, same, same, [1.3, -0.3]]), [0.0; 25]);
    }
}
