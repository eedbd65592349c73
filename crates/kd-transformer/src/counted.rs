use burn::tensor::{Bool, DType, Tensor};

/// The tokens of a batch that count, `[batch, seq]`.
///
/// Numbers of padding are filled before anything is made of them, and not multiplied with 0 afterwards: 0 · NaN is NaN, and so
/// is 0 times an infinite slope.
#[derive(Clone)]
pub(crate) struct Counted {
    mask: Tensor<2, Bool>,
}

impl Counted {
    pub fn new(mask: Tensor<2, Bool>) -> Self {
        Self {
            mask: mask.without_autodiff(),
        }
    }

    /// `[batch, seq]`.
    pub fn dims(&self) -> [usize; 2] {
        self.mask.dims()
    }

    /// How many tokens of each sequence count, `[batch]`.
    pub fn count(&self, dtype: DType) -> Tensor<1> {
        self.mask.clone().float().cast(dtype).sum_dim(1).squeeze_dim(1)
    }

    /// Vectors of tokens, `[batch, seq, hidden]`, with 0 in the place of padding.
    pub fn vectors(&self, x: Tensor<3>) -> Tensor<3> {
        let padding = self.mask.clone().bool_not().unsqueeze_dim::<3>(2).expand(x.dims());
        x.mask_fill(padding, 0.0)
    }

    /// The pairs of tokens that look at each other and both count, for numbers of shape `[batch, heads, seq, seq]`.
    pub fn pairs(&self, shape: [usize; 4]) -> Tensor<4, Bool> {
        self.looking(shape).bool_and(self.looked_at(shape))
    }

    /// The tokens that look and count, the third axis.
    pub fn looking(&self, shape: [usize; 4]) -> Tensor<4, Bool> {
        let [batch, seq] = self.dims();
        self.mask.clone().reshape([batch, 1, seq, 1]).expand(shape)
    }

    /// The tokens that are looked at and count, the last axis.
    pub fn looked_at(&self, shape: [usize; 4]) -> Tensor<4, Bool> {
        let [batch, seq] = self.dims();
        self.mask.clone().reshape([batch, 1, 1, seq]).expand(shape)
    }

    /// The mean of each sequence's values, `[batch, seq]`, over its tokens; exactly 0 if none count.
    pub fn mean(&self, values: Tensor<2>) -> Tensor<1> {
        let count = self.count(values.dtype()).clamp_min(1.0);
        let sum = values.mask_fill(self.mask.clone().bool_not(), 0.0).sum_dim(1);
        sum.squeeze_dim::<1>(1) * count.recip()
    }
}
