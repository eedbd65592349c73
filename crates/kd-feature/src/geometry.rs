//! Distances and angles between samples, made of their products.

use burn::tensor::{Bool, Tensor};

use crate::gram::{centred, diagonal, gram};

/// Where samples are with respect to one another.
pub(crate) struct Geometry {
    /// The product of each sample with each, from the samples' mean: `[batch, batch]`.
    products: Tensor<2>,
    /// Each sample's product with itself: `[batch, 1]`.
    squares: Tensor<2>,
    /// How far each sample is from each: `[batch, batch]`.
    pub distances: Tensor<2>,
    /// Which distances are 0.
    equal: Tensor<2, Bool>,
}

impl Geometry {
    /// The geometry of features, `[batch, features]`.
    pub fn of(features: Tensor<2>) -> Self {
        let products = gram(centred(features));
        let squares = diagonal(products.clone());
        let sum = squares.clone() + squares.clone().transpose();
        let rounding = 4.0 * products.dtype().finfo().expect("a product is a float").epsilon;
        let apart = sum.clone() - products.clone() * 2.0;
        let equal = (apart.clone() - sum * rounding)
            .without_autodiff()
            .lower_equal_elem(0.0);
        // The root of 0 has no slope: it is taken of 1 in its place.
        let distances = apart.mask_fill(equal.clone(), 1.0).sqrt().mask_fill(equal.clone(), 0.0);
        Self {
            products,
            squares,
            distances,
            equal,
        }
    }

    /// The distances over the mean of those that are not 0: `[batch, batch]`.
    pub fn relative_distances(&self) -> Tensor<2> {
        let count = self.equal.clone().bool_not().float().cast(self.distances.dtype()).sum();
        // Where all are 0 so is their sum, and the mean counts as 1.
        let none = count.clone().equal_elem(0.0);
        let mean = self.distances.clone().sum() * count.clamp_min(1.0).recip();
        self.distances.clone() * mean.mask_fill(none, 1.0).recip().unsqueeze::<2>()
    }

    /// What the cosines of all angles are made of, `[3, batch, batch]`: products, offsets and one over the distances, as
    /// [`kd_kernels::angles`] takes them.
    ///
    /// ```text
    /// (xⱼ − xᵢ) · (xₖ − xᵢ) = xⱼ · xₖ − (xᵢ · xⱼ − ½ xᵢ²) − (xᵢ · xₖ − ½ xᵢ²)
    /// ```
    pub fn angles(&self) -> Tensor<3> {
        let offsets = self.products.clone() - self.squares.clone() * 0.5;
        let inverse = self.distances.clone().mask_fill(self.equal.clone(), 1.0).recip();
        let inverse = inverse.mask_fill(self.equal.clone(), 0.0);
        Tensor::stack(vec![self.products.clone(), offsets, inverse], 0)
    }
}
