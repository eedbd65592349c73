//! Images that any network can learn, and a lab in which to try: for tests.

use std::path::Path;

use burn::prelude::*;
use kd_examples::digits::{Digits, PIXELS};
use kd_examples::interrupt::Interrupt;
use kd_examples::mlp::MlpConfig;

use crate::data::{Data, Source};
use crate::images::Images;
use crate::lab::Lab;
use crate::network::Shape;
use crate::recipe::{Recipe, Training};
use crate::way::Way;

/// Each class is a bright band of its own, which any network can learn.
fn bands(count: usize) -> Images {
    let labels: Vec<u8> = (0..count).map(|row| (row % 10) as u8).collect();
    let image = |label: &u8| {
        let mut pixels = vec![0; PIXELS];
        pixels[usize::from(*label) * 56..][..56].fill(255);
        pixels
    };
    Images::Digits(Digits::new(labels.iter().flat_map(image).collect(), labels))
}

/// A lab in which everybody learns bands.
pub fn lab(cache: &Path, interrupt: &Interrupt) -> Lab {
    let source = Source {
        name: "bands".into(),
        train: 400,
        validation: 30,
        test: 50,
        validated: false,
    };
    Lab {
        recipe: Recipe {
            members: 2,
            shape: Shape::Mlp(MlpConfig::new(vec![32])),
            training: Training {
                epochs: 10,
                batch: 10,
                learning_rate: 0.05,
                weight_decay: 0.0,
            },
            student_epochs: 10,
            views: 3,
            mixtures: 2,
            temperature: 2.0,
            ..Recipe::small()
        },
        data: Data {
            train: bands(400),
            validation: bands(30),
            test: bands(50),
            source,
        },
        bags: true,
        ways: Way::ALL.into(),
        live: true,
        cache: cache.to_path_buf(),
        device: Device::flex().autodiff(),
        interrupt: interrupt.clone(),
    }
}
