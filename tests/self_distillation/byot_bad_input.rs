//! What BYOT says to exits that do not fit.

use burn::nn::LinearConfig;
use kd::{
    DistillLoss,
    self_distillation::{ByotLossConfig, Exits},
};
use kd_testkit::{device, waves};

use crate::byot::{classes, exits};

fn run(exits: Exits) {
    let _ = ByotLossConfig::new().init().forward(exits, classes(&device()));
}

fn shown<const N: usize>(shapes: [[usize; 2]; N]) -> Exits {
    exits(4, shapes, &device().autodiff())
}

#[test]
#[should_panic(expected = "ByotLoss: there are no exits")]
fn no_exits() {
    run(Exits::new());
}

#[test]
#[should_panic(expected = "ByotLoss: there is one exit, and none shallower that it could teach")]
fn one_exit() {
    run(shown([[3, 5]]));
}

#[test]
#[should_panic(expected = "ByotLoss: exit 1 has shape [4, 4] and the deepest, exit 3, [4, 3]; they differ at axis 1")]
fn unequal_classes() {
    run(shown([[4, 5], [3, 5], [3, 5]]));
}

#[test]
#[should_panic(
    expected = "ByotLoss: exit 2 shows features of shape [4, 6] and the deepest [4, 5]; bring them to the deepest's shape by a \
                bottleneck that is part of the exit, or by an adapter"
)]
fn unequal_features() {
    run(shown([[3, 5], [3, 6], [3, 5]]));
}

/// One sample's features would be broadcast to all the others.
#[test]
#[should_panic(
    expected = "ByotLoss: exit 1 shows features of shape [1, 5], and logits of 4 samples; give both of the same samples"
)]
fn features_of_another_batch() {
    let device = device().autodiff();
    let mut exits = shown([[3, 5], [3, 5]]);
    exits.features = exits
        .features
        .iter()
        .map(|_| waves([1, 5], 0.5, &device).into())
        .collect();
    run(exits);
}

#[test]
#[should_panic(expected = "ByotLoss: there are 1 features for 2 exits; give one for each, shallow to deep")]
fn an_exit_without_features() {
    let mut exits = shown([[3, 5], [3, 5]]);
    exits.features.pop();
    run(exits);
}

#[test]
#[should_panic(expected = "ByotLoss: there are 2 weights for 3 exits")]
fn a_weight_too_few() {
    let byot = ByotLossConfig::new().with_weights(vec![1.0; 2]).init();
    let _ = byot.forward(shown([[3, 5]; 3]), classes(&device()));
}

#[test]
#[should_panic(expected = "ByotLoss: there are 3 adapters for 2 exits that learn")]
fn an_adapter_too_many() {
    let adapters = vec![LinearConfig::new(5, 5).init(&device()); 3];
    let _ = ByotLossConfig::new()
        .init_with_adapters(adapters)
        .forward(shown([[3, 5]; 3]), classes(&device()));
}

#[test]
#[should_panic(expected = "ByotLoss: there are 4 labels for 2 rows")]
fn labels_of_another_batch() {
    run(exits(2, [[3, 5]; 2], &device().autodiff()));
}

#[test]
#[should_panic(expected = "ByotLoss: label 2 is not a class; with 2 classes labels run from 0 to 1")]
fn a_label_that_is_no_class() {
    run(shown([[2, 5]; 2]));
}
