use std::ops::Add;

use burn::{
    backend::{DType, Flex, TensorMetadata, flex::FlexTensor, ops::FloatTensorOps, tensor::FloatTensor},
    tensor::Element,
};
use bytemuck::Pod;

use super::contiguous_mut;
use crate::{GramBackend, cpu::symmetric::add_transposes};

impl GramBackend for Flex {
    fn gram_gradient(x: FloatTensor<Self>, above: FloatTensor<Self>) -> FloatTensor<Self> {
        let both = match above.dtype() {
            DType::F64 => plus_transposed::<f64>(above),
            DType::F32 => plus_transposed::<f32>(above),
            _ => Self::float_add(above.clone(), Self::float_transpose(above)),
        };
        Self::float_matmul(both, x)
    }
}

/// Each of the matrices plus its transpose, in place if nobody else has them.
fn plus_transposed<R: Element + Pod + Add<Output = R>>(matrices: FlexTensor) -> FlexTensor {
    let n = *matrices.shape().last().expect("it has two axes");
    let mut sums = matrices.to_contiguous();
    // Two owners would make the first write a copy.
    drop(matrices);
    add_transposes::<R>(contiguous_mut(&mut sums), n);
    sums
}
