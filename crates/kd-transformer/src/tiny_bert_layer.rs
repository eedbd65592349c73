//! How far a layer of the student's is from one of the teacher's.

use burn::tensor::Tensor;
use kd_core::{FeatureProjector, check, rows};

use crate::{counted::Counted, tiny_bert::NAME};

/// Scores at and below this stand for "do not look": the authors' code puts 0 in their place.
const DOES_NOT_LOOK: f64 = -1e2;

/// The mean squared difference of tokens that count, `[batch]`, of `[batch, seq, hidden]` each.
#[track_caller]
pub(crate) fn hidden(
    projector: Option<&impl FeatureProjector<Tensor<3>, Output = Tensor<3>>>,
    student: &Tensor<3>,
    teacher: &Tensor<3>,
    counted: &Counted,
) -> Tensor<1> {
    let [batch, seq, _] = student.dims();
    check::of_each_token(NAME, "the mask of attended tokens", counted.dims(), [batch, seq]);
    let student = counted.vectors(rows::widen(student.clone()));
    let student = match projector {
        Some(projector) => projector.project(student),
        None => student,
    };
    check::features(NAME, &student, teacher);
    let teacher = counted.vectors(teacher.clone().without_autodiff().cast(student.dtype()));
    counted.mean((student - teacher).square().mean_dim(2).squeeze_dim(2))
}

/// The mean squared difference of scores between tokens that count, `[batch]`, of `[batch, heads, seq, seq]` each.
#[track_caller]
pub(crate) fn scores(student: &Tensor<4>, teacher: &Tensor<4>, counted: &Counted) -> Tensor<1> {
    check::attention(NAME, "student", "scores", student.dims(), counted.dims());
    check::attention(NAME, "teacher", "scores", teacher.dims(), counted.dims());
    check::same_heads(NAME, student, teacher);
    let (shape, student) = (student.dims(), rows::widen(student.clone()));
    let dtype = student.dtype();
    let nothing = counted.pairs(shape).bool_not();
    let clean = |scores: Tensor<4>| {
        let unlooked = scores.clone().without_autodiff().lower_equal_elem(DOES_NOT_LOOK);
        scores.mask_fill(unlooked.bool_or(nothing.clone()), 0.0)
    };
    let apart = clean(student) - clean(teacher.clone().without_autodiff().cast(dtype));
    let pairs = counted.count(dtype).square().clamp_min(1.0) * shape[1] as f64;
    // Axis by axis: one sum of millions keeps few digits where a device adds them up in a row.
    let sum = apart.square().sum_dim(3).sum_dim(2).sum_dim(1).flatten::<1>(0, 3);
    sum * pairs.recip()
}
