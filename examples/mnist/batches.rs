//! Batches for Burn's learner, in the order in which the loop by hand takes them.

use std::sync::{Arc, Mutex};

use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::prelude::*;
use burn::train::Interrupter;
use kd::train::Batch;
use kd_examples::interrupt::Interrupt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::learner::Taught;

/// Samples in batches.
pub struct Batches {
    all: Taught,
    size: usize,
    order: Mutex<Order>,
    stop: Stop,
}

/// Places of the samples, and what shuffles them in every epoch, if anything does.
#[derive(Clone)]
struct Order {
    places: Vec<usize>,
    rng: Option<StdRng>,
}

/// Ctrl-C, and the learner that is to hear of it.
#[derive(Clone)]
pub struct Stop {
    /// The program's.
    pub asked: Interrupt,
    /// Burn's.
    pub learner: Interrupter,
}

impl Batches {
    /// Shuffled in every epoch.
    pub fn shuffled(all: Taught, size: usize, seed: u64, stop: Stop) -> Self {
        Self::new(all, size, Some(StdRng::seed_from_u64(seed)), stop)
    }

    /// Always in the same order.
    pub fn in_order(all: Taught, size: usize, stop: Stop) -> Self {
        Self::new(all, size, None, stop)
    }

    fn new(all: Taught, size: usize, rng: Option<StdRng>, stop: Stop) -> Self {
        let places = (0..all.rows()).collect();
        Self {
            all,
            size,
            order: Mutex::new(Order { places, rng }),
            stop,
        }
    }

    fn order(&self) -> std::sync::MutexGuard<'_, Order> {
        self.order.lock().expect("no epoch panicked")
    }
}

impl DataLoader<Taught> for Batches {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<Taught> + 'a> {
        let mut kept = self.order();
        let Order { places, rng } = &mut *kept;
        if let Some(rng) = rng {
            places.shuffle(rng);
        }
        Box::new(Epoch {
            batches: self,
            places: places.clone(),
            done: 0,
        })
    }

    fn num_items(&self) -> usize {
        self.order().places.len()
    }

    /// They are where they have to be.
    fn to_device(&self, _device: &Device) -> Arc<dyn DataLoader<Taught>> {
        self.slice(0, self.num_items())
    }

    fn slice(&self, start: usize, end: usize) -> Arc<dyn DataLoader<Taught>> {
        let Order { places, rng } = self.order().clone();
        let places = places[start..end].to_vec();
        Arc::new(Self {
            all: self.all.clone(),
            size: self.size,
            order: Mutex::new(Order { places, rng }),
            stop: self.stop.clone(),
        })
    }
}

struct Epoch<'a> {
    batches: &'a Batches,
    places: Vec<usize>,
    done: usize,
}

impl Iterator for Epoch<'_> {
    type Item = Result<Taught, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Batches { all, size, stop, .. } = self.batches;
        if stop.asked.is_raised() {
            stop.learner.stop(Some("Ctrl-C"));
            return None;
        }
        let left = &self.places[self.done..];
        let chosen = &left[..left.len().min(*size)];
        self.done += chosen.len();
        (!chosen.is_empty()).then(|| Ok(all.select(chosen)))
    }
}

impl DataLoaderIterator<Taught> for Epoch<'_> {
    fn progress(&self) -> Progress {
        Progress::new(self.done, self.places.len(), Some("items".into()))
    }
}
