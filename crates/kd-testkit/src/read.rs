use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Int, Tensor},
};

/// The tensor's numbers, row-major.
pub fn read<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.into_data().iter::<f64>().collect()
}

/// The numbers of everything that a module holds: parameters, and the statistics of batch normalisation.
///
/// They are copied: data read from wgpu may be the device's own memory, and change when the module does.
pub fn contents<M: Module>(module: &M) -> Vec<Vec<f64>> {
    struct Reader(Vec<Vec<f64>>);

    impl ModuleVisitor for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(read(param.val()));
        }

        fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<D, Int>>) {
            self.0.push(param.val().into_data().iter::<f64>().collect());
        }
    }

    let mut reader = Reader(Vec::new());
    module.visit(&mut reader);
    reader.0
}
