//! Where the experiment takes place: its photos, its recipe, its device.

use burn::module::Module;
use burn::prelude::*;
use kd_examples::cifar10::batch;
use kd_examples::cifar10::data::Data;
use kd_examples::cifar10::photos::Photos;
use kd_examples::interrupt::Interrupt;
use kd_examples::residual::Network;

use crate::answers::Answers;
use crate::recipe::Recipe;

/// Images that go through a network at once when nothing is trained.
pub const BATCH: usize = 250;
/// Validation images that a running training is judged by for its progress bar.
const GLANCE: usize = 500;

/// All that stays the same from seed to seed.
pub struct Lab {
    /// What is trained and how.
    pub recipe: Recipe,
    /// The photos to learn from.
    pub train: Photos,
    /// The photos to align layers with.
    pub validation: Photos,
    /// The photos to be tested on.
    pub test: Photos,
    /// The device to train on, with autodiff.
    pub device: Device,
    /// Ctrl-C.
    pub interrupt: Interrupt,
}

impl Lab {
    /// Furnishes a lab.
    pub fn new(recipe: Recipe, data: Data, device: Device, interrupt: Interrupt) -> Self {
        Self {
            recipe,
            train: data.train,
            validation: data.validation,
            test: data.test,
            device: device.autodiff(),
            interrupt,
        }
    }

    /// Photos as a finished network sees them, some at a time: all at once would fill the memory.
    pub fn batches<'a>(&'a self, photos: &'a Photos) -> impl Iterator<Item = Tensor<4>> + 'a {
        let rows: Vec<usize> = (0..photos.len()).collect();
        let plain = self.device.clone().without_autodiff();
        (0..rows.len()).step_by(BATCH).map(move |first| {
            let rows = &rows[first..rows.len().min(first + BATCH)];
            batch::images(photos, rows, self.recipe.side, &plain)
        })
    }

    /// What a network answers to these photos.
    pub fn ask(&self, network: &Network, photos: &Photos) -> Answers {
        let network = network.valid();
        let mut answers = Answers::default();
        for images in self.batches(photos) {
            answers.add(network.forward(images).logits);
        }
        answers
    }

    /// Share of errors on the first validation images: something to look at while training, which decides nothing.
    pub fn glance(&self, network: &Network) -> f64 {
        let rows: Vec<usize> = (0..GLANCE.min(self.validation.len())).collect();
        let few = self.validation.select(&rows);
        self.ask(network, &few).errors(&few) as f64 / few.len() as f64
    }
}
