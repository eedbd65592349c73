use burn::tensor::Tensor;
use kd_core::{Feature, LinearLogits};

/// What an exit shows, as far as it has to be the same at every exit.
///
/// | Type | Shows | The same at every exit |
/// |---|---|---|
/// | `Tensor<2>`, `Tensor<3>`, [`LinearLogits`] | logits | samples and classes |
/// | `Tensor<4>`, [`Feature`] | features | samples |
///
/// Vectors and tokens that are no logits go in as [`Feature`]s. For a struct of your own:
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_self::ExitOutput;
///
/// struct Answer {
///     logits: Tensor<2>,
///     attention: Tensor<4>,
/// }
///
/// impl ExitOutput for Answer {
///     fn shape(&self) -> Vec<usize> {
///         ExitOutput::shape(&self.logits)
///     }
///
///     fn is_logits(&self) -> bool {
///         true
///     }
/// }
/// ```
pub trait ExitOutput {
    /// The size of each axis, the batch's first.
    fn shape(&self) -> Vec<usize>;

    /// Whether its last axis is classes, which are the same at every exit.
    fn is_logits(&self) -> bool;
}

macro_rules! tensors {
    ($($rank:literal: $is_logits:literal),*) => {$(
        impl ExitOutput for Tensor<$rank> {
            fn shape(&self) -> Vec<usize> {
                self.dims().to_vec()
            }

            fn is_logits(&self) -> bool {
                $is_logits
            }
        }
    )*};
}

tensors!(2: true, 3: true, 4: false);

impl ExitOutput for Feature {
    fn shape(&self) -> Vec<usize> {
        Feature::shape(self)
    }

    fn is_logits(&self) -> bool {
        false
    }
}

impl ExitOutput for LinearLogits {
    fn shape(&self) -> Vec<usize> {
        vec![self.rows(), self.weight.dims()[1]]
    }

    fn is_logits(&self) -> bool {
        true
    }
}

/// All exits must be of the same samples, and of the same classes if they show logits.
#[track_caller]
pub(crate) fn check_same<S: ExitOutput>(owner: &str, exits: &[S]) {
    let shapes: Vec<Vec<usize>> = exits.iter().map(S::shape).collect();
    let axes = match exits.last() {
        Some(deepest) if deepest.is_logits() => deepest.shape().len(),
        _ => 1,
    };
    kd_core::check::same_exits(owner, &shapes, axes);
}
