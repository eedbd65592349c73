use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::{Tensor, module::adaptive_avg_pool2d},
};
use kd_core::{DistillLoss, Error, check, rows};

use crate::unit::unit_distance;

/// Which places speak for which class: each channel of the features, weighed by the head that comes after their mean
/// (Zhou and others, 2016).
///
/// For a network that ends in a mean over places and a linear head. The mean of a class's map is its logit, but for the
/// bias, which is left out: it is the same at all places. Gradients flow to the features and to the weight, so give the
/// teacher's without autodiff.
///
/// # Shapes
///
/// - features: `[batch, channels, height, width]`, before the mean over places
/// - weight: `[channels, classes]`, as in Burn's `Linear`
/// - output: `[batch, classes, height, width]`, in the type of the features, but f32 where that is f16 or bf16
///
/// # Panics
///
/// If the weight is for other channels.
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Distribution, Tensor}};
/// use kd_feature::class_activation_maps;
///
/// # let device = burn::tensor::Device::flex();
/// let head = LinearConfig::new(16, 10).with_bias(false).init(&device);
/// let features = Tensor::<4>::random([2, 16, 8, 8], Distribution::Default, &device);
/// let maps = class_activation_maps(features.clone(), head.weight.val());
/// let logits = head.forward(features.mean_dims(&[2, 3]).flatten::<2>(1, 3));
/// let difference = maps.mean_dims(&[2, 3]).flatten::<2>(1, 3) - logits;
/// assert!(difference.abs().max().into_scalar::<f32>() < 1e-5);
/// ```
#[track_caller]
pub fn class_activation_maps(features: Tensor<4>, weight: Tensor<2>) -> Tensor<4> {
    let [batch, channels, height, width] = features.dims();
    let [weights, classes] = weight.dims();
    assert!(
        weights == channels,
        "class_activation_maps: the features have shape {:?} and the weight {:?}; give the head's weight as \
         [channels, classes], and the features that its mean is taken of",
        features.dims(),
        weight.dims()
    );
    let features = rows::widen(features);
    let weight = weight.cast(features.dtype());
    let of_places = weight.transpose().unsqueeze::<3>().matmul(features.flatten::<3>(2, 3));
    of_places.reshape([batch, classes, height, width])
}

/// Configuration of a [`ClassAttentionLoss`].
#[derive(Config, Debug)]
pub struct ClassAttentionLossConfig {
    /// How many places across the maps are compared at. At least 1, where only a sign is left of each.
    #[config(default = 2)]
    pub size: usize,
}

impl ClassAttentionLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If the size is 0.
    #[track_caller]
    pub fn init(&self) -> ClassAttentionLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for a size that comes from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the size is 0.
    pub fn try_init(&self) -> Result<ClassAttentionLoss, Error> {
        check::count("ClassAttentionLossConfig", "size", self.size)?;
        Ok(ClassAttentionLoss { size: self.size })
    }
}

