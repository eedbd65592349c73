use kd_core::seed_for;
use rand::{SeedableRng, rngs::StdRng};

/// A source of random numbers for a seed and what it is for.
pub(crate) fn seeded(seed: usize, purpose: &[usize]) -> StdRng {
    StdRng::from_seed(seed_for(seed as u64, purpose))
}
