//! A teacher known only by its best classes, against the same teacher in full.

use burn::tensor::{DType, Int, Tensor, TensorData};
use kd::{
    TopK,
    prelude::*,
    soft_label::{SparseRule, SparseSoftLabelLossConfig},
};
use kd_testkit::{Batch, assert_close, device, for_each, read, whole_batches, within};

fn logits(values: &[f64], width: usize) -> Tensor<2> {
    let data = TensorData::new(values.to_vec(), [values.len() / width, width]);
    Tensor::from_data(data, (&device(), DType::F32))
}

fn sides(batch: &Batch) -> [Tensor<2>; 2] {
    [&batch.student, &batch.teacher].map(|values| logits(values, batch.width))
}

fn ids(ids: &[i32], k: usize) -> Tensor<2, Int> {
    Tensor::from_data(TensorData::new(ids.to_vec(), [ids.len() / k, k]), &device())
}

const RULES: [SparseRule; 4] = [
    SparseRule::TailBucket,
    SparseRule::Truncated,
    SparseRule::BothRenormalised,
    SparseRule::TeacherRenormalised,
];

/// With every class named there is nothing to disagree about, and all rules are Hinton's loss.
#[test]
fn all_classes_are_the_full_loss() {
    for_each(whole_batches(), |batch| {
        let [student, teacher] = sides(&batch);
        for temperature in [1.0, 4.0] {
            let full = SoftLabelLossConfig::new().with_temperature(temperature).init();
            let full = read(full.per_sample(student.clone(), teacher.clone()));
            for cut in [
                TopK::of(teacher.clone(), batch.width, temperature),
                TopK::top_p(teacher.clone(), 1.0, temperature),
            ] {
                for rule in RULES {
                    let sparse = SparseSoftLabelLossConfig::new()
                        .with_temperature(temperature)
                        .with_rule(rule)
                        .init();
                    let sparse = read(sparse.per_sample(student.clone(), cut.clone()));
                    // Of terms of the size of T² times a logit, textbook sums keep six digits.
                    let scale = 8.0 * temperature * temperature;
                    assert_close(&format!("{rule:?}"), &sparse, &full, within(1e-6).of_at_least(scale));
                }
            }
        }
    });
}

/// To tell fewer classes apart can only bring two distributions closer.
#[test]
fn a_tail_bucket_is_at_most_the_full_loss() {
    let full = SoftLabelLossConfig::new().with_temperature(1.0).init();
    let sparse = SparseSoftLabelLossConfig::new().init();
    for_each(whole_batches(), |batch| {
        let [student, teacher] = sides(&batch);
        let full = read(full.per_sample(student.clone(), teacher.clone()));
        for k in 1..=batch.width.min(5) {
            let cut = TopK::of(teacher.clone(), k, 1.0);
            let sparse = read(sparse.per_sample(student.clone(), cut));
            for (sparse, full) in sparse.iter().zip(&full) {
                // A tail of 8 units of rounding is taken for none, which is 8ε · log(1 / 8ε) at the most; and both round.
                let allowed = 1.4e-5 + 1e-6 * full;
                assert!(*sparse <= full + allowed, "{sparse} is above {full} with k = {k}");
            }
        }
    });
}

/// The student that two of the rules are blind to: all of its mass is where the teacher has little.
#[test]
fn the_rules_differ_as_they_say() {
    let teacher = logits(&[2.0, 1.0, 0.0, -1.0], 4);
    let student = logits(&[0.0, -1.0, 9.0, 9.0], 4);
    let of = |rule| {
        let loss = SparseSoftLabelLossConfig::new().with_rule(rule).init();
        read(loss.per_sample(student.clone(), TopK::of(teacher.clone(), 2, 1.0)))[0]
    };
    assert!(of(SparseRule::TailBucket) > 5.0);
    assert!(of(SparseRule::BothRenormalised).abs() < 1e-6);

    let loss = SparseSoftLabelLossConfig::new().with_rule(SparseRule::Truncated).init();
    let no_tail = logits(&[2.0, 1.0, -99.0, -99.0], 4);
    let value = read(loss.per_sample(no_tail, TopK::of(teacher, 2, 1.0)))[0];
    let mass: f64 = (2f64.exp() + 1f64.exp()) / [2.0, 1.0, 0.0, -1.0].map(f64::exp).iter().sum::<f64>();
    assert_close("the least value", &[value], &[mass * mass.ln()], within(1e-5));
}

