//! The backend's operations.

use burn::backend::{TensorMetadata, cubecl::dtype_to_storage_type, tensor::FloatTensor};
use burn_cubecl::{CubeBackend, kernel::into_contiguous};

use super::{
    kernels,
    launch::{Grid, Rows, empty},
};
use crate::{Divergence, DivergenceBackend, GradientBackend};

impl DivergenceBackend for CubeBackend {
    fn divergence(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> FloatTensor<Self> {
        Rows::new(student, teacher, temperature).compute(divergence, None)
    }
}

impl GradientBackend for CubeBackend {
    fn divergence_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let gradient = empty(&student, student.shape(), student.dtype());
        let rows = Rows::new(student, teacher, temperature);
        let values = rows.compute(divergence, Some(gradient.clone()));
        (values, gradient)
    }

    fn scale_rows(gradient: FloatTensor<Self>, factors: FloatTensor<Self>) -> FloatTensor<Self> {
        let [rows, classes] = gradient.shape().dims();
        if rows * classes == 0 {
            return gradient;
        }
        let (gradient, factors) = (into_contiguous(gradient), into_contiguous(factors));
        // In place if nobody else holds the gradient.
        let scaled = if gradient.can_mut() {
            None
        } else {
            Some(empty(&gradient, gradient.shape(), gradient.dtype()))
        };
        let output = match &scaled {
            None => gradient.as_tensor_alias(0).into_buffer_arg(),
            Some(scaled) => scaled.clone().into_buffer_arg(),
        };
        let grid = Grid::new(&gradient.client, rows, classes);
        kernels::scale_rows::launch(
            &gradient.client,
            grid.cubes(),
            grid.cube(),
            gradient.required_address_type(),
            gradient.clone().into_buffer_arg(),
            factors.into_buffer_arg(),
            output,
            rows,
            classes,
            grid.units,
            dtype_to_storage_type(gradient.dtype()),
        );
        scaled.unwrap_or(gradient)
    }
}
