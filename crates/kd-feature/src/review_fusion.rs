use burn::{
    config::Config,
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{
        Device, Tensor,
        activation::log_sigmoid,
        module::interpolate,
        ops::{InterpolateMode, InterpolateOptions},
    },
};
use kd_core::{Error, check};

use crate::convolve::convolve;

/// Configuration of a [`ReviewFusion`].
#[derive(Config, Debug)]
pub struct ReviewFusionConfig {
    /// The channels of the student's maps, from shallow to deep. At least one map of at least one channel.
    pub student_channels: Vec<usize>,
    /// The channels of the teacher's maps, from shallow to deep, as many.
    pub teacher_channels: Vec<usize>,
    /// The channels that are handed from level to level; by default those of the student's deepest map, but no more than
    /// 512. At least 1.
    #[config(default = "None")]
    pub hidden: Option<usize>,
}

impl ReviewFusionConfig {
    /// Makes the module, its weights on `device`.
    ///
    /// # Panics
    ///
    /// If there are no maps, not as many of the teacher as of the student, or a map without channels.
    #[track_caller]
    pub fn init(&self, device: &Device) -> ReviewFusion {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the module, for numbers that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no maps, not as many of the teacher as of the student, or a map without
    /// channels.
    pub fn try_init(&self, device: &Device) -> Result<ReviewFusion, Error> {
        const NAME: &str = "ReviewFusionConfig";
        let levels = self.student_channels.len();
        check::count(NAME, "the number of the student's maps", levels)?;
        check::as_many(
            NAME,
            "the number of the teacher's maps",
            self.teacher_channels.len(),
            levels,
        )?;
        let deepest = self.student_channels[levels - 1];
        let hidden = self.hidden.unwrap_or(deepest.min(512));
        for &channels in self
            .student_channels
            .iter()
            .chain(&self.teacher_channels)
            .chain([&hidden])
        {
            check::count(NAME, "a number of channels", channels)?;
        }
        let pairs = self.student_channels.iter().zip(&self.teacher_channels).enumerate();
        let stages = pairs.map(|(level, (&student, &teacher))| {
            let is_deepest = level + 1 == levels;
            ReviewStage::new([student, hidden, teacher], !is_deepest, device)
        });
        Ok(ReviewFusion {
            stages: stages.collect(),
        })
    }
}

/// The student's maps, each with all deeper ones mixed in, in the shapes of the teacher's: the attention-based fusion of
/// ReviewKD (ABF; Chen and others, 2021).
///
/// ```text
/// from deep to shallow, at each level l:
///     x = norm(reduce(student[l]))                                  1 × 1, to the hidden channels
///     a, b = sigmoid(attention([x, y]))                             a weight for each place, but at the deepest level
///     y = a · x + b · y                                             y handed down, brought to the size of x
///     output[l] = norm(expand(y))                                   3 × 3, to the teacher's channels and size
/// ```
///
/// Sizes are changed by taking the nearest place. The norms are batch normalisation: on the autodiff device they use the
/// batch's statistics and move their running ones, and after `valid()` they use those. A batch of one sample and one place
/// has no variance; its output is the norms' β, and finite.
///
/// Weights of `reduce` and `expand` are uniform within ±√(3 / inputs), from the authors' code; those of `attention` as
/// Burn's convolutions.
///
/// # Shapes
///
/// - student: `[batch, channels of the student, height, width]` at each level, from shallow to deep
/// - output: `[batch, channels of the teacher, height and width asked for]` at each level
///
/// # Reference
///
/// Pengguang Chen, Shu Liu, Hengshuang Zhao, Jiaya Jia: *Distilling Knowledge via Knowledge Review*, 2021,
/// arXiv:2104.09044, section 3.
///
/// # See also
///
/// [`ReviewLoss`](crate::ReviewLoss), which compares what comes out with the teacher.
#[derive(Module, Debug)]
pub struct ReviewFusion {
    /// A stage for each level, from shallow to deep.
    pub stages: Vec<ReviewStage>,
}

impl ReviewFusion {
    /// Fuses the student's maps, and gives them these heights and widths.
    ///
    /// # Panics
    ///
    /// If there are not as many maps and sizes as levels, the maps are of unequal batches, there are no samples or no numbers
    /// in them, or a map has other channels than its stage.
    #[track_caller]
    pub fn forward(&self, student: Vec<Tensor<4>>, sizes: &[[usize; 2]]) -> Vec<Tensor<4>> {
        const NAME: &str = "ReviewFusion";
        check::sizes(NAME, self.stages.len(), student.len(), sizes.len());
        check::same_batch_at_all_levels(NAME, &student);
        let mut outputs = Vec::with_capacity(sizes.len());
        let mut handed = None;
        for ((stage, map), &size) in self.stages.iter().zip(student).zip(sizes).rev() {
            check::channels_of_weights(NAME, "student", stage.reduce.weight.dims()[1], &map);
            let fused = resized(stage.fuse(map, handed), size);
            outputs.push(stage.expand(fused.clone()));
            handed = Some(fused);
        }
        outputs.reverse();
        outputs
    }
}

/// One level of a [`ReviewFusion`].
#[derive(Module, Debug)]
pub struct ReviewStage {
    /// The student's channels to the hidden ones, 1 × 1.
    pub reduce: Conv2d,
    /// The norm after it.
    pub reduce_norm: BatchNorm,
    /// Twice the hidden channels to two weights, 1 × 1; the deepest level has none.
    pub attention: Option<Conv2d>,
    /// The hidden channels to the teacher's, 3 × 3.
    pub expand: Conv2d,
    /// The norm after it.
    pub expand_norm: BatchNorm,
}

impl ReviewStage {
    fn new([student, hidden, teacher]: [usize; 3], is_handed_something: bool, device: &Device) -> Self {
        let initializer = Initializer::KaimingUniform {
            gain: 1.0,
            fan_out_only: false,
        };
        let convolution = |channels, size| {
            Conv2dConfig::new(channels, [size; 2])
                .with_padding(PaddingConfig2d::Explicit(size / 2, size / 2, size / 2, size / 2))
                .with_bias(false)
                .with_initializer(initializer.clone())
                .init(device)
        };
        Self {
            reduce: convolution([student, hidden], 1),
            reduce_norm: BatchNormConfig::new(hidden).init(device),
            attention: is_handed_something.then(|| Conv2dConfig::new([2 * hidden, 2], [1, 1]).init(device)),
            expand: convolution([hidden, teacher], 3),
            expand_norm: BatchNormConfig::new(teacher).init(device),
        }
    }

