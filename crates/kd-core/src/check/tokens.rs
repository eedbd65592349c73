//! What transformers show of the tokens of sequences.

use burn::tensor::{Int, Tensor};

use super::{
    count,
    feature::{differ, has_numbers},
    not_empty, valid, weight,
};
use crate::Error;

/// There must be sequences, and tokens in them.
///
/// # Panics
///
/// If there are none.
#[track_caller]
pub fn sequences(loss: &str, [batch, seq]: [usize; 2]) {
    not_empty(loss, batch);
    assert!(
        seq > 0,
        "{loss}: the sequences are empty; give at least one token to each, and mask it if it does not count"
    );
}

/// There must be one of `what` for each token.
///
/// # Panics
///
/// If the shapes differ.
#[track_caller]
pub fn of_each_token(loss: &str, what: &str, shape: [usize; 2], tokens: [usize; 2]) {
    assert!(
        shape == tokens,
        "{loss}: the shape of {what} is {shape:?} and that of the tokens {tokens:?}; give one entry for each token, [batch, seq]"
    );
}

/// Scores or queries must be of the same sequences as everything else, `[batch, heads, seq, ...]`; scores have a number for
/// each token that is looked at.
///
/// # Panics
///
/// If they are not, or there are no heads or no numbers.
#[track_caller]
pub fn attention(loss: &str, side: &str, what: &str, shape: [usize; 4], [batch, seq]: [usize; 2]) {
    let of_tokens = shape[0] == batch && shape[2] == seq;
    assert!(
        of_tokens && (what != "scores" || shape[3] == seq),
        "{loss}: the {side}'s {what} have shape {shape:?} and the mask of tokens [{batch}, {seq}]; give them as [batch, heads, \
         seq, {}], padding included",
        if what == "scores" { "seq" } else { "head" }
    );
    has_numbers(loss, &shape);
}

/// Student and teacher must have as many heads as each other.
///
/// # Panics
///
/// If they do not.
#[track_caller]
pub fn same_heads(loss: &str, student: &Tensor<4>, teacher: &Tensor<4>) {
    let (student, teacher) = (student.dims(), teacher.dims());
    if student[1] != teacher[1] {
        let remedy = "give the student as many heads as its teacher has, or compare relations between as many parts as you \
                      like, as `MiniLmV2Loss` does";
        differ(loss, &student, &teacher, 1, remedy);
    }
}

/// All of a token's heads together must be parted into so many relation heads.
///
/// # Panics
///
/// If they cannot be.
#[track_caller]
pub fn relation_heads(loss: &str, what: &str, [student, teacher]: [usize; 2], relation_heads: usize) {
    let divides = |heads: usize| student.is_multiple_of(heads) && teacher.is_multiple_of(heads);
    assert!(
        divides(relation_heads),
        "{loss}: the student's {what} are {student} numbers a token and the teacher's {teacher}, which {relation_heads} relation \
         heads do not both divide; take a number that divides both, such as {}",
        (1..=relation_heads).rev().find(|heads| divides(*heads)).unwrap_or(1)
    );
}

/// Each token that is asked for must be of the vocabulary.
///
/// # Panics
///
/// If one is not.
#[track_caller]
pub fn asked_tokens(loss: &str, tokens: &Tensor<1, Int>, vocab: usize) {
    let lowest = tokens.clone().min().into_scalar::<i64>();
    let highest = tokens.clone().max().into_scalar::<i64>();
    let culprit = if lowest < 0 { lowest } else { highest };
    assert!(
        (0..vocab as i64).contains(&culprit),
        "{loss}: token {culprit} is asked for, and the vocabulary is from 0 to {}; if it marks a place that nobody asks about, \
         such as -100, put false there in the mask of tokens asked for",
        vocab - 1
    );
}

/// The weights of the parts of an objective must be finite and at least 0, and one of them above.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn weights_of_parts(owner: &'static str, weights: &[(&'static str, f64)]) -> Result<(), Error> {
    weights
        .iter()
        .try_for_each(|(name, value)| weight(owner, name, *value))?;
    let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
    valid(
        sum > 0.0,
        owner,
        "the sum of all weights",
        sum,
        "above 0; without any part there is nothing to learn",
    )
}

/// The layers of a teacher that a student learns from must be at least one, counted from 1.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn layer_numbers(owner: &'static str, layers: &[usize]) -> Result<(), Error> {
    count(owner, "the number of layers", layers.len())?;
    layers.iter().try_for_each(|layer| count(owner, "a layer", *layer))
}

/// A teacher's layers must be a multiple of its student's, to be taken at equal distances.
///
/// # Errors
///
/// [`Error::InvalidValue`] otherwise.
pub fn multiple_of_layers(owner: &'static str, teacher: usize, student: usize) -> Result<(), Error> {
    valid(
        teacher.is_multiple_of(student),
        owner,
        "the teacher's number of layers",
        teacher as f64,
        "a multiple of the student's; name the teacher's layer for each of the student's instead",
    )
}

/// There must be so many of `what` on this side, one for each layer (and one for the embeddings, where `what` has one).
///
/// # Panics
///
/// If there are not, or, where `at_least`, if there are fewer.
#[track_caller]
pub fn layers_shown(loss: &str, side: &str, what: &str, shown: usize, wanted: usize, at_least: bool) {
    let holds = if at_least { shown >= wanted } else { shown == wanted };
    assert!(
        holds,
        "{loss}: the {side} shows {shown} {what} and {}{wanted} are wanted; give all layers from the first to the last, the \
         embeddings before the first of the hidden states, and name the teacher's layer for each of the student's",
        if at_least { "at least " } else { "" }
    );
}

/// There must be no projector, one for all, or one for the embeddings and each layer.
///
/// # Panics
///
/// If there are others.
#[track_caller]
pub fn projectors_of_layers(loss: &str, projectors: usize, layers: usize) {
    assert!(
        projectors <= 1 || projectors == layers + 1,
        "{loss}: there are {projectors} projectors for embeddings and {layers} layers; give none, one for all, or {}",
        layers + 1
    );
}

/// Both sides must show the logits that predictions are compared by, a row for each sequence.
///
/// # Panics
///
/// If one is without, or the student's are of other sequences.
#[track_caller]
pub fn answers(loss: &str, student: Option<&Tensor<2>>, teacher: Option<&Tensor<2>>, batch: usize) {
    let side = match (student, teacher) {
        (Some(student), Some(_)) => {
            let shape = student.dims();
            assert!(
                shape[0] == batch,
                "{loss}: the student's logits have shape {shape:?} for {batch} sequences; give a row for each"
            );
            return;
        }
        (None, _) => "student",
        _ => "teacher",
    };
    panic!("{loss}: the {side} shows no logits, but predictions have a weight; give them, or set that weight to 0");
}

/// There must be a positive for each row of negatives, and at least one negative.
///
/// # Panics
///
/// If there is not.
#[track_caller]
pub fn negatives(loss: &str, side: &str, positives: usize, negatives: [usize; 2]) {
    assert!(
        negatives[0] == positives,
        "{loss}: the {side} has scores of {positives} positives, and negatives of shape {negatives:?}; give one positive \
         for each row of negatives"
    );
    assert!(
        negatives[1] > 0,
        "{loss}: the {side} has no negatives; give at least one to each positive"
    );
}
