use burn::{
    config::Config,
    module::Module,
    nn::{
        BatchNorm, BatchNormConfig, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{Device, Tensor, activation::leaky_relu},
};
use kd_core::{Error, FeatureProjector, check};

/// The slope of the leaky ReLU below 0.
const SLOPE: f64 = 0.1;

/// Configuration of a [`Translator`].
#[derive(Config, Debug)]
pub struct TranslatorConfig {
    /// Channels of the features. At least 1.
    pub channels: usize,
    /// Channels of the factor. At least 1.
    pub factor_channels: usize,
    /// Whether batch normalisation follows each convolution.
    #[config(default = true)]
    pub norm: bool,
}

impl TranslatorConfig {
    /// Makes the network, its parameters on `device`, as Burn initialises convolutions (Kaiming, uniform).
    ///
    /// # Panics
    ///
    /// If there are no channels.
    #[track_caller]
    pub fn init(&self, device: &Device) -> Translator {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the network, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no channels.
    pub fn try_init(&self, device: &Device) -> Result<Translator, Error> {
        const NAME: &str = "TranslatorConfig";
        check::count(NAME, "channels", self.channels)?;
        check::count(NAME, "factor_channels", self.factor_channels)?;
        let (from, to) = (self.channels, self.factor_channels);
        let layers = [[from, from], [from, to], [to, to]].map(|channels| TranslatorLayer {
            convolution: Conv2dConfig::new(channels, [3, 3])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                // A normalisation would take it off again.
                .with_bias(!self.norm)
                .init(device),
            norm: self.norm.then(|| BatchNormConfig::new(channels[1]).init(device)),
        });
        Ok(Translator { layers: layers.into() })
    }
}

/// Makes a factor of the student's features: the projector before a [`FactorTransferLoss`](crate::FactorTransferLoss).
///
/// Three 3×3 convolutions that keep height and width, each followed by batch normalisation and a leaky ReLU of slope 0.1;
/// the second one changes the channels. A [`Paraphraser`](crate::Paraphraser) is made of two of these. A convolution has a
/// bias where no normalisation follows, which would take it off again. Features are cast to the type of the weights, so half
/// precision may flow in.
///
/// # Shapes
///
/// - features: `[batch, channels, height, width]`
/// - output: `[batch, factor_channels, height, width]`
///
/// # Panics
///
/// If the features have other channels than it was made for, or there are no samples or no numbers.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::FeatureProjector;
/// use kd_feature::TranslatorConfig;
///
/// let device = Device::flex();
/// let translator = TranslatorConfig::new(6, 16).init(&device);
/// assert_eq!(translator.project(Tensor::ones([2, 6, 8, 8], &device)).dims(), [2, 16, 8, 8]);
/// ```
#[derive(Module, Debug)]
pub struct Translator {
    /// The three layers, first to last.
    pub layers: Vec<TranslatorLayer>,
}

/// A convolution of a [`Translator`], and its normalisation.
#[derive(Module, Debug)]
pub struct TranslatorLayer {
    /// 3×3.
    pub convolution: Conv2d,
    /// What follows it, if anything does.
    pub norm: Option<BatchNorm>,
}

impl FeatureProjector<Tensor<4>> for Translator {
    type Output = Tensor<4>;

    #[track_caller]
    fn project(&self, features: Tensor<4>) -> Tensor<4> {
        let weight = &self.layers[0].convolution.weight;
        check::made_for("Translator", &features.dims(), Some((1, weight.dims()[1])));
        let features = features.cast(weight.val().dtype());
        self.layers.iter().fold(features, |x, layer| {
            let x = layer.convolution.forward(x);
            let x = match &layer.norm {
                Some(norm) => norm.forward(x),
                None => x,
            };
            leaky_relu(x, SLOPE)
        })
    }
}

of_features!(Translator: Map; "maps, [batch, channels, height, width]; vectors and tokens have no factor");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_channels_are_an_error() {
        let error = TranslatorConfig::new(3, 0).try_init(&Device::flex()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "TranslatorConfig: factor_channels is 0, but must be at least 1"
        );
    }
}
