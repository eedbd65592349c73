//! Every layer, every head and their gradients as `transformers` computes them.

use std::{collections::BTreeMap, fs};

use burn::tensor::{Gradients, Tensor, TensorData};
use kd::transformer::bert::{Bert, BertInput, BertOutput};
use kd_testkit::{assert_close, device, read, within};
use serde::Deserialize;

use super::models::{WRITTEN, folder, ids, written};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    ids: Vec<Vec<i64>>,
    mask: Option<Vec<Vec<i64>>>,
    token_types: Option<Vec<Vec<i64>>>,
    hidden_states: Vec<Vec<f64>>,
    attentions: Vec<Vec<f64>>,
    pooled: Option<Vec<f64>>,
    logits: Option<Vec<f64>>,
    gradients: BTreeMap<String, Vec<f64>>,
}

impl Case {
    fn input(&self, device: &burn::tensor::Device) -> BertInput {
        let input = BertInput::new(ids(&self.ids, device));
        let input = match &self.mask {
            Some(mask) => input.with_mask(ids(mask, device).equal_elem(1)),
            None => input,
        };
        match &self.token_types {
            Some(types) => input.with_token_types(ids(types, device)),
            None => input,
        }
    }

    /// 1 for tokens that count, `[batch, seq]`.
    fn counts(&self) -> Vec<f64> {
        let all = || self.ids.iter().map(|text| vec![1; text.len()]).collect();
        let mask = self.mask.clone().unwrap_or_else(all);
        mask.concat().into_iter().map(|counts| counts as f64).collect()
    }

    /// The loss of the script: each number times the cosine of its place, where what it is read from counts.
    fn loss(&self, output: &BertOutput) -> Tensor<1> {
        let counts = self.counts();
        let firsts: Vec<f64> = counts.chunks(self.ids[0].len()).map(|text| text[0]).collect();
        let mut loss = weighed(output.last_hidden_state(), &counts);
        if let Some(logits) = &output.token_logits {
            loss = loss + weighed(logits.clone(), &counts);
        }
        if let Some(logits) = &output.class_logits {
            loss = loss + weighed(logits.clone(), &firsts);
        }
        // `transformers` shows what is pooled only where there is no head.
        if self.pooled.is_some() {
            loss = loss + weighed(output.pooled.clone().unwrap(), &firsts);
        }
        loss
    }
}

/// Σ cos(place) · number, over the tokens or texts that count.
fn weighed<const D: usize>(numbers: Tensor<D>, counts: &[f64]) -> Tensor<1> {
    let shape = numbers.shape();
    let each = shape.num_elements() / counts.len();
    let weights: Vec<f32> = (0..shape.num_elements())
        .map(|place| ((place as f64).cos() * counts[place / each]) as f32)
        .collect();
    let weights = Tensor::from_data(TensorData::new(weights, shape), &numbers.device());
    (numbers * weights).sum()
}

fn cases(name: &str) -> Vec<Case> {
    let text = fs::read_to_string(folder(name).join("golden.json")).unwrap();
    let file: File = serde_json::from_str(&text).unwrap();
    assert!(!file.cases.is_empty());
    file.cases
}

fn close<const D: usize>(what: &str, actual: Tensor<D>, expected: &[f64]) {
    assert_close(what, &read(actual), expected, within(1e-5));
}

#[test]
fn outputs_are_those_of_transformers() {
    for name in WRITTEN {
        let bert = written(name, &device());
        for case in cases(name) {
            let output = bert.forward_with_attentions(case.input(&device()));
            let what = |part: &str| format!("{name}, {}, {part}", case.name);
            assert_eq!(output.hidden_states.len(), case.hidden_states.len());
            for (layer, (actual, expected)) in output.hidden_states.iter().zip(&case.hidden_states).enumerate() {
                close(&what(&format!("hidden states {layer}")), actual.clone(), expected);
            }
            assert_eq!(output.attentions.len(), case.attentions.len());
            for (layer, (actual, expected)) in output.attentions.iter().zip(&case.attentions).enumerate() {
                close(&what(&format!("attention {layer}")), actual.probs.clone(), expected);
            }
            if let Some(expected) = &case.pooled {
                close(&what("pooled"), output.pooled.clone().unwrap(), expected);
            }
            let logits = match (output.token_logits, output.class_logits) {
                (Some(logits), None) => Some(read(logits)),
                (None, Some(logits)) => Some(read(logits)),
                (None, None) => None,
                _ => panic!("there is one head"),
            };
            assert_eq!(logits.is_some(), case.logits.is_some(), "{name}");
            if let Some((actual, expected)) = logits.zip(case.logits.as_ref()) {
                assert_close(&what("logits"), &actual, expected, within(1e-5));
            }
        }
    }
}

#[test]
fn gradients_are_those_of_transformers() {
    let device = device().autodiff();
    for name in WRITTEN {
        // Dropout off, as there.
        let bert = Bert::load(folder(name), &device).unwrap();
        let config = bert.config().clone();
        let config = config
            .with_hidden_dropout_prob(0.0)
            .with_attention_probs_dropout_prob(0.0);
        let bert = config
            .init(&device)
            .with_weights(folder(name).join("model.safetensors"))
            .unwrap();
        for case in cases(name) {
            let loss = case.loss(&bert.forward(case.input(&device)));
            let actual = gradients(&bert, &loss.backward());
            assert_eq!(actual.len(), case.gradients.len());
            for (parameter, actual) in actual {
                let what = format!("{name}, {}, gradient of {parameter}", case.name);
                assert_close(&what, &actual, &case.gradients[parameter], within(1e-5));
            }
        }
    }
}

/// The gradients of the script, in its shapes.
fn gradients(bert: &Bert, gradients: &Gradients) -> Vec<(&'static str, Vec<f64>)> {
    let layer = &bert.layers[0];
    let of = |weight: Tensor<2>| weight.grad(gradients).unwrap();
    let norm = layer.attention.norm.gamma.val().grad(gradients).unwrap();
    vec![
        (
            "word_embeddings",
            read(of(bert.embeddings.word_embeddings.weight.val())),
        ),
        (
            "position_embeddings",
            read(of(bert.embeddings.position_embeddings.weight.val())),
        ),
        ("query", read(of(layer.attention.query.weight.val()).transpose())),
        ("norm", read(norm)),
        ("inner", read(of(layer.feed_forward.inner.weight.val()).transpose())),
    ]
}
