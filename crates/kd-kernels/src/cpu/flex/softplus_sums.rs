use burn::{
    backend::{
        DType, Flex, TensorMetadata,
        flex::FlexTensor,
        ops::IntTensorOps,
        tensor::{FloatTensor, IntTensor},
    },
    tensor::{Element, IntDType, TensorData},
};
use bytemuck::Pod;

use super::contiguous;
use crate::{
    SoftplusSumsBackend, SoftplusSumsGradientBackend,
    cpu::{
        real::Real,
        room::Room,
        softplus_sums::{Chosen, Column},
    },
};

impl SoftplusSumsBackend for Flex {
    fn softplus_sums(scores: FloatTensor<Self>, chosen: IntTensor<Self>, shift: f64) -> FloatTensor<Self> {
        let chosen = columns(chosen);
        match (scores.dtype(), chosen.dtype()) {
            (DType::F64, DType::I32) => values::<f64, i32>(&scores, &chosen, shift),
            (DType::F64, _) => values::<f64, i64>(&scores, &chosen, shift),
            (DType::F32, DType::I32) => values::<f32, i32>(&scores, &chosen, shift),
            (DType::F32, _) => values::<f32, i64>(&scores, &chosen, shift),
            (other, _) => unreachable!("{other:?} was widened"),
        }
    }
}

impl SoftplusSumsGradientBackend for Flex {
    fn softplus_sums_gradient(
        scores: FloatTensor<Self>,
        chosen: IntTensor<Self>,
        shift: f64,
        above: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let chosen = columns(chosen);
        match (scores.dtype(), chosen.dtype()) {
            (DType::F64, DType::I32) => gradient::<f64, i32>(&scores, &chosen, shift, &above),
            (DType::F64, _) => gradient::<f64, i64>(&scores, &chosen, shift, &above),
            (DType::F32, DType::I32) => gradient::<f32, i32>(&scores, &chosen, shift, &above),
            (DType::F32, _) => gradient::<f32, i64>(&scores, &chosen, shift, &above),
            (other, _) => unreachable!("{other:?} was widened"),
        }
    }
}

/// As i32 or i64, in order.
fn columns(chosen: FlexTensor) -> FlexTensor {
    let chosen = match chosen.dtype() {
        DType::I32 | DType::I64 => chosen,
        _ => Flex::int_cast(chosen, IntDType::I64),
    };
    chosen.to_contiguous()
}

fn values<R: Real + Element + Pod, N: Column + Element + Pod>(
    scores: &FlexTensor,
    chosen: &FlexTensor,
    shift: f64,
) -> FlexTensor {
    let scores = scores.to_contiguous();
    let values = of::<R, N>(&scores, chosen, shift).values();
    let rows = values.len();
    FlexTensor::from_data(TensorData::new(values, [rows]))
}

fn gradient<R: Real + Element + Pod, N: Column + Element + Pod>(
    scores: &FlexTensor,
    chosen: &FlexTensor,
    shift: f64,
    above: &FlexTensor,
) -> FlexTensor {
    let (scores, above) = (scores.to_contiguous(), above.to_contiguous());
    let mut place = Room::<R>::new(scores.shape().num_elements());
    of::<R, N>(&scores, chosen, shift).gradient(contiguous(&above), place.as_mut_slice());
    FlexTensor::from_data(TensorData::from_bytes(place.into_bytes(), scores.shape(), R::dtype()))
}

fn of<'a, R: Element + Pod, N: Element + Pod>(
    scores: &'a FlexTensor,
    chosen: &'a FlexTensor,
    shift: f64,
) -> Chosen<'a, R, N> {
    let ([_, samples], [_, count]) = (scores.shape().dims(), chosen.shape().dims());
    Chosen {
        scores: contiguous(scores),
        samples,
        chosen: contiguous(chosen),
        count,
        shift,
    }
}
