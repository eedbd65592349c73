//! More numbers than 31 bits can count: the kernel on 65,540 rows of 32,768 classes in f16, forward and backward, with 13 GB of memory.
//!
//! Not a timing but a check that is too large for a test: all rows are the same, so must be their values and gradients.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd::kernels::{Divergence, divergence};

const ROWS: usize = 65_540;
const CLASSES: usize = 32_768;

fn main() {
    const { assert!(ROWS * CLASSES > 1 << 31) };
    let device = Device::flex();
    let rows = |seed: usize| {
        let row: Vec<f32> = (0..CLASSES).map(|i| ((i * seed) % 1021) as f32 / 256.0).collect();
        let row = Tensor::<2>::from_data(
            TensorData::new(row, [1, CLASSES]),
            (&device.clone().autodiff(), DType::F16),
        );
        row.repeat(&[ROWS, 1])
    };
    let student = rows(7).detach().require_grad();
    let values = divergence(student.clone(), rows(31).without_autodiff(), Divergence::ForwardKl, 2.0);
    let mut gradients = values.clone().sum().backward();
    let gradient = student.grad_remove(&mut gradients).expect("the student has a gradient");
    let values = values
        .into_data()
        .convert::<f32>()
        .try_to_vec::<f32>()
        .expect("values are f32");
    assert!(
        values[0] > 0.0 && values.iter().all(|value| value == &values[0]),
        "a row's value is another's"
    );
    let row = |number: usize| gradient.clone().slice(number..number + 1).into_data();
    let first = row(0);
    for number in [1, ROWS / 2 - 1, ROWS / 2, ROWS - 2, ROWS - 1] {
        assert!(
            row(number) == first,
            "the gradient of row {number} is not that of row 0"
        );
    }
    println!(
        "{ROWS} x {CLASSES}: every row has the value {}, and the gradient of the first",
        values[0]
    );
}
