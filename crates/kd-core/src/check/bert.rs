//! What a network that reads texts must be, and what its texts.

use burn::tensor::{Int, Tensor};

use super::valid;
use crate::Error;

/// Each head must have the same share of the hidden states.
///
/// # Errors
///
/// [`Error::InvalidValue`] if `hidden` is not a multiple of `heads`.
pub fn whole_heads(owner: &'static str, hidden: usize, heads: usize) -> Result<(), Error> {
    valid(
        hidden.is_multiple_of(heads),
        owner,
        "hidden_size",
        hidden as f64,
        "a multiple of num_attention_heads, so that each head has as much of it; change one of them",
    )
}

/// What is added to a variance must be a finite number above 0, also in f32.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn norm_epsilon(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    let single = value as f32;
    valid(
        single > 0.0 && single.is_finite(),
        owner,
        name,
        value,
        "a finite number above 0 (1e-12 is usual)",
    )
}

/// The share that dropout silences must be in `[0, 1)`.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn dropout(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    valid(
        (0.0..1.0).contains(&value),
        owner,
        name,
        value,
        "in [0, 1) (0 is without dropout, 0.1 is usual)",
    )
}

/// The standard deviation of new weights must be finite and at least 0.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn deviation(owner: &'static str, name: &'static str, value: f64) -> Result<(), Error> {
    valid(
        value >= 0.0 && (value as f32).is_finite(),
        owner,
        name,
        value,
        "a finite number of at least 0 (0.02 is usual)",
    )
}

/// A token that has a meaning of its own must be one of the vocabulary.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn token(owner: &'static str, name: &'static str, value: usize, vocab: usize) -> Result<(), Error> {
    valid(
        value < vocab,
        owner,
        name,
        value as f64,
        "a token, below vocab_size; or none, if there is no such token",
    )
}

/// What tells classes reads the pooler.
///
/// # Errors
///
/// [`Error::InvalidValue`] if there is none.
pub fn has_pooler(owner: &'static str, pooler: bool) -> Result<(), Error> {
    valid(
        pooler,
        owner,
        "pooler",
        0.0,
        "there (true) where there are classes, which are told from it",
    )
}

/// Tokens are told by a head.
///
/// # Panics
///
/// If there is none.
#[track_caller]
pub fn head_for_tokens<'a, H>(owner: &str, head: Option<&'a H>) -> &'a H {
    let Some(head) = head else {
        panic!("{owner}: there is no head for tokens; make or load the network with `BertHead::MaskedLanguage`");
    };
    head
}

/// There must be texts, of at least one token and at most as many as the network has positions.
///
/// # Panics
///
/// Otherwise.
#[track_caller]
pub fn texts(owner: &str, [batch, seq]: [usize; 2], positions: usize) {
    assert!(
        batch > 0 && seq > 0,
        "{owner}: the ids have shape [{batch}, {seq}] and so no token; skip empty batches"
    );
    assert!(
        seq <= positions,
        "{owner}: the texts have {seq} tokens, and there are {positions} positions; cut the texts off, or into pieces"
    );
}

/// What is said of each token must have the shape of the ids.
///
/// # Panics
///
/// Otherwise.
#[track_caller]
pub fn one_per_token(owner: &str, what: &str, shape: [usize; 2], ids: [usize; 2]) {
    assert!(
        shape == ids,
        "{owner}: {what} has shape {shape:?} and the ids {ids:?}; give one entry per token, padding included"
    );
}

/// Token types need embeddings.
///
/// # Panics
///
/// If there are none.
#[track_caller]
pub fn has_token_types(owner: &str, types: usize) {
    assert!(
        types > 0,
        "{owner}: token types are given, but type_vocab_size is 0 and there are no embeddings for them; leave the types out"
    );
}

/// Each id must be one of `count` that exist; `kind` says of what.
///
/// Looking at them waits for the device to finish what it is doing.
///
/// # Panics
///
/// If an id is not in `0..count`.
#[track_caller]
pub fn token_ids(owner: &str, kind: &str, ids: &Tensor<2, Int>, count: usize) {
    let lowest = ids.clone().min().into_scalar::<i64>();
    let highest = ids.clone().max().into_scalar::<i64>();
    let culprit = if lowest < 0 { lowest } else { highest };
    assert!(
        (0..count as i64).contains(&culprit),
        "{owner}: id {culprit} is no {kind}; there are {count}, from 0 to {}. Was the text made into ids with another vocabulary, or is it \
         filled up with a number that is none? Fill up with any {kind}, and mask it",
        count as i64 - 1
    );
}
