use kd_core::{Error, check};
use rand::RngExt;

use crate::{
    Bag,
    seeded::{Purpose, seeded},
};

/// What each member of an ensemble learns from: as many samples as there are, drawn with replacement. This is bagging (Breiman,
/// 1996).
///
/// ```text
/// bag of member m = (i₁, …, iₙ)        each iₖ any of 0 … n − 1, all equally likely
/// share of the samples that are in it at least once: 1 − (1 − 1/n)ⁿ ≈ 1 − 1/e ≈ 63.2 %
/// ```
///
/// Which samples are drawn depends on seed and member and on nothing that is counted inside: the bags of three members are the
/// first three of ten, a run that goes on draws the same ones, and members can be trained anywhere, in any order. (They come
/// from `rand`'s `StdRng`, which another version may make otherwise.)
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `samples` | | n, of the dataset and of each bag | ≥ 1 |
/// | `seed` | | of all bags | |
///
/// # Convention
///
/// A bag is as large as the dataset, as in the paper. Large networks often do better as members if each learns from all
/// samples, and differs by its [`Seeds`](crate::Seeds) alone (Lakshminarayanan and others, 2017).
///
/// # Panics
///
/// [`new`](Self::new), if there are no samples.
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use burn_dataset::{Dataset, InMemDataset, transform::SelectionDataset};
/// use kd_ensemble::Bootstrap;
///
/// type Part = SelectionDataset<InMemDataset<i32>, i32>;
///
/// let digits = Arc::new(InMemDataset::new((0..100).collect())); // any dataset of Burn's
/// let bootstrap = Bootstrap::new(digits.len(), 42);
///
/// for member in 0..10 {
///     let bag = bootstrap.bag(member);
///     let data = Part::from_indices_checked(digits.clone(), bag.indices().to_vec());
///     assert_eq!(data.len(), 100); // train the member on it
///
///     let unseen = Part::from_indices_checked(digits.clone(), bag.out_of_bag());
///     assert!(unseen.len() > 20 && unseen.len() < 55); // and validate it on what it never saw
/// }
/// ```
///
/// # Reference
///
/// Leo Breiman: *Bagging Predictors*, Machine Learning 24, 1996. Balaji Lakshminarayanan, Alexander Pritzel, Charles Blundell:
/// *Simple and Scalable Predictive Uncertainty Estimation using Deep Ensembles*, 2017, arXiv:1612.01474.
///
/// # See also
///
/// [`Boosting`](crate::Boosting), where a member learns from what those before it got wrong; [`Seeds`](crate::Seeds).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    samples: usize,
    seed: u64,
}

impl Bootstrap {
    /// Bags of a dataset with so many samples.
    #[track_caller]
    pub fn new(samples: usize, seed: u64) -> Self {
        kd_core::check::must(Self::try_new(samples, seed))
    }

    /// The same, where the number comes from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no samples.
    pub fn try_new(samples: usize, seed: u64) -> Result<Self, Error> {
        check::count("Bootstrap", "samples", samples)?;
        Ok(Self { samples, seed })
    }

    /// What the member with this number, from 0, learns from.
    pub fn bag(&self, member: usize) -> Bag {
        let mut source = seeded(self.seed, Purpose::Bag, member, 0);
        // Drawn as u64, so that a processor's width changes nothing.
        let mut draw = || source.random_range(0..self.samples as u64) as usize;
        Bag::new((0..self.samples).map(|_| draw()).collect(), self.samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each sample: how often it is in the bags of these many members, together.
    fn drawn(bootstrap: Bootstrap, members: usize) -> Vec<usize> {
        let mut drawn = vec![0; bootstrap.samples];
        for member in 0..members {
            for (sum, count) in drawn.iter_mut().zip(bootstrap.bag(member).counts()) {
                *sum += count;
            }
        }
        drawn
    }

    #[test]
    fn a_bag_has_63_percent_of_the_samples() {
        let samples = 10_000;
        let expected = 1.0 - (1.0 - 1e-4f64).powi(samples);
        // Of one bag's share: √((e⁻¹ − 2e⁻²) / n).
        let deviation = 0.0031;
        for seed in 0..5 {
            let bootstrap = Bootstrap::new(samples as usize, seed);
            let shares: Vec<f64> = (0..20)
                .map(|member| bootstrap.bag(member).distinct() as f64 / f64::from(samples))
                .collect();
            let mean = shares.iter().sum::<f64>() / 20.0;
            assert!((mean - expected).abs() < 5.0 * deviation / 20f64.sqrt(), "{mean}");
            for share in shares {
                assert!((share - expected).abs() < 5.0 * deviation, "{share}");
            }
        }
    }

    #[test]
    fn all_samples_are_equally_likely() {
        let (samples, members) = (1000, 400);
        let expected = members as f64;
        let counts = drawn(Bootstrap::new(samples, 1), members);
        let chi_square: f64 = counts
            .iter()
            .map(|&count| (count as f64 - expected).powi(2) / expected)
            .sum();
        // Mean n − 1, standard deviation √(2 (n − 1)); more even than chance would be wrong as well.
        let (mean, deviation) = (999.0, 1998f64.sqrt());
        assert!((chi_square - mean).abs() < 5.0 * deviation, "{chi_square}");
    }

    #[test]
    fn a_bag_is_of_the_seed_and_the_member_alone() {
        let bootstrap = Bootstrap::new(50, 7);
        let bag = bootstrap.bag(3);
        assert_eq!(bag, Bootstrap::new(50, 7).bag(3));
        assert_ne!(bag, bootstrap.bag(2));
        assert_ne!(bag, Bootstrap::new(50, 8).bag(3));
        // Where seed and member are added up, these are the same.
        assert_ne!(bag, Bootstrap::new(50, 8).bag(2));
    }

    #[test]
    fn the_only_sample_is_always_drawn() {
        let bag = Bootstrap::new(1, 0).bag(0);
        assert_eq!((bag.indices(), bag.out_of_bag()), (&[0][..], vec![]));
    }
}
