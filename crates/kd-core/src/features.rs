use burn::tensor::{DType, Device, Tensor};

use crate::{Error, OffGraph, ToDevice};

/// One layer's output, of the rank it has.
///
/// Losses take tensors; a `Feature` is for what holds layers of several ranks side by side.
#[derive(Clone, Debug)]
pub enum Feature {
    /// A vector per sample, `[batch, hidden]`.
    Vector(Tensor<2>),
    /// A vector per token, `[batch, seq, hidden]`.
    Tokens(Tensor<3>),
    /// A map per sample, `[batch, channels, height, width]`.
    Map(Tensor<4>),
}

/// Does the same with the tensor of any rank.
macro_rules! each {
    ($feature:expr, $tensor:ident => $do:expr) => {
        match $feature {
            Feature::Vector($tensor) => $do,
            Feature::Tokens($tensor) => $do,
            Feature::Map($tensor) => $do,
        }
    };
}

impl Feature {
    /// The size of each axis.
    pub fn shape(&self) -> Vec<usize> {
        each!(self, tensor => tensor.dims().to_vec())
    }

    /// Samples in the batch.
    pub fn batch(&self) -> usize {
        self.shape()[0]
    }

    /// Where it is.
    pub fn device(&self) -> Device {
        each!(self, tensor => tensor.device())
    }

    /// What its numbers are.
    pub fn dtype(&self) -> DType {
        each!(self, tensor => tensor.dtype())
    }

    /// All of a sample's numbers in a row: `[batch, features]`.
    pub fn flatten_samples(self) -> Tensor<2> {
        match self {
            Self::Vector(tensor) => tensor,
            Self::Tokens(tensor) => tensor.flatten(1, 2),
            Self::Map(tensor) => tensor.flatten(1, 3),
        }
    }
}

impl From<Tensor<2>> for Feature {
    fn from(tensor: Tensor<2>) -> Self {
        Self::Vector(tensor)
    }
}

impl From<Tensor<3>> for Feature {
    fn from(tensor: Tensor<3>) -> Self {
        Self::Tokens(tensor)
    }
}

impl From<Tensor<4>> for Feature {
    fn from(tensor: Tensor<4>) -> Self {
        Self::Map(tensor)
    }
}

impl OffGraph for Feature {
    fn off_graph(self) -> Self {
        each!(self, tensor => tensor.off_graph().into())
    }
}

impl ToDevice for Feature {
    fn home(&self) -> Option<Device> {
        each!(self, tensor => tensor.home())
    }

    fn bring_to(self, device: &Device) -> Self {
        each!(self, tensor => tensor.bring_to(device).into())
    }
}

/// Layers' outputs by name, in the order of the network: what a model returns that teaches or learns from features.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::Features;
///
/// # let device = burn::tensor::Device::flex();
/// let features = Features::new()
///     .with("stem", Tensor::<4>::zeros([2, 16, 8, 8], &device))
///     .with("pooled", Tensor::<2>::zeros([2, 64], &device));
/// assert_eq!(features.get("pooled").unwrap().shape(), [2, 64]);
///
/// let error = features.get("head").unwrap_err();
/// assert_eq!(error.to_string(), "there is no layer 'head'; there are 'stem', 'pooled'");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Features {
    layers: Vec<(String, Feature)>,
}

impl Features {
    /// No layers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a layer's output.
    ///
    /// # Panics
    ///
    /// If there is a layer of this name already.
    #[track_caller]
    pub fn with(mut self, name: impl Into<String>, feature: impl Into<Feature>) -> Self {
        let name = name.into();
        assert!(
            self.names().all(|other| other != name),
            "Features: there is a layer '{name}' already; give each its own name"
        );
        self.layers.push((name, feature.into()));
        self
    }

    /// The layer of this name.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLayer`] if there is none; it says which there are.
    pub fn get(&self, name: &str) -> Result<&Feature, Error> {
        let found = self.layers.iter().find(|(other, _)| other == name);
        found.map(|(_, feature)| feature).ok_or_else(|| Error::UnknownLayer {
            side: None,
            name: name.into(),
            known: self.names().map(Into::into).collect(),
        })
    }

    /// The layers' names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().map(|(name, _)| name.as_str())
    }

    /// The layers, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Feature)> {
        self.layers.iter().map(|(name, feature)| (name.as_str(), feature))
    }
}

impl OffGraph for Features {
    fn off_graph(self) -> Self {
        let layers = self.layers.into_iter();
        Self {
            layers: layers.map(|(name, feature)| (name, feature.off_graph())).collect(),
        }
    }
}

impl ToDevice for Features {
    fn home(&self) -> Option<Device> {
        self.layers.iter().find_map(|(_name, feature)| feature.home())
    }

    fn bring_to(self, device: &Device) -> Self {
        let layers = self.layers.into_iter();
        Self {
            layers: layers.map(|(name, feature)| (name, feature.bring_to(device))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_the_graph_is_every_layer() {
        let device = Device::flex().autodiff();
        let features = Features::new()
            .with("map", Tensor::<4>::ones([2, 3, 4, 5], &device).require_grad())
            .with("tokens", Tensor::<3>::ones([2, 3, 4], &device).require_grad())
            .off_graph();
        for (name, feature) in features.iter() {
            assert!(!each!(feature, tensor => tensor.is_autodiff()), "{name}");
        }
    }

    #[test]
    #[should_panic(expected = "there is a layer 'stem' already")]
    fn a_name_twice_panics() {
        let vector = Tensor::<2>::zeros([1, 1], &Device::flex());
        let _ = Features::new().with("stem", vector.clone()).with("stem", vector);
    }
}
