use burn::tensor::Device;

use crate::{OffGraph, Teacher, ToDevice};

/// A teacher that lives on another device, also one of another backend: its input is brought there, and what it says
/// back to where the input was.
///
/// What is copied in each step is the input, and what was said. So a teacher too large for the student's card can have
/// one of its own, and a member of an ensemble too.
///
/// # Shapes
///
/// As the teacher's. Input and output are anything that [can be brought to a device](ToDevice); an input without a
/// tensor has no home, and what is said to it stays where the teacher is.
///
/// # Gradient
///
/// None: input and output are off the graph.
///
/// # Example
///
/// ```
/// use burn::{nn::{Linear, LinearConfig}, tensor::{Device, Tensor}};
/// use kd_core::{Frozen, OnDevice, Teacher};
///
/// let (here, there) = (Device::flex().autodiff(), Device::flex()); // or `Device::cuda(0)` and `Device::cuda(1)`
/// let network = LinearConfig::new(784, 10).init(&there);
/// let teacher = Frozen::new(network, |network: &Linear, images: Tensor<2>| network.forward(images));
/// let teacher = OnDevice::new(teacher, &there);
///
/// let logits = teacher.teach(Tensor::ones([8, 784], &here));
/// assert_eq!((logits.dims(), logits.device()), ([8, 10], here));
/// ```
///
/// # See also
///
/// [`Replicas`](crate::Replicas), a copy of the teacher on each device;
/// [`Frozen::to_device`](crate::Frozen::to_device), which brings a teacher to where it shall live.
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

impl<I, T> Teacher<I> for OnDevice<T>
where
    I: ToDevice,
    T: Teacher<I>,
    T::Output: ToDevice,
{
    type Output = T::Output;

    fn teach(&self, input: I) -> T::Output {
        let home = input.home();
        let said = self.teacher.teach(input.off_graph().bring_to(&self.device)).off_graph();
        match home {
            Some(home) => said.bring_to(&home),
            None => said,
        }
    }
}
