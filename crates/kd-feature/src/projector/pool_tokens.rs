use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{Error, FeatureProjector, check, rows};

/// Which of a sequence's tokens stands for it.
#[derive(Config, Debug, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenPooling {
    /// The mean of all.
    Mean,
    /// The first: where a class token is.
    First,
}

/// Configuration of a [`PoolTokens`].
#[derive(Config, Debug)]
pub struct PoolTokensConfig {
    /// Which tokens.
    #[config(default = "TokenPooling::Mean")]
    pub pooling: TokenPooling,
}

impl PoolTokensConfig {
    /// Makes the projector.
    pub fn init(&self) -> PoolTokens {
        PoolTokens { pooling: self.pooling }
    }

    /// Makes the projector; there is nothing that could be wrong.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_init(&self) -> Result<PoolTokens, Error> {
        Ok(self.init())
    }
}

/// One vector for a sequence: the mean of its tokens, or the first.
///
/// # Shapes
///
/// - features: `[batch, seq, hidden]`
/// - output: `[batch, hidden]`
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `pooling` | `Mean` | the mean of all tokens, or the first | a [`TokenPooling`] |
///
/// # Convention
///
/// The mean counts padding; where there is some, pool with a [`projector_fn`](kd_core::projector_fn) that knows the mask. Half precision
/// is computed in f32 and given back as it came.
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
/// use kd_feature::{PoolTokensConfig, TokenPooling};
///
/// # let device = Device::flex();
/// let tokens = Tensor::<3>::from_floats([[[0.0, 1.0], [2.0, 5.0]]], &device);
/// let mean = PoolTokensConfig::new().init().project(tokens.clone());
/// let first = PoolTokensConfig::new().with_pooling(TokenPooling::First).init().project(tokens);
/// assert_eq!(mean.into_data().try_to_vec::<f32>().unwrap(), [1.0, 3.0]);
/// assert_eq!(first.into_data().try_to_vec::<f32>().unwrap(), [0.0, 1.0]);
/// ```
///
/// # See also
///
/// [`ResampleTokens`](crate::ResampleTokens), which leaves tokens.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct PoolTokens {
    #[module(skip)]
    pooling: TokenPooling,
}

impl FeatureProjector<Tensor<3>> for PoolTokens {
    type Output = Tensor<2>;

    #[track_caller]
    fn project(&self, features: Tensor<3>) -> Tensor<2> {
        check::made_for("PoolTokens", &features.dims(), None);
        let dtype = features.dtype();
        match self.pooling {
            TokenPooling::Mean => rows::widen(features).mean_dim(1).squeeze_dim::<2>(1).cast(dtype),
            TokenPooling::First => features.narrow(1, 0, 1).squeeze_dim(1),
        }
    }
}

of_features!(PoolTokens: Tokens; "tokens, [batch, seq, hidden]; for maps there is `PoolMap`");

impl ModuleDisplay for PoolTokens {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content.add_debug_attribute("pooling", &self.pooling).optional()
    }
}
