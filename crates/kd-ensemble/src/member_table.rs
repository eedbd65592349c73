use serde::{Deserialize, Serialize};

/// A number for each two members of an ensemble, such as how often they disagree.
///
/// `None` is where there is no number; saved by serde as JSON, that is `null`, and the table a list of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MemberTable {
    rows: Vec<Vec<Option<f64>>>,
}

impl MemberTable {
    /// Of as many members; what is NaN is no number.
    pub(crate) fn new(members: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let number = |first, second| Some(value(first, second)).filter(|value| !value.is_nan());
        let row = |first| (0..members).map(|second| number(first, second)).collect();
        Self {
            rows: (0..members).map(row).collect(),
        }
    }

    /// How many members there are.
    pub fn members(&self) -> usize {
        self.rows.len()
    }

    /// The number of these two; both can be the same.
    ///
    /// # Panics
    ///
    /// If one is not a member.
    pub fn get(&self, first: usize, second: usize) -> Option<f64> {
        self.rows[first][second]
    }

    /// The mean over all pairs of two members; `None` if one of them has no number, or there is only one member.
    pub fn mean(&self) -> Option<f64> {
        let pairs: Option<Vec<f64>> = self.pairs().collect();
        let pairs = pairs.filter(|pairs| !pairs.is_empty())?;
        Some(pairs.iter().sum::<f64>() / pairs.len() as f64)
    }

    /// Each two members once, without those of one with itself.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = Option<f64>> {
        let rows = self.rows.iter().enumerate();
        rows.flat_map(|(first, row)| row.iter().skip(first + 1).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_of_pairs_of_two() {
        let table = MemberTable::new(3, |first, second| {
            if first == second {
                100.0
            } else {
                (first + second) as f64
            }
        });
        assert_eq!(table.mean(), Some(2.0));
        assert_eq!((table.members(), table.get(1, 2)), (3, Some(3.0)));
    }

    #[test]
    fn a_pair_without_a_number_leaves_no_mean() {
        let table = MemberTable::new(3, |first, second| if first + second == 3 { f64::NAN } else { 1.0 });
        assert_eq!(
            (table.get(1, 2), table.get(0, 1), table.mean()),
            (None, Some(1.0), None)
        );
        assert_eq!(MemberTable::new(1, |_, _| 1.0).mean(), None);
    }

    #[test]
    fn a_file_holds_what_is_no_number() {
        let table = MemberTable::new(2, |first, second| if first == second { 0.5 } else { f64::NAN });
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(json, "[[0.5,null],[null,0.5]]");
        assert_eq!(serde_json::from_str::<MemberTable>(&json).unwrap(), table);
    }
}
