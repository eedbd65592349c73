use burn::{
    module::Module,
    optim::{GradientsParams, SgdConfig},
    tensor::Tensor,
};

use crate::read::contents;

/// Every parameter of `module` gets a gradient from `loss` and moves in one step of an optimizer.
///
/// Catches weights that a loss uses and nobody trains. The running statistics of a batch normalisation must move as well, by
/// what the loss made it see.
pub fn every_parameter_learns<M: Module>(module: M, loss: impl FnOnce(&M) -> Tensor<1>) {
    let before = contents(&module);
    assert!(!before.is_empty(), "the module has no parameters");
    let gradients = GradientsParams::from_grads(loss(&module).backward(), &module);
    // Running statistics are brought up to date on the way out of training.
    let after = contents(&SgdConfig::new().init().step(0.1, module, gradients).valid());
    for (index, (before, after)) in before.iter().zip(&after).enumerate() {
        assert!(before != after, "parameter {index} has not moved");
    }
}
