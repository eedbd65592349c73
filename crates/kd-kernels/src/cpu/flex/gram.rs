use std::ops::Add;

use burn::{
    backend::{DType, Flex, TensorMetadata, flex::FlexTensor, ops::FloatTensorOps, tensor::FloatTensor},
    tensor::{Element, TensorData},
};
use bytemuck::Pod;

use super::{contiguous, contiguous_mut};
use crate::{
    GramBackend,
    cpu::{
        real::Real,
        room::Room,
        small::{self, is_small},
        symmetric::{self, WORTH_HALVING, add_transposes},
    },
};

impl GramBackend for Flex {
    fn gram(x: FloatTensor<Self>) -> FloatTensor<Self> {
        let [rows, width] = last_two(&x);
        match x.dtype() {
            DType::F64 if is_ours([rows, width]) => products::<f64>(&x, [rows, width]),
            DType::F32 if is_ours([rows, width]) => products::<f32>(&x, [rows, width]),
            _ => Self::float_matmul(x.clone(), Self::float_transpose(x)),
        }
    }

    fn gram_gradient(x: FloatTensor<Self>, above: FloatTensor<Self>) -> FloatTensor<Self> {
        let both = match above.dtype() {
            DType::F64 => plus_transposed::<f64>(above),
            DType::F32 => plus_transposed::<f32>(above),
            _ => Self::float_add(above.clone(), Self::float_transpose(above)),
        };
        match x.dtype() {
            DType::F64 if is_small(last_two(&x)) => square_times::<f64>(&both, &x),
            DType::F32 if is_small(last_two(&x)) => square_times::<f32>(&both, &x),
            _ => Self::float_matmul(both, x),
        }
    }
}

/// Whether the backend's own product would take longer.
fn is_ours([rows, width]: [usize; 2]) -> bool {
    is_small([rows, width]) || rows >= WORTH_HALVING && width > 0
}

/// The products of rows of small matrices as they are, and those of large ones by half and mirrored.
fn products<R: Real + Element + Pod>(x: &FlexTensor, [rows, width]: [usize; 2]) -> FlexTensor {
    let x = x.to_contiguous();
    let mut shape = x.shape();
    let last = shape.num_dims() - 1;
    shape[last] = rows;
    let mut place = Room::<R>::new(shape.num_elements());
    let products = match is_small([rows, width]) {
        true => small::products::<R>,
        false => symmetric::products::<R>,
    };
    products(contiguous::<R>(&x), [rows, width], place.as_mut_slice());
    FlexTensor::from_data(TensorData::from_bytes(place.into_bytes(), shape, R::dtype()))
}

/// Square matrices times small ones.
fn square_times<R: Real + Element + Pod>(squares: &FlexTensor, x: &FlexTensor) -> FlexTensor {
    let x = x.to_contiguous();
    let shape = x.shape();
    let mut place = Room::<R>::new(shape.num_elements());
    small::square_times(
        contiguous::<R>(squares),
        contiguous::<R>(&x),
        last_two(&x),
        place.as_mut_slice(),
    );
    FlexTensor::from_data(TensorData::from_bytes(place.into_bytes(), shape, R::dtype()))
}

/// Each of the matrices plus its transpose, in place if nobody else has them.
fn plus_transposed<R: Element + Pod + Add<Output = R>>(matrices: FlexTensor) -> FlexTensor {
    let [n, _] = last_two(&matrices);
    let mut sums = matrices.to_contiguous();
    // Two owners would make the first write a copy.
    drop(matrices);
    add_transposes::<R>(contiguous_mut(&mut sums), n);
    sums
}

fn last_two(tensor: &FlexTensor) -> [usize; 2] {
    let shape = tensor.shape();
    let axes = shape.num_dims();
    [shape[axes - 2], shape[axes - 1]]
}
