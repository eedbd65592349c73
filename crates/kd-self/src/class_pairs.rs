use std::collections::HashMap;

use kd_core::{Error, check};
use rand::RngExt;

use crate::seeded::seeded;

/// Draws for each sample another of its class: for a [`ClassWiseLoss`](crate::ClassWiseLoss).
///
/// All others of the class are equally likely. In a class of one there is no other, and the sample is its own partner: two
/// distortions of it are compared then, or where nothing is distorted, nothing is asked of it.
///
/// Which is drawn depends on seed, step and sample and on nothing that is counted inside: a run that goes on from a
/// checkpoint draws the same ones, and so do several devices that share a batch. (They come from `rand`'s `StdRng`, which
/// another version may make otherwise.) The authors' code draws from the whole class, now and then the sample itself.
///
/// # Example
///
/// ```
/// use kd_self::ClassPairs;
///
/// # fn main() -> Result<(), kd_core::Error> {
/// let pairs = ClassPairs::new(vec![0, 1, 0, 2, 1], 42); // each sample's class, and a seed
/// assert_eq!(pairs.partners(&[0, 4, 3], 0)?, [2, 1, 3]); // sample 3 is alone in its class
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClassPairs {
    labels: Vec<usize>,
    /// Each class's samples.
    classes: HashMap<usize, Vec<usize>>,
    /// Where each sample stands among those of its class.
    places: Vec<usize>,
    seed: usize,
}

impl ClassPairs {
    /// Pairs of a dataset whose samples have these classes.
    pub fn new(labels: Vec<usize>, seed: usize) -> Self {
        let mut classes: HashMap<usize, Vec<usize>> = HashMap::new();
        let places = labels.iter().enumerate().map(|(id, &label)| {
            let class = classes.entry(label).or_default();
            class.push(id);
            class.len() - 1
        });
        Self {
            places: places.collect(),
            classes,
            labels,
            seed,
        }
    }

    /// Another sample of the class of each of these.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] if a sample is none of the dataset's.
    pub fn partners(&self, ids: &[usize], step: usize) -> Result<Vec<usize>, Error> {
        self.known(ids)?;
        Ok(ids.iter().map(|&id| self.partner(id, step)).collect())
    }

    /// The classes of these samples, which are their partners' too.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`] if a sample is none of the dataset's.
    pub fn labels(&self, ids: &[usize]) -> Result<Vec<i64>, Error> {
        self.known(ids)?;
        Ok(ids.iter().map(|&id| self.labels[id] as i64).collect())
    }

    fn known(&self, ids: &[usize]) -> Result<(), Error> {
        check::known_samples("ClassPairs", ids, self.labels.len())
    }

    fn partner(&self, id: usize, step: usize) -> usize {
        let class = &self.classes[&self.labels[id]];
        if class.len() == 1 {
            return id;
        }
        // One of the others: those from the sample's own place on are one further.
        let drawn = seeded(self.seed, &[step, id]).random_range(0..class.len() as u64 - 1) as usize;
        class[drawn + usize::from(drawn >= self.places[id])]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Classes of 5, 3, 2 and 1 samples, mixed.
    fn pairs(seed: usize) -> ClassPairs {
        ClassPairs::new(vec![0, 1, 0, 2, 0, 3, 1, 0, 2, 1, 0], seed)
    }

    #[test]
    fn a_partner_is_another_of_the_class_and_all_others_come() {
        let pairs = pairs(7);
        for id in 0..11 {
            let mut drawn: Vec<usize> = (0..1000).map(|step| pairs.partner(id, step)).collect();
            let each = 1000 / (pairs.classes[&pairs.labels[id]].len() - 1).max(1);
            drawn.sort_unstable();
            for other in drawn.chunk_by(|a, b| a == b) {
                assert_eq!(pairs.labels[other[0]], pairs.labels[id]);
                assert!(other[0] != id || id == 5, "{id} is its own partner");
                // Five standard deviations and more.
                assert!(
                    other.len().abs_diff(each) < 83,
                    "{id} has {} times {}",
                    other[0],
                    other.len()
                );
            }
            drawn.dedup();
            let others = pairs.labels.iter().filter(|&&label| label == pairs.labels[id]).count() - 1;
            assert_eq!(drawn.len(), others.max(1));
        }
    }

    #[test]
    fn partners_are_of_the_seed_the_step_and_the_sample_alone() {
        let all: Vec<usize> = (0..11).collect();
        let drawn = pairs(7).partners(&all, 3).unwrap();
        assert_eq!(pairs(7).partners(&[9, 2], 3).unwrap(), [drawn[9], drawn[2]]);
        for (seed, step) in [(8, 3), (7, 4)] {
            assert_ne!(pairs(seed).partners(&all, step).unwrap(), drawn);
        }
    }

    #[test]
    fn a_sample_beyond_the_dataset_is_named() {
        let expected = "ClassPairs: sample 11 is none of the 11 samples that this was made for";
        for error in [
            pairs(7).partners(&[0, 11], 0).unwrap_err(),
            pairs(7).labels(&[0, 11]).unwrap_err(),
        ] {
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
