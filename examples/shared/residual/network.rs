//! A network of either family: stem, three groups of blocks, a head; with all that it thinks on the way.

use burn::module::{ModuleVisitor, Param};
use burn::nn::conv::Conv2d;
use burn::nn::{BatchNorm, BatchNormConfig, Linear, LinearConfig};
use burn::prelude::*;
use burn::tensor::activation::relu;
use kd::{Features, OffGraph};

use super::architecture::Architecture;
use super::block::{Block, Place, PlainBlock, WideBlock, conv};
use crate::cifar10::photos::CLASSES;

/// From images to logits.
#[derive(Module, Debug)]
pub struct Network {
    stem: Conv2d,
    /// A wide network's blocks begin with theirs.
    stem_norm: Option<BatchNorm>,
    blocks: Vec<Block>,
    /// A plain network's blocks end with theirs.
    last_norm: Option<BatchNorm>,
    head: Linear,
    #[module(skip)]
    names: Vec<String>,
}

/// What a network makes of images.
#[derive(Clone, Debug)]
pub struct Thoughts {
    /// `stem`, the blocks by their names (`1.1`, …), `pooled`.
    pub features: Features,
    /// `[batch, classes]`
    pub logits: Tensor<2>,
}

impl OffGraph for Thoughts {
    fn off_graph(self) -> Self {
        Self {
            features: self.features.off_graph(),
            logits: self.logits.off_graph(),
        }
    }
}

impl Architecture {
    /// A freshly drawn network on `device`.
    pub fn init(self, device: &Device) -> Network {
        let plain = matches!(self, Self::ResNet { .. });
        let norm = |channels| BatchNormConfig::new(channels).init(device);
        let block = |place| match plain {
            true => Block::Plain(PlainBlock::new(place, device)),
            false => Block::Wide(WideBlock::new(place, device)),
        };
        Network {
            stem: conv([3, 16], 3, 1, device),
            stem_norm: plain.then(|| norm(16)),
            blocks: self.places().into_iter().map(block).collect(),
            last_norm: (!plain).then(|| norm(self.channels()[2])),
            head: LinearConfig::new(self.channels()[2], CLASSES).init(device),
            names: self.block_names(),
        }
    }

    /// Multiply-adds that an image of `side` × `side` pixels costs; what normalises and adds up is left out.
    pub fn multiply_adds(self, mut side: usize) -> usize {
        let mut sum = 9 * 3 * 16 * side * side;
        for Place { input, output, stride } in self.places() {
            side /= stride;
            let shortcut = if input == output { 0 } else { input };
            sum += (9 * (input + output) + shortcut) * output * side * side;
        }
        sum + self.channels()[2] * CLASSES
    }

    /// Where each block stands.
    fn places(self) -> Vec<Place> {
        let mut input = 16;
        let mut places = Vec::new();
        for (group, output) in self.channels().into_iter().enumerate() {
            for block in 0..self.blocks() {
                let stride = if group > 0 && block == 0 { 2 } else { 1 };
                places.push(Place { input, output, stride });
                input = output;
            }
        }
        places
    }
}

impl Network {
    /// What it makes of images `[batch, 3, 32, 32]`.
    pub fn forward(&self, images: Tensor<4>) -> Thoughts {
        let norm = |norm: &Option<BatchNorm>, signal| match norm {
            Some(norm) => relu(norm.forward(signal)),
            None => signal,
        };
        let mut signal = norm(&self.stem_norm, self.stem.forward(images));
        let mut features = Features::new().with("stem", signal.clone());
        for (name, block) in self.names.iter().zip(&self.blocks) {
            signal = block.forward(signal);
            features = features.with(name, signal.clone());
        }
        let pooled = norm(&self.last_norm, signal).mean_dims(&[2, 3]).flatten(1, 3);
        Thoughts {
            features: features.with("pooled", pooled.clone()),
            logits: self.head.forward(pooled),
        }
    }