#[test]
fn top_p_keeps_the_fewest_classes_and_pads() {
    let teacher = logits(&[0.5, 0.3, 0.15, 0.05, 0.05, 0.9, 0.04, 0.01].map(f64::ln), 4);
    let cut = TopK::top_p(teacher, 0.79, 1.0);
    let kept: Vec<i64> = cut.ids.into_data().iter::<i64>().collect();
    assert_eq!((kept[0], kept[1], kept[2]), (0, 1, 1));
    let log_probs = read(cut.log_probs);
    let expected = [0.5f64.ln(), 0.3f64.ln(), 0.9f64.ln(), f64::NEG_INFINITY];
    assert_close("log-probabilities", &log_probs, &expected, within(1e-5));
}

/// Padding names no class: neither its id nor how often it comes has a say.
#[test]
fn padding_is_ignored() {
    let loss = SparseSoftLabelLossConfig::new().init();
    let student = logits(&[0.0, 1.0, 2.0, 3.0], 4);
    let log_probs = |values: &[f64]| logits(values, values.len());
    let short = TopK::new(ids(&[2], 1), log_probs(&[-0.5]));
    let none = f64::NEG_INFINITY;
    let padded = TopK::new(ids(&[0, 2, 0], 3), log_probs(&[none, -0.5, none]));
    let short = read(loss.per_sample(student.clone(), short));
    let padded = read(loss.per_sample(student, padded));
    assert_close("value", &padded, &short, within(1e-6));
}

/// Where the teacher's classes are all the student has, 1 − Q in single precision has no digit; the sum over the tail
/// does.
#[test]
fn a_small_tail_keeps_its_digits() {
    let loss = SparseSoftLabelLossConfig::new().init();
    let student = logits(&[40.0, 0.0, 0.0], 3);
    let half = 0.5f64.ln();
    let value = read(loss.per_sample(student, TopK::new(ids(&[0], 1), logits(&[half], 1))))[0];
    let expected = 0.5 * half + 0.5 * (half - (2f64.ln() - 40.0));
    assert_close("value", &[value], &[expected], within(1e-6));
}

/// Nor has 1 − P of a teacher who is sure: of what 1e-5 of the mass are here, f32 would know two digits.
#[test]
fn a_sure_teachers_tail_keeps_its_digits() {
    let (student, teacher) = (logits(&[60.0, 0.0, 0.0], 3), logits(&[12.0, 0.0, 0.0], 3));
    let cut = [TopK::of(teacher.clone(), 1, 1.0), TopK::top_p(teacher, 0.9, 1.0)];
    let tail = 2f64.ln() - (12f64.exp() + 2.0).ln();
    let best = 12.0 - (12f64.exp() + 2.0).ln();
    // The student's best has everything.
    let expected = best.exp() * best + tail.exp() * (tail - (2f64.ln() - 60.0));
    for cut in cut {
        assert_eq!(cut.ids.dims(), [1, 1]);
        assert_close("tail", &read(cut.tail.clone()), &[tail], within(1e-6));
        let value = read(SparseSoftLabelLossConfig::new().init().per_sample(student.clone(), cut));
        // The best's term is a rounding of its log-probability.
        assert_close("value", &value, &[expected], within(1e-3));
    }
}

