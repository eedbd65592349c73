//! A step in pieces, however unequal, is the step.

use std::sync::Arc;

use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::tensor::Device;
use burn::train::Learner;
use kd_testkit::{contents, device};

use crate::model::{Model, Points, RATE, SAMPLES, loader, model, of_samples, optimizer, training};
use crate::rules::assert_near;

/// The samples in pieces of given sizes.
#[derive(Clone)]
struct Pieces {
    sizes: Vec<usize>,
    device: Device,
}

impl Pieces {
    fn new(sizes: &[usize]) -> Self {
        assert_eq!(sizes.iter().sum::<usize>(), SAMPLES);
        Self {
            sizes: sizes.into(),
            device: device(),
        }
    }
}

struct Walk<'a> {
    pieces: &'a Pieces,
    at: usize,
}

impl Iterator for Walk<'_> {
    type Item = Result<Points, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let size = *self.pieces.sizes.get(self.at)?;
        let start: usize = self.pieces.sizes[..self.at].iter().sum();
        self.at += 1;
        let piece = of_samples(start..start + size, size, true).in_order();
        piece.to_device(&self.pieces.device).iter().next()
    }
}

impl DataLoaderIterator<Points> for Walk<'_> {
    fn progress(&self) -> Progress {
        let done = self.pieces.sizes[..self.at].iter().sum();
        Progress::new(done, SAMPLES, None)
    }
}

impl DataLoader<Points> for Pieces {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<Points> + 'a> {
        Box::new(Walk { pieces: self, at: 0 })
    }

    fn num_items(&self) -> usize {
        SAMPLES
    }

    fn to_device(&self, device: &Device) -> Arc<dyn DataLoader<Points>> {
        Arc::new(Self {
            device: device.clone(),
            ..self.clone()
        })
    }

    fn slice(&self, _start: usize, _end: usize) -> Arc<dyn DataLoader<Points>> {
        Arc::new(self.clone())
    }
}

/// The student after two epochs of one step each, which is made of these pieces.
fn in_pieces(sizes: &[usize], model: Model) -> Vec<Vec<f64>> {
    in_steps(sizes, sizes.len(), model)
}

/// The student after two epochs of these pieces, so many to a step.
fn in_steps(sizes: &[usize], pieces: usize, model: Model) -> Vec<Vec<f64>> {
    let folder = tempfile::tempdir().unwrap();
    let result = training(folder.path(), Pieces::new(sizes), loader(SAMPLES).in_order())
        .grads_accumulation(pieces)
        .num_epochs(2)
        .launch(Learner::new(model, optimizer(), RATE));
    assert_eq!(result.model.steps(), 2 * sizes.len().div_ceil(pieces));
    contents(&result.model.into_student())
}

/// How far the most distant two numbers are apart.
fn apart(one: &[Vec<f64>], other: &[Vec<f64>]) -> f64 {
    one.iter()
        .flatten()
        .zip(other.iter().flatten())
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

#[test]
fn unequal_pieces_are_the_whole() {
    let device = device().autodiff();
    let whole = in_pieces(&[SAMPLES], model(&device));
    for sizes in [&[11, 11][..], &[1, 15, 6], &[SAMPLES]] {
        let pieces = in_pieces(sizes, model(&device).with_step_rows(SAMPLES));
        assert_near(&format!("{sizes:?}"), &pieces, &whole);
    }
}

/// What it is for: means added up are as many times too large as there are pieces.
#[test]
fn without_step_rows_they_are_not() {
    let device = device().autodiff();
    let whole = in_pieces(&[SAMPLES], model(&device));
    let pieces = in_pieces(&[11, 11], model(&device));
    assert!(apart(&whole, &pieces) > 1e-3, "{}", apart(&whole, &pieces));
}

/// An epoch's last step, where it is shorter, counts by the samples it has, in pieces as in one.
#[test]
fn a_shorter_last_step_counts_less() {
    let device = device().autodiff();
    let one = in_steps(&[12, 10], 1, model(&device).with_step_rows(12));
    let pieces = in_steps(&[6, 6, 6, 4], 2, model(&device).with_step_rows(12));
    assert_near("the student", &pieces, &one);
    let as_much = in_steps(&[12, 10], 1, model(&device));
    assert!(apart(&one, &as_much) > 1e-4, "{}", apart(&one, &as_much));
}

#[test]
#[should_panic(expected = "a step of 0 rows learns nothing")]
fn a_step_of_nothing_panics() {
    let _ = model(&device().autodiff()).with_step_rows(0);
}
