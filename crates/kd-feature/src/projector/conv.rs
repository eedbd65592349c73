use burn::{
    config::Config,
    module::Module,
    nn::{BatchNorm, BatchNormConfig, conv::Conv2d},
    tensor::{Device, Tensor, activation::relu},
};
use kd_core::{Error, FeatureProjector, check};

use super::initial::{Then, conv};

/// Configuration of a [`ConvProjector`].
#[derive(Config, Debug)]
pub struct ConvProjectorConfig {
    /// The student's channels.
    pub student: usize,
    /// The teacher's channels.
    pub teacher: usize,
    /// Whether a batch normalisation follows.
    #[config(default = false)]
    pub norm: bool,
    /// Whether a ReLU comes last.
    #[config(default = false)]
    pub relu: bool,
}

impl ConvProjectorConfig {
    /// Makes the projector, its weights on `device`.
    ///
    /// # Panics
    ///
    /// If there are no channels.
    #[track_caller]
    pub fn init(&self, device: &Device) -> ConvProjector {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the projector, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no channels.
    pub fn try_init(&self, device: &Device) -> Result<ConvProjector, Error> {
        check::count("ConvProjectorConfig", "student", self.student)?;
        check::count("ConvProjectorConfig", "teacher", self.teacher)?;
        let then = if self.relu { Then::Relu } else { Then::Nothing };
        Ok(ConvProjector {
            conv: conv([self.student, self.teacher], 1, !self.norm, then, device),
            norm: self.norm.then(|| BatchNormConfig::new(self.teacher).init(device)),
            relu: self.relu,
        })
    }
}

/// A 1×1 convolution: the same linear map of the channels at each place.
///
/// ```text
/// out[:, y, x] = relu(norm(weight · in[:, y, x] + bias))
/// ```
///
/// # Shapes
///
/// - features: `[batch, channels of the student, height, width]`
/// - output: `[batch, channels of the teacher, height, width]`
///
/// # Start
///
/// Features come out as large as they went in: weights of variance 1 / channels of the student, or 2 / channels where a ReLU
/// follows, which halves the mean square; bias 0. With a normalisation there is no bias, which it would take off again.
///
/// # Training
///
/// The weights are the projector's, so it has to be a field of the module that the optimizer trains. A batch normalisation
/// uses the statistics of the batch while it trains and its running ones after `valid()`; it couples the samples of a
/// batch, so accumulating gradients over small batches is no longer the same as one large batch. The running variance is
/// that of Burn, biased, where PyTorch's is not.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `student` | | the student's channels | ≥ 1 |
/// | `teacher` | | the teacher's channels | ≥ 1 |
/// | `norm` | false | a batch normalisation behind the convolution | |
/// | `relu` | false | a ReLU last: for teacher's features from behind a ReLU, which are not negative either | |
///
/// # Convention
///
/// FitNets' regressor in RepDistiller and mdistiller is a convolution, a batch normalisation and a ReLU, and where maps differ
/// in size the convolution has a stride or a larger kernel; here [`Resize`](crate::Resize) does that, and norm and ReLU are off.
///
/// Features are cast to the type of the weights, so half precision may flow in.
///
/// # Panics
///
/// If the features have other channels than it was made for, or there are no samples or no numbers.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Projected};
/// use kd_feature::{ConvProjectorConfig, HintLossConfig};
///
/// let device = Device::flex().autodiff();
/// let projector = ConvProjectorConfig::new(16, 64).with_norm(true).with_relu(true).init(&device);
/// let hint = Projected::new(projector, HintLossConfig::new().init());
///
/// let student = Tensor::<4>::ones([2, 16, 8, 8], &device);
/// let teacher = Tensor::<4>::ones([2, 64, 8, 8], &device);
/// let gradients = hint.forward(student, teacher).backward();
/// assert!(hint.projector.conv.weight.grad(&gradients).is_some());
/// ```
///
/// # See also
///
/// [`BottleneckProjector`](crate::BottleneckProjector), which can do more; [`AdapterConfig`](crate::AdapterConfig), which
/// chooses from two shapes.
#[derive(Module, Debug)]
pub struct ConvProjector {
    /// The convolution.
    pub conv: Conv2d,
    /// The normalisation of what comes out of it.
    pub norm: Option<BatchNorm>,
    /// Whether a ReLU comes last.
    pub relu: bool,
}

impl FeatureProjector<Tensor<4>> for ConvProjector {
    type Output = Tensor<4>;

    #[track_caller]
    fn project(&self, features: Tensor<4>) -> Tensor<4> {
        let [_, channels, _, _] = self.conv.weight.dims();
        check::made_for("ConvProjector", &features.dims(), Some((1, channels)));
        let features = self.conv.forward(features.cast(self.conv.weight.val().dtype()));
        let features = match &self.norm {
            Some(norm) => norm.forward(features),
            None => features,
        };
        if self.relu { relu(features) } else { features }
    }
}

of_features!(ConvProjector: Map; "maps, [batch, channels, height, width]; for vectors and tokens there is `Linear`");
