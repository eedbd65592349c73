use burn::tensor::{Device, Tensor};
use kd_core::{Feature, OffGraph, ToDevice};

/// What the exits of a network show, shallow to deep: what its `forward` returns in training.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_self::Exits;
///
/// # let device = burn::tensor::Device::flex();
/// # let logits = Tensor::<2>::zeros([8, 10], &device);
/// # let pooled = Tensor::<2>::zeros([8, 64], &device);
/// let exits = Exits::new()
///     .with(logits.clone(), pooled.clone())
///     .with(logits, pooled);
/// assert_eq!((exits.logits.len(), exits.features.len()), (2, 2));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Exits {
    /// The logits of each exit, `[batch, classes]`.
    pub logits: Vec<Tensor<2>>,
    /// What each exit's classifier decides by; empty if nothing looks at it.
    pub features: Vec<Feature>,
}

impl Exits {
    /// No exits yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next deeper exit.
    pub fn with(mut self, logits: Tensor<2>, features: impl Into<Feature>) -> Self {
        self.logits.push(logits);
        self.features.push(features.into());
        self
    }
}

impl OffGraph for Exits {
    fn off_graph(self) -> Self {
        Self {
            logits: self.logits.off_graph(),
            features: self.features.off_graph(),
        }
    }
}

impl ToDevice for Exits {
    fn home(&self) -> Option<Device> {
        self.logits.home()
    }

    fn bring_to(self, device: &Device) -> Self {
        Self {
            logits: self.logits.bring_to(device),
            features: self.features.bring_to(device),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    #[test]
    fn off_the_graph_is_all_of_it() {
        let device = Device::flex().autodiff();
        let leaf = || Tensor::<2>::ones([2, 3], &device).require_grad();
        let exits = Exits::new().with(leaf(), leaf()).off_graph();
        assert!(!exits.logits[0].is_autodiff());
        let features = exits.features.into_iter().next().unwrap();
        assert!(!features.flatten_samples().is_autodiff());
    }
}
