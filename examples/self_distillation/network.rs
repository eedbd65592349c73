//! A convolutional network with three exits: it can answer after each of its three stages.

use burn::nn::{Linear, LinearConfig};
use burn::prelude::*;
use kd::self_distillation::{ExitByExit, Exits};
use kd_examples::digits::{CLASSES, SIDE};

use crate::layer::{Layer, Place};

/// How many exits there are.
pub const EXITS: usize = 3;

/// The sizes of a [`Network`].
#[derive(Config, Debug)]
pub struct NetworkConfig {
    /// Channels of each stage.
    pub channels: [usize; EXITS],
}

/// From grey images of 28 × 28 pixels to 10 logits, three times: the deeper the exit, the dearer and the better.
#[derive(Module, Debug)]
pub struct Network {
    stages: Vec<Stage>,
    exits: Vec<Exit>,
}

/// A part of the way to the deepest exit.
#[derive(Module, Debug)]
struct Stage {
    layers: Vec<Layer>,
}

/// What turns a stage's map into an answer.
///
/// A shallow exit's bottleneck makes features of the deepest one's width, so that they can be compared; the deepest has none.
#[derive(Module, Debug)]
struct Exit {
    bottleneck: Vec<Layer>,
    classifier: Linear,
}

impl NetworkConfig {
    /// A freshly drawn network on `device`.
    pub fn init(&self, device: &Device) -> Network {
        let layers = |places: Vec<Place>| places.into_iter().map(|place| place.init(device)).collect();
        let stage = |number| Stage {
            layers: layers(self.stage(number)),
        };
        let exit = |number| Exit {
            bottleneck: layers(self.bottleneck(number)),
            classifier: LinearConfig::new(self.width(), CLASSES).init(device),
        };
        Network {
            stages: (0..EXITS).map(stage).collect(),
            exits: (0..EXITS).map(exit).collect(),
        }
    }

    /// Numbers that learn on the way to each exit; the other exits are left out.
    pub fn parameters(&self) -> [usize; EXITS] {
        let sum = |places: Vec<Place>| places.into_iter().map(Place::parameters).sum::<usize>();
        let mut stages = 0;
        std::array::from_fn(|number| {
            stages += sum(self.stage(number));
            stages + sum(self.bottleneck(number)) + (self.width() + 1) * CLASSES
        })
    }

    /// Multiply-adds that an image costs on the way to each exit; the other exits are left out.
    pub fn multiply_adds(&self) -> [usize; EXITS] {
        let (stages, exits) = self.multiply_adds_of_parts();
        std::array::from_fn(|number| stages[..=number].iter().sum::<usize>() + exits[number])
    }

    /// The same where every exit on the way is asked: what it costs to leave early.
    pub fn multiply_adds_asking_all(&self) -> [usize; EXITS] {
        let (stages, exits) = self.multiply_adds_of_parts();
        let sum = |parts: &[usize]| parts.iter().sum::<usize>();
        std::array::from_fn(|number| sum(&stages[..=number]) + sum(&exits[..=number]))
    }

    /// Of each stage, and of each exit.
    fn multiply_adds_of_parts(&self) -> ([usize; EXITS], [usize; EXITS]) {
        let sum = |places: Vec<Place>, side: &mut usize| {
            let costs = places.into_iter().map(|place| {
                let cost = place.multiply_adds(*side);
                *side = place.side(*side);
                cost
            });
            costs.sum::<usize>()
        };
        let (mut side, mut exits) = (SIDE, [0; EXITS]);
        let stages = std::array::from_fn(|number| {
            let stage = sum(self.stage(number), &mut side);
            let mut aside = side;
            exits[number] = sum(self.bottleneck(number), &mut aside) + self.width() * CLASSES;
            stage
        });
        (stages, exits)
    }

    /// Numbers in an exit's features.
    fn width(&self) -> usize {
        self.channels[EXITS - 1]
    }

    fn stage(&self, number: usize) -> Vec<Place> {
        let input = if number == 0 { 1 } else { self.channels[number - 1] };
        let output = self.channels[number];
        vec![
            Place {
                input,
                output,
                kernel: 3,
                stride: 2,
            },
            Place {
                input: output,
                output,
                kernel: 3,
                stride: 1,
            },
        ]
    }

    fn bottleneck(&self, number: usize) -> Vec<Place> {
        let place = Place {
            input: self.channels[number],
            output: self.width(),
            kernel: 3,
            stride: 2,
        };
        if number + 1 == EXITS { vec![] } else { vec![place] }
    }
}

impl Network {
    /// What every exit shows of images `[batch, 784]`: logits `[batch, classes]`, and features `[batch, width]`.
    pub fn forward(&self, images: Tensor<2>) -> Exits {
        let mut map = as_map(images);
        let mut shown = Exits::new();
        for (stage, exit) in self.stages.iter().zip(&self.exits) {
            map = stage.forward(map);
            let (features, logits) = exit.forward(map.clone());
            shown = shown.with(logits, features);
        }
        shown
    }

    /// Logits `[batch, classes]` of one exit, counted from 0, without the others.
    pub fn answer(&self, exit: usize, images: Tensor<2>) -> Tensor<2> {
        let way = &self.stages[..=exit];
        let map = way.iter().fold(as_map(images), |map, stage| stage.forward(map));
        self.exits[exit].forward(map).1
    }

