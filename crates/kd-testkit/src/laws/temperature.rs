use burn::tensor::DType;

use crate::{Subject, device, for_each, whole_batches};

/// With the factor T², the gradient at T = 50 is about as large as at T = 100.
///
/// Without it, it would be four times as large. Catches a missing T².
pub fn temperature_keeps_the_gradient(at: impl Fn(f64) -> Subject) {
    let device = device();
    let (warm, hot) = (at(50.0), at(100.0));
    for_each(whole_batches(), |batch| {
        if batch.student == batch.teacher {
            return; // no gradient to compare
        }
        let norm = |subject: &Subject| {
            let gradient = subject.run(&batch, &device, DType::F32).student_grad;
            gradient.iter().map(|g| g * g).sum::<f64>().sqrt()
        };
        let ratio = norm(&warm) / norm(&hot);
        assert!((0.8..1.25).contains(&ratio), "the gradients' ratio is {ratio}");
    });
}
