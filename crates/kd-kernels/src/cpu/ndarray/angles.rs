use std::borrow::Cow;

use burn::{
    backend::{NdArray, ndarray::NdArrayTensor, tensor::FloatTensor},
    tensor::{Element, TensorData},
};

use crate::{
    AnglesBackend, AnglesGradientBackend,
    cpu::{angles::Angles, real::Real},
};

impl AnglesBackend for NdArray {
    fn angles(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self> {
        match (&student, &teacher) {
            (NdArrayTensor::F64(student), NdArrayTensor::F64(teacher)) => {
                values::<f64>(&contiguous!(student), &contiguous!(teacher))
            }
            (NdArrayTensor::F32(student), NdArrayTensor::F32(teacher)) => {
                values::<f32>(&contiguous!(student), &contiguous!(teacher))
            }
            _ => unreachable!("student and teacher have one type, f32 or f64"),
        }
    }
}

impl AnglesGradientBackend for NdArray {
    fn angles_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        above: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        match (&student, &teacher, &above) {
            (NdArrayTensor::F64(student), NdArrayTensor::F64(teacher), NdArrayTensor::F64(above)) => {
                gradient::<f64>(&contiguous!(student), &contiguous!(teacher), &contiguous!(above))
            }
            (NdArrayTensor::F32(student), NdArrayTensor::F32(teacher), NdArrayTensor::F32(above)) => {
                gradient::<f32>(&contiguous!(student), &contiguous!(teacher), &contiguous!(above))
            }
            _ => unreachable!("a gradient has the type of its values, f32 or f64"),
        }
    }
}

fn values<R: Real + Element>(student: &[R], teacher: &[R]) -> NdArrayTensor {
    let batch = batch(student);
    let values = Angles::new(student, teacher, batch).values();
    NdArrayTensor::from_data(TensorData::new(values, [batch]))
}

fn gradient<R: Real + Element>(student: &[R], teacher: &[R], above: &[R]) -> NdArrayTensor {
    let batch = batch(student);
    let gradient = Angles::new(student, teacher, batch).gradient(above);
    NdArrayTensor::from_data(TensorData::new(gradient, [3, batch, batch]))
}

/// Of `[3, batch, batch]` numbers.
fn batch<R>(side: &[R]) -> usize {
    (side.len() / 3).isqrt()
}
