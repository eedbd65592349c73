//! What a head on a network's own middle must be given.

use burn::tensor::Tensor;

use super::not_empty;

/// Logits and the features in the middle must be of the same samples, and of the classes and channels that the weak head was
/// made for.
///
/// # Panics
///
/// If they are not, or there are no samples.
#[track_caller]
pub fn with_middle(loss: &str, logits: &Tensor<2>, middle: &Tensor<2>, channels: usize, classes: usize) {
    let (logits, middle) = (logits.dims(), middle.dims());
    not_empty(loss, logits[0]);
    assert!(
        middle[0] == logits[0],
        "{loss}: the logits have shape {logits:?} and the middle {middle:?}; they differ at axis 0 ({} against {}) and nothing \
         is broadcast: give both from the same pass",
        logits[0],
        middle[0]
    );
    assert!(
        logits[1] == classes,
        "{loss}: the logits have shape {logits:?}, which is {} classes, and the weak head was made for {classes}; make the \
         loss for the network's own classes",
        logits[1]
    );
    assert!(
        middle[1] == channels,
        "{loss}: the middle has shape {middle:?}, which is {} channels, and the weak head was made for {channels}; make the \
         loss for the channels of the layer that is pooled",
        middle[1]
    );
}
