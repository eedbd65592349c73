//! Where an example computes: a backend by its name on the command line.

use std::str::FromStr;

use burn::prelude::Device;
use serde::Serialize;
use thiserror::Error;

/// A backend that the examples know; which of them work is decided when they are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// Burn's own CPU backend; always there.
    Flex,
    /// The CPU through the ndarray crate.
    NdArray,
    /// A GPU through Vulkan, Metal or DirectX.
    Wgpu,
    /// An NVIDIA GPU.
    Cuda,
}

/// Why a device cannot be had.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DeviceError {
    /// No such backend.
    #[error("there is no device {name:?}: this program has {available}, and can be built for {all}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What is compiled in.
        available: String,
        /// What there is.
        all: String,
    },
    /// The backend was left out when the program was compiled.
    #[error(
        "the device {name} is not compiled in (this program has {available}): add it with `cargo run --release -p kd-examples --features {name} --example ...`"
    )]
    LeftOut {
        /// What was asked for.
        name: &'static str,
        /// What is compiled in.
        available: String,
    },
}

impl Backend {
    /// All that the examples know.
    pub const ALL: [Self; 4] = [Self::Flex, Self::NdArray, Self::Wgpu, Self::Cuda];

    /// Its name on the command line, which is also the name of the cargo feature that adds it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flex => "flex",
            Self::NdArray => "ndarray",
            Self::Wgpu => "wgpu",
            Self::Cuda => "cuda",
        }
    }

    /// Its first device, without autodiff.
    ///
    /// # Errors
    ///
    /// [`DeviceError::LeftOut`] when the backend isn't compiled in.
    pub fn device(self) -> Result<Device, DeviceError> {
        match self {
            Self::Flex => Ok(Device::flex()),
            #[cfg(feature = "ndarray")]
            #[allow(deprecated, reason = "deprecated upstream, still supported here")]
            Self::NdArray => Ok(Device::ndarray()),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
            #[cfg(feature = "cuda")]
            Self::Cuda => Ok(Device::cuda(0)),
            #[cfg(not(all(feature = "ndarray", feature = "wgpu", feature = "cuda")))]
            left_out => Err(DeviceError::LeftOut {
                name: left_out.name(),
                available: available(),
            }),
        }
    }

    fn is_compiled_in(self) -> bool {
        match self {
            Self::Flex => true,
            Self::NdArray => cfg!(feature = "ndarray"),
            Self::Wgpu => cfg!(feature = "wgpu"),
            Self::Cuda => cfg!(feature = "cuda"),
        }
    }
}

impl FromStr for Backend {
    type Err = DeviceError;

    fn from_str(name: &str) -> Result<Self, DeviceError> {
        let found = Self::ALL.into_iter().find(|backend| backend.name() == name);
        match found {
            Some(backend) if backend.is_compiled_in() => Ok(backend),
            Some(backend) => Err(DeviceError::LeftOut {
                name: backend.name(),
                available: available(),
            }),
            None => Err(DeviceError::Unknown {
                name: name.into(),
                available: available(),
                all: names(|_| true),
            }),
        }
    }
}

fn available() -> String {
    names(Backend::is_compiled_in)
}

fn names(keep: impl Fn(Backend) -> bool) -> String {
    let names: Vec<_> = Backend::ALL
        .into_iter()
        .filter(|backend| keep(*backend))
        .map(Backend::name)
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flex_is_always_there() {
        assert_eq!("flex".parse(), Ok(Backend::Flex));
        assert!(Backend::Flex.device().is_ok());
    }

    #[test]
    fn an_unknown_device_is_answered_with_what_there_is() {
        let message = "tpu".parse::<Backend>().unwrap_err().to_string();
        assert!(
            message.contains("\"tpu\"") && message.contains("flex, ndarray, wgpu, cuda"),
            "{message}"
        );
    }

    #[test]
    #[cfg(not(feature = "cuda"))]
    fn a_device_left_out_is_answered_with_the_feature_that_adds_it() {
        let message = "cuda".parse::<Backend>().unwrap_err().to_string();
        assert!(message.contains("--features cuda"), "{message}");
        assert!(Backend::Cuda.device().is_err());
    }
}
