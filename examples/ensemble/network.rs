//! The networks: all of one seed have the same shape, members and students alike.

use std::fmt::{self, Display};

use burn::prelude::*;
use kd_examples::mlp::{Mlp, MlpConfig};
use kd_examples::residual::{self, Architecture};
use serde::{Serialize, Serializer};

/// What a network is built of.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Fully connected layers, for digits.
    Mlp(MlpConfig),
    /// A residual network, for photos of so many rows and columns.
    Residual(Architecture, usize),
}

/// From images `[batch, channels, side, side]` to logits `[batch, classes]`.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are a dozen networks, and what is large in them is elsewhere"
)]
pub enum Network {
    /// Fully connected layers.
    Mlp(Mlp),
    /// A residual network.
    Residual(residual::Network),
}

impl Shape {
    /// A freshly drawn network on `device`.
    pub fn init(&self, device: &Device) -> Network {
        match self {
            Self::Mlp(config) => Network::Mlp(config.init(device)),
            Self::Residual(architecture, _) => Network::Residual(architecture.init(device)),
        }
    }

    /// Numbers that learn.
    pub fn parameters(&self) -> usize {
        match self {
            Self::Mlp(config) => config.parameters(),
            Self::Residual(architecture, _) => architecture.init(&Device::flex().autodiff()).parameters(),
        }
    }

    /// Multiply-adds that an image costs.
    pub fn multiply_adds(&self) -> usize {
        match self {
            Self::Mlp(config) => config.multiply_adds(),
            Self::Residual(architecture, side) => architecture.multiply_adds(*side),
        }
    }
}

impl Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mlp(config) => {
                let hidden: Vec<String> = config.hidden.iter().map(usize::to_string).collect();
                write!(f, "{} hidden units", hidden.join(" + "))
            }
            Self::Residual(architecture, side) => write!(f, "{architecture} on {side} x {side} pixels"),
        }
    }
}

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Network {
    /// Logits `[batch, classes]` of images `[batch, channels, side, side]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<2> {
        match self {
            Self::Mlp(network) => network.forward(images.flatten(1, 3)),
            Self::Residual(network) => network.forward(images).logits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_answer_and_say_what_they_cost() {
        let _alone = kd_examples::alone::alone();
        let device = Device::flex().autodiff();
        let mlp = Shape::Mlp(MlpConfig::new(vec![8, 4]));
        let logits = mlp.init(&device).forward(Tensor::zeros([2, 1, 28, 28], &device));
        assert_eq!(logits.dims(), [2, 10]);
        let residual = Shape::Residual("resnet8".parse().unwrap(), 16);
        let logits = residual.init(&device).forward(Tensor::zeros([2, 3, 16, 16], &device));
        assert_eq!(logits.dims(), [2, 10]);
        assert_eq!(mlp.parameters(), 785 * 8 + 9 * 4 + 5 * 10);
        assert_eq!(
            (mlp.to_string(), residual.to_string()),
            ("8 + 4 hidden units".into(), "resnet8 on 16 x 16 pixels".into())
        );
        assert!(residual.multiply_adds() > 1_000_000);
    }
}
