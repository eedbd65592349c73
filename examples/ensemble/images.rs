//! Labelled images of either kind, and the views of them that networks learn from.

use burn::prelude::*;
use kd::cache::CacheKey;
use kd_examples::cifar10::batch::{self, View};
use kd_examples::cifar10::photos::Photos;
use kd_examples::digits::{Digits, SIDE, Shift};
use rand::SeedableRng;
use rand::rngs::StdRng;

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
        let rows: Vec<usize> = ids.iter().map(|id| views.row(*id)).collect();
        match self {
            Self::Digits(digits) => {
                let shifts = views.each(ids, Shift::default(), |rng| Shift::random(JITTER, rng));
                square(digits.shifted(&rows, &shifts, device))
            }
            Self::Photos { photos, side } => {
                let seen = views.each(ids, View::PLAIN, View::random);
                batch::views(photos, &rows, &seen, *side, device)
            }
        }
    }
}

fn square(pixels: Tensor<2>) -> Tensor<4> {
    let rows = pixels.dims()[0];
    pixels.reshape([rows, 1, SIDE, SIDE])
}

/// So many views of each image: the first is the image as it is, the others are shifted (and photos mirrored) by chance. A view
/// has an id, and the id and the seed alone say how it looks: whoever asks a teacher about it later, or reads what the teacher once said, means the same pixels.
#[derive(Clone, Copy, Debug)]
pub struct Views {
    /// Of each image.
    pub count: usize,
    /// Of the chance.
    pub seed: u64,
}

impl Views {
    /// The id of a view of an image; views count round.
    pub fn id(&self, row: usize, view: usize) -> u64 {
        (row * self.count + view % self.count) as u64
    }

    /// All ids of this many images, image after image.
    pub fn ids(&self, images: usize) -> impl Iterator<Item = u64> + use<> {
        0..(images * self.count) as u64
    }

    /// In the words of a cache's key.
    pub fn name(&self) -> String {
        match self.count {
            1 => CacheKey::PLAIN.into(),
            count => format!("as it is, and {} shifted views by seed {}", count - 1, self.seed),
        }
    }

    fn row(&self, id: u64) -> usize {
        id as usize / self.count
    }

    /// How each of these views looks.
    fn each<L: Clone>(&self, ids: &[u64], plain: L, random: impl Fn(&mut StdRng) -> L) -> Vec<L> {
        let look = |id: &u64| match *id as usize % self.count {
            0 => plain.clone(),
            _ => random(&mut StdRng::from_seed(kd::seed_for(self.seed, &[*id as usize]))),
        };
        ids.iter().map(look).collect()
    }
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
        let views = Views { count: 4, seed: 7 };
        let ids: Vec<u64> = views.ids(40).collect();
        assert_eq!(ids.len(), 160);
        let all = values(images.views(&views, &ids, &device));
        let one = values(images.views(&views, &[views.id(30, 6)], &device));
        let at = views.id(30, 2) as usize;
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
        let views = Views { count: 3, seed: 1 };
        assert_eq!(values(images.views(&views, &[views.id(0, 0)], &device)), plain);
        assert_eq!(Views { count: 1, seed: 1 }.name(), "plain");
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
