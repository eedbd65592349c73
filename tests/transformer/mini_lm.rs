//! Where the last layer looks, and how its values are related.

use burn::{
    config::Config,
    tensor::{Device, Tensor, TensorData},
};
use kd::{
    DistillLoss,
    transformer::{Attended, AttentionAndValues, MiniLmLoss, MiniLmLossConfig},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, waves, within};

use crate::sequences::{Parts, alike_for_all, all_but_shapes, first, mask, of_tokens, padded, times};

/// What a golden case says: the loss's own configuration, what is in a row, and what of it counts.
#[derive(Config, Debug)]
struct Given {
    heads: usize,
    student_head: usize,
    teacher_head: usize,
    seq: usize,
    attended: Vec<Vec<bool>>,
    attention: f64,
    values: f64,
}

#[derive(Clone)]
struct OfRows(Given);

impl OfRows {
    fn shown(&self, rows: Tensor<2>, head: usize) -> AttentionAndValues {
        let Given { heads, seq, .. } = self.0;
        let mut parts = Parts::new(rows);
        let shown = AttentionAndValues::new(parts.take(&[heads, seq, seq]), parts.take(&[heads, seq, head]));
        parts.finish();
        shown
    }
}

impl DistillLoss<Tensor<2>> for OfRows {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let given = &self.0;
        let attended = mask(&given.attended, &student.device());
        let loss = MiniLmLossConfig::new()
            .with_attention(given.attention)
            .with_values(given.values)
            .init();
        let teacher = self.shown(teacher, given.teacher_head);
        loss.per_sample(
            self.shown(student, given.student_head),
            Attended::new(teacher, attended),
        )
    }
}

#[test]
fn golden() {
    let default = Given::new(1, 1, 1, 1, vec![], 1.0, 1.0);
    golden::check("mini_lm.json", &device(), &default, |given| {
        Subject::new::<Tensor<2>, Tensor<2>>(OfRows(given.clone()))
    });
}

/// Sequences of as many tokens as a row has numbers, whose scores are the row whoever looks, and whose values are a quarter of it.
#[derive(Clone)]
struct OfTokens(MiniLmLoss);

impl DistillLoss<Tensor<2>> for OfTokens {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let shown = |rows: Tensor<2>| {
            let [batch, seq] = rows.dims();
            AttentionAndValues::new(
                alike_for_all(rows.clone()),
                times(rows.reshape([batch, 1, seq, 1]), 0.25),
            )
        };
        let shape = student.dims();
        let all = TensorData::new(vec![true; shape.iter().product()], shape);
        let all = Tensor::from_data(all, &student.device());
        self.0.per_sample(shown(student), Attended::new(shown(teacher), all))
    }
}

fn of_tokens_with(attention: f64, values: f64) -> Subject {
    let config = MiniLmLossConfig::new().with_attention(attention).with_values(values);
    Subject::new::<Tensor<2>, Tensor<2>>(OfTokens(config.init()))
}

laws!(both_parts: [any, divergence], of_tokens_with(1.0, 1.0));
laws!(attention_alone: [independent, mean, smooth, divergence, covered_softmax], of_tokens_with(1.0, 0.0));
laws!(values_alone: [any, divergence], of_tokens_with(0.0, 1.0));

#[test]
fn attention_alone_keeps_the_other_laws() {
    all_but_shapes(&of_tokens_with(1.0, 0.0));
}

fn shown(head: usize, padding: usize, phase: f64, device: &Device) -> AttentionAndValues {
    let scores = waves([2, 2, 3, 3], phase, device) * 3.0;
    let values = waves([2, 2, 3, head], phase + 0.5, device) * 2.0;
    AttentionAndValues::new(padded(scores, &[2, 3], padding), padded(values, &[2], padding))
}

fn lesson(padding: usize, device: &Device) -> Attended<AttentionAndValues> {
    Attended::new(shown(4, padding, 0.2, device), first(3, [2, 3 + padding], device))
}

