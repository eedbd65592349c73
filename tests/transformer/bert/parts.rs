//! Layers alone and the head for tokens alone say what they say together.

use burn::module::Module;
use kd::transformer::bert::{BertHead, BertInput};
use kd_testkit::device;

use super::models::{ids, small};

#[test]
fn a_head_asked_about_some_tokens_says_of_them_what_it_says_of_all() {
    let device = device();
    let config = small().with_head(BertHead::MaskedLanguage);
    let bert = config.init(&device).valid();
    let input = || BertInput::new(ids(&[vec![3, 7, 9, 1], vec![5, 5, 2, 8]], &device));
    let (whole, states) = (bert.forward(input()), bert.encode(input()));
    assert_eq!(states.len(), whole.hidden_states.len());
    for (alone, together) in states.iter().zip(&whole.hidden_states) {
        assert_eq!(alone.to_data(), together.to_data());
    }
    let picked = states[2].clone().slice([1..2, 1..3]);
    let expected = whole.token_logits.unwrap().slice([1..2, 1..3]);
    // A product of fewer rows is rounded otherwise.
    picked_is_near(bert.token_logits(picked), expected);
}

fn picked_is_near(actual: burn::tensor::Tensor<3>, expected: burn::tensor::Tensor<3>) {
    let apart = (actual - expected).abs().max().into_scalar::<f32>();
    assert!(apart < 1e-5, "{apart}");
}
