use burn::{module::Module, tensor::DType};

use crate::{Subject, device, for_each, read::contents, whole_batches};

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
/// `step` should be a whole training step that uses the teacher; it runs twice, for Burn shows what one pass did to the
/// statistics of batch normalisation only in the next. Catches teachers left in training mode.
pub fn a_teacher_never_changes<M: Module>(teacher: &M, mut step: impl FnMut()) {
    let before = contents(teacher);
    assert!(!before.is_empty(), "the teacher has nothing in it");
    step();
    step();
    assert!(before == contents(teacher), "the teacher has changed");
}
