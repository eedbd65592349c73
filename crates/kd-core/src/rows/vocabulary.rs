use burn::tensor::Tensor;

/// The logits with all classes from `valid` on ruled out: −∞ in their place, and no gradient for them.
///
/// Models round their vocabulary up to a friendly size. What stands in the padding means nothing, and as logits of 0 it could
/// take most of the probability.
///
/// # Shapes
///
/// - logits: `[..., vocab]`
/// - output: the same
///
/// # Panics
///
/// If `valid` is 0, or more classes than there are.
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::rows::{rule_out_padding, soften};
///
/// # let device = burn::tensor::Device::flex();
/// let logits = Tensor::<2>::from_floats([[1.0, 1.0, 9.0]], &device); // two classes and one of padding
/// let probs: Vec<f32> = soften(rule_out_padding(logits, 2), 1.0).into_data().try_to_vec().unwrap();
/// assert_eq!(probs, [0.5, 0.5, 0.0]);
/// ```
#[track_caller]
pub fn rule_out_padding<const D: usize>(logits: Tensor<D>, valid: usize) -> Tensor<D> {
    let vocab = logits.dims()[D - 1];
    assert!(
        (1..=vocab).contains(&valid),
        "rule_out_padding: {valid} of {vocab} classes cannot be valid; name the size of the tokenizer's vocabulary"
    );
    pad_classes(logits.narrow(D - 1, 0, valid), vocab)
}

/// The logits with classes added that do not exist, up to `vocab` of them: −∞.
///
/// For a student and a teacher of the same tokenizer whose vocabularies were padded to different sizes: rule out the padding
/// of the larger one, and pad the smaller one.
///
/// # Shapes
///
/// - logits: `[..., classes]`
/// - output: `[..., vocab]`
///
/// # Panics
///
/// If there are more classes already.
#[track_caller]
pub fn pad_classes<const D: usize>(logits: Tensor<D>, vocab: usize) -> Tensor<D> {
    let mut dims = logits.dims();
    let classes = dims[D - 1];
    assert!(
        classes <= vocab,
        "pad_classes: {classes} classes cannot be padded to {vocab}; swap the sides, or cut the larger one"
    );
    if classes == vocab {
        return logits;
    }
    dims[D - 1] = vocab - classes;
    let absent = Tensor::full(dims, f64::NEG_INFINITY, (&logits.device(), logits.dtype()));
    Tensor::cat(vec![logits, absent], D - 1)
}
