use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{Error, FeatureProjector, check};

use super::Resampling;

/// Configuration of a [`ResampleTokens`].
#[derive(Config, Debug)]
pub struct ResampleTokensConfig {
    /// The length of the teacher's sequences.
    pub seq: usize,
    /// How.
    #[config(default = "Resampling::Fit")]
    pub mode: Resampling,
}

impl ResampleTokensConfig {
    /// Makes the projector.
    ///
    /// # Panics
    ///
    /// If the length is 0.
    #[track_caller]
    pub fn init(&self) -> ResampleTokens {
        kd_core::check::must(self.try_init())
    }

    /// Makes the projector, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the length is 0.
    pub fn try_init(&self) -> Result<ResampleTokens, Error> {
        check::count("ResampleTokensConfig", "seq", self.seq)?;
        Ok(ResampleTokens {
            seq: self.seq,
            mode: self.mode,
        })
    }
}

/// Brings sequences to the length of the teacher's; nothing in it learns.
///
/// For sequences that lie evenly over the same thing: frames of sound, patches without a class token. Words of two tokenizers do not.
///
/// # Shapes
///
/// - features: `[batch, seq of the student, hidden]`
/// - output: `[batch, seq of the teacher, hidden]`
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `seq` | | the length of the teacher's sequences | ≥ 1 |
/// | `mode` | `Fit` | means where the sequence shrinks, interpolation where it grows | a [`Resampling`] |
///
/// # Convention
///
/// `Fit` is PyTorch's `adaptive_avg_pool1d` where the sequence shrinks and its `interpolate` (linear, `align_corners=False`)
/// where it grows. Half precision is computed in f32 and given back as it came.
///
/// Padding is resampled with the rest: a mask of the student's tokens no longer fits, and what stands in padding reaches its neighbours
/// (NaN reaches the whole sequence).
///
/// # Panics
///
/// If there are no samples or no numbers.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::FeatureProjector;
/// use kd_feature::ResampleTokensConfig;
///
/// # let device = Device::flex();
/// let tokens = Tensor::<3>::from_floats([[[0.0], [4.0]]], &device);
/// let longer = ResampleTokensConfig::new(4).init().project(tokens);
/// assert_eq!(longer.into_data().try_to_vec::<f32>().unwrap(), [0.0, 1.0, 3.0, 4.0]);
/// ```
///
/// # See also
///
/// [`PoolTokens`](crate::PoolTokens), to a vector; [`Resize`](crate::Resize), for maps.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct ResampleTokens {
    seq: usize,
    #[module(skip)]
    mode: Resampling,
}

impl FeatureProjector<Tensor<3>> for ResampleTokens {
    type Output = Tensor<3>;

    #[track_caller]
    fn project(&self, features: Tensor<3>) -> Tensor<3> {
        check::made_for("ResampleTokens", &features.dims(), None);
        self.mode.along(features, 1, self.seq)
    }
}

of_features!(ResampleTokens: Tokens; "tokens, [batch, seq, hidden]; for a map's height and width there is `Resize`");

impl ModuleDisplay for ResampleTokens {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("seq", &self.seq)
            .add_debug_attribute("mode", &self.mode)
            .optional()
    }
}
