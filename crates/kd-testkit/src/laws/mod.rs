//! The laws: what must hold for every loss, whatever it computes.
//!
//! They are grouped by what a loss promises, and a loss joins a group with one line of [`laws!`](crate::laws!):
//!
//! | Group | For | Adds |
//! |---|---|---|
//! | `any` | every loss | order, repetition, masks and accumulation over samples; constant teacher; shapes; derivatives; half precision; ≥ 0 |
//! | `any_but_slope` | a loss whose gradient is not everywhere its slope, on purpose: a weight without gradient, a jump | all of `any` but finite differences |
//! | `divergence` | 0 at equality | value and gradient are 0 where student and teacher are equal |
//! | `covered_softmax` | those that are infinite where the teacher alone rules a class out | the same as `softmax` without that case |
//! | `softmax` | functions of softmax rows | absent classes, shifted rows, reordered classes, extreme logits |
//!
//! Each law is a function of a [`Subject`](crate::Subject), so it can also be called alone. Beside the groups stand
//! [`temperature_keeps_the_gradient`], for losses with a T² factor, [`finite_differences_where`], for losses that jump
//! elsewhere, [`nan_in_nan_out`], [`every_parameter_learns`], for losses that own weights, and
//! [`a_teacher_never_changes`], for teachers.

mod accumulation;
mod constant_teacher;
mod derivative;
mod divergence;
mod half_precision;
mod learning;
mod nan;
mod samples;
mod shapes;
mod softmax;
mod temperature;

pub use accumulation::{masked_rows_change_nothing, micro_batches_accumulate, nothing_unmasked_is_a_zero};
pub use constant_teacher::{a_teacher_never_changes, the_teacher_is_a_constant};
pub use derivative::{backends_agree, finite_differences, finite_differences_where};
pub use divergence::{never_negative, zero_at_equality};
pub use half_precision::half_precision_is_widened;
pub use learning::every_parameter_learns;
pub use nan::nan_in_nan_out;
pub use samples::{order_does_not_matter, repetition_does_not_matter, the_mean_is_of_the_values};
pub use shapes::{an_empty_batch_has_no_mean, unequal_shapes_panic};
pub use softmax::{
    absent_classes_do_not_matter, extreme_logits_are_finite, shifts_do_not_matter,
    the_order_of_classes_does_not_matter, what_the_teacher_rules_out_is_finite,
};
pub use temperature::temperature_keeps_the_gradient;

use crate::{Within, within};

/// Tests a loss against groups of laws: `laws!(module_name: [any, divergence, softmax], subject)`.
///
/// Makes a module with one `#[test]` per law, so a failure names the loss and the law.
#[macro_export]
macro_rules! laws {
    ($name:ident: [$($group:ident),+], $subject:expr) => {
        mod $name {
            #[allow(unused_imports, reason = "the subject may name anything in scope")]
            use super::*;
            use $crate::{Subject, laws};

            fn subject() -> Subject {
                $subject
            }

            $($crate::laws!(@$group);)+
        }
    };
    (@any) => {
        $crate::laws!(@each finite_differences);
        $crate::laws!(@any_but_slope);
    };
    (@any_but_slope) => {
        $crate::laws!(@each
            the_mean_is_of_the_values order_does_not_matter repetition_does_not_matter
            masked_rows_change_nothing nothing_unmasked_is_a_zero micro_batches_accumulate
            the_teacher_is_a_constant unequal_shapes_panic an_empty_batch_has_no_mean
            backends_agree half_precision_is_widened never_negative nan_in_nan_out);
    };
    (@divergence) => {
        $crate::laws!(@each zero_at_equality);
    };
    (@softmax) => {
        $crate::laws!(@each what_the_teacher_rules_out_is_finite);
        $crate::laws!(@covered_softmax);
    };
    (@covered_softmax) => {
        $crate::laws!(@each
            absent_classes_do_not_matter shifts_do_not_matter
            the_order_of_classes_does_not_matter extreme_logits_are_finite);
    };
    (@each $($law:ident)+) => {
        $(
            #[test]
            fn $law() {
                laws::$law(&subject());
            }
        )+
    };
}

/// What single precision leaves of a value after a few operations on logits of order 1 to 10.
fn value() -> Within {
    within(1e-5).of_at_least(1.0)
}

/// The same for the gradient of a mean over `rows`, whose entries are of order 1 / rows.
fn gradient(rows: usize) -> Within {
    within(1e-5).of_at_least(1.0 / rows as f64)
}