    /// Logits of the deepest exit, without the others.
    pub fn deepest(&self, images: Tensor<2>) -> Tensor<2> {
        self.answer(EXITS - 1, images)
    }
}

impl ExitByExit<Tensor<2>> for Network {
    type State = Tensor<4>;

    fn exits(&self) -> usize {
        self.exits.len()
    }

    fn start(&self, images: Tensor<2>) -> Tensor<4> {
        as_map(images)
    }

    fn run_to(&self, exit: usize, map: Tensor<4>) -> (Tensor<4>, Tensor<2>) {
        let map = self.stages[exit].forward(map);
        (map.clone(), self.exits[exit].forward(map).1)
    }
}

impl Stage {
    fn forward(&self, map: Tensor<4>) -> Tensor<4> {
        self.layers.iter().fold(map, |map, layer| layer.forward(map))
    }
}

impl Exit {
    /// Features `[batch, width]` and logits `[batch, classes]`.
    fn forward(&self, map: Tensor<4>) -> (Tensor<2>, Tensor<2>) {
        let map = self.bottleneck.iter().fold(map, |map, layer| layer.forward(map));
        let features = map.mean_dims(&[2, 3]).flatten(1, 3);
        (features.clone(), self.classifier.forward(features))
    }
}

/// `[batch, 784]` to `[batch, 1, 28, 28]`, with pixels from −1 to 1.
fn as_map(images: Tensor<2>) -> Tensor<4> {
    let [batch, _] = images.dims();
    (images * 2.0 - 1.0).reshape([batch, 1, SIDE, SIDE])
}

#[cfg(test)]
mod tests {
    use burn::module::{ModuleVisitor, Param};
    use burn::tensor::Distribution;
    use kd::self_distillation::EarlyExit;

    use super::*;

    fn network(device: &Device) -> Network {
        NetworkConfig::new([2, 3, 4]).init(device)
    }

    fn images(count: usize, device: &Device) -> Tensor<2> {
        Tensor::random([count, SIDE * SIDE], Distribution::Default, device)
    }

    fn assert_same(one: Tensor<2>, two: Tensor<2>) {
        let change = (one - two).abs().max().into_scalar::<f32>();
        assert!(change < 1e-5, "{change}");
    }

    /// Numbers that learn; what batch normalisation keeps beside them is left out.
    struct Learned(usize);

    impl ModuleVisitor for Learned {
        fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
            let tensor = parameter.val();
            self.0 += usize::from(tensor.is_require_grad()) * tensor.shape().num_elements();
        }
    }

    #[test]
    fn sizes_are_those_of_the_network() {
        let _alone = kd_examples::alone::alone();
        let config = NetworkConfig::new([2, 3, 4]);
        let network = config.init(&Device::flex().autodiff());
        let learned = |module: &dyn Fn(&mut Learned)| {
            let mut learned = Learned(0);
            module(&mut learned);
            learned.0
        };
        let expected: [usize; EXITS] = std::array::from_fn(|exit| {
            let stages = learned(&|count| network.stages[..=exit].iter().for_each(|stage| stage.visit(count)));
            stages + learned(&|count| network.exits[exit].visit(count))
        });
        assert_eq!(config.parameters(), expected);
        // Maps of 14, 7 and 4 rows; a shallow exit halves once more.
        let first = 14 * 14 * 9 * (2 + 2 * 2);
        let second = 7 * 7 * 9 * (2 * 3 + 3 * 3);
        let third = 4 * 4 * 9 * (3 * 4 + 4 * 4);
        let aside = [7 * 7 * 9 * 2 * 4, 4 * 4 * 9 * 3 * 4, 0];
        let ways = [first, first + second, first + second + third];
        let expected: [usize; EXITS] = std::array::from_fn(|exit| ways[exit] + aside[exit] + 4 * CLASSES);
        assert_eq!(config.multiply_adds(), expected);
        let all = config.multiply_adds_asking_all();
        assert_eq!(all[0], expected[0]);
        assert_eq!(all[1], expected[1] + aside[0] + 4 * CLASSES);
        assert_eq!(all[2], expected[2] + aside[0] + aside[1] + 2 * 4 * CLASSES);
    }

    #[test]
    fn all_exits_at_once_and_each_alone_say_the_same() {
        let _alone = kd_examples::alone::alone();
        let device = Device::flex();
        let (network, images) = (network(&device), images(5, &device));
        let shown = network.forward(images.clone());
        assert_eq!((shown.logits.len(), shown.features.len()), (EXITS, EXITS));
        for (exit, (logits, features)) in shown.logits.into_iter().zip(shown.features).enumerate() {
            assert_eq!((logits.dims(), features.shape()), ([5, CLASSES], vec![5, 4]));
            assert_same(logits, network.answer(exit, images.clone()));
        }
    }

    #[test]
    fn whoever_never_leaves_reaches_the_deepest_exit() {
        let _alone = kd_examples::alone::alone();
        let device = Device::flex();
        let (network, images) = (network(&device), images(5, &device));
        let exited = EarlyExit::new(1.0).run(&network, images.clone());
        assert_eq!(exited.taken, [EXITS - 1; 5]);
        assert_same(exited.logits, network.deepest(images.clone()));
        let exited = EarlyExit::new(0.01).run(&network, images.clone());
        assert_eq!(exited.taken, [0; 5]);
        assert_same(exited.logits, network.answer(0, images));
    }
}
