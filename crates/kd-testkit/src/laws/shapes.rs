use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::tensor::{DType, Device, Int, Tensor};

use crate::{Batch, Subject, device};

/// Unequal numbers of classes or of samples panic with both shapes in the message, and nothing is broadcast.
pub fn unequal_shapes_panic(subject: &Subject) {
    for shapes in [([8, 10], [8, 12]), ([8, 10], [8, 1])] {
        unequal_panics(subject, shapes);
    }
    unequal_batches_panic(subject);
}

/// Unequal numbers of samples panic with both shapes in the message, whatever the loss makes of unequal classes.
pub fn unequal_batches_panic(subject: &Subject) {
    for shapes in [([8, 10], [1, 10]), ([1, 10], [8, 10])] {
        unequal_panics(subject, shapes);
    }
}

fn unequal_panics(subject: &Subject, (student, teacher): ([usize; 2], [usize; 2])) {
    let message = panic_message(|| subject.compare(student, teacher, &device()));
    let message = message.unwrap_or_else(|| panic!("{student:?} against {teacher:?} was let through"));
    // A side may have put axes between these.
    for [rows, classes] in [student, teacher] {
        let shown =
            shapes_in(&message).any(|shape| shape[0] == rows && shape[1..].iter().product::<usize>() == classes);
        assert!(shown, "'{message}' does not show {rows} and {classes}");
    }
}

/// The mean over no samples panics and is never NaN.
pub fn an_empty_batch_has_no_mean(subject: &Subject) {
    let empty = Batch {
        width: 10,
        student: vec![],
        teacher: vec![],
        labels: vec![],
    };
    let message = panic_message(|| subject.forward(&empty, &device(), DType::F32));
    let message = message.expect("an empty batch was let through");
    assert!(message.contains("empty"), "'{message}' does not say so");
}

/// Every list of numbers in square brackets.
fn shapes_in(message: &str) -> impl Iterator<Item = Vec<usize>> {
    let lists = message.split('[').skip(1).filter_map(|rest| rest.split_once(']'));
    lists.filter_map(|(list, _)| list.split(", ").map(|number| number.parse().ok()).collect())
}

fn panic_message<R>(run: impl FnOnce() -> R) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(run)).err()?;
    let text = payload.downcast_ref::<String>().cloned();
    text.or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string))
}

impl Subject {
    fn compare(&self, student: [usize; 2], teacher: [usize; 2], device: &Device) -> Tensor<1> {
        let labels = Tensor::<1, Int>::zeros([student[0]], device);
        self.per_sample(Tensor::ones(student, device), Tensor::ones(teacher, device), labels)
    }
}
