use burn::tensor::{Device, Tensor};
use kd_core::{OffGraph, Teacher};

/// A teacher that lives on a device of its own: its input is brought there, and what it says back to where the input was.
///
/// Of two large members each can stay on its own card. What is copied is the input, and what was said. The members of an
/// [`Ensemble`](crate::Ensemble) run one after the other all the same, unless they are put [side by side](crate::SideBySide).
///
/// # Shapes
///
/// - input: a tensor, as the teacher takes it
/// - output: as the teacher's
///
/// # Example
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use kd_core::{Frozen, Teacher};
/// use kd_ensemble::{Ensemble, OnDevice};
///
/// let (here, there) = (Device::flex(), Device::flex()); // as it were
/// let member = |device: &Device| {
///     let network = LinearConfig::new(784, 10).init(device);
///     let teacher = Frozen::new(network, |network: &burn::nn::Linear, images: Tensor<2>| network.forward(images));
///     OnDevice::new(teacher, device)
/// };
/// let ensemble = Ensemble::new([member(&here), member(&there)]);
/// let logits = ensemble.teach(Tensor::<2>::ones([8, 784], &here));
/// assert_eq!((logits.dims(), logits.device()), ([8, 10], here));
/// ```
#[derive(Clone, Debug)]
pub struct OnDevice<T> {
    teacher: T,
    device: Device,
}

impl<T> OnDevice<T> {
    /// `teacher`, whose parameters are on `device`.
    pub fn new(teacher: T, device: &Device) -> Self {
        Self {
            teacher,
            device: device.clone(),
        }
    }
}

impl<const D: usize, const O: usize, T> Teacher<Tensor<D>> for OnDevice<T>
where
    T: Teacher<Tensor<D>, Output = Tensor<O>>,
{
    type Output = Tensor<O>;

    fn teach(&self, input: Tensor<D>) -> Tensor<O> {
        let home = input.device();
        let said = self.teacher.teach(input.off_graph().to_device(&self.device));
        said.off_graph().to_device(&home)
    }
}
