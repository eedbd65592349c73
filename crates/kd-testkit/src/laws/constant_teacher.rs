use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Bool, DType, Int, Tensor, TensorData},
};

use crate::{Subject, device, for_each, whole_batches};

/// No gradient reaches the teacher, even if it arrives as a tracked tensor.
pub fn the_teacher_is_a_constant(subject: &Subject) {
    let device = device();
    for_each(whole_batches(), |batch| {
        let recorded = subject.record(&batch, &device, DType::F32);
        let gradients = recorded.per_sample.mean().backward();
        assert!(recorded.teacher.grad(&gradients).is_none());
        assert!(recorded.student.grad(&gradients).is_some());
    });
}

/// Everything in the teacher's module is bit-identical before and after `step`: parameters, and the buffers of batch
/// normalisation.
///
/// `step` should be a whole training step that uses the teacher. Catches teachers left in training mode (defect 1).
pub fn a_teacher_never_changes<M: Module>(teacher: &M, step: impl FnOnce()) {
    let before = contents(teacher);
    assert!(!before.is_empty(), "the teacher has nothing in it");
    step();
    assert!(before == contents(teacher), "the teacher has changed");
}

fn contents<M: Module>(module: &M) -> Vec<TensorData> {
    struct Reader(Vec<TensorData>);

    impl ModuleVisitor for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.val().into_data());
        }

        fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<D, Int>>) {
            self.0.push(param.val().into_data());
        }

        fn visit_bool<const D: usize>(&mut self, param: &Param<Tensor<D, Bool>>) {
            self.0.push(param.val().into_data());
        }
    }

    let mut reader = Reader(Vec::new());
    module.visit(&mut reader);
    reader.0
}
