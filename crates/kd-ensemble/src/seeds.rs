use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::seeded::{Purpose, seeded};

/// All random numbers of an ensemble from one seed: each member's initialisation, order of samples and dropout. Networks that
/// differ in these alone are an ensemble already (Lakshminarayanan and others, 2017).
///
/// ```text
/// u64 of (seed, purpose, member, epoch), by a generator that is given all four
/// ```
///
/// Where seeds are added up (`seed + member`), the second member of one run is the first of the next, and runs that should be
/// independent share their networks. Here a number depends on its four words and on nothing else: more members change no
/// member, a single one can be trained again, and a run that goes on from the start of an epoch goes on as it would have.
///
/// # Convention
///
/// A device's random numbers are a backend's, so of the whole process: members that train at the same time in one process mix
/// theirs up. Burn draws a parameter when it is used first; where dropout or anything else is seeded before that, make it draw
/// at once, as below. (The numbers come from `rand`'s `StdRng`, which another version may make otherwise.)
///
/// # Example
///
/// ```
/// use burn::{module::Module, nn::LinearConfig, tensor::Device};
/// use kd_ensemble::Seeds;
///
/// let device = Device::flex();
/// let seeds = Seeds::new(42);
/// for member in 0..3 {
///     device.seed(seeds.initialization(member));
///     let network = LinearConfig::new(4, 2).init(&device);
///     let _ = network.clone().into_record(); // reads the parameters, so they are drawn now
///     assert!(network.weight.is_initialized());
///
///     for epoch in 0..2 {
///         device.seed(seeds.dropout(member, epoch));
///         let order = seeds.order(member, epoch); // for `DataLoaderBuilder::shuffle`, say
///         assert_ne!(order, seeds.order(member, epoch + 1));
///     }
/// }
/// ```
///
/// # Reference
///
/// Balaji Lakshminarayanan, Alexander Pritzel, Charles Blundell: *Simple and Scalable Predictive Uncertainty Estimation using Deep
/// Ensembles*, 2017, arXiv:1612.01474.
///
/// # See also
///
/// [`Bootstrap`](crate::Bootstrap), for members that differ in their data too; `CyclicSchedule` of `kd-self`, for members that
/// are one network at several times (snapshot ensembles), for the price of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seeds {
    seed: u64,
}

impl Seeds {
    /// Those that follow from this one.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// For `device.seed` before the member is made.
    pub fn initialization(&self, member: usize) -> u64 {
        self.of(Purpose::Initialization, member, 0)
    }

    /// For whatever puts the member's samples in the order of an epoch.
    pub fn order(&self, member: usize, epoch: usize) -> u64 {
        self.of(Purpose::Order, member, epoch)
    }

    /// For `device.seed` at the start of an epoch: what the member draws while it is trained, such as dropout and augmentation.
    pub fn dropout(&self, member: usize, epoch: usize) -> u64 {
        self.of(Purpose::Dropout, member, epoch)
    }

    fn of(&self, purpose: Purpose, member: usize, epoch: usize) -> u64 {
        seeded(self.seed, purpose, member, epoch).random()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Of seeds, members and epochs next to each other, with all purposes.
    fn all() -> Vec<u64> {
        let mut all = Vec::new();
        for seeds in (0..20).map(Seeds::new) {
            for member in 0..20 {
                all.push(seeds.initialization(member));
                for epoch in 0..20 {
                    all.extend([seeds.order(member, epoch), seeds.dropout(member, epoch)]);
                }
            }
        }
        all
    }

    #[test]
    fn no_two_are_the_same() {
        let all = all();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    }

    #[test]
    fn neighbours_have_nothing_in_common() {
        let all = all();
        let count = all.len() as f64;
        // Each bit is 1 in half of them, and differs from the one before in half of them.
        let within = |ones: usize| (ones as f64 - count / 2.0).abs() < 5.0 * (count / 4.0).sqrt();
        for bit in 0..64 {
            let ones = all.iter().filter(|&seed| seed >> bit & 1 == 1).count();
            let changes = all
                .windows(2)
                .filter(|pair| (pair[0] ^ pair[1]) >> bit & 1 == 1)
                .count();
            assert!(
                within(ones) && within(changes),
                "bit {bit}: {ones} ones, {changes} changes of {count}"
            );
        }
    }

    #[test]
    fn they_are_the_same_each_time() {
        let (once, again) = (Seeds::new(42), Seeds::new(42));
        assert_eq!(once.initialization(3), again.initialization(3));
        assert_eq!(once.order(3, 7), again.order(3, 7));
    }
}
