//! One embedding for each sequence.

use burn::tensor::{Bool, Tensor};
use kd::transformer::mean_pool;
use kd_testkit::{assert_close, device, read, waves, within};

use crate::sequences::{first, mask, of_tokens, padded};

#[test]
fn only_tokens_that_count_are_in_the_mean() {
    let device = device();
    let hidden = Tensor::<3>::from_floats(
        [
            [[1.0, 2.0], [3.0, 6.0], [5.0, 0.0]],
            [[7.0, 8.0], [9.0, 9.0], [9.0, 9.0]],
        ],
        &device,
    );
    let attended = mask(&[vec![true, false, true], vec![true, false, false]], &device);
    assert_eq!(read(mean_pool(hidden, attended)), [3.0, 1.0, 7.0, 8.0]);
}

#[test]
fn padding_changes_nothing() {
    let device = device().autodiff();
    let outcome = |padding: usize| {
        let hidden = padded(waves([2, 3, 4], 0.3, &device), &[1], padding);
        let pooled = mean_pool(hidden.clone(), first(3, [2, 3 + padding], &device));
        let gradients = pooled.clone().square().mean().backward();
        (read(pooled), of_tokens(hidden.grad(&gradients).unwrap(), &[1], 3))
    };
    let (pooled, gradient) = outcome(0);
    for padding in [1, 4] {
        let (again, padded) = outcome(padding);
        assert_close("values", &again, &pooled, within(1e-6));
        assert_close("gradient", &padded, &gradient, within(1e-6));
    }
}

#[test]
fn a_sequence_of_padding_is_zeros() {
    let device = device().autodiff();
    let hidden = padded(waves([2, 3, 4], 0.3, &device), &[], 0);
    let pooled = mean_pool(hidden.clone(), first(0, [2, 3], &device));
    let gradients = pooled.clone().square().mean().backward();
    assert_eq!(read(pooled), [0.0; 8]);
    assert_eq!(read(hidden.grad(&gradients).unwrap()), [0.0; 24]);
}

#[test]
#[should_panic(
    expected = "mean_pool: the shape of the mask of attended tokens is [2, 4] and that of the tokens [2, 3]"
)]
fn a_mask_of_other_tokens() {
    let device = device();
    mean_pool(Tensor::ones([2, 3, 4], &device), first(3, [2, 4], &device));
}

#[test]
#[should_panic(expected = "mean_pool: the batch is empty")]
fn no_sequences() {
    let device = device();
    let nothing = || burn::tensor::TensorData::new(Vec::<f32>::new(), [0, 3, 4]);
    let attended = burn::tensor::TensorData::new(Vec::<bool>::new(), [0, 3]);
    mean_pool(
        Tensor::from_data(nothing(), &device),
        Tensor::<2, Bool>::from_data(attended, &device),
    );
}
