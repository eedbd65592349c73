/// Of all ways to give each row a column of its own, in order, the one of the greatest total; the earliest columns where several
/// are.
///
/// ```text
/// c = argmax over 0 ≤ c₀ < c₁ < … of Σ values[i][cᵢ]
/// ```
///
/// It is what layers are matched with where a later one shall have a later match. Time and room are those of the table.
///
/// # Panics
///
/// If there are more rows than columns, or rows are not equally long. Values must be finite: of NaN or infinities nothing is the
/// greatest.
///
/// # Example
///
/// The second row has its largest number before the first row's:
///
/// ```
/// use kd_core::match_in_order;
///
/// assert_eq!(match_in_order(&[vec![0.5, 0.9, 0.1], vec![0.8, 0.3, 0.6]]), [1, 2]);
/// ```
#[track_caller]
pub fn match_in_order(values: &[Vec<f64>]) -> Vec<usize> {
    let columns = values.first().map_or(0, Vec::len);
    assert!(
        values.len() <= columns || values.is_empty(),
        "match_in_order: {} rows cannot each have one of {columns} columns; give at least as many columns as rows",
        values.len()
    );
    assert!(
        values.iter().all(|row| row.len() == columns),
        "match_in_order: rows of unequal length are no table; give each row {columns} numbers"
    );
    // `best[i][j]` is the greatest total of the first i rows within the first j columns.
    let mut best = vec![vec![0.0; columns + 1]];
    for (i, row) in values.iter().enumerate() {
        // Fewer columns than rows hold no match at all.
        let mut totals = vec![f64::NEG_INFINITY; columns + 1];
        for j in 1..=columns {
            totals[j] = f64::max(totals[j - 1], best[i][j - 1] + row[j - 1]);
        }
        best.push(totals);
    }
    let mut j = columns;
    let mut matches = Vec::with_capacity(values.len());
    for totals in best[1..].iter().rev() {
        while totals[j - 1] == totals[j] {
            j -= 1;
        }
        j -= 1;
        matches.push(j);
    }
    matches.reverse();
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_go_to_the_earliest_and_no_rows_match_nothing() {
        assert_eq!(match_in_order(&vec![vec![0.5; 4]; 2]), [0, 1]);
        assert_eq!(match_in_order(&[]), [0; 0]);
        assert_eq!(match_in_order(&[vec![-3.0, -1.0], vec![-1.0, -9.0]]), [0, 1]);
    }

    #[test]
    #[should_panic(expected = "2 rows cannot each have one of 1 columns")]
    fn too_few_columns_panic() {
        let _ = match_in_order(&[vec![1.0], vec![1.0]]);
    }

    #[test]
    #[should_panic(expected = "give each row 2 numbers")]
    fn ragged_tables_panic() {
        let _ = match_in_order(&[vec![1.0, 2.0], vec![1.0]]);
    }
}
