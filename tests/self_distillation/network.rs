//! A network with everything that a teacher may not do, dropout and batch normalisation, and a step of its training.

use burn::{
    module::{Module, ModuleVisitor, Param, ParamId},
    nn::{BatchNorm, BatchNormConfig, Dropout, DropoutConfig, Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Distribution, Tensor},
};

#[derive(Module, Debug)]
pub struct Network {
    pub inner: Linear,
    norm: BatchNorm,
    dropout: Dropout,
    outer: Linear,
}

impl Network {
    pub fn new(device: &Device) -> Self {
        Self::of_width(16, device)
    }

    pub fn of_width(width: usize, device: &Device) -> Self {
        Self {
            inner: LinearConfig::new(6, width).init(device),
            norm: BatchNormConfig::new(width).init(device),
            dropout: DropoutConfig::new(0.5).init(),
            outer: LinearConfig::new(width, 4).init(device),
        }
    }

    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let hidden = self.norm.forward(self.inner.forward(input));
        self.outer.forward(self.dropout.forward(hidden))
    }

    pub fn without_dropout(&self, input: Tensor<2>) -> Tensor<2> {
        self.outer.forward(self.norm.forward(self.inner.forward(input)))
    }

    /// Of every parameter, in the order of a visit.
    pub fn ids(&self) -> Vec<ParamId> {
        self.visited().0.into_iter().map(|(id, _)| id).collect()
    }

    /// Whether each parameter learns.
    pub fn tracked(&self) -> Vec<bool> {
        self.visited().0.into_iter().map(|(_, tracked)| tracked).collect()
    }

    fn visited(&self) -> Visited {
        let mut visited = Visited(Vec::new());
        self.visit(&mut visited);
        visited
    }
}

struct Visited(Vec<(ParamId, bool)>);

impl ModuleVisitor for Visited {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push((param.id, param.val().is_require_grad()));
    }
}

pub fn input(device: &Device) -> Tensor<2> {
    Tensor::random([32, 6], Distribution::Normal(1.0, 2.0), device)
}

pub fn step<M: Module>(student: M, loss: Tensor<1>) -> M {
    let gradients = GradientsParams::from_grads(loss.backward(), &student);
    SgdConfig::new().init().step(0.1, student, gradients)
}
