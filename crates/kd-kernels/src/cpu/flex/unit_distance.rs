use burn::{
    backend::{DType, Flex, TensorMetadata, flex::FlexTensor, tensor::FloatTensor},
    tensor::{Element, TensorData},
};
use bytemuck::Pod;

use super::contiguous;
use crate::{
    UnitDistanceBackend, UnitDistanceGradientBackend,
    cpu::{real::Real, room::Room, unit_distance::unit_distances},
};

impl UnitDistanceBackend for Flex {
    fn unit_distance(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self> {
        compute(&student, &teacher, false).0
    }
}

impl UnitDistanceGradientBackend for Flex {
    fn unit_distance_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        compute(&student, &teacher, true)
    }
}

fn compute(student: &FlexTensor, teacher: &FlexTensor, with_gradient: bool) -> (FlexTensor, FlexTensor) {
    let compute = match student.dtype() {
        DType::F64 => compute_in::<f64>,
        DType::F32 => compute_in::<f32>,
        other => unreachable!("{other:?} was widened"),
    };
    compute(student, teacher, with_gradient)
}

/// Values, and the gradient, which is empty if it was not asked for.
fn compute_in<R: Real + Element + Pod>(
    student: &FlexTensor,
    teacher: &FlexTensor,
    with_gradient: bool,
) -> (FlexTensor, FlexTensor) {
    let [rows, width] = student.shape().dims();
    let (student, teacher) = (student.to_contiguous(), teacher.to_contiguous());
    let rows_of_gradient = if with_gradient { rows } else { 0 };
    let mut values = vec![R::default(); rows];
    let mut gradient = Room::<R>::new(rows_of_gradient * width);
    unit_distances::<R>(
        contiguous(&student),
        contiguous(&teacher),
        width,
        &mut values,
        with_gradient.then_some(gradient.as_mut_slice()),
    );
    (
        FlexTensor::from_data(TensorData::new(values, [rows])),
        FlexTensor::from_data(TensorData::from_bytes(
            gradient.into_bytes(),
            [rows_of_gradient, width],
            R::dtype(),
        )),
    )
}
