use burn::{
    config::Config,
    module::Module,
    tensor::{Device, Tensor},
};
use kd_core::{DistillLoss, Error, FeatureProjector, check};

use crate::{HintLossConfig, Translator, TranslatorConfig};

/// Configuration of a [`Paraphraser`].
#[derive(Config, Debug)]
pub struct ParaphraserConfig {
    /// The teacher's channels. At least 1.
    pub channels: usize,
    /// The factor's channels for each of the teacher's. Above 0 and at most 16.
    #[config(default = 0.5)]
    pub rate: f64,
    /// Whether batch normalisation follows each convolution.
    #[config(default = true)]
    pub norm: bool,
}

impl ParaphraserConfig {
    /// Channels of the factor, `rate` times the teacher's, rounded down and at least 1: what the student's
    /// [`Translator`] has to make.
    pub fn factor_channels(&self) -> usize {
        ((self.channels as f64 * self.rate) as usize).max(1)
    }

    /// Makes the network, its parameters on `device`.
    ///
    /// # Panics
    ///
    /// If there are no channels, or the rate is not above 0 and at most 16.
    #[track_caller]
    pub fn init(&self, device: &Device) -> Paraphraser {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes the network, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no channels, or the rate is not above 0 and at most 16.
    pub fn try_init(&self, device: &Device) -> Result<Paraphraser, Error> {
        const NAME: &str = "ParaphraserConfig";
        check::count(NAME, "channels", self.channels)?;
        check::rate(NAME, self.rate)?;
        let of = |from, to| TranslatorConfig::new(from, to).with_norm(self.norm).try_init(device);
        let factor_channels = self.factor_channels();
        Ok(Paraphraser {
            encoder: of(self.channels, factor_channels)?,
            decoder: of(factor_channels, self.channels)?,
        })
    }
}

/// Says in fewer channels what the teacher's features say: the autoencoder of factor transfer (Kim and others, 2018).
///
/// It trains first, without labels and without the student: [`reconstruction_loss`](Self::reconstruction_loss) on features
/// of the frozen teacher. Then it is frozen too, and [`factor`](Self::factor) is what the student learns from, through a
/// [`Translator`] and [`FactorTransferLoss`](crate::FactorTransferLoss).
///
/// Encoder and decoder are three layers each, as in the paper. There the decoder's convolutions are transposed; at stride 1
/// those are ordinary ones with mirrored kernels, and here they are written as such.
///
/// # Shapes
///
/// - features: `[batch, channels, height, width]`
/// - factor: `[batch, factor channels, height, width]`
///
/// # Example
///
/// ```
/// use burn::{optim::{AdamConfig, GradientsParams}, tensor::{Device, Distribution, Tensor}};
/// use kd_core::{Frozen, Teacher};
/// use kd_feature::{Paraphraser, ParaphraserConfig};
///
/// let device = Device::flex().autodiff();
/// let features = Tensor::random([4, 6, 5, 5], Distribution::Normal(0.0, 1.0), &device); // the teacher's
/// let mut paraphraser = ParaphraserConfig::new(6).init(&device);
///
/// // Stage 1, on the teacher's features alone.
/// let mut optimizer = AdamConfig::new().init();
/// for _ in 0..2 {
///     let loss = paraphraser.reconstruction_loss(features.clone());
///     let gradients = GradientsParams::from_grads(loss.backward(), &paraphraser);
///     paraphraser = optimizer.step(1e-3, paraphraser, gradients);
/// }
///
/// // Stage 2: the factor is a teacher like any other.
/// let teacher = Frozen::new(paraphraser, |paraphraser: &Paraphraser, features| paraphraser.factor(features));
/// assert_eq!(teacher.teach(features).dims(), [4, 3, 5, 5]);
/// ```
///
/// # Reference
///
/// Jangho Kim, SeongUk Park, Nojun Kwak: *Paraphrasing Complex Network: Network Compression via Factor Transfer*, 2018,
/// arXiv:1802.04977, section 3.1.
#[derive(Module, Debug)]
pub struct Paraphraser {
    /// Makes the factor.
    pub encoder: Translator,
    /// Makes the features of it again.
    pub decoder: Translator,
}

impl Paraphraser {
    /// The features in fewer channels.
    ///
    /// # Panics
    ///
    /// If there are no samples or no numbers in them, or other channels than the network was made for.
    #[track_caller]
    pub fn factor(&self, features: Tensor<4>) -> Tensor<4> {
        let channels = self.encoder.layers[0].convolution.weight.dims()[1];
        check::channels_of_weights("Paraphraser", "teacher", channels, &features);
        self.encoder.project(features)
    }

    /// The mean squared difference between the features and what the decoder makes of their factor, `[1]`.
    ///
    /// The features are constants. The paper has the squared norm, which is this but for its divisor.
    ///
    /// # Panics
    ///
    /// If there are no samples or no numbers in them, or other channels than the network was made for.
    #[track_caller]
    pub fn reconstruction_loss(&self, features: Tensor<4>) -> Tensor<1> {
        let features = features.without_autodiff();
        let reconstructed = self.decoder.project(self.factor(features.clone()));
        HintLossConfig::new().init().forward(reconstructed, features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_has_its_share_of_the_channels() {
        for (channels, rate, expected) in [(64, 0.5, 32), (7, 0.5, 3), (1, 0.5, 1), (8, 2.0, 16)] {
            assert_eq!(
                ParaphraserConfig::new(channels).with_rate(rate).factor_channels(),
                expected
            );
        }
    }

    #[test]
    fn an_impossible_rate_is_an_error_that_says_what_to_do() {
        for (rate, shown) in [(0.0, "0"), (16.5, "16.5"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
            let config = ParaphraserConfig::new(4).with_rate(rate);
            let message = format!(
                "ParaphraserConfig: rate is {shown}, but must be above 0 and at most 16 (0.5 is usual, half the teacher's \
                 channels)"
            );
            assert_eq!(config.try_init(&Device::flex()).unwrap_err().to_string(), message);
        }
    }
}
