//! The divergences between logits that are never there all at once.

use burn::tensor::{Bool, DType, Tensor};
use kd_core::{LinearLogits, check};
use kd_kernels::{Divergence, LinearDivergence};

/// The mean over rows.
#[track_caller]
pub(crate) fn mean(
    loss: &str,
    student: LinearLogits,
    teacher: LinearLogits,
    divergence: Divergence,
    temperature: f64,
) -> Tensor<1> {
    let rows = student.rows();
    check::not_empty(loss, rows);
    let weights = Tensor::full(
        [rows],
        1.0 / rows as f64,
        (&student.hidden.device(), weights_dtype(&student)),
    );
    weighted_sum(student, teacher, weights, divergence, temperature)
}

/// The mean over the rows whose `mask` is true; exactly 0 if there are none.
#[track_caller]
pub(crate) fn masked_mean(
    loss: &str,
    student: LinearLogits,
    teacher: LinearLogits,
    mask: Tensor<1, Bool>,
    divergence: Divergence,
    temperature: f64,
) -> Tensor<1> {
    check::mask(loss, &mask, student.rows());
    let counts = mask.float().cast(weights_dtype(&student));
    let count = counts.clone().sum().clamp_min(1.0);
    weighted_sum(student, teacher, counts / count, divergence, temperature)
}

/// 1 / rows is not exact, and rounded to f32 it would leave no f64.
fn weights_dtype(student: &LinearLogits) -> DType {
    match student.hidden.dtype() {
        DType::F64 => DType::F64,
        _ => DType::F32,
    }
}

#[track_caller]
fn weighted_sum(
    student: LinearLogits,
    teacher: LinearLogits,
    weights: Tensor<1>,
    divergence: Divergence,
    temperature: f64,
) -> Tensor<1> {
    let [_, vocab] = student.weight.dims();
    let how = LinearDivergence::new(divergence, temperature, vocab);
    let how = match student.rows_at_once {
        None => how,
        Some(rows) => how.with_rows_at_once(rows),
    };
    how.weighted_sum(
        [student.hidden, student.weight],
        [teacher.hidden, teacher.weight],
        weights,
    )
}