/// Where each class is looked for: class activation maps, pooled to few places, each at length 1 (CAT-KD; Guo and others,
/// 2023).
///
/// ```text
/// n(map)[c] = pool(map)[c] / ‖pool(map)[c]‖    pool: mean over places, to size × size
/// loss = Σ (n(student) − n(teacher))² / (classes · size²)
/// ```
///
/// What is compared are maps of classes and not of features: [`class_activation_maps`] makes them, or a head that is a
/// 1×1 convolution and comes before the mean over places. Since they are pooled, student and teacher may differ in height
/// and width.
///
/// # Shapes
///
/// - student, teacher: `[batch, classes, height, width]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Mean over classes and places, mean over samples.
///
/// # Gradient
///
/// Flows to the student through the pooling and the length; none for the teacher. The loss jumps where a class's pooled
/// map passes 0.
///
/// # Range
///
/// From 0, where each pooled map is a positive multiple of the teacher's, to `4 / size²`. A map that is 0 at all places
/// stays so, and gets no gradient.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `size` | 2 | places across, after pooling | ≥ 1 |
///
/// # Convention
///
/// Mean over all numbers, lengths over the places of a class, pooled first: from the authors' code, whose option to make maps
/// binary is not here. The paper weighs it with 400 for CIFAR-100. No ε beside the length, which in PyTorch's `normalize` is 1e-12 and multiplies the gradient of a map of zeros by 1e12.
///
/// # Panics
///
/// If student and teacher differ in batch or classes, or there are no samples or no numbers in them. `init` panics if the
/// size is 0.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_feature::ClassAttentionLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let cat = ClassAttentionLossConfig::new().init();
/// let teacher = Tensor::<4>::from_floats([[[[9.0, 0.0], [0.0, 0.0]]]], &device);
/// let student = |map| Tensor::<4>::from_floats([[map]], &device);
/// // As sure of the place, if less of the class.
/// assert_eq!(cat.forward(student([[2.0, 0.0], [0.0, 0.0]]), teacher.clone()).into_scalar::<f32>(), 0.0);
/// // Another place: two of four numbers are off by 1.
/// assert_eq!(cat.forward(student([[0.0, 2.0], [0.0, 0.0]]), teacher).into_scalar::<f32>(), 0.5);
/// ```
///
/// # Reference
///
/// Ziyao Guo, Haonan Yan, Hui Li, Xiaodong Lin: *Class Attention Transfer Based Knowledge Distillation*, 2023, CVPR,
/// arXiv:2304.12777.
///
/// # See also
///
/// [`ChannelWiseLoss`](crate::ChannelWiseLoss), which compares where channels look as distributions.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ClassAttentionLoss {
    size: usize,
}

impl DistillLoss<Tensor<4>> for ClassAttentionLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        check::same_classes("ClassAttentionLoss", &student, &teacher);
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let size = [self.size; 2];
        let [student, teacher] = [student, teacher].map(|maps| adaptive_avg_pool2d(maps, size).flatten::<3>(2, 3));
        let squares = unit_distance(student, teacher, 2).squeeze_dim::<2>(2).mean_dim(1);
        (squares * ((self.size * self.size) as f64).recip()).squeeze_dim(1)
    }
}

of_maps!(ClassAttentionLoss);

impl ModuleDisplay for ClassAttentionLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add("size", &self.size).optional()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{DType, Device, FloatDType};

    use super::*;

    /// Products of 300, which bf16 would round each, and sums of 16 channels.
    #[test]
    fn maps_of_half_precision_are_made_in_f32() {
        let device = Device::flex();
        let features = Tensor::<4>::full([1, 16, 2, 2], 20.0, &device);
        let weight = Tensor::<2>::full([16, 3], 15.125, &device);
        for dtype in [FloatDType::F16, FloatDType::BF16] {
            let maps = class_activation_maps(features.clone().cast(dtype), weight.clone());
            assert_eq!(maps.dtype(), DType::F32);
            assert!(maps.into_data().iter::<f32>().all(|number| number == 4840.0));
        }
    }

    #[test]
    fn shows_what_it_is() {
        let cat = ClassAttentionLossConfig::new().init();
        assert_eq!(format!("{cat}"), "ClassAttentionLoss {size: 2}");
    }

    #[test]
    fn no_places_are_an_error() {
        let error = ClassAttentionLossConfig::new().with_size(0).try_init().unwrap_err();
        assert_eq!(
            error.to_string(),
            "ClassAttentionLossConfig: size is 0, but must be at least 1"
        );
    }

    #[test]
    #[should_panic(expected = "give the head's weight as [channels, classes]")]
    fn a_weight_for_other_channels_panics() {
        let device = Device::flex();
        let _ = class_activation_maps(Tensor::zeros([1, 3, 2, 2], &device), Tensor::zeros([5, 3], &device));
    }
}
