use kd_core::{Error, match_in_order};
use pathfinding::{kuhn_munkres::kuhn_munkres, matrix::Matrix};
use serde::{Deserialize, Serialize};

use super::{Plan, PlannedPair, Similarity};

/// How layers are matched, given how alike they are.
///
/// # Example
///
/// The student's second layer is most like the teacher's first, which comes before the match of the student's first:
///
/// ```
/// use kd_feature::align::{Matching, Similarity};
///
/// let similarity = Similarity::new(
///     ["a", "b"],
///     ["x", "y", "z"],
///     vec![vec![0.5, 0.9, 0.1], vec![0.8, 0.3, 0.6]],
/// );
/// let matched = |matching| -> Result<Vec<String>, kd_core::Error> {
///     Ok(similarity.plan(matching)?.pairs.into_iter().map(|pair| pair.teacher).collect())
/// };
/// assert_eq!(matched(Matching::OneToOne)?, ["y", "x"]);
/// assert_eq!(matched(Matching::Monotone)?, ["y", "z"]);
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Matching {
    /// The later a layer of the student, the later its match: of all ways to match in order, and no two with the same, the
    /// one of the greatest total. Where several are, layers match as early as they can.
    Monotone,
    /// No two with the same, in any order: of all such ways, one of the greatest total.
    OneToOne,
    /// Each with the one it is most like, the first of these where there are several; two may share one.
    BestForEach,
}

impl Similarity {
    /// Matches each layer of the student with one of the teacher's.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewLayers`] if each of the student's layers wants one of its own and the teacher has fewer, and
    /// [`Error::InvalidValue`] if a similarity is NaN or infinite.
    pub fn plan(&self, matching: Matching) -> Result<Plan, Error> {
        let values = self.values();
        if let Some(&value) = values.iter().flatten().find(|value| !value.is_finite()) {
            return Err(Error::InvalidValue {
                owner: "Similarity",
                name: "the similarity of two layers",
                value,
                expected: "finite to be matched; look for NaN in the features, and leave their layer out",
            });
        }
        let (student, teacher) = (self.student().len(), self.teacher().len());
        if student > teacher && matching != Matching::BestForEach {
            return Err(Error::TooFewLayers { student, teacher });
        }
        let matches = match matching {
            Matching::Monotone => match_in_order(values),
            Matching::OneToOne => one_to_one(values),
            Matching::BestForEach => values.iter().map(|row| largest(row)).collect(),
        };
        let pairs = matches.into_iter().enumerate().map(|(i, j)| PlannedPair {
            similarity: Some(values[i][j]),
            ..PlannedPair::new(&self.student()[i], &self.teacher()[j])
        });
        Ok(Plan { pairs: pairs.collect() })
    }
}

/// The solver orders weights, which floats are not: they become whole numbers of 2⁻⁴⁰ of the largest.
fn one_to_one(values: &[Vec<f64>]) -> Vec<usize> {
    let scale = values
        .iter()
        .flatten()
        .fold(f64::MIN_POSITIVE, |scale, value| scale.max(value.abs()));
    let whole = |value: &f64| (value / scale * (1u64 << 40) as f64).round() as i64;
    let weights = values.iter().map(|row| row.iter().map(whole).collect::<Vec<i64>>());
    let weights = Matrix::from_rows(weights).expect("the rows are equally long");
    kuhn_munkres(&weights).1
}

fn largest(row: &[f64]) -> usize {
    let columns = 1..row.len();
    columns.fold(0, |best, j| if row[j] > row[best] { j } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn similarity(values: Vec<Vec<f64>>) -> Similarity {
        let names = |count: usize| (0..count).map(|i| i.to_string()).collect::<Vec<_>>();
        Similarity::new(names(values.len()), names(values[0].len()), values)
    }

    #[test]
    fn draws_go_to_the_earliest() {
        let equal = similarity(vec![vec![0.5; 4]; 2]);
        for (matching, expected) in [(Matching::Monotone, ["0", "1"]), (Matching::BestForEach, ["0", "0"])] {
            let plan = equal.plan(matching).unwrap();
            let teachers: Vec<&str> = plan.pairs.iter().map(|pair| pair.teacher.as_str()).collect();
            assert_eq!(teachers, expected, "{matching:?}");
        }
    }

    #[test]
    fn more_layers_than_the_teacher_has_must_share() {
        let three = similarity(vec![vec![0.1, 0.2]; 3]);
        for matching in [Matching::Monotone, Matching::OneToOne] {
            let error = three.plan(matching).unwrap_err().to_string();
            assert!(
                error.starts_with("the student has 3 layers and the teacher 2"),
                "{error}"
            );
        }
        assert_eq!(three.plan(Matching::BestForEach).unwrap().pairs.len(), 3);
    }

    #[test]
    fn nan_cannot_be_matched() {
        let error = similarity(vec![vec![0.1, f64::NAN]])
            .plan(Matching::OneToOne)
            .unwrap_err();
        assert!(
            error.to_string().contains("the similarity of two layers is NaN"),
            "{error}"
        );
    }
}
