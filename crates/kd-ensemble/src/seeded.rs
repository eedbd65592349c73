use rand::{SeedableRng, rngs::StdRng};

/// What random numbers are for: the same seed means something else for each.
pub(crate) enum Purpose {
    Bag,
    Initialization,
    Order,
    Dropout,
}

/// A source of random numbers for a seed, what they are for, a member, and a time.
///
/// All 256 bits of the generator's seed are given, so that no two sources are the same, as they are where numbers are added up.
pub(crate) fn seeded(seed: u64, purpose: Purpose, member: usize, time: usize) -> StdRng {
    let mut bytes = [0; 32];
    let words = [seed, purpose as u64, member as u64, time as u64];
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    StdRng::from_seed(bytes)
}
