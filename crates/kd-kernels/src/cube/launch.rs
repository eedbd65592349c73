//! How the kernels are launched.

use burn::{
    backend::{DType, TensorMetadata, cubecl::dtype_to_storage_type, ops::FloatTensorOps},
    tensor::Shape,
};
use burn_cubecl::{
    CubeBackend,
    cubecl::{
        client::Client,
        prelude::{CubeCount, CubeDim},
    },
    kernel::into_contiguous,
    ops::numeric::empty_device_contiguous_dtype,
    tensor::CubeTensor,
};

use super::{
    kernels,
    pointwise::{self, Pointwise},
};
use crate::Divergence;

/// A tensor beside another, of nothing yet.
pub(super) fn empty(beside: &CubeTensor, shape: Shape, dtype: DType) -> CubeTensor {
    empty_device_contiguous_dtype(beside.client.clone(), beside.device.clone(), shape, dtype)
}

/// How many cubes there are, and how many units in each.
pub(super) struct Grid {
    cubes: usize,
    /// A power of two, since the units' numbers are summed up by halving.
    pub units: usize,
}

impl Grid {
    pub fn new(client: &Client, rows: usize, classes: usize) -> Self {
        let hardware = &client.properties().hardware;
        // A power of two that the device can run. 256 is what nearly every one can; fewer than 32 leave too much idle.
        let most = 1 << hardware.max_units_per_cube.min(256).ilog2();
        Self {
            // More rows than one launch can have cubes: a cube takes several.
            cubes: rows.min(hardware.max_cube_count.0.min(65_535) as usize),
            // Four classes for each: to sum up what units have found costs more than to look at a class.
            units: classes.div_ceil(4).next_power_of_two().clamp(most.min(32), most),
        }
    }

    pub fn cubes(&self) -> CubeCount {
        CubeCount::new_1d(self.cubes as u32)
    }

    pub fn cube(&self) -> CubeDim {
        CubeDim::new_1d(self.units as u32)
    }
}

/// Rows of logits, contiguous, and the temperature that softens them.
pub(super) struct Rows {
    student: CubeTensor,
    teacher: CubeTensor,
    temperature: f64,
}

impl Rows {
    pub fn new(student: CubeTensor, teacher: CubeTensor, temperature: f64) -> Self {
        assert!(
            matches!(student.dtype(), DType::F32 | DType::F16 | DType::BF16),
            "the kernels compute in f32, which does not do for {:?}",
            student.dtype(),
        );
        Self {
            student: into_contiguous(student),
            teacher: into_contiguous(teacher),
            temperature,
        }
    }

    /// The divergence of each row; the gradient goes where a place for it is given.
    pub fn compute(self, divergence: Divergence, gradient: Option<CubeTensor>) -> CubeTensor {
        match divergence {
            Divergence::ForwardKl => self.launch::<pointwise::ForwardKl>(0.0, gradient),
            Divergence::ReverseKl => self.launch::<pointwise::ReverseKl>(0.0, gradient),
            Divergence::SymmetricKl { forward } => self.launch::<pointwise::SymmetricKl>(forward, gradient),
            Divergence::JensenShannon { beta } => self.launch::<pointwise::JensenShannon>(beta, gradient),
            Divergence::SkewKl { alpha } => self.launch::<pointwise::SkewKl>(alpha, gradient),
            Divergence::SkewReverseKl { alpha } => self.launch::<pointwise::SkewReverseKl>(alpha, gradient),
            Divergence::TotalVariation => self.launch::<pointwise::TotalVariation>(0.0, gradient),
            Divergence::SoftCrossEntropy => self.launch::<pointwise::SoftCrossEntropy>(0.0, gradient),
        }
    }

    fn launch<D: Pointwise>(self, parameter: f64, gradient: Option<CubeTensor>) -> CubeTensor {
        let [rows, classes] = self.student.shape().dims();
        if rows * classes == 0 {
            // There is nothing to launch on.
            return CubeBackend::float_zeros([rows].into(), &self.student.device, DType::F32.into());
        }
        let values = empty(&self.student, [rows].into(), DType::F32);
        let client = self.student.client.clone();
        let grid = Grid::new(&client, rows, classes);
        let stored = dtype_to_storage_type(self.student.dtype());
        let address_type = self.student.required_address_type();
        let inverse_temperature = self.temperature.recip() as f32;
        let (student, teacher) = (self.student.into_buffer_arg(), self.teacher.into_buffer_arg());
        let written = values.clone().into_buffer_arg();
        match gradient {
            None => kernels::divergence::launch::<D>(
                &client,
                grid.cubes(),
                grid.cube(),
                address_type,
                student,
                teacher,
                written,
                rows,
                classes,
                inverse_temperature,
                parameter as f32,
                grid.units,
                stored,
            ),
            Some(gradient) => kernels::divergence_and_gradient::launch::<D>(
                &client,
                grid.cubes(),
                grid.cube(),
                address_type,
                student,
                teacher,
                written,
                gradient.into_buffer_arg(),
                rows,
                classes,
                inverse_temperature,
                parameter as f32,
                grid.units,
                stored,
            ),
        }
        values
    }
}
