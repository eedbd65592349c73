//! Checkpoints of something else are refused, in words.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use kd::LossTerms;
use kd::train::{Distillation, Objective};
use kd_testkit::{contents, device};

use crate::model::{Model, Network, Points, model, objective, teacher};

fn refusal<M: Module>(into: M, from: impl Module) -> String {
    into.try_load_record(from.into_record()).unwrap_err().to_string()
}

fn other(device: &Device, temperature: f64) -> Model {
    Distillation::new(Network::new(5, device), teacher(device), objective(temperature, 0.75))
}

#[test]
fn of_another_temperature() {
    let device = device().autodiff();
    let message = refusal(other(&device, 5.0), model(&device));
    assert!(
        message.contains("the checkpoint is of another objective; go on with"),
        "{message}"
    );
    assert!(
        message.contains(r#"{"constant":5.0}"#) && message.contains("into_student"),
        "{message}"
    );
}

/// An objective that trains a layer of its own.
#[derive(Module, Debug)]
struct Projecting {
    projector: Linear,
}

impl Objective<Tensor<2>, Points> for Projecting {
    type Taught = Tensor<2>;

    fn terms(&self, student: Tensor<2>, teacher: Tensor<2>, _batch: &Points, _step: usize) -> LossTerms {
        let difference = self.projector.forward(student) - teacher;
        LossTerms::new().with("difference", 1.0, difference.square().mean())
    }
}

#[test]
fn of_another_set_of_projectors() {
    let device = device().autodiff();
    let projecting = |out: usize| {
        let projector = LinearConfig::new(3, out).init(&device);
        Distillation::<Points, _, _>::new(Network::new(5, &device), teacher(&device), Projecting { projector })
    };
    let missing = refusal(projecting(3), model(&device));
    assert!(missing.contains("objective.projector.weight"), "{missing}");
    let left_over = refusal(model(&device), projecting(3));
    assert!(left_over.contains("objective.projector.weight"), "{left_over}");
    let unequal = refusal(projecting(3), projecting(7));
    assert!(
        unequal.contains("objective.projector.weight: shape mismatch"),
        "{unequal}"
    );
}

#[test]
fn of_another_student() {
    let device = device().autodiff();
    let larger: Model = Distillation::new(Network::new(9, &device), teacher(&device), objective(4.0, 0.75));
    let message = refusal(model(&device), larger);
    assert!(message.contains("student.inner.weight: shape mismatch"), "{message}");
}

#[test]
fn of_the_same_is_taken() {
    let device = device().autodiff();
    let kept = other(&device, 4.0).into_record();
    let fresh = model(&device);
    assert_eq!(contents(&fresh.clone().load_record(kept)), contents(&fresh));
}

/// On Cube devices Burn would otherwise read the optimizer's state when it is a step further.
#[test]
fn what_is_saved_is_read_at_once() {
    let _ = model(&device().autodiff());
    assert_eq!(burn_std::runtime_kind(), burn_std::RuntimeKind::Async);
}
