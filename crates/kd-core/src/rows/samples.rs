use burn::tensor::Tensor;

/// A feature's samples as rows: a map is one sample, a token is one sample.
///
/// | feature | rows |
/// |---|---|
/// | `[batch, hidden]` | `[batch, hidden]` |
/// | `[batch, seq, hidden]` | `[batch · seq, hidden]`: a token is a sample, so that padding can be masked |
/// | `[batch, channels, height, width]` | `[batch, channels · height · width]` |
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::samples;
///
/// # let device = burn::tensor::Device::flex();
/// assert_eq!(samples(Tensor::<3>::zeros([2, 5, 64], &device)).dims(), [10, 64]);
/// assert_eq!(samples(Tensor::<4>::zeros([2, 64, 8, 8], &device)).dims(), [2, 4096]);
/// ```
///
/// # Panics
///
/// If the feature has another rank than 2, 3 or 4.
#[track_caller]
pub fn samples<const D: usize>(feature: Tensor<D>) -> Tensor<2> {
    match D {
        2 | 3 => feature.flatten(0, D - 2),
        4 => feature.flatten(1, D - 1),
        _ => panic!(
            "a feature is [batch, hidden], [batch, seq, hidden] or [batch, channels, height, width], not of rank {D}"
        ),
    }
}
