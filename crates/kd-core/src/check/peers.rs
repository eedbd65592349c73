//! What peers that teach one another must be, and two views that do.

use burn::tensor::Tensor;

/// There must be at least two peers, with logits for the same samples and the same classes.
///
/// # Panics
///
/// If there are fewer, or the shapes differ.
#[track_caller]
pub fn peers<const D: usize>(loss: &str, logits: &[Tensor<D>]) {
    assert!(
        logits.len() > 1,
        "{loss}: of {} peers none has another to learn from; give the logits of at least 2, or train the one on labels alone",
        logits.len()
    );
    for (index, peer) in logits.iter().enumerate() {
        alike(loss, "peer 0", &logits[0], &format!("peer {index}"), peer);
    }
}

/// The student must have at least one other peer, and all others logits for its samples and its classes.
///
/// # Panics
///
/// If it has none, or the shapes differ.
#[track_caller]
pub fn other_peers<const D: usize>(loss: &str, student: &Tensor<D>, others: &[Tensor<D>]) {
    assert!(
        !others.is_empty(),
        "{loss}: there is no other peer to learn from; give the logits of at least 1 beside the student's own"
    );
    for (index, other) in others.iter().enumerate() {
        alike(loss, "the student", student, &format!("the other peer {index}"), other);
    }
}

/// Two views of a batch must be of the same shape.
///
/// # Panics
///
/// If they are not.
#[track_caller]
pub fn views<const D: usize>(loss: &str, first: &Tensor<D>, second: &Tensor<D>) {
    let remedy = "give what one network makes of two views of the same samples, in the same order";
    same(loss, "the first view", first, "the second", second, |_| remedy);
}

/// A peer must be one of those that there are.
///
/// # Panics
///
/// If it is not.
#[track_caller]
pub fn peer(loss: &str, peer: usize, peers: usize) {
    assert!(
        peer < peers,
        "{loss}: there is no peer {peer}; there are {peers}, counted from 0"
    );
}

#[track_caller]
fn alike<const D: usize>(loss: &str, first: &str, a: &Tensor<D>, second: &str, b: &Tensor<D>) {
    same(loss, first, a, second, b, |axis| {
        if axis + 1 == D {
            "peers need the same classes, in the same order"
        } else {
            "give all peers the same samples, in the same order"
        }
    });
}

#[track_caller]
fn same<const D: usize>(
    loss: &str,
    first: &str,
    a: &Tensor<D>,
    second: &str,
    b: &Tensor<D>,
    remedy: impl Fn(usize) -> &'static str,
) {
    let (a, b) = (a.dims(), b.dims());
    if let Some(axis) = (0..D).find(|&axis| a[axis] != b[axis]) {
        panic!(
            "{loss}: {first} has shape {a:?} and {second} {b:?}; they differ at axis {axis} ({} against {}) and nothing is \
             broadcast: {}",
            a[axis],
            b[axis],
            remedy(axis)
        );
    }
}
