//! Where the experiment takes place: its images, its recipe, its device.

use std::path::PathBuf;

use burn::module::Module;
use burn::prelude::*;
use kd_examples::interrupt::Interrupt;

use crate::data::Data;
use crate::images::Images;
use crate::network::Network;
use crate::recipe::Recipe;
use crate::way::Way;

/// Images that go through a network at once when nothing is trained.
pub const BATCH: usize = 500;
/// Validation images that a running training is judged by for its progress bar.
const GLANCE: usize = 500;

/// All that stays the same from seed to seed.
pub struct Lab {
    /// What is trained and how.
    pub recipe: Recipe,
    /// What is learned from, what weights are fitted on, and what is tested on.
    pub data: Data,
    /// Whether each member learns from a bag of its own, or from all images.
    pub bags: bool,
    /// The ways to learn from many that are tried.
    pub ways: Vec<Way>,
    /// Whether there is a student whose teachers are asked in every step.
    pub live: bool,
    /// Where what members say is kept.
    pub cache: PathBuf,
    /// The device to train on, with autodiff.
    pub device: Device,
    /// Ctrl-C.
    pub interrupt: Interrupt,
}

impl Lab {
    /// The device without autodiff, where finished networks answer.
    pub fn plain_device(&self) -> Device {
        self.device.clone().without_autodiff()
    }

    /// What a network answers to these images as they are, `[images, classes]`.
    pub fn ask(&self, network: &Network, images: &Images) -> Tensor<2> {
        let rows: Vec<usize> = (0..images.len()).collect();
        self.ask_about(network, images, &rows)
    }

    /// Share of errors on the first validation images: something to look at while training, which decides nothing.
    pub fn glance(&self, network: &Network) -> f64 {
        let images = &self.data.validation;
        let rows: Vec<usize> = (0..images.len().min(GLANCE)).collect();
        let answers = self.ask_about(network, images, &rows).argmax(1).squeeze_dim(1);
        let wrong = answers.not_equal(images.targets(&rows, &self.plain_device()));
        f64::from(wrong.float().mean().into_scalar::<f32>())
    }

    /// Some at a time: all at once would fill the memory.
    fn ask_about(&self, network: &Network, images: &Images, rows: &[usize]) -> Tensor<2> {
        let (network, device) = (network.valid(), self.plain_device());
        let answers = rows
            .chunks(BATCH)
            .map(|rows| network.forward(images.plain(rows, &device)));
        Tensor::cat(answers.collect(), 0)
    }
}
