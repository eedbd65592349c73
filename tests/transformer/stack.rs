//! A network with everything that a parameter can be: weights in stacked layers, running statistics, integers, booleans.

use burn::{
    module::{Module, Param, ParamId},
    nn::{BatchNorm, BatchNormConfig, Embedding, EmbeddingConfig, Linear, LinearConfig},
    tensor::{Bool, Device, Distribution, Int, Tensor, TensorData},
};

pub const WIDTH: usize = 4;

#[derive(Module, Debug)]
pub struct Block {
    pub linear: Linear,
    pub norm: BatchNorm,
}

#[derive(Module, Debug)]
pub struct Encoder {
    pub layers: Vec<Block>,
}

#[derive(Module, Debug)]
pub struct Stack {
    pub embedding: Embedding,
    pub encoder: Encoder,
    pub positions: Param<Tensor<1, Int>>,
    pub causal: Param<Tensor<1, Bool>>,
    pub head: Linear,
}

impl Stack {
    pub fn new(layers: usize, device: &Device) -> Self {
        let block = |_| Block {
            linear: LinearConfig::new(WIDTH, WIDTH).init(device),
            norm: BatchNormConfig::new(WIDTH).init(device),
        };
        let positions = Tensor::<1, Int>::from_data([0, 1, layers as i32], device);
        let causal = Tensor::<1, Bool>::from_data(TensorData::from([layers > 2, true]), device);
        Self {
            embedding: EmbeddingConfig::new(7, WIDTH).init(device),
            encoder: Encoder {
                layers: (0..layers).map(block).collect(),
            },
            positions: Param::initialized(ParamId::new(), positions),
            causal: Param::initialized(ParamId::new(), causal),
            head: LinearConfig::new(WIDTH, 3).init(device),
        }
    }

    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let layers = self.encoder.layers.iter();
        let hidden = layers.fold(input, |hidden, block| {
            block.norm.forward(block.linear.forward(hidden)).tanh()
        });
        self.head.forward(hidden)
    }
}

/// Whose running statistics have moved.
pub fn trained(layers: usize, device: &Device) -> Stack {
    let stack = Stack::new(layers, &device.clone().autodiff());
    for _ in 0..2 {
        let _ = stack.forward(input(&device.clone().autodiff()));
    }
    stack
}

pub fn input(device: &Device) -> Tensor<2> {
    Tensor::random([16, WIDTH], Distribution::Normal(1.0, 2.0), device)
}
