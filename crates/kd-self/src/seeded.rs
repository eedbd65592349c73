use rand::{SeedableRng, rngs::StdRng};

/// A source of random numbers for a seed and what it is for.
pub(crate) fn seeded(seed: usize, purpose: &[usize]) -> StdRng {
    let mut bytes = [0; 32];
    let words = [seed].into_iter().chain(purpose.iter().copied());
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&(word as u64).to_le_bytes());
    }
    StdRng::from_seed(bytes)
}
