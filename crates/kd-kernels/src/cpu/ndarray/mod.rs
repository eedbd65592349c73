//! The kernels on NdArray, which knows f32 and f64.

use std::borrow::Cow;

use burn::{
    backend::{NdArray, TensorMetadata, ndarray::NdArrayTensor, tensor::FloatTensor},
    tensor::{Element, TensorData},
};

use crate::cpu::{large, rows::Rows, scale::scale_rows, stored::Stored};
use crate::{Divergence, DivergenceBackend, GradientBackend};

/// The numbers of an array, in order. A macro because the array's type has no public name.
macro_rules! contiguous {
    ($array:expr) => {
        match $array.view().to_slice() {
            Some(numbers) => Cow::Borrowed(numbers),
            None => Cow::Owned($array.view().iter().copied().collect()),
        }
    };
}
/// The numbers of an array that is ours, in order and without a copy if it is nobody else's.
macro_rules! owned {
    ($array:expr) => {{
        let array = $array.into_owned().into_owned();
        if array.is_standard_layout() {
            array.into_raw_vec_and_offset().0
        } else {
            array.iter().copied().collect()
        }
    }};
}

mod angles;
mod unit;
mod unit_distance;

impl DivergenceBackend for NdArray {
    fn divergence(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> FloatTensor<Self> {
        compute(&student, &teacher, divergence, temperature, false).0
    }
}

impl GradientBackend for NdArray {
    fn divergence_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        compute(&student, &teacher, divergence, temperature, true)
    }

    fn scale_rows(gradient: FloatTensor<Self>, factors: FloatTensor<Self>) -> FloatTensor<Self> {
        let dims = gradient.shape().dims();
        match (gradient, &factors) {
            (NdArrayTensor::F64(gradient), NdArrayTensor::F64(factors)) => {
                scaled(owned!(gradient), &contiguous!(factors), dims)
            }
            (NdArrayTensor::F32(gradient), NdArrayTensor::F32(factors)) => {
                scaled(owned!(gradient), &contiguous!(factors), dims)
            }
            _ => unreachable!("a gradient has the type of its values, f32 or f64"),
        }
    }
}

fn compute(
    student: &NdArrayTensor,
    teacher: &NdArrayTensor,
    divergence: Divergence,
    temperature: f64,
    with_gradient: bool,
) -> (NdArrayTensor, NdArrayTensor) {
    let [_, classes] = student.shape().dims();
    match (student, teacher) {
        (NdArrayTensor::F64(student), NdArrayTensor::F64(teacher)) => {
            let (student, teacher) = (&*contiguous!(student), &*contiguous!(teacher));
            computed(
                Rows {
                    student,
                    teacher,
                    classes,
                    divergence,
                    temperature,
                },
                with_gradient,
            )
        }
        (NdArrayTensor::F32(student), NdArrayTensor::F32(teacher)) => {
            let (student, teacher) = (&*contiguous!(student), &*contiguous!(teacher));
            computed(
                Rows {
                    student,
                    teacher,
                    classes,
                    divergence,
                    temperature,
                },
                with_gradient,
            )
        }
        _ => unreachable!("student and teacher have one type, f32 or f64"),
    }
}

/// Values, and the gradient, which is empty if it was not asked for.
fn computed<R: Stored<Real = R> + Element>(rows: Rows<'_, R>, with_gradient: bool) -> (NdArrayTensor, NdArrayTensor) {
    let (count, classes) = (rows.student.len() / rows.classes, rows.classes);
    let rows_of_gradient = if with_gradient { count } else { 0 };
    let mut values = vec![R::default(); count];
    let mut gradient = large::zeros::<R>(rows_of_gradient * classes);
    rows.compute(&mut values, with_gradient.then_some(&mut gradient));
    (
        NdArrayTensor::from_data(TensorData::new(values, [count])),
        NdArrayTensor::from_data(TensorData::new(gradient, [rows_of_gradient, classes])),
    )
}

fn scaled<R: Stored<Real = R> + Element>(mut gradient: Vec<R>, factors: &[R], dims: [usize; 2]) -> NdArrayTensor {
    scale_rows(&mut gradient, dims[1], factors);
    NdArrayTensor::from_data(TensorData::new(gradient, dims))
}
