//! Room for a gradient: the memory that the last one left behind.
//!
//! Even in [large] pages, fresh memory costs as much as the kernel itself, and a training step frees a gradient of the
//! same size as the next step makes. One such memory is kept, as long as the program runs.

use std::{
    mem::{MaybeUninit, take},
    slice,
    sync::{Mutex, PoisonError},
};

use burn::tensor::Bytes;
use burn_std::{AccessError, AccessPolicy, AllocationController, AllocationProperty};
use bytemuck::Pod;

use super::large;

/// Bytes from which it pays to keep memory; less the allocator keeps.
const LARGE: usize = 4 << 20;

/// What memory is counted in: as aligned as any number.
type Unit = u128;

/// The memory that the last large gradient left behind.
static KEPT: Mutex<Vec<Unit>> = Mutex::new(Vec::new());

/// Room for numbers, with anything in it.
pub(super) enum Room<T> {
    Small(Vec<T>),
    Large { memory: Memory, count: usize },
}

impl<T: Pod + Send + Sync> Room<T> {
    pub fn new(count: usize) -> Self {
        let bytes = count * size_of::<T>();
        if bytes < LARGE {
            return Self::Small(vec![T::zeroed(); count]);
        }
        let units = bytes.div_ceil(size_of::<Unit>());
        let memory = Memory::kept(units).unwrap_or_else(|| Memory::fresh(units));
        Self::Large { memory, count }
    }

    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Self::Small(numbers) => numbers,
            Self::Large { memory, count } => &mut bytemuck::cast_slice_mut(&mut memory.0)[..*count],
        }
    }

    pub fn into_bytes(self) -> Bytes {
        match self {
            Self::Small(numbers) => Bytes::from_elems(numbers),
            Self::Large { memory, count } => memory.into_bytes(count * size_of::<T>()),
        }
    }
}

/// Memory that is kept when its owner is done with it.
pub(super) struct Memory(Vec<Unit>);

impl Memory {
    /// What was left behind, if it fits: not too small, and not so large that most of it would lie idle.
    fn kept(units: usize) -> Option<Self> {
        // Whatever a thread panicked with, a vector is whole.
        let memory = take(&mut *KEPT.lock().unwrap_or_else(PoisonError::into_inner));
        (units..=2 * units).contains(&memory.len()).then_some(Self(memory))
    }

    fn fresh(units: usize) -> Self {
        Self(large::zeros(units))
    }

    #[allow(unsafe_code, reason = "bytes of memory that is not the allocator's own")]
    fn into_bytes(self, length: usize) -> Bytes {
        assert!(length <= size_of_val(self.0.as_slice()));
        // SAFETY: that many bytes are there, and all of them were written, with zeros or an earlier gradient.
        unsafe { Bytes::from_controller(Box::new(self), length) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let memory = take(&mut self.0);
        *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = memory;
    }
}

#[allow(unsafe_code, reason = "bytes are seen as perhaps not written")]
impl AllocationController for Memory {
    fn alloc_align(&self) -> usize {
        align_of::<Unit>()
    }

    fn property(&self) -> AllocationProperty {
        AllocationProperty::Other
    }

    unsafe fn memory_mut(&mut self, _policy: AccessPolicy) -> Result<&mut [MaybeUninit<u8>], AccessError> {
        let length = size_of_val(self.0.as_slice());
        // SAFETY: the same memory, borrowed for as long; the caller promises to write nothing but bytes.
        Ok(unsafe { slice::from_raw_parts_mut(self.0.as_mut_ptr().cast(), length) })
    }

    fn memory(&self, _policy: AccessPolicy) -> Result<&[MaybeUninit<u8>], AccessError> {
        // SAFETY: the same memory, borrowed for as long, every byte of it written.
        Ok(unsafe { slice::from_raw_parts(self.0.as_ptr().cast(), size_of_val(self.0.as_slice())) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_room() {
        for count in [0, 1, 1000, 3_000_001] {
            let mut room = Room::<f32>::new(count);
            assert_eq!(room.as_mut_slice().len(), count);
            room.as_mut_slice().fill(1.5);
            assert_eq!(bytemuck::cast_slice::<u8, f32>(&room.into_bytes()), vec![1.5; count]);
        }
    }

    #[test]
    fn memory_in_use_is_no_one_elses() {
        let fill = |number: f64| {
            let mut room = Room::<f64>::new(700_001);
            room.as_mut_slice().fill(number);
            room.into_bytes()
        };
        let (first, second) = (fill(1.0), fill(2.0));
        let copy = first.clone();
        drop(first);
        let third = fill(3.0);
        for (bytes, number) in [(copy, 1.0), (second, 2.0), (third, 3.0)] {
            assert!(bytemuck::cast_slice::<u8, f64>(&bytes).iter().all(|&n| n == number));
        }
    }
}
