//! The triple loss of a masked language model.

use burn::{
    config::Config,
    tensor::{Device, Int, Tensor, TensorData},
};
use kd::{
    DistillLoss, Labelled,
    transformer::{DistilBertLoss, DistilBertLossConfig, MaskedLanguage, MaskedLesson, MaskedTargets, SoftTokens},
};
use kd_testkit::{Subject, device, golden, laws};

use crate::sequences::{Parts, all_but_shapes, mask};

/// What a golden case says: the loss's own configuration, what is in a row, and what of it counts.
#[derive(Config, Debug)]
struct Given {
    seq: usize,
    vocab: usize,
    hidden: usize,
    attended: Vec<Vec<bool>>,
    asked: Vec<Vec<bool>>,
    tokens: Vec<Vec<usize>>,
    soft: f64,
    mlm: f64,
    cosine: f64,
    temperature: f64,
    soft_tokens: SoftTokens,
}

impl Given {
    fn loss(&self) -> DistilBertLoss {
        DistilBertLossConfig::new()
            .with_soft(self.soft)
            .with_mlm(self.mlm)
            .with_cosine(self.cosine)
            .with_temperature(self.temperature)
            .with_soft_tokens(self.soft_tokens)
            .init()
    }

    fn shown(&self, rows: Tensor<2>) -> MaskedLanguage {
        let mut parts = Parts::new(rows);
        let shown = MaskedLanguage::new(
            parts.take(&[self.seq, self.vocab]),
            parts.take(&[self.seq, self.hidden]),
        );
        parts.finish();
        shown
    }
}

#[derive(Clone)]
struct OfRows(Given);

impl DistillLoss<Tensor<2>> for OfRows {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let (given, device) = (&self.0, student.device());
        let targets = MaskedTargets::new(tokens(&given.tokens, &device), mask(&given.asked, &device));
        let lesson = MaskedLesson::new(given.shown(teacher), targets, mask(&given.attended, &device));
        given.loss().per_sample(given.shown(student), lesson)
    }
}

pub fn tokens(entries: &[Vec<usize>], device: &Device) -> Tensor<2, Int> {
    let numbers: Vec<i32> = entries.concat().into_iter().map(|token| token as i32).collect();
    Tensor::from_data(TensorData::new(numbers, [entries.len(), entries[0].len()]), device)
}

#[test]
fn golden() {
    let config = DistilBertLossConfig::new();
    let default = Given::new(
        1,
        1,
        1,
        vec![],
        vec![],
        vec![],
        config.soft,
        config.mlm,
        config.cosine,
        config.temperature,
        config.soft_tokens,
    );
    golden::check("distil_bert.json", &device(), &default, |given| {
        Subject::new::<Tensor<2>, Tensor<2>>(OfRows(given.clone()))
    });
}

/// Sequences of one token that is asked for; its logits are its hidden state, too.
#[derive(Clone)]
struct OfLogits(DistilBertLoss);

impl DistillLoss<Tensor<2>, Labelled> for OfLogits {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        let shown = |logits: Tensor<2>| {
            let logits = logits.unsqueeze_dim::<3>(1);
            MaskedLanguage::new(logits.clone(), logits)
        };
        let all = mask(&vec![vec![true]; student.dims()[0]], &student.device());
        let all = if student.dims()[0] == 0 {
            all.reshape([0, 1])
        } else {
            all
        };
        let targets = MaskedTargets::new(teacher.labels.unsqueeze_dim(1), all.clone());
        self.0
            .per_sample(shown(student), MaskedLesson::new(shown(teacher.logits), targets, all))
    }
}

fn of_logits([soft, mlm, cosine]: [f64; 3], soft_tokens: SoftTokens) -> Subject {
    let config = DistilBertLossConfig::new()
        .with_soft(soft)
        .with_mlm(mlm)
        .with_cosine(cosine);
    Subject::new::<Tensor<2>, Labelled>(OfLogits(config.with_soft_tokens(soft_tokens).init()))
}

laws!(all_parts: [any], of_logits([0.5, 0.2, 0.1], SoftTokens::Attended));
laws!(soft_alone: [any, divergence, softmax], of_logits([1.0, 0.0, 0.0], SoftTokens::Attended));
laws!(soft_of_those_asked_for: [any, divergence, softmax], of_logits([1.0, 0.0, 0.0], SoftTokens::Asked));
// Of the teacher there are labels alone, so nothing is of unequal shape.
laws!(mlm_alone: [independent, mean, smooth, softmax], of_logits([0.0, 1.0, 0.0], SoftTokens::Attended));
laws!(cosine_alone: [any, divergence], of_logits([0.0, 0.0, 1.0], SoftTokens::Attended));

#[test]
fn mlm_alone_keeps_the_other_laws() {
    all_but_shapes(&of_logits([0.0, 1.0, 0.0], SoftTokens::Attended));
}

#[test]
fn temperature_keeps_the_gradient() {
    laws::temperature_keeps_the_gradient(|temperature| {
        let config = DistilBertLossConfig::new().with_mlm(0.0).with_cosine(0.0);
        Subject::new::<Tensor<2>, Labelled>(OfLogits(config.with_temperature(temperature).init()))
    });
}

#[test]
fn shows_what_it_is() {
    let loss = DistilBertLossConfig::new().with_soft_tokens(SoftTokens::Asked).init();
    let expected = "DistilBertLoss {soft: 5, mlm: 2, cosine: 1, temperature: 2, soft_tokens: Asked}";
    assert_eq!(format!("{loss}"), expected);
}
