//! A set of labelled digits, kept as bytes on the host.

use burn::prelude::*;
use rand::Rng;

/// Rows and columns of an image.
pub const SIDE: usize = 28;
/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// Digits there are.
pub const CLASSES: usize = 10;

/// Grey images of 28 × 28 pixels with their labels.
///
/// Bytes rather than floats: 60,000 images take 47 MB, and shifting an image is a copy of its rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digits {
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Digits {
    /// Puts images (784 bytes each, row after row) and labels (0 to 9) together.
    ///
    /// # Panics
    ///
    /// Panics when there isn't one image per label or a label isn't a digit; [`idx`](crate::idx)
    /// reports both as errors before it gets here.
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>) -> Self {
        assert_eq!(pixels.len(), labels.len() * PIXELS, "one image per label");
        assert!(
            labels.iter().all(|label| usize::from(*label) < CLASSES),
            "labels are digits"
        );
        Self { pixels, labels }
    }

    /// How many digits there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The label of each image.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// The 784 bytes of one image.
    pub fn image(&self, row: usize) -> &[u8] {
        &self.pixels[row * PIXELS..][..PIXELS]
    }

    /// The first `count` digits, and the others.
    ///
    /// # Panics
    ///
    /// Panics when there are fewer than `count`.
    pub fn split_at(&self, count: usize) -> (Self, Self) {
        (self.select(0..count), self.select(count..self.len()))
    }

    /// The digits of these rows.
    pub fn select(&self, rows: impl IntoIterator<Item = usize>) -> Self {
        let mut chosen = Self::default();
        for row in rows {
            chosen.pixels.extend_from_slice(self.image(row));
            chosen.labels.push(self.labels[row]);
        }
        chosen
    }

    /// All images as `[rows, 784]`, black 0 and white 1.
    pub fn images(&self, device: &Device) -> Tensor<2> {
        let pixels = self.pixels.iter().map(|byte| f32::from(*byte) / 255.0).collect();
        floats(pixels, device)
    }

    /// All labels as `[rows]`.
    pub fn targets(&self, device: &Device) -> Tensor<1, Int> {
        let labels: Vec<i32> = self.labels.iter().map(|label| i32::from(*label)).collect();
        Tensor::from_data(TensorData::new(labels, [self.len()]), device)
    }

    /// The images of these rows as `[rows, 784]`, each shifted by its own random number of pixels,
    /// at most `shift` up or down and left or right. What comes in from outside is black.
    pub fn jittered(&self, rows: &[usize], shift: usize, rng: &mut impl Rng, device: &Device) -> Tensor<2> {
        let shifts: Vec<_> = rows.iter().map(|_| Shift::random(shift, rng)).collect();
        self.shifted(rows, &shifts, device)
    }

    /// The images of these rows as `[rows, 784]`, each shifted by its own `shifts`. What comes in from outside is black.
    ///
    /// # Panics
    ///
    /// Panics when there isn't a shift for each row.
    pub fn shifted(&self, rows: &[usize], shifts: &[Shift], device: &Device) -> Tensor<2> {
        assert_eq!(rows.len(), shifts.len(), "one shift per row");
        let mut pixels = vec![0.0; rows.len() * PIXELS];
        for ((row, shift), target) in rows.iter().zip(shifts).zip(pixels.chunks_exact_mut(PIXELS)) {
            paste(self.image(*row), *shift, target);
        }
        floats(pixels, device)
    }
}

/// By how many pixels an image is moved, down and right; what is below 0 goes the other way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shift {
    /// Rows.
    pub down: isize,
    /// Columns.
    pub right: isize,
}

impl Shift {
    /// Any of the shifts by at most `most` pixels each way, all equally likely.
    pub fn random(most: usize, rng: &mut impl Rng) -> Self {
        let mut any = || rng.random_range(0..=2 * most) as isize - most as isize;
        Self {
            down: any(),
            right: any(),
        }
    }
}

/// Copies `image` into `target`, moved.
fn paste(image: &[u8], Shift { down, right }: Shift, target: &mut [f32]) {
    let inside = |at: usize, shift: isize| at.checked_add_signed(-shift).filter(|from| *from < SIDE);
    for y in 0..SIDE {
        let Some(from) = inside(y, down) else {
            continue;
        };
        for x in 0..SIDE {
            let Some(column) = inside(x, right) else {
                continue;
            };
            target[y * SIDE + x] = f32::from(image[from * SIDE + column]) / 255.0;
        }
    }
}

fn floats(pixels: Vec<f32>, device: &Device) -> Tensor<2> {
    let rows = pixels.len() / PIXELS;
    Tensor::from_data(TensorData::new(pixels, [rows, PIXELS]), device)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    /// Black but for one white pixel at row 5, column 9.
    fn dot() -> Digits {
        let mut pixels = vec![0; PIXELS];
        pixels[5 * SIDE + 9] = 255;
        Digits::new(pixels, vec![4])
    }

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn images_go_from_0_to_1() {
        let images = values(dot().images(&Device::flex()));
        assert_eq!((images[5 * SIDE + 9], images.iter().sum::<f32>()), (1.0, 1.0));
    }

    #[test]
    fn jitter_reaches_every_shift_and_none_beyond() {
        let mut rng = StdRng::seed_from_u64(1);
        let shifted = values(dot().jittered(&[0; 1000], 2, &mut rng, &Device::flex()));
        let places = shifted.chunks_exact(PIXELS).map(|image| {
            assert_eq!(image.iter().sum::<f32>(), 1.0);
            image.iter().position(|pixel| *pixel == 1.0).unwrap()
        });
        let places: std::collections::BTreeSet<_> = places.map(|at| (at / SIDE, at % SIDE)).collect();
        let all: std::collections::BTreeSet<_> = (3..=7).flat_map(|y| (7..=11).map(move |x| (y, x))).collect();
        assert_eq!(places, all);
    }

    #[test]
    fn what_leaves_the_image_does_not_come_back() {
        let mut pixels = vec![0; PIXELS];
        pixels[..SIDE].fill(255);
        let top_row = Digits::new(pixels, vec![0]);
        let mut rng = StdRng::seed_from_u64(1);
        let shifted = values(top_row.jittered(&[0; 200], 1, &mut rng, &Device::flex()));
        let sums: std::collections::BTreeSet<_> = shifted
            .chunks_exact(PIXELS)
            .map(|image| image.iter().sum::<f32>() as usize)
            .collect();
        // Shifted up the row is gone, shifted sideways a pixel of it is.
        assert_eq!(sums.into_iter().collect::<Vec<_>>(), [0, SIDE - 1, SIDE]);
    }

    #[test]
    fn no_shift_leaves_images_alone() {
        let device = Device::flex();
        let mut rng = StdRng::seed_from_u64(1);
        assert_eq!(
            values(dot().jittered(&[0], 0, &mut rng, &device)),
            values(dot().images(&device))
        );
    }

    #[test]
    fn parts_keep_images_and_labels_together() {
        let pixels = (0..4).flat_map(|row| vec![row; PIXELS]).collect();
        let digits = Digits::new(pixels, vec![3, 1, 3, 7]);
        let (first, rest) = digits.split_at(1);
        assert_eq!((first.labels(), rest.labels()), (&[3][..], &[1, 3, 7][..]));
        let others = digits.select([1, 3]);
        assert_eq!(others.labels(), [1, 7]);
        assert_eq!((others.image(0)[0], others.image(1)[0]), (1, 3));
    }
}
