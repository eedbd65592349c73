//! The teachers: one for each seed, trained once, and what it says kept on the disk.

use std::path::PathBuf;

use burn::prelude::*;
use kd::cache::{CacheKey, CacheWriterConfig};
use kd::prelude::*;
use kd_examples::digits::Digits;
use kd_examples::failure::Failure;
use kd_examples::mlp::{Mlp, in_batches};

use crate::lab::Lab;
use crate::labels::from_labels;
use crate::train::Run;

/// Teachers that learn from a lab's training images and from no others.
pub struct Teachers<'a> {
    lab: &'a Lab,
    folder: PathBuf,
}

impl<'a> Teachers<'a> {
    /// Of this lab; what they say is kept in `folder`.
    pub fn new(lab: &'a Lab, folder: PathBuf) -> Self {
        Self { lab, folder }
    }

    /// What the teacher of this seed says of the images it learned from, and of those it is tested on: logits,
    /// `[rows, classes]`. It is trained unless it was asked before.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the lab is interrupted, or what it says cannot be written or read.
    pub fn ask(&self, seed: u64) -> Result<[Tensor<2>; 2], Failure> {
        let Lab { train, test, .. } = self.lab;
        let ids: Vec<u64> = (0..(train.len() + test.len()) as u64).collect();
        let (learned, tested) = ids.split_at(train.len());
        let name = format!("the teacher of seed {seed}");
        let key = CacheKey::new(name, "images to learn from, then those to be tested on", "logits");
        // One shard: what a teacher says is there whole or not at all.
        let writer = CacheWriterConfig::new().with_shard_samples(ids.len());
        let mut writer = writer.open(self.folder.join(format!("seed-{seed}")), &key)?;
        if writer.is_empty() {
            let teacher = self.train(seed)?;
            let teacher = Frozen::new(teacher, |teacher: &Mlp, images| teacher.forward(images));
            let ask = |digits: &Digits| {
                let images = digits.images(&self.lab.plain_device());
                in_batches(images, |images| teacher.teach(images))
            };
            writer.append(&ids, Tensor::cat(vec![ask(train), ask(test)], 0))?;
        }
        let said = writer.finish()?;
        let device = self.lab.plain_device();
        Ok([said.get(learned, &device)?, said.get(tested, &device)?])
    }

    fn train(&self, seed: u64) -> Result<Mlp, Failure> {
        let Lab { recipe, train, .. } = self.lab;
        let run = Run {
            lab: self.lab,
            name: format!("seed {seed}: teacher"),
            seed,
        };
        let teacher = self.lab.fresh(&recipe.teacher, seed);
        Ok(from_labels(&run, teacher, train, recipe.teacher_training)?)
    }
}
