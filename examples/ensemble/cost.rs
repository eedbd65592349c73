//! What an answer costs: of one network, and of all members.

use std::hint::black_box;
use std::time::Instant;

use kd::ensemble::Ensemble;
use kd::prelude::*;
use serde::Serialize;

use crate::lab::Lab;
use crate::members::live;

/// Images in the measured batch.
const BATCH: usize = 256;
/// Measured batches, of which the fastest counts: all others waited for something else.
const REPEATS: usize = 20;

/// What an answer costs.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cost {
    /// Networks that answer.
    pub networks: usize,
    /// Numbers that learn.
    pub parameters: usize,
    /// Multiply-adds for an image.
    pub multiply_adds: usize,
    /// Microseconds for an image, in batches.
    pub microseconds: f64,
}

impl Cost {
    /// Of this many of the lab's networks together.
    pub fn measure(lab: &Lab, networks: usize) -> Self {
        let (shape, device) = (&lab.recipe.shape, lab.plain_device());
        let rows: Vec<usize> = (0..lab.data.test.len().min(BATCH)).collect();
        let images = lab.data.test.plain(&rows, &device);
        // Freshly drawn weights take as long as trained ones.
        let members = Ensemble::new((0..networks).map(|_| live(shape.init(&device))));
        let time = |_| {
            let started = Instant::now();
            black_box(members.teach(images.clone()).into_data());
            started.elapsed().as_secs_f64() * 1e6 / rows.len() as f64
        };
        Self {
            networks,
            parameters: networks * shape.parameters(),
            multiply_adds: networks * shape.multiply_adds(),
            microseconds: (0..REPEATS).map(time).fold(f64::INFINITY, f64::min),
        }
    }
}
