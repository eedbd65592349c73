//! Inputs and weights that are the same in every run: random numbers are the whole process's, so no test's seed is its own.

use burn::{
    module::{Module, ModuleMapper, Param},
    tensor::{Device, Tensor, TensorData},
};

/// Waves between −1 and 1 that become shorter and shorter, so that no row is a mix of two others.
fn chirp(count: usize, phase: f64) -> Vec<f64> {
    (0..count).map(|i| (0.7 * (i * i) as f64 + phase).sin()).collect()
}

/// A tensor of waves.
pub fn waves<const D: usize>(shape: [usize; D], phase: f64, device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(chirp(shape.iter().product(), phase), shape), device)
}

/// The module with waves in the place of its random numbers: small ones in matrices and kernels, and around 1 in biases,
/// scales and variances.
pub fn waved<M: Module>(module: M) -> M {
    struct Waves;

    impl ModuleMapper for Waves {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let old = param.val();
            let wave = waves(old.dims(), D as f64, &old.device()) * 0.2;
            let new = if D == 1 { wave + 1.0 } else { wave };
            Param::initialized(param.id, new.set_require_grad(old.is_require_grad()))
        }
    }

    module.map(&mut Waves)
}
