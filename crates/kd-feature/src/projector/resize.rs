use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{Error, FeatureProjector, check};

use super::Resampling;

/// Configuration of a [`Resize`].
#[derive(Config, Debug)]
pub struct ResizeConfig {
    /// The teacher's height.
    pub height: usize,
    /// The teacher's width.
    pub width: usize,
    /// How.
    #[config(default = "Resampling::Fit")]
    pub mode: Resampling,
}

impl ResizeConfig {
    /// Makes the projector.
    ///
    /// # Panics
    ///
    /// If height or width is 0.
    #[track_caller]
    pub fn init(&self) -> Resize {
        kd_core::check::must(self.try_init())
    }

    /// Makes the projector, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if height or width is 0.
    pub fn try_init(&self) -> Result<Resize, Error> {
        check::count("ResizeConfig", "height", self.height)?;
        check::count("ResizeConfig", "width", self.width)?;
        Ok(Resize {
            height: self.height,
            width: self.width,
            mode: self.mode,
        })
    }
}

/// Brings maps to the teacher's height and width; nothing in it learns.
///
/// # Shapes
///
/// - features: `[batch, channels, height, width]`
/// - output: `[batch, channels, height of the teacher, width of the teacher]`
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `height` | | the teacher's | ≥ 1 |
/// | `width` | | the teacher's | ≥ 1 |
/// | `mode` | `Fit` | pooling where a side shrinks, interpolation where it grows, each side on its own | a [`Resampling`] |
///
/// # Convention
///
/// `Fit` is PyTorch's `adaptive_avg_pool2d` where the map shrinks and its `interpolate` (bilinear, `align_corners=False`) where it
/// grows. Half precision is computed in f32 and given back as it came. NaN at one place reaches all places of its map.
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
/// use kd_feature::ResizeConfig;
///
/// # let device = Device::flex();
/// let map = Tensor::<4>::from_floats([[[[0.0, 1.0], [2.0, 3.0]]]], &device);
/// let smaller = ResizeConfig::new(1, 2).init().project(map);
/// assert_eq!(smaller.into_data().try_to_vec::<f32>().unwrap(), [1.0, 2.0]);
/// ```
///
/// # See also
///
/// [`PoolMap`](crate::PoolMap), to a vector; [`ResampleTokens`](crate::ResampleTokens), for sequences.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct Resize {
    height: usize,
    width: usize,
    #[module(skip)]
    mode: Resampling,
}

impl FeatureProjector<Tensor<4>> for Resize {
    type Output = Tensor<4>;

    #[track_caller]
    fn project(&self, features: Tensor<4>) -> Tensor<4> {
        check::made_for("Resize", &features.dims(), None);
        let features = self.mode.along(features, 3, self.width);
        self.mode.along(features, 2, self.height)
    }
}

of_features!(Resize: Map; "maps, [batch, channels, height, width]; for the length of a sequence there is `ResampleTokens`");

impl ModuleDisplay for Resize {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add("height", &self.height)
            .add("width", &self.width)
            .add_debug_attribute("mode", &self.mode)
            .optional()
    }
}
