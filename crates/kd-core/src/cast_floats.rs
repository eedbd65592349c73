use burn::{
    module::{ModuleMapper, Param},
    tensor::{FloatDType, Tensor},
};

/// Every float of a module in another type, running statistics too. Quantised weights stay as they are.
///
/// Clones share running statistics, so what is mapped must have its own: what `valid` gives has.
pub(crate) struct CastFloats(pub FloatDType);

impl ModuleMapper for CastFloats {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| {
            if tensor.dtype().is_float() {
                tensor.cast(self.0)
            } else {
                tensor
            }
        })
    }
}