    fn fuse(&self, map: Tensor<4>, handed: Option<Tensor<4>>) -> Tensor<4> {
        // The norms keep statistics in the precision of their weights, so that is what is computed in.
        let map = map.cast(self.reduce.weight.val().dtype());
        let x = self.reduce_norm.forward(convolve(&self.reduce, map));
        let (Some(attention), Some(y)) = (&self.attention, handed) else {
            return x;
        };
        let [_, _, height, width] = x.dims();
        let y = resized(y, [height, width]);
        let logits = convolve(attention, Tensor::cat(vec![x.clone(), y.clone()], 1));
        // Not Burn's sigmoid, which most backends compute in f32 whatever the type.
        let weights = log_sigmoid(logits).exp();
        x * weights.clone().narrow(1, 0, 1) + y * weights.narrow(1, 1, 1)
    }

    fn expand(&self, fused: Tensor<4>) -> Tensor<4> {
        self.expand_norm.forward(convolve(&self.expand, fused))
    }
}

/// The map at this height and width, by taking the nearest place.
fn resized(map: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let [_, _, height, width] = map.dims();
    if [height, width] == size {
        return map;
    }
    interpolate(
        map,
        InterpolateOptions::new(InterpolateMode::Nearest).with_output_size(size),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unequal_numbers_of_maps_are_an_error() {
        let error = ReviewFusionConfig::new(vec![4, 8], vec![8])
            .try_init(&Device::flex())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "ReviewFusionConfig: the number of the teacher's maps is 1, but must be as many as the student has"
        );
    }

    #[test]
    #[should_panic(expected = "ReviewFusion: there are 2 maps and 1 sizes for 2 levels")]
    fn a_missing_size_panics() {
        let device = Device::flex();
        let fusion = ReviewFusionConfig::new(vec![4, 8], vec![8, 8]).init(&device);
        let maps = [4, 8].map(|channels| Tensor::zeros([1, channels, 2, 2], &device));
        let _ = fusion.forward(maps.into(), &[[2, 2]]);
    }

    #[test]
    #[should_panic(
        expected = "ReviewFusion: one level's map has shape [2, 4, 2, 2] and another's [1, 8, 2, 2]; give all levels"
    )]
    fn levels_of_unequal_batches_panic() {
        let device = Device::flex();
        let fusion = ReviewFusionConfig::new(vec![4, 8], vec![8, 8]).init(&device);
        let maps = [[2, 4, 2, 2], [1, 8, 2, 2]].map(|shape| Tensor::zeros(shape, &device));
        let _ = fusion.forward(maps.into(), &[[2, 2], [2, 2]]);
    }

    #[test]
    #[should_panic(expected = "ReviewFusion: features of shape [1, 4, 0, 2] hold no numbers")]
    fn levels_without_places_panic() {
        let device = Device::flex();
        let fusion = ReviewFusionConfig::new(vec![4], vec![8]).init(&device);
        let _ = fusion.forward(vec![Tensor::zeros([1, 4, 0, 2], &device)], &[[2, 2]]);
    }
}
