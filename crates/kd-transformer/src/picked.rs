use burn::tensor::{Bool, IndexingUpdateOp, Int, Tensor};

/// The tokens that count, picked out of a batch's: what would be made of the others is thrown away, and at a vocabulary's width
/// that is most of the work and of the memory. And what was never read cannot leak.
///
/// Picking waits for the device, for how many there are decides shapes.
pub(crate) struct Picked {
    dims: [usize; 2],
    count: usize,
    /// Their numbers in the order of rows.
    tokens: Tensor<1, Int>,
}

impl Picked {
    /// Those whose mask, `[batch, seq]`, is true; nothing if there are none.
    pub fn new(mask: Tensor<2, Bool>) -> Option<Self> {
        let dims = mask.dims();
        let rows = mask.without_autodiff().reshape([dims[0] * dims[1]]);
        let tokens = rows.nonzero().pop()?;
        Some(Self {
            dims,
            count: tokens.dims()[0],
            tokens,
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Their vectors among those of all tokens, `[batch, seq, width]`: `[count, width]`.
    pub fn vectors(&self, x: Tensor<3>) -> Tensor<2> {
        let rows = x.flatten(0, 1);
        if self.is_all() {
            rows
        } else {
            rows.select(0, self.tokens.clone())
        }
    }

    /// Their numbers among those of all tokens, `[batch, seq]`: `[count]`.
    pub fn numbers(&self, x: Tensor<2, Int>) -> Tensor<1, Int> {
        x.flatten::<1>(0, 1).select(0, self.tokens.clone())
    }

    /// The sum of their values in each sequence, `[count]` to `[batch]`.
    pub fn sums(&self, values: Tensor<1>) -> Tensor<1> {
        let [batch, seq] = self.dims;
        let of_all = if self.is_all() {
            values
        } else {
            let nothing = Tensor::zeros([batch * seq], (&values.device(), values.dtype()));
            nothing.select_assign(0, self.tokens.clone(), values, IndexingUpdateOp::Add)
        };
        of_all.reshape([batch, seq]).sum_dim(1).squeeze_dim(1)
    }

    fn is_all(&self) -> bool {
        self.count == self.dims[0] * self.dims[1]
    }
}
