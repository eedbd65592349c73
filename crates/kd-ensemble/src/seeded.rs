use kd_core::seed_for;
use rand::{SeedableRng, rngs::StdRng};

/// What random numbers are for: the same seed means something else for each.
pub(crate) enum Purpose {
    Bag,
    Initialization,
    Order,
    Dropout,
    Speaker,
}

/// A source of random numbers for a seed, what they are for, a member, and a time.
pub(crate) fn seeded(seed: u64, purpose: Purpose, member: usize, time: usize) -> StdRng {
    StdRng::from_seed(seed_for(seed, &[purpose as usize, member, time]))
}
