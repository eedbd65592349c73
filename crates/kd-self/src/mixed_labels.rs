use burn::tensor::Tensor;

/// Labels of samples that are mixed of two each, as mixup and CutMix make them: how much of a sample is of each class.
///
/// A sample that is not mixed, or mixed with one of its own class, has its class alone, with share 1.
///
/// # Shapes
///
/// - shares: `[batch, classes]`, at least 0; a row sums to 1, and two of its classes at most have a share
///
/// # Example
///
/// ```
/// use burn::tensor::{Int, Tensor};
/// use kd_self::MixedLabels;
///
/// # let device = burn::tensor::Device::flex();
/// # let images = Tensor::<4>::ones([3, 1, 2, 2], &device);
/// let labels = Tensor::<1, Int>::from_ints([0, 2, 1], &device);
/// let order = Tensor::<1, Int>::from_ints([1, 2, 0], &device); // who is mixed with whom, drawn for each batch
/// let share = 0.7; // drawn from a beta distribution
///
/// let images = images.clone() * share + images.select(0, order.clone()) * (1.0 - share);
/// let shares = labels.one_hot::<2>(3).float();
/// let shares = shares.clone() * share + shares.select(0, order) * (1.0 - share);
/// let mixed = MixedLabels::new(shares);
/// # let rows: Vec<f32> = mixed.shares.into_data().try_to_vec().unwrap();
/// # assert_eq!(rows[..3], [0.7, 0.0, 1.0 - 0.7]);
/// ```
#[derive(Clone, Debug)]
pub struct MixedLabels {
    /// Each class's share of a sample, `[batch, classes]`.
    pub shares: Tensor<2>,
}

impl MixedLabels {
    /// Labels of these shares. Whether they are such is checked by the loss that takes them.
    pub fn new(shares: Tensor<2>) -> Self {
        Self { shares }
    }
}
