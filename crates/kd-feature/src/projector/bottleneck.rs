use burn::{
    config::Config,
    module::Module,
    nn::{BatchNorm, BatchNormConfig, conv::Conv2d},
    tensor::{Device, Tensor, activation::relu},
};
use kd_core::{Error, FeatureProjector, check};

use super::initial::{Then, conv};

/// Configuration of a [`BottleneckProjector`].
#[derive(Config, Debug)]
pub struct BottleneckProjectorConfig {
    /// The student's channels.
    pub student: usize,
    /// The teacher's channels.
    pub teacher: usize,
    /// By how much narrower than the teacher it is inside. From 1 to the teacher's channels.
    #[config(default = 2)]
    pub factor: usize,
}

impl BottleneckProjectorConfig {
    /// Makes the projector, its weights on `device`.
    ///
    /// # Panics
    ///
    /// If there are no channels, or the factor leaves none inside.
    #[track_caller]
    pub fn init(&self, device: &Device) -> BottleneckProjector {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the projector, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no channels, or the factor leaves none inside.
    pub fn try_init(&self, device: &Device) -> Result<BottleneckProjector, Error> {
        const OWNER: &str = "BottleneckProjectorConfig";
        check::count(OWNER, "student", self.student)?;
        check::count(OWNER, "teacher", self.teacher)?;
        if !(1..=self.teacher).contains(&self.factor) {
            return Err(Error::InvalidValue {
                owner: OWNER,
                name: "factor",
                value: self.factor as f64,
                expected: "from 1 to the teacher's channels (2 is usual; the inside has the teacher's channels divided by it)",
            });
        }
        let inside = self.teacher / self.factor;
        let conv = |channels, kernel| conv(channels, kernel, false, Then::Relu, device);
        let norm = |channels| BatchNormConfig::new(channels).init(device);
        Ok(BottleneckProjector {
            reduce: conv([self.student, inside], 1),
            reduce_norm: norm(inside),
            mix: conv([inside, inside], 3),
            mix_norm: norm(inside),
            expand: conv([inside, self.teacher], 1),
            expand_norm: norm(self.teacher),
        })
    }
}

/// Three convolutions, narrow inside: the projector of SimKD (Chen and others, 2022).
///
/// ```text
/// inside = ⌊teacher / factor⌋
/// out = relu(norm(expand(relu(norm(mix(relu(norm(reduce(in)))))))))
/// reduce: 1×1, student → inside    mix: 3×3, inside → inside    expand: 1×1, inside → teacher
/// ```
///
/// # Shapes
///
/// - features: `[batch, channels of the student, height, width]`
/// - output: `[batch, channels of the teacher, height, width]`, at least 0
///
/// # Start
///
/// Weights of variance 2 / fan-in, since a ReLU follows each; no biases, since a batch normalisation follows each.
///
/// # Training
///
/// As [`ConvProjector`](crate::ConvProjector): batch normalisation takes the batch's statistics while it trains, its
/// running ones after `valid()`, and couples the samples of a batch.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `student` | | the student's channels | ≥ 1 |
/// | `teacher` | | the teacher's channels | ≥ 1 |
/// | `factor` | 2 | how much narrower than the teacher it is inside | `[1, teacher]` |
///
/// # Convention
///
/// Layers, order, `factor` and the padding of 1 around the 3×3 are those of the authors' code, which also pools the larger of the two
/// maps to the smaller one's size first; here [`Resize`](crate::Resize) does that, and only to the student. Its weights start with
/// PyTorch's defaults.
///
/// The last ReLU suits a teacher whose features come from behind one. Features are cast to the type of the weights.
///
/// # Panics
///
/// If the features have other channels than it was made for, or there are no samples or no numbers.
///
/// # Example
///
/// ```
/// use burn::{module::Module, tensor::{Device, Tensor}};
/// use kd_core::FeatureProjector;
/// use kd_feature::BottleneckProjectorConfig;
///
/// # let device = Device::flex();
/// let projector = BottleneckProjectorConfig::new(16, 64).init(&device);
/// assert_eq!(projector.mix.weight.dims(), [32, 32, 3, 3]);
/// assert_eq!(projector.project(Tensor::ones([2, 16, 8, 8], &device)).dims(), [2, 64, 8, 8]);
/// ```
///
/// # Reference
///
/// Defang Chen, Jian-Ping Mei, Hailin Zhang, Can Wang, Yan Feng, Chun Chen: *Knowledge Distillation with the Reused Teacher
/// Classifier*, 2022, arXiv:2203.14001.
///
/// # See also
///
/// [`ConvProjector`](crate::ConvProjector), a single linear map.
#[derive(Module, Debug)]
pub struct BottleneckProjector {
    /// 1×1, from the student's channels to those inside.
    pub reduce: Conv2d,
    /// After `reduce`.
    pub reduce_norm: BatchNorm,
    /// 3×3, inside.
    pub mix: Conv2d,
    /// After `mix`.
    pub mix_norm: BatchNorm,
    /// 1×1, from the channels inside to the teacher's.
    pub expand: Conv2d,
    /// After `expand`.
    pub expand_norm: BatchNorm,
}

impl FeatureProjector<Tensor<4>> for BottleneckProjector {
    type Output = Tensor<4>;

    #[track_caller]
    fn project(&self, features: Tensor<4>) -> Tensor<4> {
        let [_, channels, _, _] = self.reduce.weight.dims();
        check::made_for("BottleneckProjector", &features.dims(), Some((1, channels)));
        let features = features.cast(self.reduce.weight.val().dtype());
        let layers = [
            (&self.reduce, &self.reduce_norm),
            (&self.mix, &self.mix_norm),
            (&self.expand, &self.expand_norm),
        ];
        let through = |features, (conv, norm): (&Conv2d, &BatchNorm)| relu(norm.forward(conv.forward(features)));
        layers.into_iter().fold(features, through)
    }
}

of_features!(BottleneckProjector: Map; "maps, [batch, channels, height, width]; for vectors and tokens there is `MlpProjector`");
