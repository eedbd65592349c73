use burn_std::{RuntimeKind, set_runtime_kind};

/// From here on the process reads tensors back when it is told to.
///
/// Burn 0.22.1 puts off reading from Cube devices until somebody looks at the numbers, and nothing keeps the tensor as it
/// is until then. Its learner hands the optimizer's state to a thread that writes it, and takes the next step: what lands
/// in the file may be of that step. A process that says it is asynchronous is read for at once; Burn asks for nothing else
/// by this kind.
pub(crate) fn read_at_once() {
    set_runtime_kind(RuntimeKind::Async);
}
