use burn::{
    backend::{DType, Flex, TensorMetadata, flex::FlexTensor, tensor::FloatTensor},
    tensor::{Element, TensorData, bf16, f16},
};
use bytemuck::Pod;

use super::{contiguous, contiguous_mut};
use crate::{
    UnitBackend, UnitGradientBackend,
    cpu::{room::Room, stored::Stored, unit::Step},
};

impl UnitBackend for Flex {
    fn unit(x: FloatTensor<Self>) -> FloatTensor<Self> {
        match x.dtype() {
            DType::F64 => forward::<f64>(&x),
            DType::F32 => forward::<f32>(&x),
            DType::F16 => forward::<f16>(&x),
            DType::BF16 => forward::<bf16>(&x),
            other => unreachable!("{other:?} is no float"),
        }
    }
}

impl UnitGradientBackend for Flex {
    fn unit_gradient(x: FloatTensor<Self>, above: FloatTensor<Self>) -> FloatTensor<Self> {
        match x.dtype() {
            DType::F64 => backward::<f64>(&x, above),
            DType::F32 => backward::<f32>(&x, above),
            DType::F16 => backward::<f16>(&x, above),
            DType::BF16 => backward::<bf16>(&x, above),
            other => unreachable!("{other:?} is no float"),
        }
    }
}

fn forward<S: Stored + Element + Pod>(x: &FlexTensor) -> FlexTensor {
    let x = x.to_contiguous();
    let mut y = Room::<S>::new(x.shape().num_elements());
    Step::Forward.rows(contiguous(&x), width(&x), y.as_mut_slice());
    FlexTensor::from_data(TensorData::from_bytes(y.into_bytes(), x.shape(), S::dtype()))
}

/// In the place of what comes from above, if nobody else has that.
fn backward<S: Stored + Element + Pod>(x: &FlexTensor, above: FlexTensor) -> FlexTensor {
    let (x, mut place) = (x.to_contiguous(), above.to_contiguous());
    // Two owners would make the first write a copy.
    drop(above);
    Step::Backward.rows::<S>(contiguous(&x), width(&x), contiguous_mut(&mut place));
    place
}

fn width(x: &FlexTensor) -> usize {
    *x.shape().last().expect("it has an axis")
}
