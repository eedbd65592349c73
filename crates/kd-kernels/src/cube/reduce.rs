//! Two numbers of every unit of a cube, reduced to two.

use burn_cubecl::cubecl::{self, prelude::*};

/// What two reductions at once leave, the same in every unit.
#[derive(CubeType)]
pub(super) struct Pair {
    pub first: f32,
    pub second: f32,
}

#[cube]
pub(super) trait Reduction: 'static + Send + Sync {
    fn of(a: f32, b: f32) -> f32;
}

pub(super) struct Sum;

#[cube]
impl Reduction for Sum {
    fn of(a: f32, b: f32) -> f32 {
        a + b
    }
}

pub(super) struct Largest;

#[cube]
impl Reduction for Largest {
    fn of(a: f32, b: f32) -> f32 {
        select(a > b, a, b)
    }
}

/// Reduces the pairs of all units, of which there are `units`, a power of two.
///
/// Halves the number of pairs in shared memory until one is left. Operations on planes would be faster, but not every
/// device has them.
#[cube]
pub(super) fn reduce<R: Reduction>(first: f32, second: f32, #[comptime] units: usize) -> Pair {
    let mut firsts = Shared::<[f32]>::new_slice(units);
    let mut seconds = Shared::<[f32]>::new_slice(units);
    let unit = UNIT_POS as usize;
    firsts[unit] = first;
    seconds[unit] = second;
    sync_cube();
    let mut left = comptime!(units / 2).runtime();
    while left > 0 {
        if unit < left {
            firsts[unit] = R::of(firsts[unit], firsts[unit + left]);
            seconds[unit] = R::of(seconds[unit], seconds[unit + left]);
        }
        sync_cube();
        left /= 2;
    }
    let pair = Pair {
        first: firsts[0],
        second: seconds[0],
    };
    // Nobody writes the next pairs before all have read these.
    sync_cube();
    pair
}
