//! Where teachers live.

use burn::tensor::Device;

/// There must be a device for a teacher to live on.
///
/// # Panics
///
/// If there is none.
#[track_caller]
pub fn some_devices(owner: &str, devices: &[Device]) {
    assert!(
        !devices.is_empty(),
        "{owner}: there is no device; give those that the training uses"
    );
}

/// An input is on a device where no copy of the teacher lives.
///
/// # Panics
///
/// Always.
#[track_caller]
pub fn no_copy(owner: &str, device: &Device, known: &[Device]) -> ! {
    panic!(
        "{owner}: the input is on {device:?}, and copies of the teacher are on {known:?} alone; make a copy for every device that \
         the training uses, or take one teacher for all of them with `OnDevice`"
    )
}

/// An input must be somewhere, for what is said to it to be brought there.
///
/// # Panics
///
/// If there is no tensor in it.
#[track_caller]
pub fn home(owner: &str, home: Option<Device>) -> Device {
    home.unwrap_or_else(|| panic!("{owner}: there is no tensor in the input, so it is on no device; give it one"))
}
