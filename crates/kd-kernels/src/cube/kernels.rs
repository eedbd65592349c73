//! What is launched. A cube takes every `CUBE_COUNT`-th row, so that any number of cubes does for any number of rows.

use burn_cubecl::cubecl::{self, prelude::*};

use super::{pointwise::Pointwise, row::Row};

/// The divergence of each row.
#[cube(launch, address_type = "dynamic")]
pub(super) fn divergence<D: Pointwise, E: Float>(
    student: &[E],
    teacher: &[E],
    values: &mut [f32],
    rows: usize,
    classes: usize,
    inverse_temperature: f32,
    parameter: f32,
    #[comptime] units: usize,
    #[define(E)] _stored: ElemType,
) {
    let mut number = CUBE_POS;
    while number < rows {
        let row = Row {
            start: number * classes,
            classes,
            inverse_temperature,
            parameter,
            units,
        };
        let softened = row.soften::<E>(student, teacher);
        let total = row.total::<D, E>(&softened, student, teacher);
        if UNIT_POS == 0 {
            values[number] = total.first;
        }
        number += CUBE_COUNT;
    }
}

/// The divergence of each row, and its gradient for the student's logits.
#[cube(launch, address_type = "dynamic")]
pub(super) fn divergence_and_gradient<D: Pointwise, E: Float>(
    student: &[E],
    teacher: &[E],
    values: &mut [f32],
    gradient: &mut [E],
    rows: usize,
    classes: usize,
    inverse_temperature: f32,
    parameter: f32,
    #[comptime] units: usize,
    #[define(E)] _stored: ElemType,
) {
    let mut number = CUBE_POS;
    while number < rows {
        let row = Row {
            start: number * classes,
            classes,
            inverse_temperature,
            parameter,
            units,
        };
        let softened = row.soften::<E>(student, teacher);
        let total = row.total::<D, E>(&softened, student, teacher);
        if UNIT_POS == 0 {
            values[number] = total.first;
        }
        row.write_gradient::<D, E>(&softened, student, teacher, total.second, gradient);
        number += CUBE_COUNT;
    }
}

/// Each row of the gradient times its factor; 0 where the factor is 0, whatever the row holds.
#[cube(launch, address_type = "dynamic")]
pub(super) fn scale_rows<E: Float>(
    gradient: &[E],
    factors: &[f32],
    scaled: &mut [E],
    rows: usize,
    classes: usize,
    #[comptime] units: usize,
    #[define(E)] _stored: ElemType,
) {
    let mut row = CUBE_POS;
    while row < rows {
        let factor = factors[row];
        let mut class = UNIT_POS as usize;
        while class < classes {
            let index = row * classes + class;
            let product = f32::cast_from(gradient[index]) * factor;
            scaled[index] = E::cast_from(select(factor == 0.0f32, 0.0f32, product));
            class += units;
        }
        row += CUBE_COUNT;
    }
}
