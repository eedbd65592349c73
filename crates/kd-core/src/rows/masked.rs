use burn::tensor::{Bool, Tensor};

use crate::check;

/// A sum over the rows that count, and how many they are: what makes accumulation exact.
///
/// The mean over a batch that comes in pieces is the sum of the sums over the sum of the counts. A mean of means is
/// something else as soon as the pieces hold unequal numbers of valid rows.
///
/// ```
/// use burn::tensor::{Bool, Tensor, TensorData};
/// use kd_core::rows::masked_sum;
///
/// # let device = burn::tensor::Device::flex();
/// let mask = |entries: [bool; 3]| Tensor::<1, Bool>::from_data(TensorData::from(entries), &device);
/// let first = masked_sum(Tensor::from_floats([1.0, 2.0, 3.0], &device), mask([true, true, true]));
/// let second = masked_sum(Tensor::from_floats([8.0, 9.0, 9.0], &device), mask([true, false, false]));
/// let mean = (first + second).mean(); // (1 + 2 + 3 + 8) / 4
/// assert_eq!(mean.into_scalar::<f32>(), 3.5);
/// ```
#[derive(Clone, Debug)]
pub struct MaskedSum {
    /// The sum over the rows that count, `[1]`.
    pub sum: Tensor<1>,
    /// How many rows count, `[1]`; off the autodiff graph.
    pub count: Tensor<1>,
}

impl MaskedSum {
    /// The sum over the count; exactly 0 if nothing counts.
    pub fn mean(self) -> Tensor<1> {
        self.sum / self.count.clamp_min(1.0)
    }

    /// What these rows, a piece of a step, add to the mean over the whole step, of which `whole` rows count: the sum over
    /// `whole`. Exactly 0 if nothing counts.
    ///
    /// Gradients of shares add up to the gradient of the mean, and values to the mean, however the step is cut. Burn's
    /// `GradientsAccumulator` adds them up.
    ///
    /// ```
    /// use burn::tensor::{Bool, Tensor};
    /// use kd_core::rows::{count, masked_sum};
    ///
    /// # let device = burn::tensor::Device::flex();
    /// let values = Tensor::<1>::from_floats([1.0, 2.0, 3.0, 8.0, 9.0], &device);
    /// let mask = Tensor::<1, Bool>::from_bool([true, true, true, true, false], &device);
    /// let whole = count(&mask);
    /// let share = |from, rows| masked_sum(values.clone().narrow(0, from, rows), mask.clone().narrow(0, from, rows)).share(whole);
    /// let mean = share(0, 3) + share(3, 2);
    /// assert_eq!(mean.into_scalar::<f32>(), 3.5); // and not (2 + 8) / 2, the mean of the means
    /// ```
    pub fn share(self, whole: usize) -> Tensor<1> {
        // Not a division: Burn's gradient of one is exact in f32 only.
        self.sum * (whole.max(1) as f64).recip()
    }
}

impl std::ops::Add for MaskedSum {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            sum: self.sum + other.sum,
            count: self.count + other.count,
        }
    }
}

/// Sum and count of the rows whose `mask` is true.
///
/// A value that is masked out has no influence, not even if it is NaN, and its gradient is 0. What lies behind it is the
/// loss's: 0 times the infinite slope of a loss at a logit of NaN or at a row of −∞ is NaN, so fill padding with numbers.
/// f16 and bf16 are widened: neither could count beyond a few hundred or thousand rows.
///
/// # Shapes
///
/// - values: `[rows]`
/// - mask: `[rows]`
///
/// # Panics
///
/// If the mask's length is not that of the values.
#[track_caller]
pub fn masked_sum(values: Tensor<1>, mask: Tensor<1, Bool>) -> MaskedSum {
    check::mask("masked_sum", &mask, values.dims()[0]);
    let values = super::widen(values);
    let mask = mask.without_autodiff();
    let count = mask.clone().float().cast(values.dtype()).sum();
    MaskedSum {
        sum: values.mask_fill(mask.bool_not(), 0.0).sum(),
        count,
    }
}

/// Mean of the rows whose `mask` is true; exactly 0, and differentiable, if there are none.
///
/// # Shapes
///
/// - values: `[rows]`
/// - mask: `[rows]`
/// - output: `[1]`
///
/// # Panics
///
/// If the mask's length is not that of the values.
#[track_caller]
pub fn masked_mean(values: Tensor<1>, mask: Tensor<1, Bool>) -> Tensor<1> {
    masked_sum(values, mask).mean()
}