#[test]
fn padding_changes_nothing() {
    let device = device().autodiff();
    let loss = MiniLmLossConfig::new().init();
    let outcome = |padding: usize| {
        let student = shown(5, padding, 1.0, &device);
        let values = loss.per_sample(student.clone(), lesson(padding, &device));
        let gradients = values.clone().mean().backward();
        let scores = of_tokens(student.scores.grad(&gradients).unwrap(), &[2, 3], 3);
        let of_values = of_tokens(student.values.grad(&gradients).unwrap(), &[2], 3);
        (read(values), [scores, of_values])
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

#[test]
fn where_nothing_counts_there_is_a_zero() {
    let device = device().autodiff();
    let student = shown(5, 0, 1.0, &device);
    let nothing = Attended {
        attended: first(0, [2, 3], &device),
        ..lesson(0, &device)
    };
    let values = MiniLmLossConfig::new().init().per_sample(student.clone(), nothing);
    let gradients = values.clone().mean().backward();
    assert_eq!(read(values), [0.0, 0.0]);
    assert!(
        read(student.scores.grad(&gradients).unwrap())
            .iter()
            .all(|&gradient| gradient == 0.0)
    );
    assert!(
        read(student.values.grad(&gradients).unwrap())
            .iter()
            .all(|&gradient| gradient == 0.0)
    );
}

/// What a model adds to the scores of padding, −10000 or −∞, changes nothing: the mask says it already.
#[test]
fn a_mask_that_was_added_changes_nothing() {
    let device = device().autodiff();
    let loss = MiniLmLossConfig::new().with_values(0.0).init();
    let value = |added: f64| {
        let layer = |phase: f64| {
            let shown = shown(4, 0, phase, &device);
            let last = first(2, [2, 3], &device)
                .bool_not()
                .reshape([2, 1, 1, 3])
                .expand([2, 2, 3, 3]);
            AttentionAndValues::new(shown.scores.mask_fill(last, added), shown.values)
        };
        read(loss.per_sample(layer(1.0), Attended::new(layer(0.2), first(2, [2, 3], &device))))
    };
    for added in [-1e4, f64::NEG_INFINITY] {
        assert_close("values", &value(added), &value(0.0), within(1e-6));
    }
}

#[test]
fn terms_are_named_and_add_up() {
    let device = device().autodiff();
    let loss = MiniLmLossConfig::new().with_values(0.5).init();
    let terms = loss.terms(shown(5, 0, 1.0, &device), lesson(0, &device));
    let names: Vec<(&str, f64)> = terms.iter().map(|term| (&*term.name, term.weight)).collect();
    assert_eq!(names, [("attention", 1.0), ("values", 0.5)]);
    let forward = read(loss.forward(shown(5, 0, 1.0, &device), lesson(0, &device)));
    assert_close("total", &read(terms.total()), &forward, within(1e-6));
}

fn run(change: impl FnOnce(&mut AttentionAndValues, &mut Attended<AttentionAndValues>, &Device)) {
    let device = device().autodiff();
    let (mut student, mut teacher) = (shown(5, 0, 1.0, &device), lesson(0, &device));
    change(&mut student, &mut teacher, &device);
    MiniLmLossConfig::new().init().forward(student, teacher);
}

#[test]
#[should_panic(
    expected = "give the student as many heads as its teacher has, or compare relations between as many parts as you like, as `MiniLmV2Loss` does"
)]
fn other_heads() {
    run(|student, _, device| student.scores = Tensor::ones([2, 3, 3, 3], device));
}

#[test]
#[should_panic(expected = "MiniLmLoss: the student has shape [2, 3, 3, 5] and the teacher [2, 2, 3, 4]")]
fn values_of_other_heads() {
    run(|student, _, device| student.values = Tensor::ones([2, 3, 3, 5], device));
}

#[test]
#[should_panic(
    expected = "MiniLmLoss: the teacher's values have shape [2, 2, 4, 4] and the mask of tokens [2, 3]; give them as [batch, heads, seq, head], padding included"
)]
fn values_of_other_tokens() {
    run(|_, teacher, device| teacher.shown.values = Tensor::ones([2, 2, 4, 4], device));
}

#[test]
#[should_panic(expected = "MiniLmLoss: the student's values have shape [2, 2, 3, 5] and the mask of tokens [1, 3]")]
fn a_mask_of_another_batch() {
    run(|_, teacher, device| teacher.attended = first(3, [1, 3], device));
}

#[test]
fn weights_are_checked() {
    let said = |config: MiniLmLossConfig| config.try_init().unwrap_err().to_string();
    assert!(said(MiniLmLossConfig::new().with_attention(-1.0)).contains("MiniLmLossConfig: attention is -1"));
    assert!(said(MiniLmLossConfig::new().with_attention(0.0).with_values(0.0)).contains("the sum of all weights is 0"));
}

#[test]
fn shows_what_it_is() {
    assert_eq!(
        format!("{}", MiniLmLossConfig::new().init()),
        "MiniLmLoss {attention: 1, values: 1}"
    );
}
