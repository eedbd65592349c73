//! Where the experiment takes place: its digits, its recipe, its device.

use burn::module::Module;
use burn::prelude::*;
use kd_examples::data::Data;
use kd_examples::digits::Digits;
use kd_examples::interrupt::Interrupt;
use kd_examples::mlp::{Mlp, in_batches};

use crate::answers::Answers;
use crate::recipe::Recipe;

/// Test images that a running training is judged by for its progress bar.
const GLANCE: usize = 2000;

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

    /// What a finished network answers to these digits.
    pub fn ask(&self, model: &Mlp, digits: &Digits) -> Answers {
        let plain = self.device.clone().without_autodiff();
        let model = model.valid();
        Answers::new(in_batches(digits.images(&plain), |images| model.forward(images)))
    }

    /// Share of errors on the first test images: something to look at while training, which decides nothing.
    pub fn glance(&self, model: &Mlp) -> f64 {
        self.ask(model, &self.glance).errors(&self.glance) as f64 / self.glance.len() as f64
    }
}
