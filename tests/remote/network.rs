//! Teacher and student, the same in every process.

use std::time::Duration;

use burn::{
    module::Module,
    nn::{Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Int, Tensor},
};
use kd::{RemoteTeacher, prelude::*};
use kd_testkit::{waved, waves};

use crate::server::{Server, TOKEN};

/// Far more than any answer takes, and less than whoever runs the tests waits.
pub const PATIENCE: Duration = Duration::from_secs(240);

#[derive(Module, Debug)]
pub struct Network {
    inner: Linear,
    outer: Linear,
}

impl Network {
    pub fn new(hidden: usize, device: &Device) -> Self {
        waved(Self {
            inner: LinearConfig::new(47, hidden).init(device),
            outer: LinearConfig::new(hidden, 5).init(device),
        })
    }

    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        self.outer.forward(self.inner.forward(input).tanh())
    }
}

type Run = fn(&Network, Tensor<2>) -> Tensor<2>;

/// The teacher as it is here.
pub fn here() -> Frozen<Network, Run> {
    Frozen::new(Network::new(96, &Device::flex()), Network::forward as Run)
}

/// The same teacher on `server`.
pub fn there(server: &Server) -> RemoteTeacher<Network, Run> {
    RemoteTeacher::new(&server.url(), here())
        .with_credential(TOKEN)
        .with_patience(PATIENCE)
}

/// A batch for each step.
pub fn batch(step: usize) -> (Tensor<2>, Tensor<1, Int>) {
    let device = Device::flex().autodiff();
    let labels = [0, 1, 2, 3, 4, 0, 1].map(|label| (label + step as i32) % 5);
    (waves([7, 47], step as f64, &device), Tensor::from_ints(labels, &device))
}

/// A student, its optimizer's step, and nothing that is random.
pub struct Training {
    pub student: Network,
    pub losses: Vec<f32>,
}

impl Training {
    pub fn new() -> Self {
        Self {
            student: Network::new(8, &Device::flex().autodiff()),
            losses: Vec::new(),
        }
    }

    /// Learns from `teacher` in the next step.
    pub fn step(mut self, teacher: &impl Teacher<Tensor<2>, Output = Tensor<2>>) -> Self {
        let (images, labels) = batch(self.losses.len());
        let kd = KnowledgeDistillationLossConfig::new().init();
        let logits = self.student.forward(images.clone());
        let loss = kd.forward(logits, Labelled::new(teacher.teach(images), labels));
        self.losses.push(loss.clone().into_scalar());
        let gradients = GradientsParams::from_grads(loss.backward(), &self.student);
        self.student = SgdConfig::new().init().step(0.5, self.student, gradients);
        self
    }

    /// All numbers that it has, to the bit.
    pub fn bits(&self) -> Vec<u32> {
        let Network { inner, outer } = &self.student;
        let layers = [inner, outer].into_iter().flat_map(|layer| {
            let bias = layer.bias.as_ref().expect("it has one").val();
            [layer.weight.val().into_data(), bias.into_data()]
        });
        let weights = layers.flat_map(|data| data.iter::<f32>().collect::<Vec<_>>());
        weights.chain(self.losses.iter().copied()).map(f32::to_bits).collect()
    }
}
