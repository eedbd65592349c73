//! Where the experiment takes place: its digits, its recipe, its device.

use burn::module::Module;
use burn::prelude::*;
use kd::tune::Splits;
use kd_examples::data::Data;
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupt;
use kd_examples::mlp::{Mlp, MlpConfig, in_batches};

use crate::answers::Answers;
use crate::recipe::Recipe;

/// Test images that a running training is judged by for its progress bar.
const GLANCE: usize = 2000;

/// Draws the training images that are held out. It is no seed of a run: all runs are judged by the same ones.
const SPLIT: u64 = 7;

/// All that stays the same from seed to seed.
pub struct Lab {
    /// What is trained and how.
    pub recipe: Recipe,
    /// The digits to learn from.
    pub train: Digits,
    /// The digits to be tested on.
    pub test: Digits,
    /// The device to train on, with autodiff.
    pub device: Device,
    /// Whether students are distilled in Burn's training loop instead of the one in [`train`](crate::train).
    pub learner: bool,
    /// Ctrl-C.
    pub interrupt: Interrupt,
    /// The first test images: something to look at while training, which decides nothing.
    pub glance: Digits,
}

impl Lab {
    /// Furnishes a lab.
    pub fn new(recipe: Recipe, data: Data, device: Device, interrupt: Interrupt) -> Self {
        let Data { train, test, .. } = data;
        Self {
            recipe,
            glance: glance(&test),
            train,
            test,
            device: device.autodiff(),
            learner: false,
            interrupt,
        }
    }

    /// The training images by their places, so many of them held out to validate with, and the test images after them.
    ///
    /// # Errors
    ///
    /// [`kd::Error::InvalidValue`] if none are left to learn from, or none are held out.
    pub fn splits(&self, validation: usize) -> Result<Splits, kd::Error> {
        let images = self.train.len();
        Splits::random(0..images, validation, SPLIT)?.with_test(images..images + self.test.len())
    }

    /// A lab without the test images: training images to learn from, and others to be tested on.
    pub fn held_out(&self, splits: &Splits) -> Self {
        let [train, test] =
            [splits.learning(), splits.validation()].map(|rows| self.train.select(rows.iter().copied()));
        Self {
            recipe: self.recipe.clone(),
            glance: glance(&test),
            train,
            test,
            device: self.device.clone(),
            learner: self.learner,
            interrupt: self.interrupt.clone(),
        }
    }

    /// The device without autodiff.
    pub fn plain_device(&self) -> Device {
        self.device.clone().without_autodiff()
    }

    /// A network of this size that has learned nothing yet, the same one for the same seed.
    pub fn fresh(&self, size: &MlpConfig, seed: u64) -> Mlp {
        self.device.seed(seed);
        size.init(&self.device)
    }

    /// What a finished network answers to these digits.
    pub fn ask(&self, model: &Mlp, digits: &Digits) -> Answers {
        let model = model.valid();
        Answers::new(in_batches(digits.images(&self.plain_device()), |images| {
            model.forward(images)
        }))
    }

    /// Share of errors on the first test images: something to look at while training, which decides nothing.
    pub fn glance(&self, model: &Mlp) -> f64 {
        self.ask(model, &self.glance).errors(&self.glance) as f64 / self.glance.len() as f64
    }
}

fn glance(test: &Digits) -> Digits {
    test.split_at(GLANCE.min(test.len())).0
}
