use burn::{module::Module, nn::Linear, tensor::Tensor};

use crate::{Feature, check};

/// Brings a student's features to the shape of the teacher's.
///
/// A projector that owns weights is a Burn module, lives in the user's own module beside the student and trains with it;
/// the student that is shipped does without.
pub trait FeatureProjector<S> {
    /// The features in the teacher's shape.
    type Output;

    /// Projects `features`.
    fn project(&self, features: S) -> Self::Output;
}

impl<S, P: FeatureProjector<S> + ?Sized> FeatureProjector<S> for &P {
    type Output = P::Output;

    fn project(&self, features: S) -> Self::Output {
        (**self).project(features)
    }
}

impl<S, P: FeatureProjector<S> + ?Sized> FeatureProjector<S> for Box<P> {
    type Output = P::Output;

    fn project(&self, features: S) -> Self::Output {
        (**self).project(features)
    }
}

/// The projector for features that have the teacher's shape already.
#[derive(Module, Debug, Default)]
pub struct Identity;

impl<S> FeatureProjector<S> for Identity {
    type Output = S;

    fn project(&self, features: S) -> S {
        features
    }
}

/// A linear map of each vector or token, in the type of its weights: half precision may flow in.
///
/// # Shapes
///
/// - features: `[..., hidden of the student]`; no maps, whose channels are not their last axis
/// - output: `[..., hidden of the teacher]`
///
/// # Panics
///
/// If the features are maps, or of another width than the map was made for, or there are no samples or no numbers.
impl<const D: usize> FeatureProjector<Tensor<D>> for Linear {
    type Output = Tensor<D>;

    #[track_caller]
    fn project(&self, features: Tensor<D>) -> Tensor<D> {
        if D == 4 {
            let takes = "vectors or tokens; for a map's channels there is `ConvProjector`";
            check::wrong_rank("Linear", &features.dims(), takes);
        }
        let weight = self.weight.val();
        let [width, _] = weight.dims();
        check::made_for("Linear", &features.dims(), Some((D - 1, width)));
        self.forward(features.cast(weight.dtype()))
    }
}

/// A linear map of each vector or token.
///
/// # Panics
///
/// If the feature is a map, or where the map of tensors does.
impl FeatureProjector<Feature> for Linear {
    type Output = Feature;

    #[track_caller]
    fn project(&self, features: Feature) -> Feature {
        match features {
            Feature::Vector(features) => self.project(features).into(),
            Feature::Tokens(features) => self.project(features).into(),
            Feature::Map(features) => self.project(features).into(),
        }
    }
}

/// A closure as a [`FeatureProjector`]; made by [`projector_fn`].
#[derive(Clone, Copy, Debug)]
pub struct ProjectorFn<F>(F);

/// Makes a [`FeatureProjector`] of a closure: a pooling, a reshape, a module of your own.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::{FeatureProjector, projector_fn};
///
/// // The mean over height and width: [batch, channels, height, width] -> [batch, channels].
/// let pool = projector_fn(|features: Tensor<4>| features.mean_dims(&[2, 3]).flatten::<2>(1, 3));
/// # let device = burn::tensor::Device::flex();
/// assert_eq!(pool.project(Tensor::ones([2, 16, 8, 8], &device)).dims(), [2, 16]);
/// ```
pub fn projector_fn<S, O, F: Fn(S) -> O>(project: F) -> ProjectorFn<F> {
    ProjectorFn(project)
}

impl<S, O, F: Fn(S) -> O> FeatureProjector<S> for ProjectorFn<F> {
    type Output = O;

    fn project(&self, features: S) -> O {
        (self.0)(features)
    }
}
