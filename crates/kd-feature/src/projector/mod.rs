//! What brings a student's features to the teacher's shape.

/// For projectors of tensors: they take [`Feature`](kd_core::Feature)s too, of these kinds, and say what there is for others.
macro_rules! of_features {
    ($projector:ident: $($kind:ident),+; $takes:literal) => {
        impl kd_core::FeatureProjector<kd_core::Feature> for $projector {
            type Output = kd_core::Feature;

            #[track_caller]
            fn project(&self, features: kd_core::Feature) -> kd_core::Feature {
                match features {
                    $(kd_core::Feature::$kind(features) => self.project(features).into(),)+
                    features => kd_core::check::wrong_rank(stringify!($projector), &features.shape(), $takes),
                }
            }
        }
    };
}

mod adapter;
mod any;
mod bottleneck;
mod conv;
mod initial;
mod mlp;
mod pool_map;
mod pool_tokens;
mod resample_tokens;
mod resampling;
mod resize;

pub use adapter::AdapterConfig;
pub use any::Projector;
pub use bottleneck::{BottleneckProjector, BottleneckProjectorConfig};
pub use conv::{ConvProjector, ConvProjectorConfig};
pub use mlp::{MlpProjector, MlpProjectorConfig};
pub use pool_map::PoolMap;
pub use pool_tokens::{PoolTokens, PoolTokensConfig, TokenPooling};
pub use resample_tokens::{ResampleTokens, ResampleTokensConfig};
pub use resampling::Resampling;
pub use resize::{Resize, ResizeConfig};
