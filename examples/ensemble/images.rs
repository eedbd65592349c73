//! Labelled images of either kind, and how views of them look.

use burn::prelude::*;
use kd_examples::cifar10::batch::{self, View};
use kd_examples::cifar10::photos::Photos;
use kd_examples::digits::{Digits, SIDE, Shift};

use crate::views::{Seen, Views};

/// Pixels by which a view of a digit is shifted at most, each way.
const JITTER: usize = 2;

/// Images with their labels.
pub enum Images {
    /// Grey, 28 × 28 pixels.
    Digits(Digits),
    /// Coloured.
    Photos {
        /// 32 × 32 pixels.
        photos: Photos,
        /// Rows and columns that they are shrunk to.
        side: usize,
    },
}

impl Images {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels().len()
    }

    /// The label of each.
    pub fn labels(&self) -> &[u8] {
        match self {
            Self::Digits(digits) => digits.labels(),
            Self::Photos { photos, .. } => photos.labels(),
        }
    }

    /// The labels of these rows, `[rows]`.
    pub fn targets(&self, rows: &[usize], device: &Device) -> Tensor<1, Int> {
        let labels: Vec<i32> = rows.iter().map(|row| i32::from(self.labels()[*row])).collect();
        Tensor::from_data(TensorData::new(labels, [rows.len()]), device)
    }

    /// The images of these rows as they are, `[rows, channels, side, side]`.
    pub fn plain(&self, rows: &[usize], device: &Device) -> Tensor<4> {
        match self {
            Self::Digits(digits) => square(digits.shifted(rows, &vec![Shift::default(); rows.len()], device)),
            Self::Photos { photos, side } => batch::images(photos, rows, *side, device),
        }
    }

    /// The views that these ids name, `[ids, channels, side, side]`.
    pub fn views(&self, views: &Views, ids: &[u64], device: &Device) -> Tensor<4> {
        match self {
            Self::Digits(digits) => {
                let seen = views.each(ids, self.len(), Shift::default(), |rng| Shift::random(JITTER, rng));
                mixed(&seen, |rows, shifts| square(digits.shifted(rows, shifts, device)))
            }
            Self::Photos { photos, side } => {
                let seen = views.each(ids, self.len(), View::PLAIN, View::random);
                mixed(&seen, |rows, looks| batch::views(photos, rows, looks, *side, device))
            }
        }
    }
}

fn square(pixels: Tensor<2>) -> Tensor<4> {
    let rows = pixels.dims()[0];
    pixels.reshape([rows, 1, SIDE, SIDE])
}

/// Draws views, and lays over each the image that it is mixed with.
fn mixed<L: Clone>(seen: &[Seen<L>], draw: impl Fn(&[usize], &[L]) -> Tensor<4>) -> Tensor<4> {
    let drawn = |image: fn(&Seen<L>) -> &(usize, L)| {
        let (rows, looks): (Vec<usize>, Vec<L>) = seen.iter().map(|seen| image(seen).clone()).unzip();
        draw(&rows, &looks)
    };
    let images = drawn(|seen| &seen.image);
    if seen.iter().all(|seen| seen.share == 0.0) {
        return images;
    }
    let shares: Vec<f32> = seen.iter().map(|seen| seen.share).collect();
    let shares = Tensor::<4>::from_data(TensorData::new(shares, [seen.len(), 1, 1, 1]), &images.device());
    images.clone() + (drawn(|seen| &seen.other) - images) * shares
}

#[cfg(test)]
mod tests {
    use kd_examples::digits::PIXELS;

    use super::*;

    fn values(images: Tensor<4>) -> Vec<f32> {
        images.into_data().try_to_vec().unwrap()
    }

    fn dots(count: usize) -> Images {
        let mut image = vec![0; PIXELS];
        image[14 * SIDE + 14] = 255;
        Images::Digits(Digits::new(image.repeat(count), vec![1; count]))
    }

    #[test]
    fn an_id_names_a_view_for_good() {
        let (images, device) = (dots(40), Device::flex());
        let views = Views {
            count: 4,
            mixtures: 0,
            seed: 7,
        };
        let ids: Vec<u64> = views.ids(40).collect();
        assert_eq!(ids.len(), 160);
        let all = values(images.views(&views, &ids, &device));
        let one = values(images.views(&views, &[views.labelled(30, 6)], &device));
        let at = views.labelled(30, 2) as usize;
        assert_eq!(one, all[at * PIXELS..][..PIXELS], "views count round");
        let other = values(images.views(&Views { seed: 8, ..views }, &ids, &device));
        assert_ne!(all, other);
        assert!(all.chunks_exact(PIXELS).all(|image| image.iter().sum::<f32>() == 1.0));
    }

    #[test]
    fn plain_images_are_not_moved_and_come_first() {
        let (images, device) = (dots(1), Device::flex());
        let plain = values(images.plain(&[0], &device));
        assert_eq!(plain[14 * SIDE + 14], 1.0);
        let views = Views {
            count: 3,
            mixtures: 0,
            seed: 1,
        };
        assert_eq!(values(images.views(&views, &[views.labelled(0, 0)], &device)), plain);
    }

    #[test]
    fn a_mixture_has_something_of_both_images() {
        let pixels = [vec![255; PIXELS], vec![0; PIXELS]].concat();
        let (images, device) = (Images::Digits(Digits::new(pixels, vec![1, 0])), Device::flex());
        let views = Views {
            count: 1,
            mixtures: 30,
            seed: 1,
        };
        // The middle, where no shift brings in the border.
        let middle = |id: u64| values(images.views(&views, &[id], &device))[14 * SIDE + 14];
        let light: Vec<f32> = (1..31).map(middle).collect();
        let dark: Vec<f32> = (32..62).map(middle).collect();
        assert!(light.iter().all(|value| *value > 0.5) && light.iter().any(|value| *value < 0.9));
        assert!(dark.iter().all(|value| *value < 0.5) && dark.iter().any(|value| *value > 0.1));
        let ids: Vec<u64> = views.ids(2).collect();
        let together = values(images.views(&views, &ids, &device));
        let third = &together[3 * PIXELS..4 * PIXELS];
        assert_eq!(third[14 * SIDE + 14], light[2]);
    }

    #[test]
    fn photos_are_shrunk_and_stay_with_their_labels() {
        let mut photos = Photos::default();
        photos.push(&[255; 3072], 3);
        photos.push(&[0; 3072], 5);
        let images = Images::Photos { photos, side: 16 };
        let device = Device::flex();
        assert_eq!(images.plain(&[0, 1], &device).dims(), [2, 3, 16, 16]);
        let labels: Vec<i64> = images.targets(&[1, 0], &device).into_data().iter::<i64>().collect();
        assert_eq!(labels, [5, 3]);
    }
}
