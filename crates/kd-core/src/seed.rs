/// A seed for a generator of random numbers that serves one purpose: the words of `purpose` under the user's `seed`.
///
/// Whatever is drawn with it depends on these numbers alone, so what is random needs no state to be saved, and can be asked for
/// in any order. Purposes of unequal length are unequal.
///
/// # Panics
///
/// If the purpose has more than three words, or one of them is the largest number there is.
///
/// ```
/// let of_epoch = |epoch| kd_core::seed_for(7, &[epoch]);
/// assert_eq!(of_epoch(1), of_epoch(1));
/// assert_ne!(of_epoch(1), of_epoch(2));
/// ```
#[track_caller]
pub fn seed_for(seed: u64, purpose: &[usize]) -> [u8; 32] {
    assert!(
        purpose.len() <= 3,
        "seed_for: a purpose has at most 3 words, and not {}",
        purpose.len()
    );
    let mut bytes = [0; 32];
    // A word that is not there is 0, and one that is 0 is 1; there is none beyond the largest.
    let later = |word: &usize| word.checked_add(1).expect("seed_for: a word is below usize::MAX") as u64;
    let words = [seed].into_iter().chain(purpose.iter().map(later));
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_of_unequal_length_are_unequal() {
        let purposes: [&[usize]; 5] = [&[], &[0], &[0, 0], &[0, 0, 0], &[usize::MAX - 1]];
        let mut seeds = purposes.map(|purpose| seed_for(7, purpose)).to_vec();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), purposes.len());
    }

    #[test]
    #[should_panic(expected = "seed_for: a word is below usize::MAX")]
    fn a_word_that_would_be_none_panics() {
        let _ = seed_for(7, &[usize::MAX]);
    }
}
