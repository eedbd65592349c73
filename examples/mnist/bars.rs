//! Digits that any network can learn, for tests.

use kd_examples::data::{Data, Source};
use kd_examples::digits::{Digits, PIXELS};

/// So many of them to learn from, and so many to be tested on. Each digit is a bright row of its own.
pub fn bars(train: usize, test: usize) -> Data {
    let source = Source {
        name: "bars".into(),
        train,
        test,
        held_out: false,
    };
    Data {
        train: digits(train),
        test: digits(test),
        source,
    }
}

fn digits(count: usize) -> Digits {
    let labels: Vec<u8> = (0..count).map(|row| (row % 10) as u8).collect();
    let image = |label: &u8| {
        let mut pixels = vec![0; PIXELS];
        pixels[usize::from(*label) * 56..][..28].fill(255);
        pixels
    };
    Digits::new(labels.iter().flat_map(image).collect(), labels)
}
