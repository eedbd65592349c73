use std::borrow::Cow;

use burn::{
    backend::{NdArray, TensorMetadata, ndarray::NdArrayTensor, tensor::FloatTensor},
    tensor::{Element, Shape, TensorData},
};

use crate::{
    UnitBackend, UnitGradientBackend,
    cpu::{large, stored::Stored, unit::Step},
};

impl UnitBackend for NdArray {
    fn unit(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let shape = x.shape();
        match &x {
            NdArrayTensor::F64(x) => forward::<f64>(&contiguous!(x), shape),
            NdArrayTensor::F32(x) => forward::<f32>(&contiguous!(x), shape),
            _ => unreachable!("a float is f32 or f64"),
        }
    }
}

impl UnitGradientBackend for NdArray {
    fn unit_gradient(x: FloatTensor<Self>, above: FloatTensor<Self>) -> FloatTensor<Self> {
        let shape = x.shape();
        match (&x, above) {
            (NdArrayTensor::F64(x), NdArrayTensor::F64(above)) => {
                backward::<f64>(&contiguous!(x), owned!(above), shape)
            }
            (NdArrayTensor::F32(x), NdArrayTensor::F32(above)) => {
                backward::<f32>(&contiguous!(x), owned!(above), shape)
            }
            _ => unreachable!("a gradient has the type of its values, f32 or f64"),
        }
    }
}

fn forward<R: Stored<Real = R> + Element>(x: &[R], shape: Shape) -> NdArrayTensor {
    let mut y = large::zeros::<R>(x.len());
    Step::Forward.rows(x, width(&shape), &mut y);
    NdArrayTensor::from_data(TensorData::new(y, shape))
}

fn backward<R: Stored<Real = R> + Element>(x: &[R], mut place: Vec<R>, shape: Shape) -> NdArrayTensor {
    Step::Backward.rows(x, width(&shape), &mut place);
    NdArrayTensor::from_data(TensorData::new(place, shape))
}

fn width(shape: &Shape) -> usize {
    *shape.last().expect("it has an axis")
}
