//! Steps in pieces, and half precision: what is exact, and how far off the rest is, a file for each idea.

mod accumulator;
mod half_teacher;
mod masters;
mod pieces;
mod terms;
mod triple;

use burn::tensor::{Bool, DType, Device, FloatDType, Tensor, TensorData};
use kd_testkit::{computes_in, device, read, waves};

/// Rows of a step.
const ROWS: usize = 13;
/// Its pieces: where each begins, and how many rows it has.
const PIECES: [(usize, usize); 4] = [(0, 3), (3, 1), (4, 7), (11, 2)];
/// The piece of which no row counts.
const NOTHING: (usize, usize) = (3, 1);

/// Which rows count: two of the first piece, none of the second, four of the third, all of the last.
fn mask(device: &Device) -> Tensor<1, Bool> {
    let entries: Vec<bool> = (0..ROWS).map(|row| row != 3 && row % 3 != 1).collect();
    Tensor::from_data(TensorData::new(entries, [ROWS]), device)
}

/// Waves of this type, off the graph of anything.
fn numbers<const D: usize>(shape: [usize; D], phase: f64, dtype: DType) -> Tensor<D> {
    waves(shape, phase, &device().autodiff()).cast(FloatDType::from(dtype))
}

/// The types of full precision that the device computes in.
fn full() -> Vec<DType> {
    of_device([DType::F32, DType::F64])
}

/// Those of half precision.
fn half() -> Vec<DType> {
    of_device([DType::F16, DType::BF16])
}

fn of_device(dtypes: [DType; 2]) -> Vec<DType> {
    dtypes
        .into_iter()
        .filter(|dtype| computes_in(&device(), *dtype))
        .collect()
}

/// The weight's gradient of a loss; zeros if it has no part in it.
fn gradient<const D: usize>(weight: &Tensor<D>, loss: &Tensor<1>) -> Vec<f64> {
    let gradient = weight.grad(&loss.backward());
    gradient.map_or_else(|| vec![0.0; weight.shape().num_elements()], read)
}

/// Number by number.
fn sum(parts: &[Vec<f64>]) -> Vec<f64> {
    let mut sum = vec![0.0; parts[0].len()];
    for part in parts {
        for (sum, number) in sum.iter_mut().zip(part) {
            *sum += number;
        }
    }
    sum
}

#[test]
fn the_pieces_are_as_unequal_as_it_says() {
    let mask = mask(&device());
    let counts = PIECES.map(|(from, rows)| kd::rows::count(&mask.clone().narrow(0, from, rows)));
    assert_eq!(counts, [2, 0, 4, 2]);
    assert_eq!(PIECES.map(|(_, rows)| rows).iter().sum::<usize>(), ROWS);
}
