//! From bytes to what a network sees: augmented, shrunk, normalised.

use burn::prelude::*;
use rand::Rng;

use super::photos::{BYTES, Photos, SIDE};

/// Mean of red, green and blue over CIFAR-10's training images.
const MEAN: [f32; 3] = [0.4914, 0.4822, 0.4465];
/// Their standard deviations.
const SD: [f32; 3] = [0.2470, 0.2435, 0.2616];
/// Black pixels that are put around an image before a piece of the old size is cut out.
const PAD: usize = 4;

/// How an image is cut out and whether it is turned over, left to right.
#[derive(Clone, Copy, Debug)]
pub struct View {
    down: usize,
    right: usize,
    mirrored: bool,
}

impl View {
    /// The image as it is.
    pub const PLAIN: Self = Self {
        down: PAD,
        right: PAD,
        mirrored: false,
    };

    /// Any view: shifted by up to four pixels each way, and mirrored half of the time.
    pub fn random(rng: &mut impl Rng) -> Self {
        Self {
            down: rng.random_range(0..=2 * PAD),
            right: rng.random_range(0..=2 * PAD),
            mirrored: rng.random(),
        }
    }
}

/// The images of these rows as `[rows, 3, side, side]`.
///
/// # Panics
///
/// Panics when 32 is not a multiple of `side`.
pub fn images(photos: &Photos, rows: &[usize], side: usize, device: &Device) -> Tensor<4> {
    views(photos, rows, &vec![View::PLAIN; rows.len()], side, device)
}

/// The same, each image shifted by up to four pixels each way and mirrored half of the time, by chance: the augmentation of
/// He and others (2016), with black where nothing is.
pub fn augmented(photos: &Photos, rows: &[usize], side: usize, rng: &mut impl Rng, device: &Device) -> Tensor<4> {
    let random: Vec<_> = rows.iter().map(|_| View::random(rng)).collect();
    views(photos, rows, &random, side, device)
}

/// The labels of these rows, `[rows]`.
pub fn labels(photos: &Photos, rows: &[usize], device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i32> = rows.iter().map(|row| i32::from(photos.labels()[*row])).collect();
    Tensor::from_data(TensorData::new(labels, [rows.len()]), device)
}

/// The same, each image in its own view.
///
/// # Panics
///
/// Panics when 32 is not a multiple of `side`, or there isn't a view for each row.
pub fn views(photos: &Photos, rows: &[usize], views: &[View], side: usize, device: &Device) -> Tensor<4> {
    assert_eq!(rows.len(), views.len(), "one view per row");
    assert!(
        SIDE.is_multiple_of(side),
        "an image of 32 pixels shrinks to 16, 8, 4, ..."
    );
    let mut numbers = Vec::with_capacity(rows.len() * 3 * side * side);
    for (row, view) in rows.iter().zip(views) {
        draw(photos.image(*row), *view, side, &mut numbers);
    }
    Tensor::from_data(TensorData::new(numbers, [rows.len(), 3, side, side]), device)
}

/// Appends a view of an image; where it shrinks, a pixel is the mean of those it stands for.
fn draw(image: &[u8], view: View, side: usize, numbers: &mut Vec<f32>) {
    let step = SIDE / side;
    for (plane, (mean, sd)) in image.chunks_exact(BYTES / 3).zip(MEAN.into_iter().zip(SD)) {
        for y in 0..side {
            for x in 0..side {
                let square = (0..step * step).map(|at| (y * step + at / step, x * step + at % step));
                let sum: u32 = square.map(|(y, x)| u32::from(pixel(plane, view, y, x))).sum();
                numbers.push((sum as f32 / (255 * step * step) as f32 - mean) / sd);
            }
        }
    }
}

/// A pixel of a view, black outside the image.
fn pixel(plane: &[u8], view: View, y: usize, x: usize) -> u8 {
    let x = if view.mirrored { SIDE - 1 - x } else { x };
    let inside = |at: usize, shift: usize| (at + shift).checked_sub(PAD).filter(|at| *at < SIDE);
    match (inside(y, view.down), inside(x, view.right)) {
        (Some(y), Some(x)) => plane[y * SIDE + x],
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    /// Black but for one white pixel at row 5, column 9 of the green plane.
    fn dot() -> Photos {
        let mut image = [0; BYTES];
        image[SIDE * SIDE + 5 * SIDE + 9] = 255;
        let mut photos = Photos::default();
        photos.push(&image, 3);
        photos
    }

    fn values(images: Tensor<4>) -> Vec<f32> {
        images.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn colours_are_normalised_by_their_plane() {
        let values = values(images(&dot(), &[0], SIDE, &Device::flex()));
        let near = |at: usize, value: f32| assert!((values[at] - value).abs() < 1e-5, "{at}: {}", values[at]);
        near(0, -0.4914 / 0.2470);
        near(SIDE * SIDE, -0.4822 / 0.2435);
        near(SIDE * SIDE + 5 * SIDE + 9, (1.0 - 0.4822) / 0.2435);
        near(BYTES - 1, -0.4465 / 0.2616);
    }

    #[test]
    fn a_smaller_pixel_is_the_mean_of_four() {
        let values = values(images(&dot(), &[0], 16, &Device::flex()));
        assert_eq!(values.len(), 3 * 16 * 16);
        let lit = values[16 * 16 + 2 * 16 + 4];
        assert!((lit - (0.25 - 0.4822) / 0.2435).abs() < 1e-5, "{lit}");
    }

    #[test]
    fn augmentation_reaches_every_shift_on_both_sides_and_none_beyond() {
        let mut rng = StdRng::seed_from_u64(1);
        let values = values(augmented(&dot(), &[0; 3000], SIDE, &mut rng, &Device::flex()));
        let places: BTreeSet<_> = values
            .chunks_exact(BYTES)
            .map(|image| {
                let at = (SIDE * SIDE..2 * SIDE * SIDE)
                    .find(|at| image[*at] > 0.0)
                    .expect("the dot never leaves");
                ((at - SIDE * SIDE) / SIDE, at % SIDE)
            })
            .collect();
        let columns = (5..=13).chain(18..=26);
        let all: BTreeSet<_> = (1..=9).flat_map(|y| columns.clone().map(move |x| (y, x))).collect();
        assert_eq!(places, all);
    }

    #[test]
    fn the_same_seed_sees_the_same() {
        let seen = |seed| {
            let mut rng = StdRng::seed_from_u64(seed);
            values(augmented(&dot(), &[0; 8], SIDE, &mut rng, &Device::flex()))
        };
        assert_eq!(seen(1), seen(1));
        assert_ne!(seen(1), seen(2));
    }
}
