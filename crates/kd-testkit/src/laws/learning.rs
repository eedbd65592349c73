use burn::{
    module::{Module, ModuleVisitor, Param},
    optim::{GradientsParams, SgdConfig},
    tensor::{Tensor, TensorData},
};

/// Every parameter of `module` gets a gradient from `loss` and moves in one step of an optimizer.
///
/// Catches weights that a loss uses and nobody trains (defect 7).
pub fn every_parameter_learns<M: Module>(module: M, loss: impl FnOnce(&M) -> Tensor<1>) {
    let before = parameters(&module);
    let gradients = GradientsParams::from_grads(loss(&module).backward(), &module);
    let after = parameters(&SgdConfig::new().init().step(0.1, module, gradients));
    for (index, (before, after)) in before.iter().zip(&after).enumerate() {
        assert!(before != after, "parameter {index} has not moved");
    }
}

fn parameters<M: Module>(module: &M) -> Vec<TensorData> {
    struct Reader(Vec<TensorData>);

    impl ModuleVisitor for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.val().into_data());
        }
    }

    let mut reader = Reader(Vec::new());
    module.visit(&mut reader);
    reader.0
}