#[test]
fn what_is_not_known_is_what_is_left_of_1() {
    let cut = TopK::new(ids(&[0, 2], 2), logits(&[0.5f64.ln(), 0.25f64.ln()], 2));
    assert_close("tail", &read(cut.tail), &[0.25f64.ln()], within(1e-6));
    let sure = TopK::new(ids(&[0], 1), logits(&[-1e-8], 1));
    assert_eq!(read(sure.tail), [f64::NEG_INFINITY]);
}

#[test]
#[should_panic(expected = "TopK::of: k is 0, but must be from 1 to the number of classes, 4")]
fn no_classes_at_all() {
    TopK::of(logits(&[0.0; 4], 4), 0, 1.0);
}

#[test]
#[should_panic(expected = "TopK::of: k is 5, but must be from 1 to the number of classes, 4")]
fn more_classes_than_there_are() {
    TopK::of(logits(&[0.0; 4], 4), 5, 1.0);
}

#[test]
#[should_panic(expected = "TopK::top_p: p is 1.5, but must be above 0 and at most 1")]
fn more_mass_than_there_is() {
    TopK::top_p(logits(&[0.0; 4], 4), 1.5, 1.0);
}

#[test]
#[should_panic(expected = "TopK::of: temperature is 0")]
fn an_impossible_temperature() {
    TopK::of(logits(&[0.0; 4], 4), 1, 0.0);
}

fn compare(student: [usize; 2], ids_of: &[i32], log_probs: &[f64], k: usize) {
    let teacher = TopK::new(ids(ids_of, k), logits(log_probs, log_probs.len()));
    let student = logits(&vec![0.0; student[0] * student[1]], student[1]);
    SparseSoftLabelLossConfig::new().init().forward(student, teacher);
}

#[test]
#[should_panic(expected = "SparseSoftLabelLoss: id 4 is not one of the student's 4 classes, which run from 0 to 3")]
fn an_id_too_high() {
    compare([1, 4], &[4, 0], &[-1.0, -1.0], 2);
}

#[test]
#[should_panic(expected = "id -1 is not one of the student's 4 classes")]
fn an_id_below_zero() {
    compare([1, 4], &[-1, 0], &[-1.0, -1.0], 2);
}

#[test]
#[should_panic(expected = "SparseSoftLabelLoss: an id comes 2 times in one row")]
fn an_id_twice() {
    compare([1, 4], &[3, 3], &[-1.0, -1.0], 2);
}

#[test]
#[should_panic(expected = "SparseSoftLabelLoss: the probabilities of a row sum to")]
fn logits_for_log_probabilities() {
    compare([1, 4], &[3, 2], &[2.0, 1.0], 2);
}

#[test]
#[should_panic(expected = "the teacher's ids have shape [1, 2] and its log-probabilities [1, 3]")]
fn ids_for_other_log_probabilities() {
    compare([1, 4], &[3, 2], &[-2.0, -2.0, -2.0], 2);
}

#[test]
#[should_panic(expected = "SparseSoftLabelLoss: the teacher has 1 rows and tails of 2; give one tail for each row")]
fn tails_of_another_batch() {
    let mut teacher = TopK::new(ids(&[3], 1), logits(&[-2.0], 1));
    teacher.tail = Tensor::zeros([2], &device());
    SparseSoftLabelLossConfig::new()
        .init()
        .forward(logits(&[0.0; 4], 4), teacher);
}

#[test]
#[should_panic(expected = "the student has shape [2, 4] and the teacher [1, 2]; they differ at axis 0 (2 against 1)")]
fn a_teacher_of_another_batch() {
    compare([2, 4], &[3, 2], &[-2.0, -2.0], 2);
}

#[test]
#[should_panic(expected = "SparseSoftLabelLoss: k is 3, but must be from 1 to the number of classes, 2")]
fn more_classes_than_the_student_has() {
    compare([1, 2], &[0, 1, 0], &[-2.0, -2.0, -2.0], 3);
}
