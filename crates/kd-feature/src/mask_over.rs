use burn::{
    config::Config,
    tensor::{Bool, Distribution, Tensor},
};

/// What a [`MaskedGenerativeLoss`](crate::MaskedGenerativeLoss) hides of a map.
#[derive(Config, Debug, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MaskOver {
    /// Whole places, in all channels: the paper's for detection and segmentation.
    Places,
    /// Whole channels, at all places: the authors' for classification.
    Channels,
}

impl MaskOver {
    /// A mask for this map, true with probability `1 − ratio`; an axis of 1 stands for all of it.
    pub(crate) fn draw(self, ratio: f64, map: &Tensor<4>) -> Tensor<4, Bool> {
        let [batch, channels, height, width] = map.dims();
        let shape = match self {
            Self::Places => [batch, 1, height, width],
            Self::Channels => [batch, channels, 1, 1],
        };
        let uniform = Tensor::<4>::random(shape, Distribution::Uniform(0.0, 1.0), &map.device());
        uniform.greater_equal_elem(ratio)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    /// The share is within six standard deviations of the ratio, and whole places or channels are hidden.
    #[test]
    fn masks_hide_the_share_they_should() {
        let map = Tensor::<4>::zeros([4, 64, 32, 32], &Device::flex());
        for (over, shape, ratio) in [
            (MaskOver::Places, [4, 1, 32, 32], 0.65),
            (MaskOver::Channels, [4, 64, 1, 1], 0.15),
            (MaskOver::Places, [4, 1, 32, 32], 0.0),
            (MaskOver::Places, [4, 1, 32, 32], 1.0),
        ] {
            let kept = over.draw(ratio, &map);
            assert_eq!(kept.dims(), shape);
            let share = 1.0 - kept.float().mean().into_scalar::<f64>();
            let count = shape.iter().product::<usize>() as f64;
            let deviation = (ratio * (1.0 - ratio) / count).sqrt();
            assert!((share - ratio).abs() <= 6.0 * deviation + 1e-6, "{share} of {ratio}");
        }
    }

    #[test]
    fn each_call_draws_another_mask() {
        let map = Tensor::<4>::zeros([1, 1, 16, 16], &Device::flex());
        let numbers = || {
            MaskOver::Places
                .draw(0.5, &map)
                .float()
                .into_data()
                .try_to_vec::<f32>()
                .unwrap()
        };
        assert_ne!(numbers(), numbers());
    }
}
