//! What every step needs: where to compute, and whether to stop.

use burn::prelude::*;
use kd_examples::interrupt::Interrupt;

/// Where the work takes place.
pub struct Lab {
    /// Where networks learn; with autodiff.
    pub device: Device,
    /// Ctrl-C.
    pub interrupt: Interrupt,
}

impl Lab {
    /// The device without autodiff.
    pub fn plain_device(&self) -> Device {
        self.device.clone().inner()
    }
}
