//! Self-distillation itself: what a step goes down the slope of.

use burn::prelude::*;
use kd::prelude::*;
use kd::self_distillation::{DeepSupervision, HardLabelLossConfig};

use crate::lab::Lab;
use crate::network::Network;
use crate::train::Batch;

/// The deepest exit learns from the labels.
pub fn plain() -> impl Fn(&Network, Batch) -> Tensor<1> {
    // The labels were looked at when they were read.
    let hard = HardLabelLossConfig::new().with_check_labels(false).init();
    move |network, Batch { images, labels, .. }| hard.forward(network.deepest(images), labels)
}

/// The deepest exit learns from the labels and from an earlier generation, whose `logits` there are for every image.
///
/// An image is the same in every epoch, and so is what that generation says of it.
pub fn born_again(lab: &Lab, logits: Tensor<2>) -> impl Fn(&Network, Batch) -> Tensor<1> + use<> {
    let kd = lab.recipe.born_again.init();
    move |network, Batch { images, labels, rows }| {
        let taught = Labelled::new(logits.clone().select(0, rows), labels);
        kd.forward(network.deepest(images), taught)
    }
}

/// Every exit learns from the labels, and none from another.
pub fn deep_supervision() -> impl Fn(&Network, Batch) -> Tensor<1> {
    let hard = DeepSupervision::shared(HardLabelLossConfig::new().with_check_labels(false).init());
    move |network, Batch { images, labels, .. }| hard.forward(network.forward(images).logits, labels)
}

/// Every exit learns from the labels, and the shallower ones from what the deepest says and sees.
pub fn byot(lab: &Lab) -> impl Fn(&Network, Batch) -> Tensor<1> + use<> {
    let byot = lab.recipe.byot.init();
    move |network, Batch { images, labels, .. }| byot.forward(network.forward(images), labels)
}
