use burn::{
    backend::{DType, Flex, TensorMetadata, flex::FlexTensor, tensor::FloatTensor},
    tensor::{Element, TensorData},
};
use bytemuck::Pod;

use super::contiguous;
use crate::{
    AnglesBackend, AnglesGradientBackend,
    cpu::{angles::Angles, real::Real},
};

impl AnglesBackend for Flex {
    fn angles(student: FloatTensor<Self>, teacher: FloatTensor<Self>) -> FloatTensor<Self> {
        match student.dtype() {
            DType::F64 => values::<f64>(&student, &teacher),
            DType::F32 => values::<f32>(&student, &teacher),
            other => unreachable!("{other:?} was widened"),
        }
    }
}

impl AnglesGradientBackend for Flex {
    fn angles_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        above: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        match student.dtype() {
            DType::F64 => gradient::<f64>(&student, &teacher, &above),
            DType::F32 => gradient::<f32>(&student, &teacher, &above),
            other => unreachable!("{other:?} was widened"),
        }
    }
}

fn values<R: Real + Element + Pod>(student: &FlexTensor, teacher: &FlexTensor) -> FlexTensor {
    let [_, batch, _] = student.shape().dims();
    let (student, teacher) = (student.to_contiguous(), teacher.to_contiguous());
    let angles = Angles::<R>::new(contiguous(&student), contiguous(&teacher), batch);
    FlexTensor::from_data(TensorData::new(angles.values(), [batch]))
}

fn gradient<R: Real + Element + Pod>(student: &FlexTensor, teacher: &FlexTensor, above: &FlexTensor) -> FlexTensor {
    let [_, batch, _] = student.shape().dims();
    let [student, teacher, above] = [student, teacher, above].map(FlexTensor::to_contiguous);
    let angles = Angles::<R>::new(contiguous(&student), contiguous(&teacher), batch);
    FlexTensor::from_data(TensorData::new(angles.gradient(contiguous(&above)), [3, batch, batch]))
}
