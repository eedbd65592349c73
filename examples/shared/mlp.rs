//! The network of the paper: fully connected layers with ReLU between them.

use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::prelude::*;
use burn::tensor::activation::relu;

use crate::digits::{CLASSES, PIXELS};

/// A multilayer perceptron from 784 pixels to 10 logits.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
    input_dropout: Dropout,
    hidden_dropout: Dropout,
}

/// Images that go through a network at once when nothing is trained.
const BATCH: usize = 1000;

/// The sizes of an [`Mlp`].
#[derive(Config, Debug)]
pub struct MlpConfig {
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Share of the pixels that dropout blanks while training.
    #[config(default = 0.0)]
    pub input_dropout: f64,
    /// Share of each hidden layer's units that dropout silences while training.
    #[config(default = 0.0)]
    pub hidden_dropout: f64,
}

impl MlpConfig {
    /// A freshly drawn network on `device`.
    pub fn init(&self, device: &Device) -> Mlp {
        let layer = |[input, output]: [usize; 2]| LinearConfig::new(input, output).init(device);
        Mlp {
            layers: self.shapes().into_iter().map(layer).collect(),
            input_dropout: DropoutConfig::new(self.input_dropout).init(),
            hidden_dropout: DropoutConfig::new(self.hidden_dropout).init(),
        }
    }

    /// Weights and biases.
    pub fn parameters(&self) -> usize {
        self.shapes().iter().map(|[input, output]| (input + 1) * output).sum()
    }

    /// Multiply-adds that one image costs.
    pub fn multiply_adds(&self) -> usize {
        self.shapes().iter().map(|[input, output]| input * output).sum()
    }

    /// Input and output of each layer.
    fn shapes(&self) -> Vec<[usize; 2]> {
        let inputs = std::iter::once(PIXELS).chain(self.hidden.iter().copied());
        let outputs = self.hidden.iter().copied().chain(std::iter::once(CLASSES));
        inputs.zip(outputs).map(|(input, output)| [input, output]).collect()
    }
}

impl Mlp {
    /// Logits `[batch, classes]` of images `[batch, 784]`.
    pub fn forward(&self, images: Tensor<2>) -> Tensor<2> {
        let (last, hidden) = self.layers.split_last().expect("an Mlp has an output layer");
        let mut signal = self.input_dropout.forward(images);
        for layer in hidden {
            signal = self.hidden_dropout.forward(relu(layer.forward(signal)));
        }
        last.forward(signal)
    }

    /// The same network with `amount` added to the output bias of one class.
    pub fn with_raised_bias(mut self, class: usize, amount: f32) -> Self {
        let last = self.layers.last_mut().expect("an Mlp has an output layer");
        let bias = last.bias.take().expect("layers have biases");
        last.bias = Some(bias.map(|bias| {
            let mut raise = [0.0; CLASSES];
            raise[class] = amount;
            let device = bias.device();
            bias + Tensor::<1>::from_floats(raise, &device)
        }));
        self
    }
}

/// Runs `network` on images `[rows, 784]`, some at a time, since hidden layers for all at once would fill the memory.
pub fn in_batches(images: Tensor<2>, network: impl Fn(Tensor<2>) -> Tensor<2>) -> Tensor<2> {
    let parts = images.split(BATCH, 0).into_iter().map(network).collect();
    Tensor::cat(parts, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_network() {
        let config = MlpConfig::new(vec![7, 5]);
        let network = config.init(&Device::flex());
        assert_eq!(config.parameters(), network.num_params());
        assert_eq!(config.multiply_adds(), PIXELS * 7 + 7 * 5 + 5 * CLASSES);
    }

    #[test]
    fn the_networks_of_the_paper() {
        assert_eq!(MlpConfig::new(vec![1200, 1200]).parameters(), 2_395_210);
        assert_eq!(MlpConfig::new(vec![800, 800]).parameters(), 1_276_810);
    }

    #[test]
    fn dropout_acts_in_training_only() {
        let device = Device::flex().autodiff();
        let network = MlpConfig::new(vec![64]).with_hidden_dropout(0.5).init(&device);
        let differs = |one: Tensor<2>, two: Tensor<2>| (one - two).abs().max().into_scalar::<f32>() > 1e-6;
        let training = Tensor::ones([2, PIXELS], &device);
        assert!(differs(network.forward(training.clone()), network.forward(training)));
        let (asleep, plain) = (network.valid(), Tensor::ones([2, PIXELS], &Device::flex()));
        assert!(!differs(asleep.forward(plain.clone()), asleep.forward(plain)));
    }

    #[test]
    fn a_raised_bias_raises_one_logit_and_nothing_else() {
        let device = Device::flex();
        let network = MlpConfig::new(vec![5]).init(&device);
        let images = Tensor::ones([1, PIXELS], &device);
        let before = network.forward(images.clone());
        let change = network.with_raised_bias(3, 1.5).forward(images) - before;
        let change: Vec<f32> = change.into_data().try_to_vec().unwrap();
        for (class, change) in change.into_iter().enumerate() {
            let expected = if class == 3 { 1.5 } else { 0.0 };
            assert!((change - expected).abs() < 1e-5, "class {class} changed by {change}");
        }
    }

    #[test]
    fn batches_make_no_difference() {
        let device = Device::flex();
        let network = MlpConfig::new(vec![5]).init(&device);
        let images = Tensor::random([BATCH + 3, PIXELS], burn::tensor::Distribution::Default, &device);
        let parts = in_batches(images.clone(), |images| network.forward(images));
        let change = (parts - network.forward(images)).abs().max().into_scalar::<f32>();
        assert!(change < 1e-5, "{change}");
    }
}
