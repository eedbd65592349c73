//! Distillation itself: from soft labels, from features, from both.

use burn::nn::loss::CrossEntropyLossConfig;
use burn::prelude::*;
use kd::feature::align::Plan;
use kd::feature::{AdapterConfig, Distilled, FeaturePairs, HintLoss, HintLossConfig, Projector};
use kd::prelude::*;
use kd::{Error, OffGraph};
use kd_examples::cifar10::batch;
use kd_examples::residual::{Network, Thoughts};

use crate::lab::Lab;
use crate::train::{Batch, Learner};

/// A student with the projectors that bring its blocks' features to the shape of the teacher's.
pub type Hinted = Distilled<Network, FeaturePairs<Projector, HintLoss>>;

impl Learner for Hinted {
    fn network(&self) -> &Network {
        &self.student
    }
}

/// The student learns from the labels, as without a teacher.
pub fn labels(lab: &Lab) -> impl Fn(&Network, Batch) -> Tensor<1> + use<> {
    let ce = CrossEntropyLossConfig::new().init(&lab.device);
    move |student, Batch { images, labels }| ce.forward(student.forward(images).logits, labels)
}

/// It learns from the labels and from the teacher's soft ones.
pub fn soft_labels<T: Teacher<Tensor<4>, Output = Thoughts>>(
    lab: &Lab,
    teacher: &T,
) -> impl Fn(&Network, Batch) -> Tensor<1> {
    let kd = soft_loss(lab);
    move |student, Batch { images, labels }| {
        let taught = teacher.teach(images.clone());
        kd.forward(student.forward(images).logits, Labelled::new(taught.logits, labels))
    }
}

/// It learns from the labels and from the teacher's features; with `soft`, from its soft labels too.
pub fn features<T: Teacher<Tensor<4>, Output = Thoughts>>(
    lab: &Lab,
    teacher: &T,
    soft: bool,
) -> impl Fn(&Hinted, Batch) -> Tensor<1> {
    let ce = CrossEntropyLossConfig::new().init(&lab.device);
    let kd = soft_loss(lab);
    move |model, Batch { images, labels }| {
        let taught = teacher.teach(images.clone());
        let student = model.student.forward(images);
        let hints = model.distiller.terms(&student.features, &taught.features);
        let hints = hints.expect("the plan is of these networks' layers").total();
        hints
            + match soft {
                true => kd.forward(student.logits, Labelled::new(taught.logits, labels)),
                false => ce.forward(student.logits, labels),
            }
    }
}

fn soft_loss(lab: &Lab) -> impl DistillLoss<Tensor<2>, Labelled> + use<> {
    KnowledgeDistillationLossConfig::new()
        .with_temperature(lab.recipe.temperature)
        .with_alpha(lab.recipe.alpha)
        // The labels were looked at when they were read.
        .with_check_labels(false)
        .init()
}

/// Puts projectors for the pairs of a plan beside `student`. The recipe's weight is shared out among the pairs.
///
/// # Errors
///
/// [`Error`] when the plan names a layer that isn't there, or no projector leads from one shape to the other.
pub fn hinted<T: Teacher<Tensor<4>, Output = Thoughts>>(
    lab: &Lab,
    student: Network,
    teacher: &T,
    plan: &Plan,
) -> Result<Hinted, Error> {
    let plan = plan
        .clone()
        .with_weight(lab.recipe.hint_weight / plan.pairs.len() as f64);
    let image = batch::images(&lab.train, &[0], lab.recipe.side, &lab.device);
    let shown = student.valid().forward(image.clone().off_graph());
    let taught = teacher.teach(image);
    let pairs = FeaturePairs::from_plan(&plan, &shown.features, &taught.features, |from, to| {
        let projector = AdapterConfig::new(from.to_vec(), to.to_vec()).try_init(&lab.device)?;
        Ok(Projected::new(projector, HintLossConfig::new().init()))
    })?;
    Ok(Distilled::new(student, pairs))
}
