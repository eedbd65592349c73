//! Who learns what, where the deepest exit teaches the others.

use burn::{
    module::Module,
    nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Tensor},
};
use kd::{
    DistillLoss, Feature,
    self_distillation::{ByotLoss, ByotLossConfig, Exits},
};
use kd_testkit::{assert_close, device, laws, read, waved, waves, within};

use crate::byot::{classes, exits, leaves};

fn leaf(feature: &Feature) -> &Tensor<2> {
    match feature {
        Feature::Vector(leaf) => leaf,
        _ => panic!("these features are vectors"),
    }
}

/// A copy that does not cut (the register of defects has several) lets the deepest exit learn from its pupils.
#[test]
fn the_deepest_exit_learns_from_labels_alone() {
    let device = device().autodiff();
    let exits = leaves(&device);
    let byot = ByotLossConfig::new().with_alpha(0.7).with_beta(0.5).init();
    let gradients = byot.forward(exits.clone(), classes(&device)).backward();
    let deepest = exits.logits[2].clone();
    let found = read(deepest.grad(&gradients).unwrap());

    let alone = deepest.detach().require_grad();
    let of_labels = kd::rows::cross_entropy(alone.clone(), classes(&device))
        .mean()
        .backward();
    assert_close("gradient", &found, &read(alone.grad(&of_labels).unwrap()), within(1e-6));
    assert!(leaf(&exits.features[2]).grad(&gradients).is_none());
    assert!(leaf(&exits.features[0]).grad(&gradients).is_some());
}

#[test]
fn every_adapter_learns() {
    let device = device().autodiff();
    let adapter = |from: usize| waved(LinearConfig::new(from, 7).init(&device));
    let byot = ByotLossConfig::new()
        .with_beta(0.1)
        .init_with_adapters(vec![adapter(3), adapter(5)]);
    let exits = exits(4, [[3, 3], [3, 5], [3, 7]], &device);
    laws::every_parameter_learns(byot, |byot: &ByotLoss<Linear>| byot.forward(exits, classes(&device)));
}

/// Three exits behind a normalisation.
#[derive(Module, Debug)]
struct Network {
    norm: BatchNorm,
    stages: Vec<Linear>,
    heads: Vec<Linear>,
}

impl Network {
    fn new(device: &Device) -> Self {
        let linears = |to: usize| (0..3).map(|_| LinearConfig::new(5, to).init(device)).collect();
        Self {
            norm: BatchNormConfig::new(5).init(device),
            stages: linears(5),
            heads: linears(3),
        }
    }

    fn forward(&self, input: Tensor<2>) -> Exits {
        let mut hidden = self.norm.forward(input);
        let mut exits = Exits::new();
        for (stage, head) in self.stages.iter().zip(&self.heads) {
            hidden = stage.forward(hidden).tanh();
            exits = exits.with(head.forward(hidden.clone()), hidden.clone());
        }
        exits
    }
}

#[test]
fn a_network_teaches_itself() {
    let device = device().autodiff();
    let (input, labels) = (waves([4, 5], 0.3, &device), classes(&device));
    let byot = ByotLossConfig::new().with_alpha(0.3).with_beta(1e-2).init();
    let total = |network: &Network| byot.terms(network.forward(input.clone()), labels.clone()).total();
    laws::every_parameter_learns(waved(Network::new(&device)), total);

    let mut network = waved(Network::new(&device));
    let before = read(total(&network))[0];
    let mut optimizer = SgdConfig::new().init();
    for _ in 0..20 {
        let gradients = GradientsParams::from_grads(total(&network).backward(), &network);
        network = optimizer.step(0.1, network, gradients);
    }
    let after = read(total(&network))[0];
    assert!(after < before, "{before} became {after}");
}
