use burn::{module::Module, tensor::Tensor};
use kd_core::{FeatureProjector, check, rows};

/// The mean of each channel over height and width: a map becomes a vector.
///
/// It goes before either side: a teacher's map is pooled by `PoolMap.project(map)` before the loss.
///
/// # Shapes
///
/// - features: `[batch, channels, height, width]`
/// - output: `[batch, channels]`
///
/// # Convention
///
/// Global average pooling, as before the classifier of a ResNet. Half precision is computed in f32 and given back as it came.
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
/// use kd_feature::PoolMap;
///
/// # let device = Device::flex();
/// let map = Tensor::<4>::from_floats([[[[0.0, 1.0], [2.0, 3.0]]]], &device);
/// assert_eq!(PoolMap.project(map).into_data().try_to_vec::<f32>().unwrap(), [1.5]);
/// ```
///
/// # See also
///
/// [`Resize`](crate::Resize), which leaves a map.
#[derive(Module, Debug, Default)]
pub struct PoolMap;

impl FeatureProjector<Tensor<4>> for PoolMap {
    type Output = Tensor<2>;

    #[track_caller]
    fn project(&self, features: Tensor<4>) -> Tensor<2> {
        check::made_for("PoolMap", &features.dims(), None);
        let dtype = features.dtype();
        let places: Tensor<3> = rows::widen(features).flatten(2, 3);
        places.mean_dim(2).squeeze_dim::<2>(2).cast(dtype)
    }
}

of_features!(PoolMap: Map; "maps, [batch, channels, height, width]; for tokens there is `PoolTokens`");
