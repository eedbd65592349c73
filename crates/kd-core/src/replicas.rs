use burn::tensor::Device;

use crate::{Teacher, ToDevice, check};

/// A teacher made of one copy per device: the one that lives where the input is answers.
///
/// It is for training on several devices at once. Burn's `ExecutionStrategy::MultiDevice` copies the student to each
/// worker's device in every step, and would copy the teacher with it; here each device has the teacher already, and
/// nothing is moved.
///
/// # Shapes
///
/// As the teacher's. An input without a tensor is nowhere, and goes to the first copy.
///
/// # Panics
///
/// `teach`, if the input is on a device that has no copy.
///
/// # Example
///
/// ```
/// use burn::{nn::{Linear, LinearConfig}, tensor::{Device, Tensor}};
/// use kd_core::{Frozen, Replicas, Teacher};
///
/// let devices = [Device::flex()]; // or `[Device::cuda(0), Device::cuda(1)]`
/// let network = LinearConfig::new(784, 10).init(&devices[0]);
/// let teacher = Frozen::new(network, |network: &Linear, images: Tensor<2>| network.forward(images));
/// let teacher = Replicas::new(&devices, |device| teacher.clone().to_device(device));
///
/// let logits = teacher.teach(Tensor::<2>::ones([8, 784], &devices[0]));
/// assert_eq!(logits.dims(), [8, 10]);
/// ```
///
/// # See also
///
/// [`OnDevice`](crate::OnDevice), one teacher for all devices.
#[derive(Clone, Debug)]
pub struct Replicas<T> {
    copies: Vec<(Device, T)>,
}

impl<T> Replicas<T> {
    /// The copies that `copy` makes, one for each device; a device that is named twice gets one, and autodiff makes no
    /// other device.
    ///
    /// # Panics
    ///
    /// If there is no device.
    #[track_caller]
    pub fn new(devices: &[Device], mut copy: impl FnMut(&Device) -> T) -> Self {
        check::some_devices("Replicas", devices);
        let mut copies: Vec<(Device, T)> = Vec::new();
        for device in devices {
            if copies.iter().all(|(known, _)| known != device) {
                let device = device.clone().inner();
                let teacher = copy(&device);
                copies.push((device, teacher));
            }
        }
        Self { copies }
    }

    /// Where there are copies, in the order in which they were made.
    pub fn devices(&self) -> Vec<Device> {
        self.copies.iter().map(|(device, _)| device.clone()).collect()
    }
}

impl<I: ToDevice, T: Teacher<I>> Teacher<I> for Replicas<T> {
    type Output = T::Output;

    #[track_caller]
    fn teach(&self, input: I) -> T::Output {
        let Some(home) = input.home() else {
            return self.copies[0].1.teach(input);
        };
        let Some((_, teacher)) = self.copies.iter().find(|(device, _)| *device == home) else {
            check::no_copy("Replicas", &home, &self.devices());
        };
        teacher.teach(input)
    }
}