    /// Numbers that learn, on a device with autodiff; what batch normalisation keeps beside them is left out, as in the
    /// literature.
    pub fn parameters(&self) -> usize {
        let mut learned = Learned(0);
        self.visit(&mut learned);
        learned.0
    }
}

struct Learned(usize);

impl ModuleVisitor for Learned {
    fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
        let tensor = parameter.val();
        if tensor.is_require_grad() {
            self.0 += tensor.shape().num_elements();
        }
    }
}

#[cfg(test)]
mod tests {
    use kd::Frozen;
    use kd::prelude::*;

    use super::*;

    fn network(name: &str) -> Network {
        name.parse::<Architecture>().unwrap().init(&Device::flex().autodiff())
    }

    #[test]
    fn sizes_are_those_of_the_literature() {
        // Millions of parameters to two places, as the literature has them, for ten classes; option B adds 3 thousand.
        for (name, millions) in [
            ("resnet20", 0.27),
            ("resnet32", 0.47),
            ("resnet56", 0.86),
            ("wrn-16-2", 0.69),
            ("wrn-40-1", 0.56),
            ("wrn-40-2", 2.24),
        ] {
            let found = (network(name).parameters() as f64 / 1e4).round() / 1e2;
            assert_eq!(found, millions, "{name}");
        }
        assert_eq!(network("resnet20").parameters(), 272_474);
        assert_eq!(network("wrn-16-2").parameters(), 691_674);
    }

    #[test]
    fn an_image_costs_what_the_literature_says() {
        // 41 million for resnet20, and a little for the shortcuts.
        let cost = |side| "resnet20".parse::<Architecture>().unwrap().multiply_adds(side);
        assert_eq!(cost(32), 40_813_184);
        assert_eq!(cost(16), (cost(32) - 640) / 4 + 640);
    }

    #[test]
    fn features_shrink_as_they_gain_channels() {
        for (name, width) in [("resnet14", 1), ("wrn-16-2", 2)] {
            let thoughts = network(name).forward(Tensor::zeros([2, 3, 32, 32], &Device::flex().autodiff()));
            let names: Vec<_> = thoughts.features.names().collect();
            assert_eq!(names, ["stem", "1.1", "1.2", "2.1", "2.2", "3.1", "3.2", "pooled"]);
            let shape = |name| thoughts.features.get(name).unwrap().shape();
            assert_eq!(shape("stem"), [2, 16, 32, 32]);
            assert_eq!(shape("1.2"), [2, 16 * width, 32, 32]);
            assert_eq!(shape("2.1"), [2, 32 * width, 16, 16]);
            assert_eq!(shape("3.2"), [2, 64 * width, 8, 8]);
            assert_eq!(shape("pooled"), [2, 64 * width]);
            assert_eq!(thoughts.logits.dims(), [2, CLASSES]);
        }
    }

    #[test]
    fn every_parameter_learns() {
        let device = Device::flex().autodiff();
        for name in ["resnet8", "wrn-10-1"] {
            let network = name.parse::<Architecture>().unwrap().init(&device);
            let images = Tensor::random([4, 3, 32, 32], burn::tensor::Distribution::Default, &device);
            let loss = network.forward(images).logits.square().mean();
            let gradients = burn::optim::GradientsParams::from_grads(loss.backward(), &network);
            let parameters = burn::module::list_param_ids(&network).len();
            // The mean and the variance that batch normalisation keeps get no gradient.
            let norms = if name == "resnet8" { 9 } else { 7 };
            assert_eq!(gradients.len(), parameters - 2 * norms, "{name}");
        }
    }

    #[test]
    fn a_frozen_teacher_shows_all_it_thinks() {
        let device = Device::flex().autodiff();
        let teacher = "resnet8".parse::<Architecture>().unwrap().init(&device);
        let teacher = Frozen::new(teacher, |teacher: &Network, images| teacher.forward(images));
        let thoughts = teacher.teach(Tensor::zeros([1, 3, 32, 32], &device));
        assert!(!thoughts.logits.is_autodiff());
        assert_eq!(thoughts.features.iter().len(), 5);
    }
}
