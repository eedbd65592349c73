use super::{feature::has_numbers, not_empty};

/// Features must hold samples, and be as wide along `axis` as the projector was made for, if that is said.
///
/// # Panics
///
/// If they are not, or there are no samples or no numbers.
#[track_caller]
pub fn made_for(projector: &str, shape: &[usize], width: Option<(usize, usize)>) {
    not_empty(projector, shape[0]);
    has_numbers(projector, shape);
    if let Some((axis, width)) = width {
        assert!(
            shape[axis] == width,
            "{projector}: the student has shape {shape:?}, which is {} at axis {axis}, and the projector was made for {width}; \
             make it from the shapes of the features themselves, as `AdapterConfig` does",
            shape[axis]
        );
    }
}

/// Says that a projector takes features of another rank; `takes` says which, and what is there for others.
///
/// # Panics
///
/// Always.
#[track_caller]
pub fn wrong_rank(projector: &str, student: &[usize], takes: &str) -> ! {
    panic!("{projector}: the student has shape {student:?}, but it takes {takes}");
}
