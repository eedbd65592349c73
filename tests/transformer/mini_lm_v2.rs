//! How queries, keys and values are related, whatever heads there are.

use burn::{
    config::Config,
    tensor::{Device, Tensor, TensorData},
};
use kd::{
    DistillLoss,
    transformer::{
        Attended, AttentionAndValues, MiniLmLossConfig, MiniLmV2Loss, MiniLmV2LossConfig, QueriesKeysValues,
    },
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, waves, within};

use crate::sequences::{Parts, first, mask, of_tokens, padded, times};

/// What a golden case says: the loss's own configuration, what is in a row, and what of it counts.
#[derive(Config, Debug)]
struct Given {
    student_heads: usize,
    teacher_heads: usize,
    student_head: usize,
    teacher_head: usize,
    relation_heads: usize,
    seq: usize,
    attended: Vec<Vec<bool>>,
    queries: f64,
    keys: f64,
    values: f64,
}

#[derive(Clone)]
struct OfRows(Given);

impl OfRows {
    fn shown(&self, rows: Tensor<2>, heads: usize, head: usize) -> QueriesKeysValues {
        let mut parts = Parts::new(rows);
        let [queries, keys, values] = [(); 3].map(|()| parts.take(&[heads, self.0.seq, head]));
        parts.finish();
        QueriesKeysValues::new(queries, keys, values)
    }
}

impl DistillLoss<Tensor<2>> for OfRows {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let given = &self.0;
        let attended = mask(&given.attended, &student.device());
        let loss = MiniLmV2LossConfig::new(given.relation_heads)
            .with_queries(given.queries)
            .with_keys(given.keys)
            .with_values(given.values)
            .init();
        let student = self.shown(student, given.student_heads, given.student_head);
        let teacher = self.shown(teacher, given.teacher_heads, given.teacher_head);
        loss.per_sample(student, Attended::new(teacher, attended))
    }
}

#[test]
fn golden() {
    let default = Given::new(1, 1, 1, 1, 1, 1, vec![], 1.0, 1.0, 1.0);
    golden::check("mini_lm_v2.json", &device(), &default, |given| {
        Subject::new::<Tensor<2>, Tensor<2>>(OfRows(given.clone()))
    });
}

/// Sequences of as many tokens as a row has numbers, each one wide.
#[derive(Clone)]
struct OfTokens(MiniLmV2Loss);

impl DistillLoss<Tensor<2>> for OfTokens {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let shown = |rows: Tensor<2>| {
            let [batch, seq] = rows.dims();
            let token = rows.reshape([batch, 1, seq, 1]);
            QueriesKeysValues::new(
                times(token.clone(), 0.25),
                times(token.clone(), -0.125),
                times(token, 0.5),
            )
        };
        let shape = student.dims();
        let all = TensorData::new(vec![true; shape.iter().product()], shape);
        let all = Tensor::from_data(all, &student.device());
        self.0.per_sample(shown(student), Attended::new(shown(teacher), all))
    }
}

laws!(relations: [any, divergence],
    Subject::new::<Tensor<2>, Tensor<2>>(OfTokens(MiniLmV2LossConfig::new(1).init())));

fn shown(heads: usize, head: usize, padding: usize, phase: f64, device: &Device) -> QueriesKeysValues {
    let vectors = |phase: f64| padded(waves([2, heads, 3, head], phase, device) * 2.0, &[2], padding);
    QueriesKeysValues::new(vectors(phase), vectors(phase + 0.3), vectors(phase + 0.6))
}

fn lesson(padding: usize, device: &Device) -> Attended<QueriesKeysValues> {
    Attended::new(shown(4, 3, padding, 0.2, device), first(3, [2, 3 + padding], device))
}

fn loss() -> MiniLmV2Loss {
    MiniLmV2LossConfig::new(6).init()
}

