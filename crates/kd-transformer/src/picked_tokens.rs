use burn::tensor::{Bool, IndexingUpdateOp, Int, Tensor};
use kd_core::{OffGraph, check};

const NAME: &str = "PickedTokens";

/// The tokens that count, picked out of a batch's: what would be made of the others is thrown away, and at a vocabulary's width
/// that is most of the work and of the memory. And what was never read cannot leak.
///
/// A model with a head for tokens is asked about these alone. As one sequence they go into a loss over tokens, such as a
/// [`DistilBertLoss`](crate::DistilBertLoss) that compares the soft labels of the tokens asked for:
///
/// ```
/// use burn::tensor::{Bool, Device, Distribution, Int, Tensor};
/// use kd_transformer::PickedTokens;
///
/// let device = Device::flex();
/// let hidden = Tensor::<3>::random([2, 3, 8], Distribution::Default, &device);
/// let asked = Tensor::<2, Bool>::from_bool([[false, true, false], [true, false, false]], &device);
/// let picked = PickedTokens::new(asked).expect("a token is asked for");
/// assert_eq!(picked.vectors(hidden).dims(), [2, 8]); // and `unsqueeze::<3>()` makes one sequence of them
/// let tokens = Tensor::<2, Int>::from_ints([[7, 3, 9], [1, 8, 0]], &device);
/// let numbers: Vec<i64> = picked.numbers(tokens).into_data().iter::<i64>().collect();
/// assert_eq!(numbers, [3, 1]);
/// ```
///
/// Picking waits for the device, for how many there are decides shapes.
#[derive(Clone, Debug)]
pub struct PickedTokens {
    dims: [usize; 2],
    count: usize,
    /// Their numbers in the order of rows.
    tokens: Tensor<1, Int>,
}

impl PickedTokens {
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

    /// Their vectors among those of all tokens, `[batch, seq, width]`: `[count, width]`, sequence by sequence.
    ///
    /// # Panics
    ///
    /// If there are vectors of another number of tokens.
    #[track_caller]
    pub fn vectors(&self, x: Tensor<3>) -> Tensor<2> {
        let [batch, seq, _] = x.dims();
        check::of_each_token(NAME, "the vectors", [batch, seq], self.dims);
        let rows = x.flatten(0, 1);
        if self.is_all() {
            rows
        } else {
            rows.select(0, self.tokens.clone())
        }
    }

    /// Their numbers among those of all tokens, `[batch, seq]`: `[count]`, sequence by sequence.
    ///
    /// # Panics
    ///
    /// If there are numbers of another number of tokens.
    #[track_caller]
    pub fn numbers(&self, x: Tensor<2, Int>) -> Tensor<1, Int> {
        check::of_each_token(NAME, "the numbers", x.dims(), self.dims);
        x.flatten::<1>(0, 1).select(0, self.tokens.clone())
    }

    /// The sum of their values in each sequence, `[count]` to `[batch]`.
    pub(crate) fn sums(&self, values: Tensor<1>) -> Tensor<1> {
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

impl OffGraph for PickedTokens {
    fn off_graph(self) -> Self {
        Self {
            tokens: self.tokens.off_graph(),
            ..self
        }
    }
}
