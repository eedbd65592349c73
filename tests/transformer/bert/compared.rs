//! What the losses compare is what the network said.

use burn::module::Module;
use kd::transformer::{
    AttentionAndValues, QueriesKeysValues,
    bert::{BertHead, BertInput},
};
use kd_testkit::device;

use super::models::{ids, small};

fn input() -> BertInput {
    BertInput::new(ids(&[vec![3, 7, 9, 1], vec![5, 5, 2, 8]], &device()))
}

#[test]
fn a_language_model_shows_its_tokens_and_its_last_states() {
    let bert = small().with_head(BertHead::MaskedLanguage).init(&device()).valid();
    let output = bert.forward(input());
    let shown = output.masked_language().unwrap();
    assert_eq!(shown.logits.to_data(), output.token_logits.unwrap().to_data());
    assert_eq!(shown.hidden.to_data(), output.hidden_states[2].to_data());

    let without_head = small().init(&device()).valid();
    assert!(without_head.forward(input()).masked_language().is_none());
}

#[test]
fn a_classifier_shows_its_layers_and_its_answers() {
    let bert = small().with_head(BertHead::classes(4)).init(&device()).valid();
    let output = bert.forward_with_attentions(input());
    let layers = output.encoder_layers();
    assert_eq!((layers.hidden.len(), layers.scores.len()), (3, 2));
    for (shown, said) in layers.hidden.iter().zip(&output.hidden_states) {
        assert_eq!(shown.to_data(), said.to_data());
    }
    for (shown, said) in layers.scores.iter().zip(&output.attentions) {
        assert_eq!(shown.to_data(), said.scores.to_data());
    }
    assert_eq!(layers.logits.unwrap().to_data(), output.class_logits.unwrap().to_data());

    let encoder = small().init(&device()).valid();
    let layers = encoder.forward(input()).encoder_layers();
    assert_eq!((layers.hidden.len(), layers.scores.len()), (3, 0));
    assert!(layers.logits.is_none());
}

#[test]
fn a_layers_attention_is_what_either_mini_lm_compares() {
    let output = small().init(&device()).valid().forward_with_attentions(input());
    let attention = &output.attentions[1];
    let first = AttentionAndValues::from(attention);
    assert_eq!(first.scores.to_data(), attention.scores.to_data());
    assert_eq!(first.values.to_data(), attention.values.to_data());
    let second = QueriesKeysValues::from(attention);
    assert_eq!(second.queries.to_data(), attention.queries.to_data());
    assert_eq!(second.keys.to_data(), attention.keys.to_data());
    assert_eq!(second.values.to_data(), attention.values.to_data());
}