#[test]
fn padding_changes_nothing() {
    let device = device().autodiff();
    let outcome = |padding: usize| {
        let student = shown(3, 4, padding, 1.0, &device);
        let values = loss().per_sample(student.clone(), lesson(padding, &device));
        let gradients = values.clone().mean().backward();
        let of = |leaf: Tensor<4>| of_tokens(leaf.grad(&gradients).unwrap(), &[2], 3);
        (read(values), [student.queries, student.keys, student.values].map(of))
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
    let student = shown(3, 4, 0, 1.0, &device);
    let nothing = Attended {
        attended: first(0, [2, 3], &device),
        ..lesson(0, &device)
    };
    let values = loss().per_sample(student.clone(), nothing);
    let gradients = values.clone().mean().backward();
    assert_eq!(read(values), [0.0, 0.0]);
    assert!(
        read(student.keys.grad(&gradients).unwrap())
            .iter()
            .all(|&gradient| gradient == 0.0)
    );
}

/// With relation heads that are the heads, the values' relation is that of the first MiniLM.
#[test]
fn values_are_related_as_in_the_first_version() {
    let device = device().autodiff();
    let (student, teacher) = (shown(2, 4, 0, 1.0, &device), shown(2, 3, 0, 0.2, &device));
    let attended = || first(3, [2, 3], &device);
    let of_values =
        |x: &QueriesKeysValues| AttentionAndValues::new(Tensor::zeros([2, 2, 3, 3], &device), x.values.clone());
    let first_version = MiniLmLossConfig::new().with_attention(0.0).init();
    let expected = first_version.per_sample(of_values(&student), Attended::new(of_values(&teacher), attended()));
    let second_version = MiniLmV2LossConfig::new(2).with_queries(0.0).with_keys(0.0).init();
    let found = second_version.per_sample(student, Attended::new(teacher, attended()));
    assert_close("values", &read(found), &read(expected), within(1e-6));
}

#[test]
fn terms_are_named_and_add_up() {
    let device = device().autodiff();
    let loss = MiniLmV2LossConfig::new(6).with_queries(0.5).with_values(2.0).init();
    let terms = loss.terms(shown(3, 4, 0, 1.0, &device), lesson(0, &device));
    let names: Vec<(&str, f64)> = terms.iter().map(|term| (&*term.name, term.weight)).collect();
    assert_eq!(names, [("queries", 0.5), ("keys", 1.0), ("values", 2.0)]);
    let forward = read(loss.forward(shown(3, 4, 0, 1.0, &device), lesson(0, &device)));
    assert_close("total", &read(terms.total()), &forward, within(1e-6));
}

/// Keys and values may have fewer heads than queries, as in grouped attention. How many it is does not matter, for all heads of a
/// token are one row.
#[test]
fn heads_may_be_grouped() {
    let device = device();
    let values = |grouped: usize| {
        let layer = |head: usize| {
            let vectors = |width: usize, heads: usize| {
                let tokens = waves::<3>([2, 3, width], 0.4, &device);
                tokens.reshape([2, 3, heads, width / heads]).swap_dims(1, 2)
            };
            let of_group = || vectors(2 * head, grouped);
            QueriesKeysValues::new(vectors(4 * head, 4), of_group(), of_group())
        };
        let lesson = Attended::new(layer(6), first(2, [2, 3], &device));
        read(MiniLmV2LossConfig::new(2).init().per_sample(layer(4), lesson))
    };
    assert!(values(2).iter().all(|value| *value > 0.0));
    assert_close("one head of keys and values", &values(1), &values(2), within(1e-6));
}

fn run(change: impl FnOnce(&mut QueriesKeysValues, &mut Attended<QueriesKeysValues>, &Device)) {
    let device = device().autodiff();
    let (mut student, mut teacher) = (shown(3, 4, 0, 1.0, &device), lesson(0, &device));
    change(&mut student, &mut teacher, &device);
    loss().forward(student, teacher);
}

#[test]
#[should_panic(
    expected = "MiniLmV2Loss: the student's keys are 12 numbers a token and the teacher's 10, which 6 relation heads do not both divide; take a number that divides both, such as 2"
)]
fn relation_heads_that_do_not_divide() {
    run(|_, teacher, device| teacher.shown.keys = Tensor::ones([2, 2, 3, 5], device));
}

#[test]
#[should_panic(expected = "MiniLmV2Loss: the student's values have shape [2, 3, 7, 4] and the mask of tokens [2, 3]")]
fn values_of_other_tokens() {
    run(|student, _, device| student.values = Tensor::ones([2, 3, 7, 4], device));
}

#[test]
#[should_panic(expected = "MiniLmV2Loss: the student's queries have shape [2, 3, 3, 4] and the mask of tokens [2, 5]")]
fn a_mask_of_other_tokens() {
    run(|_, teacher, device| teacher.attended = first(3, [2, 5], device));
}

#[test]
fn the_config_is_checked() {
    let said = |config: MiniLmV2LossConfig| config.try_init().unwrap_err().to_string();
    assert_eq!(
        said(MiniLmV2LossConfig::new(0)),
        "MiniLmV2LossConfig: relation_heads is 0, but must be at least 1"
    );
    assert!(said(MiniLmV2LossConfig::new(4).with_keys(f64::NAN)).contains("keys is NaN"));
    let nothing = MiniLmV2LossConfig::new(4)
        .with_queries(0.0)
        .with_keys(0.0)
        .with_values(0.0);
    assert!(said(nothing).contains("the sum of all weights is 0"));
}

#[test]
fn shows_what_it_is() {
    let expected = "MiniLmV2Loss {relation_heads: 6, queries: 1, keys: 1, values: 1}";
    assert_eq!(format!("{}", loss()), expected);
}
