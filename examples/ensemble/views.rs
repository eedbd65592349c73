//! Views of images by their ids: what a teacher was asked about once is what a student sees later.

use kd::cache::CacheKey;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// So many views of each image. The first is the image as it is, others are shifted (and photos mirrored) by chance. After these
/// come mixtures: a shifted view under another one of another image, which has a share of up to a half. Nobody has labelled those,
/// but a teacher can be asked what it sees.
///
/// A view has an id, and the id and the seed alone say how it looks: whoever asks a teacher about it later, or reads what the
/// teacher once said, means the same pixels.
#[derive(Clone, Copy, Debug)]
pub struct Views {
    /// Of each image, without mixtures.
    pub count: usize,
    /// Mixtures of each image with others.
    pub mixtures: usize,
    /// Of the chance.
    pub seed: u64,
}

/// What is seen in a view.
#[derive(Clone, Debug)]
pub struct Seen<L> {
    /// An image, and how it looks.
    pub image: (usize, L),
    /// What it is mixed with.
    pub other: (usize, L),
    /// The other's share; 0 where nothing is mixed.
    pub share: f32,
}

impl Views {
    /// The id of the view of an image that those who learn from labels see in this epoch. Views count round.
    pub fn labelled(&self, row: usize, epoch: usize) -> u64 {
        self.id(row, epoch % self.count)
    }

    /// The id of the view that those see who are taught: a mixture in every other epoch, if there are any.
    pub fn taught(&self, row: usize, epoch: usize) -> u64 {
        match self.mixtures {
            0 => self.labelled(row, epoch),
            mixtures if epoch % 2 == 1 => self.id(row, self.count + epoch / 2 % mixtures),
            _ => self.id(row, epoch / 2 % self.count),
        }
    }

    /// All ids of this many images, image after image.
    pub fn ids(&self, images: usize) -> impl Iterator<Item = u64> + use<> {
        0..(images * self.each_image()) as u64
    }

    /// In the words of a cache's key.
    pub fn name(&self) -> String {
        let mixtures = match self.mixtures {
            0 => String::new(),
            mixtures => format!(", and {mixtures} mixtures"),
        };
        match (self.count, self.mixtures) {
            (1, 0) => CacheKey::PLAIN.into(),
            (count, _) => format!(
                "as it is, and {} shifted views{mixtures} by seed {}",
                count - 1,
                self.seed
            ),
        }
    }

    /// What is seen in each of these views of so many images, which look `plain` or as chance has it.
    pub fn each<L: Clone>(
        &self,
        ids: &[u64],
        images: usize,
        plain: L,
        random: impl Fn(&mut StdRng) -> L,
    ) -> Vec<Seen<L>> {
        let seen = |id: &u64| {
            let (row, view) = (*id as usize / self.each_image(), *id as usize % self.each_image());
            let alone = |look: L| Seen {
                image: (row, look.clone()),
                other: (row, look),
                share: 0.0,
            };
            if view == 0 {
                return alone(plain.clone());
            }
            let mut rng = StdRng::from_seed(kd::seed_for(self.seed, &[*id as usize]));
            let look = random(&mut rng);
            if view < self.count {
                return alone(look);
            }
            Seen {
                image: (row, look),
                other: (rng.random_range(0..images), random(&mut rng)),
                share: rng.random_range(0.0..0.5),
            }
        };
        ids.iter().map(seen).collect()
    }

    fn each_image(&self) -> usize {
        self.count + self.mixtures
    }

    fn id(&self, row: usize, view: usize) -> u64 {
        (row * self.each_image() + view) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWS: Views = Views {
        count: 3,
        mixtures: 2,
        seed: 1,
    };

    fn seen(ids: &[u64]) -> Vec<Seen<u32>> {
        VIEWS.each(ids, 10, 0, |rng| rng.random_range(1..u32::MAX))
    }

    #[test]
    fn labels_are_learned_from_views_and_mixtures_are_seen_by_the_taught() {
        let labelled: Vec<u64> = (0..4).map(|epoch| VIEWS.labelled(2, epoch)).collect();
        assert_eq!(labelled, [10, 11, 12, 10]);
        let taught: Vec<u64> = (0..8).map(|epoch| VIEWS.taught(2, epoch)).collect();
        assert_eq!(taught, [10, 13, 11, 14, 12, 13, 10, 14]);
        let plain = Views { mixtures: 0, ..VIEWS };
        for epoch in 0..4 {
            assert_eq!(plain.taught(2, epoch), plain.labelled(2, epoch));
        }
        assert_eq!(VIEWS.ids(2).count(), 10);
    }

    #[test]
    fn mixtures_are_mostly_of_their_own_image_and_always_the_same() {
        let ids: Vec<u64> = VIEWS.ids(10).collect();
        let all = seen(&ids);
        for (id, view) in ids.iter().zip(&all) {
            assert_eq!(view.image.0 as u64, id / 5);
            assert_eq!(view.image.1 == 0, id % 5 == 0, "the first alone is the image as it is");
            assert!((0.0..0.5).contains(&view.share) && view.other.0 < 10);
            assert_eq!(view.share > 0.0, id % 5 >= 3);
        }
        let others: Vec<usize> = all.iter().map(|view| view.other.0).collect();
        let again = seen(&ids[20..30]);
        assert_eq!(
            again.iter().map(|view| view.other.0).collect::<Vec<_>>(),
            others[20..30]
        );
        assert_eq!(again[4].share, all[24].share);
    }

    #[test]
    fn a_cache_of_other_views_has_another_name() {
        let names = [
            VIEWS.name(),
            Views { seed: 2, ..VIEWS }.name(),
            Views { mixtures: 0, ..VIEWS }.name(),
            Views { count: 4, ..VIEWS }.name(),
        ];
        assert!((1..4).all(|at| !names[..at].contains(&names[at])), "{names:?}");
        assert_eq!(
            Views {
                count: 1,
                mixtures: 0,
                seed: 1
            }
            .name(),
            "plain"
        );
    }
}
