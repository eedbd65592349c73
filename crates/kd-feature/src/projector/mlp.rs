use burn::{
    config::Config,
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor, activation::relu},
};
use kd_core::{Error, FeatureProjector, check};

use super::initial::{Then, linear};

/// Configuration of an [`MlpProjector`].
#[derive(Config, Debug)]
pub struct MlpProjectorConfig {
    /// The student's width.
    pub student: usize,
    /// The teacher's width.
    pub teacher: usize,
    /// The width inside; the teacher's if there is none.
    #[config(default = "None")]
    pub hidden: Option<usize>,
}

impl MlpProjectorConfig {
    /// Makes the projector, its weights on `device`.
    ///
    /// # Panics
    ///
    /// If a width is 0.
    #[track_caller]
    pub fn init(&self, device: &Device) -> MlpProjector {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the projector, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a width is 0.
    pub fn try_init(&self, device: &Device) -> Result<MlpProjector, Error> {
        let hidden = self.hidden.unwrap_or(self.teacher);
        for (name, width) in [("student", self.student), ("teacher", self.teacher), ("hidden", hidden)] {
            check::count("MlpProjectorConfig", name, width)?;
        }
        Ok(MlpProjector {
            inner: linear([self.student, hidden], Then::Relu, device),
            outer: linear([hidden, self.teacher], Then::Nothing, device),
        })
    }
}

/// Two linear maps of the last axis with a ReLU between them: for teachers to whom no linear map leads.
///
/// ```text
/// out = outer(relu(inner(in)))
/// ```
///
/// # Shapes
///
/// - features: `[..., hidden of the student]`; as a [`Feature`](kd_core::Feature) vectors or tokens
/// - output: `[..., hidden of the teacher]`
///
/// # Start
///
/// Features come out as large as they went in: weights of variance 2 / fan-in before the ReLU, 1 / fan-in behind it; biases 0.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `student` | | the student's width | ≥ 1 |
/// | `teacher` | | the teacher's width | ≥ 1 |
/// | `hidden` | the teacher's | the width inside | ≥ 1 |
///
/// # Convention
///
/// As wide inside as the teacher, which is how RepDistiller makes the regressor of VID. Features are cast to the type of the
/// weights.
///
/// # Panics
///
/// If the features have another width than it was made for, or there are no samples or no numbers.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::FeatureProjector;
/// use kd_feature::MlpProjectorConfig;
///
/// # let device = Device::flex();
/// let projector = MlpProjectorConfig::new(64, 128).init(&device);
/// assert_eq!(projector.project(Tensor::<3>::ones([2, 5, 64], &device)).dims(), [2, 5, 128]);
/// ```
///
/// # See also
///
/// [`Linear`](burn::nn::Linear), without the detour; [`BottleneckProjector`](crate::BottleneckProjector), for maps.
#[derive(Module, Debug)]
pub struct MlpProjector {
    /// From the student's width to that inside.
    pub inner: Linear,
    /// From the width inside to the teacher's.
    pub outer: Linear,
}

impl<const D: usize> FeatureProjector<Tensor<D>> for MlpProjector {
    type Output = Tensor<D>;

    #[track_caller]
    fn project(&self, features: Tensor<D>) -> Tensor<D> {
        let [width, _] = self.inner.weight.dims();
        check::made_for("MlpProjector", &features.dims(), Some((D - 1, width)));
        let features = features.cast(self.inner.weight.val().dtype());
        self.outer.forward(relu(self.inner.forward(features)))
    }
}

of_features!(MlpProjector: Vector, Tokens; "vectors or tokens; for a map's channels there is `BottleneckProjector`");
