//! Dropout while learning, and never after.

use burn::{module::Module, tensor::Device};
use kd::transformer::bert::{BertConfig, BertHead, BertInput};
use kd_testkit::{device, read};

use super::models::{ids, small};

/// What a network says twice of the same.
fn twice(config: &BertConfig, device: &Device, learns: bool) -> [Vec<f64>; 2] {
    let bert = config.init(device);
    let (bert, device) = if learns {
        (bert, device.clone())
    } else {
        (bert.valid(), device.clone().inner())
    };
    let input = || BertInput::new(ids(&[vec![2, 7, 9, 3], vec![2, 8, 1, 3]], &device));
    [(); 2].map(|()| read(bert.forward(input()).class_logits.unwrap()))
}

fn without() -> BertConfig {
    small()
        .with_head(BertHead::classes(3))
        .with_hidden_dropout_prob(0.0)
        .with_attention_probs_dropout_prob(0.0)
}

#[test]
fn each_kind_of_dropout_is_on_while_learning_and_off_after() {
    let device = device().autodiff();
    for config in [
        without()
            .with_hidden_dropout_prob(0.5)
            .with_classifier_dropout(Some(0.0)),
        without().with_attention_probs_dropout_prob(0.5),
        without().with_classifier_dropout(Some(0.5)),
    ] {
        let [first, second] = twice(&config, &device, true);
        assert_ne!(first, second, "{config}");
        let [first, second] = twice(&config, &device, false);
        assert_eq!(first, second, "{config}");
    }
    let [first, second] = twice(&without(), &device, true);
    assert_eq!(first, second);
}
