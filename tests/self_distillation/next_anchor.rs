//! The hardest checkpoint that a student is ready for.

use kd::self_distillation::next_anchor;
use kd_testkit::for_each;

#[test]
fn the_last_before_the_first_that_is_too_hard() {
    let next = |losses: &[f64]| next_anchor(losses, 2.0).unwrap();
    assert_eq!(next(&[1.0, 1.1, 1.5, 2.0, 2.1]), Some(3));
    assert_eq!(
        next(&[1.0, 1.1, 1.5, 2.0]),
        Some(3),
        "the finished teacher is within reach"
    );
    assert_eq!(
        next(&[1.0, 1.1, 5.0, 1.2]),
        Some(1),
        "what is behind a wall is not looked at"
    );
    assert_eq!(next(&[1.0, 0.5, 0.25]), Some(2));
}

#[test]
fn the_way_goes_on_even_where_it_is_steep() {
    assert_eq!(next_anchor(&[1.0, 50.0, 60.0], 2.0).unwrap(), Some(1));
    assert_eq!(next_anchor(&[0.0, 1e-9, 0.0], 2.0).unwrap(), Some(1));
}

#[test]
fn at_the_finished_teacher_it_ends() {
    assert_eq!(next_anchor(&[0.3], 2.0).unwrap(), None);
}

/// Whatever was measured, a step forward is taken, nothing on it is too hard but a first step, and the unit does not matter.
#[test]
fn a_greedy_step_is_the_longest_that_is_allowed() {
    for_each(
        (proptest::collection::vec(1u32..64, 1..12), 0u32..12),
        |(losses, quarters)| {
            let harder = 1.0 + f64::from(quarters) / 4.0;
            let losses: Vec<f64> = losses.into_iter().map(f64::from).collect();
            let scaled: Vec<f64> = losses.iter().map(|loss| loss / 1024.0).collect();
            let next = next_anchor(&losses, harder).unwrap();
            assert_eq!(next_anchor(&scaled, harder).unwrap(), next);
            let Some(next) = next else {
                assert_eq!(losses.len(), 1);
                return;
            };
            let bound = harder * losses[0];
            assert!(next == 1 || losses[1..=next].iter().all(|&loss| loss <= bound));
            assert!(losses.get(next + 1).is_none_or(|&loss| loss > bound) || (next == 1 && losses[1] > bound));
        },
    );
}

#[test]
fn impossible_values_are_errors_that_say_what_to_do() {
    let told = |losses: &[f64], harder: f64, expected: &str| {
        assert_eq!(next_anchor(losses, harder).unwrap_err().to_string(), expected);
    };
    told(
        &[],
        2.0,
        "next_anchor: the number of losses is 0, but must be at least 1",
    );
    for (bad, shown) in [(f64::NAN, "NaN"), (f64::INFINITY, "inf"), (-1.0, "-1")] {
        told(
            &[1.0, bad],
            2.0,
            &format!("next_anchor: a loss is {shown}, but must be a finite number of at least 0"),
        );
    }
    for (bad, shown) in [(0.8, "0.8"), (f64::NAN, "NaN"), (f64::INFINITY, "inf")] {
        told(
            &[1.0, 1.0],
            bad,
            &format!(
                "next_anchor: harder is {shown}, but must be a finite number of at least 1: how many times as large as the last \
                 anchor's loss the next one's may be"
            ),
        );
    }
}
