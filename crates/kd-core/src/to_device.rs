use burn::tensor::{Bool, DType, Device, Float, Int, Tensor};

use crate::OffGraph;

/// What can be brought to another device, also one of another backend: tensors, and whatever is made of them.
///
/// A teacher [`OnDevice`](crate::OnDevice) takes its input to where it lives, and what it says back. Implement this
/// beside [`OffGraph`] for the struct in which your model returns its features:
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::{OffGraph, ToDevice};
///
/// struct Features {
///     hidden: Vec<Tensor<4>>,
///     logits: Tensor<2>,
/// }
/// # impl OffGraph for Features {
/// #     fn off_graph(self) -> Self {
/// #         Self { hidden: self.hidden.off_graph(), logits: self.logits.off_graph() }
/// #     }
/// # }
///
/// impl ToDevice for Features {
///     fn home(&self) -> Option<Device> {
///         self.logits.home()
///     }
///     fn bring_to(self, device: &Device) -> Self {
///         Self { hidden: self.hidden.bring_to(device), logits: self.logits.bring_to(device) }
///     }
/// }
///
/// # let device = Device::flex();
/// let features = Features { hidden: vec![], logits: Tensor::zeros([1, 2], &device) };
/// assert_eq!(features.bring_to(&device).home(), Some(device));
/// ```
///
/// # Types
///
/// Backends differ in the types they give to numbers: an `Int` tensor is of 32 bits on Flex and of 64 on NdArray, and
/// tensors of two types do not mix. What has the type that its device gives takes the type that the other device gives;
/// a type that was chosen, such as `f64`, stays. Whole numbers beyond 2³¹ (hashes, say) do not survive the way from 64 bits
/// to 32. Burn's own `to_device` keeps them all, and does not bring a mask from
/// Flex to a graphics card.
///
/// Devices that only have another setting, one for half precision say, are another backend's in that.
pub trait ToDevice: OffGraph {
    /// Where it is: the device of its first tensor. `None` if there is no tensor in it.
    fn home(&self) -> Option<Device>;

    /// The same values on `device`. Between backends they go through the host's memory.
    fn bring_to(self, device: &Device) -> Self;
}

macro_rules! numbers {
    ($($kind:ty, $default:ident);*) => {$(
        impl<const D: usize> ToDevice for Tensor<D, $kind> {
            fn home(&self) -> Option<Device> {
                Some(self.device())
            }

            fn bring_to(self, device: &Device) -> Self {
                let home = self.device();
                let (given, wanted) = (home.settings().$default, device.settings().$default);
                if given == wanted || self.dtype() != DType::from(given) {
                    self.to_device(device)
                } else if home.supports_dtype(wanted) {
                    self.cast(wanted).to_device(device)
                } else {
                    self.to_device(device).cast(wanted)
                }
            }
        }
    )*};
}

numbers!(Float, float_dtype; Int, int_dtype);

impl<const D: usize> ToDevice for Tensor<D, Bool> {
    fn home(&self) -> Option<Device> {
        Some(self.device())
    }

    fn bring_to(self, device: &Device) -> Self {
        if self.dtype() == DType::from(device.settings().bool_dtype) {
            self.to_device(device)
        } else {
            // How truth is stored is each backend's own affair; numbers are everyone's.
            self.int().bring_to(device).bool()
        }
    }
}

impl ToDevice for () {
    fn home(&self) -> Option<Device> {
        None
    }

    fn bring_to(self, _device: &Device) -> Self {}
}

impl<A: ToDevice> ToDevice for Option<A> {
    fn home(&self) -> Option<Device> {
        self.as_ref().and_then(A::home)
    }

    fn bring_to(self, device: &Device) -> Self {
        self.map(|item| item.bring_to(device))
    }
}

impl<A: ToDevice> ToDevice for Vec<A> {
    fn home(&self) -> Option<Device> {
        self.iter().find_map(A::home)
    }

    fn bring_to(self, device: &Device) -> Self {
        self.into_iter().map(|item| item.bring_to(device)).collect()
    }
}

impl<A: ToDevice, const N: usize> ToDevice for [A; N] {
    fn home(&self) -> Option<Device> {
        self.iter().find_map(A::home)
    }

    fn bring_to(self, device: &Device) -> Self {
        self.map(|item| item.bring_to(device))
    }
}

macro_rules! tuples {
    ($(($($item:ident),+)),*) => {$(
        impl<$($item: ToDevice),+> ToDevice for ($($item,)+) {
            #[allow(non_snake_case, reason = "the items are named after their types")]
            fn home(&self) -> Option<Device> {
                let ($($item,)+) = self;
                None$(.or_else(|| $item.home()))+
            }

            #[allow(non_snake_case, reason = "the items are named after their types")]
            fn bring_to(self, device: &Device) -> Self {
                let ($($item,)+) = self;
                ($($item.bring_to(device),)+)
            }
        }
    )*};
}

tuples!((A), (A, B), (A, B, C), (A, B, C, D), (A, B, C, D, E));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_is_the_first_tensors() {
        let device = Device::flex();
        let tensor = Tensor::<1>::zeros([1], &device);
        let found = ((), None::<Tensor<2>>, vec![(), ()], [tensor.clone()]);
        assert_eq!(found.home(), Some(device));
        assert_eq!(((), None::<Tensor<2>>, Vec::<Tensor<1, Bool>>::new()).home(), None);
        assert_eq!(Some(tensor).bring_to(&Device::flex()).unwrap().dims(), [1]);
    }
}
