//! Schedules follow the optimizer's steps, in whatever pieces they are made, and go on after a checkpoint.

use std::sync::{Arc, Mutex};

use burn::module::{Content, Module, ModuleDisplay};
use burn::tensor::Tensor;
use burn::train::checkpoint::KeepLastNCheckpoints;
use burn::train::{Learner, SupervisedTraining};
use kd::train::{Distillation, Objective, ScheduledRate, SoftAndHardConfig};
use kd::{LossTerms, Schedule};
use kd_testkit::device;

use crate::model::{Network, Points, SAMPLES, SIZE, loader, optimizer, teacher};

/// Writes down the steps that it is asked at in training, which is where its input is on the graph.
#[derive(Module, Debug)]
#[module(custom_display)]
struct Noting {
    #[module(skip)]
    steps: Arc<Mutex<Vec<usize>>>,
}

/// Shows itself the same whatever it has noted.
impl ModuleDisplay for Noting {
    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add_formatted(&"notes").optional()
    }
}

impl Objective<Tensor<2>, Points> for Noting {
    type Taught = Tensor<2>;

    fn terms(&self, student: Tensor<2>, _teacher: Tensor<2>, _batch: &Points, step: usize) -> LossTerms {
        if student.is_autodiff() {
            self.steps.lock().unwrap().push(step);
        }
        LossTerms::new().with("square", 1.0, student.square().mean())
    }
}

#[test]
fn pieces_share_a_step_and_a_checkpoint_keeps_the_count() {
    let device = device().autodiff();
    let folder = tempfile::tempdir().unwrap();
    let run = |from: Option<usize>, epochs: usize| {
        let steps = Arc::new(Mutex::new(Vec::new()));
        let noting = Noting { steps: steps.clone() };
        let model = Distillation::<Points, _, _>::new(Network::new(5, &device), teacher(&device), noting);
        let mut training = SupervisedTraining::new(folder.path(), Arc::new(loader(SIZE)), Arc::new(loader(SIZE)))
            .with_default_checkpointers()
            .with_checkpointing_strategy(KeepLastNCheckpoints::new(9))
            .with_application_logger(None)
            .grads_accumulation(2)
            .num_epochs(epochs);
        if let Some(epoch) = from {
            training = training.checkpoint(epoch);
        }
        let rate = ScheduledRate::new(Schedule::linear(0.1, 0.0, 100));
        training.launch(Learner::new(model, optimizer(), rate));
        let steps = steps.lock().unwrap();
        steps.clone()
    };
    assert_eq!(SAMPLES.div_ceil(SIZE), 4);
    assert_eq!(run(None, 1), [0, 0, 1, 1]);
    assert_eq!(run(Some(1), 3), [2, 2, 3, 3, 4, 4, 5, 5]);
}

#[test]
fn what_leaves_its_range_is_an_error() {
    let cold = SoftAndHardConfig::new().with_temperature(Schedule::linear(4.0, 0.0, 10));
    assert!(
        cold.try_init()
            .unwrap_err()
            .to_string()
            .contains("SoftAndHardConfig: temperature is 0")
    );
    let much = SoftAndHardConfig::new().with_alpha(Schedule::linear(0.0, 1.5, 10));
    assert!(
        much.try_init()
            .unwrap_err()
            .to_string()
            .contains("SoftAndHardConfig: alpha is 1.5")
    );
    // It begins at 0 and ends at 0.5.
    let warmed_up = SoftAndHardConfig::new().with_alpha(Schedule::linear(1.25, 0.5, 10).warm_up(5));
    assert!(
        warmed_up
            .try_init()
            .unwrap_err()
            .to_string()
            .contains("SoftAndHardConfig: alpha is 1.25")
    );
    let fine = SoftAndHardConfig::new().with_alpha(Schedule::linear(1.0, 0.5, 10).warm_up(5));
    assert!(fine.try_init().is_ok());
}
