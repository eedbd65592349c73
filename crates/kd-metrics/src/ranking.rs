//! Which class is before which: the likelier one, and of equally likely ones the first.

/// How many classes are before this one; `None` if that cannot be said, because one of the row is NaN.
pub(crate) fn rank(row: &[f64], class: usize) -> Option<usize> {
    if row.iter().any(|x| x.is_nan()) {
        return None;
    }
    let before = |other: usize| row[other] > row[class] || (row[other] == row[class] && other < class);
    Some((0..row.len()).filter(|&other| before(other)).count())
}

/// The `k` classes that are before all others, the first one first; `None` if one of the row is NaN.
pub(crate) fn best(row: &[f64], k: usize) -> Option<Vec<usize>> {
    if row.iter().any(|x| x.is_nan()) {
        return None;
    }
    let mut classes: Vec<usize> = (0..row.len()).collect();
    let order = |a: &usize, b: &usize| {
        let likelier = row[*b].partial_cmp(&row[*a]).expect("none is NaN");
        likelier.then(a.cmp(b))
    };
    if k < row.len() {
        // A vocabulary is long, and k is not.
        classes.select_nth_unstable_by(k, order);
        classes.truncate(k);
    }
    classes.sort_unstable_by(order);
    Some(classes)
}

/// Whether something holds, as a number to take the mean of; NaN if that cannot be said.
pub(crate) fn share(holds: Option<bool>) -> f64 {
    holds.map_or(f64::NAN, |holds| f64::from(u8::from(holds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: [f64; 5] = [-3.0, -1.0, -2.0, -1.0, f64::NEG_INFINITY];

    #[test]
    fn of_equal_classes_the_first_is_before() {
        let order = [1, 3, 2, 0, 4];
        for k in 0..=5 {
            assert_eq!(best(&ROW, k).unwrap(), order[..k]);
        }
        let ranks: Vec<usize> = (0..5).map(|class| rank(&ROW, class).unwrap()).collect();
        assert_eq!(ranks, [3, 0, 2, 1, 4]);
    }

    #[test]
    fn nan_has_no_order() {
        assert_eq!(rank(&[0.0, f64::NAN], 0), None);
        assert_eq!(best(&[0.0, f64::NAN], 1), None);
        assert!(share(None).is_nan());
    }
}
