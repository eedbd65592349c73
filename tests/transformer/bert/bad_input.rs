//! What a BERT cannot read.

use burn::tensor::Device;
use kd::transformer::bert::{Bert, BertConfig, BertInput};
use kd_testkit::device;

use super::models::{ids, small};

fn bert(config: BertConfig) -> (Bert, Device) {
    (config.init(&device()), device())
}

fn text(length: usize) -> [Vec<i64>; 1] {
    [vec![1; length]]
}

#[test]
#[should_panic(
    expected = "Bert: the texts have 12 tokens, and there are 11 positions; cut the texts off, or into pieces"
)]
fn a_text_longer_than_the_positions() {
    let (bert, device) = bert(small());
    bert.forward(BertInput::new(ids(&text(12), &device)));
}

#[test]
#[should_panic(expected = "Bert: the ids have shape [1, 0] and so no token; skip empty batches")]
fn a_text_without_tokens() {
    let (bert, device) = bert(small());
    bert.forward(BertInput::new(ids(&text(0), &device)));
}

#[test]
#[should_panic(
    expected = "Bert: the mask has shape [1, 3] and the ids [1, 4]; give one entry per token, padding included"
)]
fn a_mask_of_another_shape() {
    let (bert, device) = bert(small());
    let mask = ids(&text(3), &device).equal_elem(1);
    bert.forward(BertInput::new(ids(&text(4), &device)).with_mask(mask));
}

#[test]
#[should_panic(expected = "Bert: the token types has shape [1, 5] and the ids [1, 4]")]
fn token_types_of_another_shape() {
    let (bert, device) = bert(small());
    bert.forward(BertInput::new(ids(&text(4), &device)).with_token_types(ids(&text(5), &device)));
}

#[test]
#[should_panic(expected = "token types are given, but type_vocab_size is 0")]
fn token_types_without_embeddings() {
    let (bert, device) = bert(small().with_type_vocab_size(0));
    bert.forward(BertInput::new(ids(&text(4), &device)).with_token_types(ids(&text(4), &device)));
}

#[test]
fn no_token_types_at_all() {
    let (bert, device) = bert(small().with_type_vocab_size(0));
    let output = bert.forward(BertInput::new(ids(&text(4), &device)));
    assert_eq!(output.last_hidden_state().dims(), [1, 4, 12]);
}

#[test]
#[should_panic(
    expected = "Bert: id 29 is no token; there are 29, from 0 to 28. Was the text made into ids with another vocabulary"
)]
fn a_token_of_another_vocabulary() {
    let (bert, device) = bert(small());
    bert.forward(BertInput::new(ids(&[vec![2, 29, 3]], &device)));
}

#[test]
#[should_panic(expected = "Bert: id -100 is no token")]
fn a_number_that_is_no_token() {
    let (bert, device) = bert(small());
    bert.forward(BertInput::new(ids(&[vec![2, -100, 3]], &device)));
}

#[test]
#[should_panic(expected = "Bert: id 2 is no token type; there are 2, from 0 to 1")]
fn a_token_type_that_is_none() {
    let (bert, device) = bert(small());
    let types = ids(&[vec![0, 2]], &device);
    bert.forward(BertInput::new(ids(&text(2), &device)).with_token_types(types));
}

#[test]
fn values_that_contradict_each_other_are_named() {
    for (config, expected) in [
        (
            small().with_hidden_size(13),
            "hidden_size is 13, but must be a multiple of num_attention_heads",
        ),
        (small().with_vocab_size(0), "vocab_size is 0, but must be at least 1"),
        (
            small().with_num_hidden_layers(0),
            "num_hidden_layers is 0, but must be at least 1",
        ),
        (
            small().with_num_attention_heads(0),
            "num_attention_heads is 0, but must be at least 1",
        ),
        (
            small().with_layer_norm_eps(0.0),
            "layer_norm_eps is 0, but must be a finite number above 0",
        ),
        (small().with_layer_norm_eps(1e-60), "layer_norm_eps is 0.000"),
        (
            small().with_hidden_dropout_prob(1.0),
            "hidden_dropout_prob is 1, but must be in [0, 1)",
        ),
        (
            small().with_attention_probs_dropout_prob(-0.1),
            "attention_probs_dropout_prob is -0.1",
        ),
        (
            small().with_classifier_dropout(Some(f64::NAN)),
            "classifier_dropout is NaN",
        ),
        (
            small().with_initializer_range(-1.0),
            "initializer_range is -1, but must be a finite number of at least 0",
        ),
        (
            small().with_pad_token_id(Some(29)),
            "pad_token_id is 29, but must be a token, below vocab_size",
        ),
        (
            small().with_head(kd::transformer::bert::BertHead::classes(0)),
            "the number of classes is 0, but must be at least 1",
        ),
        (
            small()
                .with_head(kd::transformer::bert::BertHead::classes(2))
                .with_pooler(false),
            "pooler is 0, but must be there (true) where there are classes",
        ),
    ] {
        let error = config.try_init(&device()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("BertConfig: {expected}")), "{error}");
    }
}

#[test]
#[should_panic(
    expected = "Bert: there is no head for tokens; make or load the network with `BertHead::MaskedLanguage`"
)]
fn a_head_for_tokens_that_is_not_there() {
    let (bert, device) = bert(small());
    let states = bert.encode(BertInput::new(ids(&text(4), &device)));
    bert.token_logits(states[2].clone());
}
