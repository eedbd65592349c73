use burn::tensor::{Bool, Tensor};
use kd_core::{check, rows};

use crate::counted::Counted;

/// The mean of the hidden states of the tokens that count: one embedding for each sequence.
///
/// ```text
/// embedding = Σ attended · hidden / max(Σ attended, 1)
/// ```
///
/// It is what most sentence encoders do with the last layer. Padding has no influence and gets no gradient, whatever stands
/// there; a sequence of padding alone becomes zeros.
///
/// Embeddings of student and teacher are features like any other: `kd_feature::HintLoss` is their mean squared difference,
/// `kd_feature::CosineLoss` their angle.
///
/// # Shapes
///
/// - hidden: `[batch, seq, hidden]`
/// - attended: `[batch, seq]`, true for a token and false for padding
/// - output: `[batch, hidden]`, f32 for half precision
///
/// # Convention
///
/// `Pooling` of sentence-transformers in the mode `mean`, which divides by at least 1e-9 tokens; whole tokens are 1 or more.
///
/// # Panics
///
/// If there is not one entry of the mask for each token, or there are no tokens.
///
/// ```
/// use burn::tensor::{Bool, Tensor};
/// use kd_transformer::mean_pool;
///
/// # let device = burn::tensor::Device::flex();
/// let hidden = Tensor::<3>::from_floats([[[1.0, 2.0], [3.0, 6.0], [99.0, 99.0]]], &device);
/// let attended = Tensor::<2, Bool>::from_bool([[true, true, false]], &device);
/// let embedding: Vec<f32> = mean_pool(hidden, attended).into_data().try_to_vec().unwrap();
/// assert_eq!(embedding, [2.0, 4.0]);
/// ```
#[track_caller]
pub fn mean_pool(hidden: Tensor<3>, attended: Tensor<2, Bool>) -> Tensor<2> {
    let [batch, seq, _] = hidden.dims();
    check::sequences("mean_pool", [batch, seq]);
    check::of_each_token(
        "mean_pool",
        "the mask of attended tokens",
        attended.dims(),
        [batch, seq],
    );
    let counted = Counted::new(attended);
    let hidden = rows::widen(hidden);
    let tokens = counted.count(hidden.dtype()).clamp_min(1.0).recip();
    counted.vectors(hidden).sum_dim(1).squeeze_dim::<2>(1) * tokens.unsqueeze_dim(1)
}
