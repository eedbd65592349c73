//! Which tokens count in the triple loss, and how they add up.

use burn::tensor::{Device, Tensor};
use kd::{
    DistillLoss, OffGraph,
    transformer::{DistilBertLossConfig, MaskedLanguage, MaskedLesson, MaskedTargets, SoftTokens},
};
use kd_testkit::{assert_close, device, read, waves, within};

use crate::{
    distil_bert::tokens,
    sequences::{first, mask, of_tokens, padded},
};

/// Logits and hidden states of sequences, all of them leaves, the last `padding` tokens NaN.
pub fn shown(batch: usize, padding: usize, phase: f64, device: &Device) -> MaskedLanguage {
    let leaf = |width: usize, phase: f64| padded(waves([batch, 3, width], phase, device), &[1], padding);
    MaskedLanguage::new(leaf(7, phase), leaf(4, phase + 0.5))
}

/// The first three tokens count and the second and third are asked for; in padding everything is asked for, tokens that do not
/// exist.
pub fn lesson(batch: usize, padding: usize, device: &Device) -> MaskedLesson {
    let seq = 3 + padding;
    let of_each = vec![[4, 2, 6].into_iter().chain(vec![99; padding]).collect(); batch];
    let asked = vec![(0..seq).map(|place| place > 0).collect(); batch];
    let targets = MaskedTargets::new(tokens(&of_each, device), mask(&asked, device));
    MaskedLesson::new(
        shown(batch, padding, 0.2, device),
        targets,
        first(3, [batch, seq], device),
    )
}

#[test]
fn padding_changes_nothing() {
    let device = device().autodiff();
    for soft_tokens in [SoftTokens::Attended, SoftTokens::Asked] {
        let loss = DistilBertLossConfig::new().with_soft_tokens(soft_tokens).init();
        let outcome = |padding: usize| {
            let student = shown(2, padding, 1.0, &device);
            let values = loss.per_sample(student.clone(), lesson(2, padding, &device));
            let gradients = values.clone().mean().backward();
            let [logits, hidden] = [student.logits, student.hidden].map(|leaf| leaf.grad(&gradients).unwrap());
            (
                read(values),
                [logits, hidden].map(|gradient| of_tokens(gradient, &[1], 3)),
            )
        };
        let (values, gradients) = outcome(0);
        for padding in [1, 4] {
            let (again, padded) = outcome(padding);
            assert_close("values", &again, &values, within(1e-6));
            for (padded, gradient) in padded.iter().zip(&gradients) {
                assert_close("gradient", padded, gradient, within(1e-6));
            }
        }
    }
}

#[test]
fn where_nothing_counts_there_is_a_zero() {
    let device = device().autodiff();
    for soft_tokens in [SoftTokens::Attended, SoftTokens::Asked] {
        let loss = DistilBertLossConfig::new().with_soft_tokens(soft_tokens).init();
        let nothing = || MaskedLesson {
            attended: first(0, [2, 3], &device),
            ..lesson(2, 0, &device)
        };
        let student = shown(2, 0, 1.0, &device);
        let values = loss.per_sample(student.clone(), nothing());
        let gradients = values.clone().mean().backward();
        assert_eq!(read(values), [0.0, 0.0]);
        assert!(
            student
                .logits
                .grad(&gradients)
                .is_none_or(|gradient| read(gradient).iter().all(|&g| g == 0.0))
        );
        assert_eq!(
            loss.terms(student, nothing()).values(),
            [("soft", 0.0), ("mlm", 0.0), ("cosine", 0.0)]
        );
        // Off the graph as well, as a validation asks for it.
        let off = loss.per_sample(shown(2, 0, 1.0, &device).off_graph(), nothing().off_graph());
        assert_eq!(read(off), [0.0, 0.0]);
    }
}

#[test]
fn terms_are_named_and_add_up() {
    let device = device().autodiff();
    let loss = DistilBertLossConfig::new().init();
    let terms = loss.terms(shown(2, 1, 1.0, &device), lesson(2, 1, &device));
    let names: Vec<(&str, f64)> = terms.iter().map(|term| (&*term.name, term.weight)).collect();
    assert_eq!(names, [("soft", 5.0), ("mlm", 2.0), ("cosine", 1.0)]);
    let forward = read(loss.forward(shown(2, 1, 1.0, &device), lesson(2, 1, &device)));
    assert_close("total", &read(terms.total()), &forward, within(1e-6));
}

#[test]
fn parts_without_weight_are_not_computed() {
    let device = device().autodiff();
    let nan = |width: usize| Tensor::<3>::full([2, 3, width], f64::NAN, &device);
    let mut student = shown(2, 0, 1.0, &device);
    student.hidden = nan(9); // of another width, too
    let loss = DistilBertLossConfig::new().with_cosine(0.0).init();
    let terms = loss.terms(student, lesson(2, 0, &device));
    assert_eq!(terms.iter().len(), 2);
    assert!(terms.total().into_scalar::<f32>().is_finite());
}

/// The accumulation that trainers get wrong: a mean of the pieces' means is another number.
#[test]
fn pieces_add_up_to_the_batch() {
    let device = device().autodiff();
    let config = DistilBertLossConfig::new();
    let loss = config.init();
    let attended = mask(
        &[
            vec![true, true, true],
            vec![true, false, false],
            vec![true, true, false],
        ],
        &device,
    );
    let whole = || MaskedLesson {
        attended: attended.clone(),
        ..lesson(3, 0, &device)
    };
    let student = || shown(3, 0, 1.0, &device);
    let piece = |from: usize, count: usize| {
        let cut = |shown: MaskedLanguage| {
            let of_batch = |x: Tensor<3>| x.narrow(0, from, count);
            MaskedLanguage::new(of_batch(shown.logits), of_batch(shown.hidden))
        };
        let MaskedLesson {
            shown,
            targets,
            attended,
        } = whole();
        let targets = MaskedTargets::new(
            targets.tokens.narrow(0, from, count),
            targets.asked.narrow(0, from, count),
        );
        let lesson = MaskedLesson::new(cut(shown), targets, attended.narrow(0, from, count));
        (cut(student()), lesson)
    };
    let sums = [(0, 1), (1, 2)].map(|(from, count)| {
        let (student, lesson) = piece(from, count);
        loss.sums(student, lesson)
    });
    let [first, second] = sums;
    let total = read((first + second).terms(&config).total());
    assert_close("total", &total, &read(loss.forward(student(), whole())), within(1e-6));

    let means = [(0, 1), (1, 2)].map(|(from, count)| {
        let (student, lesson) = piece(from, count);
        read(loss.forward(student, lesson))[0]
    });
    assert!(
        (means[0] + means[1] * 2.0 - total[0] * 3.0).abs() > 1e-3,
        "the pieces are too alike to tell"
    );
}
