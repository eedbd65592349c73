use burn::{module::Module, nn::Linear};
use kd_core::{Feature, FeatureProjector, Identity};

use super::{BottleneckProjector, ConvProjector, MlpProjector, PoolMap, PoolTokens, ResampleTokens, Resize};

/// Any of the projectors, or several in a row, on a [`Feature`]: for layers of several kinds side by side.
///
/// It is a Burn module, so whatever it holds trains. [`AdapterConfig`](crate::AdapterConfig) makes one from two shapes.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{DistillLoss, Feature, Projected};
/// use kd_feature::{ConvProjectorConfig, HintLossConfig, Projector, ResizeConfig};
///
/// # let device = Device::flex();
/// let smaller = ResizeConfig::new(4, 4).init();
/// let wider = ConvProjectorConfig::new(16, 64).init(&device);
/// let projector = Projector::Chain(vec![smaller.into(), wider.into()]);
///
/// let hint = Projected::new(projector, HintLossConfig::new().init());
/// let student = Feature::from(Tensor::<4>::zeros([2, 16, 8, 8], &device));
/// let teacher = Feature::from(Tensor::<4>::ones([2, 64, 4, 4], &device));
/// assert_eq!(hint.forward(student, teacher).into_scalar::<f32>(), 1.0);
/// ```
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "there are a few of them in a program")]
#[non_exhaustive]
pub enum Projector {
    /// Nothing to do.
    Identity(Identity),
    /// Vectors or tokens of another width.
    Linear(Linear),
    /// The same, by a detour.
    Mlp(MlpProjector),
    /// Maps of other channels.
    Conv(ConvProjector),
    /// The same, by a detour.
    Bottleneck(BottleneckProjector),
    /// Maps of another height and width.
    Resize(Resize),
    /// Sequences of another length.
    ResampleTokens(ResampleTokens),
    /// Maps to vectors.
    PoolMap(PoolMap),
    /// Tokens to vectors.
    PoolTokens(PoolTokens),
    /// One after the other.
    Chain(Vec<Projector>),
}

impl FeatureProjector<Feature> for Projector {
    type Output = Feature;

    #[track_caller]
    fn project(&self, features: Feature) -> Feature {
        match self {
            Self::Identity(projector) => projector.project(features),
            Self::Linear(projector) => projector.project(features),
            Self::Mlp(projector) => projector.project(features),
            Self::Conv(projector) => projector.project(features),
            Self::Bottleneck(projector) => projector.project(features),
            Self::Resize(projector) => projector.project(features),
            Self::ResampleTokens(projector) => projector.project(features),
            Self::PoolMap(projector) => projector.project(features),
            Self::PoolTokens(projector) => projector.project(features),
            Self::Chain(projectors) => projectors
                .iter()
                .fold(features, |features, projector| projector.project(features)),
        }
    }
}

macro_rules! from {
    ($($kind:ident($projector:ty)),*) => {$(
        impl From<$projector> for Projector {
            fn from(projector: $projector) -> Self {
                Self::$kind(projector)
            }
        }
    )*};
}

from!(
    Identity(Identity),
    Linear(Linear),
    Mlp(MlpProjector),
    Conv(ConvProjector),
    Bottleneck(BottleneckProjector),
    Resize(Resize),
    ResampleTokens(ResampleTokens),
    PoolMap(PoolMap),
    PoolTokens(PoolTokens)
);
