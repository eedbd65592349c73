//! Where the experiment takes place: its images, its recipe, its device.

use burn::module::Module;
use burn::prelude::*;
use kd::metrics::Accuracy;
use kd_examples::data::Data;
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupt;

use crate::network::Network;
use crate::recipe::Recipe;

/// Images that go through a network at once when nothing is trained.
pub const BATCH: usize = 250;
/// Test images that a running training is judged by for its progress bar.
const GLANCE: usize = 1000;

/// All that stays the same from seed to seed.
pub struct Lab {
    /// What is trained and how.
    pub recipe: Recipe,
    /// The images to learn from.
    pub train: Digits,
    /// The images to be tested on.
    pub test: Digits,
    /// The device to train on, with autodiff.
    pub device: Device,
    /// Ctrl-C.
    pub interrupt: Interrupt,
    glance: Digits,
}

impl Lab {
    /// Furnishes a lab.
    pub fn new(recipe: Recipe, data: Data, device: Device, interrupt: Interrupt) -> Self {
        let Data { train, test, .. } = data;
        let glance = test.split_at(GLANCE.min(test.len())).0;
        Self {
            recipe,
            train,
            test,
            device: device.autodiff(),
            interrupt,
            glance,
        }
    }

    /// The device without autodiff, where finished networks answer.
    pub fn plain_device(&self) -> Device {
        self.device.clone().without_autodiff()
    }

    /// The logits of every exit of a finished network, each `[images, classes]`, shallow to deep.
    pub fn ask(&self, network: &Network, images: &Digits) -> Vec<Tensor<2>> {
        let network = network.valid();
        let batches = images.images(&self.plain_device()).split(BATCH, 0);
        let answers: Vec<Vec<Tensor<2>>> = batches
            .into_iter()
            .map(|images| network.forward(images).logits)
            .collect();
        let exits = answers[0].len();
        let of_exit = |exit: usize| answers.iter().map(|logits| logits[exit].clone()).collect();
        (0..exits).map(|exit| Tensor::cat(of_exit(exit), 0)).collect()
    }

    /// The logits of the deepest exit alone, `[images, classes]`.
    pub fn ask_deepest(&self, network: &Network, images: &Digits) -> Tensor<2> {
        let network = network.valid();
        self.in_batches(images, |images| network.deepest(images))
    }

    /// What `answer` says of images, some at a time: all at once would fill the memory.
    pub fn in_batches(&self, images: &Digits, answer: impl Fn(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
        let batches = images.images(&self.plain_device()).split(BATCH, 0);
        Tensor::cat(batches.into_iter().map(answer).collect(), 0)
    }

    /// Share of errors of the deepest exit on the first test images: something to look at while training, which decides
    /// nothing.
    pub fn glance(&self, network: &Network) -> f64 {
        let mut accuracy = Accuracy::new();
        accuracy.update(
            self.ask_deepest(network, &self.glance),
            self.glance.targets(&self.plain_device()),
        );
        1.0 - accuracy.value().unwrap_or(0.0)
    }
}
