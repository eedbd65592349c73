use std::borrow::Cow;

use burn::{
    backend::{NdArray, TensorMetadata, ndarray::NdArrayTensor, tensor::FloatTensor},
    tensor::{Element, TensorData},
};

use crate::{
    UnitDistanceBackend, UnitDistanceGradientBackend,
    cpu::{large, real::Real, unit_distance::unit_distances},
};

impl UnitDistanceBackend for NdArray {
    fn unit_distance(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self> {
        compute(&student, &teacher, false).0
    }
}

impl UnitDistanceGradientBackend for NdArray {
    fn unit_distance_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        compute(&student, &teacher, true)
    }
}

fn compute(student: &NdArrayTensor, teacher: &NdArrayTensor, with_gradient: bool) -> (NdArrayTensor, NdArrayTensor) {
    let [_, width] = student.shape().dims();
    match (student, teacher) {
        (NdArrayTensor::F64(student), NdArrayTensor::F64(teacher)) => {
            computed::<f64>(&contiguous!(student), &contiguous!(teacher), width, with_gradient)
        }
        (NdArrayTensor::F32(student), NdArrayTensor::F32(teacher)) => {
            computed::<f32>(&contiguous!(student), &contiguous!(teacher), width, with_gradient)
        }
        _ => unreachable!("student and teacher have one type, f32 or f64"),
    }
}

/// Values, and the gradient, which is empty if it was not asked for.
fn computed<R: Real + Element>(
    student: &[R],
    teacher: &[R],
    width: usize,
    with_gradient: bool,
) -> (NdArrayTensor, NdArrayTensor) {
    let rows = student.len() / width;
    let rows_of_gradient = if with_gradient { rows } else { 0 };
    let mut values = vec![R::default(); rows];
    let mut gradient = large::zeros::<R>(rows_of_gradient * width);
    unit_distances(
        student,
        teacher,
        width,
        &mut values,
        with_gradient.then_some(&mut gradient),
    );
    (
        NdArrayTensor::from_data(TensorData::new(values, [rows])),
        NdArrayTensor::from_data(TensorData::new(gradient, [rows_of_gradient, width])),
    )
}
