//! Numbers as tensors hold them.

use half::{bf16, f16, slice::HalfFloatSliceExt};

use super::real::Real;

/// A number that is stored as it is or, in half precision, computed with as f32.
pub(super) trait Stored: Copy + Default + Send + Sync {
    type Real: Real;

    /// The row to compute with; `space` holds it if it has to be converted.
    fn read<'a>(row: &'a [Self], space: &'a mut Vec<Self::Real>) -> &'a [Self::Real];

    /// The row to write to: itself, or `space` if what is written has to be converted by [`close`](Self::close).
    fn open<'a>(row: &'a mut [Self], space: &'a mut Vec<Self::Real>) -> &'a mut [Self::Real];

    /// The row to change: what [`open`](Self::open) gives, with the row's numbers in it.
    fn edit<'a>(row: &'a mut [Self], space: &'a mut Vec<Self::Real>) -> &'a mut [Self::Real];

    /// Ends what [`open`](Self::open) or [`edit`](Self::edit) began.
    fn close(row: &mut [Self], space: &[Self::Real]);

    /// The number times a factor.
    fn times(self, factor: Self::Real) -> Self;
}

macro_rules! as_it_is {
    ($real:ty) => {
        impl Stored for $real {
            type Real = $real;

            #[inline(always)]
            fn read<'a>(row: &'a [Self], _space: &'a mut Vec<Self>) -> &'a [Self] {
                row
            }

            #[inline(always)]
            fn open<'a>(row: &'a mut [Self], _space: &'a mut Vec<Self>) -> &'a mut [Self] {
                row
            }

            #[inline(always)]
            fn edit<'a>(row: &'a mut [Self], _space: &'a mut Vec<Self>) -> &'a mut [Self] {
                row
            }

            #[inline(always)]
            fn close(_row: &mut [Self], _space: &[Self]) {}

            #[inline(always)]
            fn times(self, factor: Self) -> Self {
                self * factor
            }
        }
    };
}

macro_rules! as_f32 {
    ($half:ty) => {
        impl Stored for $half {
            type Real = f32;

            #[inline(always)]
            fn read<'a>(row: &'a [Self], space: &'a mut Vec<f32>) -> &'a [f32] {
                space.resize(row.len(), 0.0);
                row.convert_to_f32_slice(space);
                space
            }

            #[inline(always)]
            fn open<'a>(row: &'a mut [Self], space: &'a mut Vec<f32>) -> &'a mut [f32] {
                space.resize(row.len(), 0.0);
                space
            }

            #[inline(always)]
            fn edit<'a>(row: &'a mut [Self], space: &'a mut Vec<f32>) -> &'a mut [f32] {
                space.resize(row.len(), 0.0);
                row.convert_to_f32_slice(space);
                space
            }

            #[inline(always)]
            fn close(row: &mut [Self], space: &[f32]) {
                row.convert_from_f32_slice(space);
            }

            #[inline(always)]
            fn times(self, factor: f32) -> Self {
                <$half>::from_f32(self.to_f32() * factor)
            }
        }
    };
}

as_it_is!(f32);
as_it_is!(f64);
as_f32!(f16);
as_f32!(bf16);
