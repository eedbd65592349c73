//! An objective of one's own: features through a projector, beside the labels. The projector trains and is saved; the
//! student that comes out is without it.

use std::sync::Arc;

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::train::{Learner, SupervisedTraining};
use kd::feature::{HintLoss, HintLossConfig};
use kd::prelude::*;
use kd::train::{Distillation, Logits, Objective, Student};
use kd::{OffGraph, rows};
use kd_testkit::{contents, device};

use crate::model::{Network, Points, RATE, SIZE, loader, optimizer};

struct Answer {
    hidden: Tensor<2>,
    logits: Tensor<2>,
}

impl OffGraph for Answer {
    fn off_graph(self) -> Self {
        Self {
            hidden: self.hidden.off_graph(),
            logits: self.logits.off_graph(),
        }
    }
}

impl Logits for Answer {
    fn logits(&self) -> Option<Tensor<2>> {
        Some(self.logits.clone())
    }
}

#[derive(Module, Debug)]
struct Speaking {
    network: Network,
}

impl Speaking {
    fn forward(&self, points: Tensor<2>) -> Answer {
        let hidden = self.network.inner.forward(points).tanh();
        let logits = self.network.outer.forward(hidden.clone());
        Answer { hidden, logits }
    }
}

impl Student<Tensor<2>> for Speaking {
    type Output = Answer;

    fn answer(&self, points: Tensor<2>) -> Answer {
        self.forward(points)
    }
}

#[derive(Module, Debug)]
struct HintAndLabels {
    projector: Linear,
    hint: HintLoss,
}

impl Objective<Answer, Points> for HintAndLabels {
    type Taught = Answer;

    fn terms(&self, student: Answer, teacher: Answer, batch: &Points, _step: usize) -> LossTerms {
        let hint = self
            .hint
            .forward(self.projector.forward(student.hidden), teacher.hidden);
        let hard = rows::cross_entropy(student.logits, batch.labels.clone().unwrap()).mean();
        LossTerms::new().with("hint", 0.5, hint).with("hard", 1.0, hard)
    }
}

#[test]
fn the_projector_trains_and_stays_behind() {
    let device = device().autodiff();
    let large = Speaking {
        network: Network::new(16, &device),
    };
    let teacher = Frozen::new(large.clone(), |large: &Speaking, points: Tensor<2>| {
        large.forward(points)
    });
    let objective = HintAndLabels {
        projector: LinearConfig::new(5, 16).init(&device),
        hint: HintLossConfig::new().init(),
    };
    let student = Speaking {
        network: Network::new(5, &device),
    };
    let (projector, parameters) = (contents(&objective), student.num_params());
    let model = Distillation::<Points, _, _>::new(student, teacher, objective);
    assert_eq!(model.num_params(), parameters + 5 * 16 + 16);

    let folder = tempfile::tempdir().unwrap();
    let result = SupervisedTraining::new(folder.path(), Arc::new(loader(SIZE)), Arc::new(loader(SIZE)))
        .with_application_logger(None)
        .num_epochs(2)
        .launch(Learner::new(model, optimizer(), RATE));
    assert_ne!(contents(result.model.objective()), projector);
    assert_eq!(result.model.into_student().num_params(), parameters);
}
