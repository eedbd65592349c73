/// A seed for a generator of random numbers that serves one purpose: the words of `purpose` under the user's `seed`.
///
/// Whatever is drawn with it depends on these numbers alone, so what is random needs no state to be saved, and can be asked for
/// in any order. Purposes of unequal length are unequal.
///
/// # Panics
///
/// If the purpose has more than three words.
///
/// ```
/// let of_epoch = |epoch| kd_core::seed_for(7, &[epoch]);
/// assert_eq!(of_epoch(1), of_epoch(1));
/// assert_ne!(of_epoch(1), of_epoch(2));
/// ```
#[track_caller]
pub fn seed_for(seed: usize, purpose: &[usize]) -> [u8; 32] {
    assert!(
        purpose.len() <= 3,
        "seed_for: a purpose has at most 3 words, and not {}",
        purpose.len()
    );
    let mut bytes = [0; 32];
    // A word that is not there is 0, and one that is 0 is 1.
    let words = [seed]
        .into_iter()
        .chain(purpose.iter().map(|word| word.wrapping_add(1)));
    for (place, word) in bytes.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&(word as u64).to_le_bytes());
    }
    bytes
}
