//! Learning from labels alone: teachers, and the student that has none.

use burn::nn::loss::CrossEntropyLossConfig;
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupted;
use kd_examples::mlp::Mlp;

use crate::train::{Run, Training, train};

/// Trains `network` on the labels of `digits`.
///
/// # Errors
///
/// [`Interrupted`] when the run is.
pub fn from_labels(run: &Run<'_>, network: Mlp, digits: &Digits, training: Training) -> Result<Mlp, Interrupted> {
    let ce = CrossEntropyLossConfig::new().init(&run.lab.device);
    train(run, network, digits, training, |network, batch| {
        ce.forward(network.forward(batch.images), batch.labels)
    })
}
