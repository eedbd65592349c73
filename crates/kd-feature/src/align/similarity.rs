use std::{collections::HashSet, fmt};

use kd_core::Error;
use serde::{Deserialize, Serialize};

/// How alike each layer of a student and each layer of its teacher are; what [`Cka`](super::Cka) finds.
///
/// Shown, it is a table, in Markdown as in a terminal; saved (by serde), it is a list of names for each side and a list of
/// numbers for each layer of the student.
///
/// # Example
///
/// ```
/// use kd_feature::align::Similarity;
///
/// let similarity = Similarity::new(["a", "b"], ["x", "deep"], vec![vec![0.9, 0.5], vec![-0.01, 1.0]]);
/// assert_eq!(similarity.get("b", "deep")?, 1.0);
/// assert_eq!(
///     similarity.to_string(),
///     "|   |      x |  deep |\n\
///      |---|-------:|------:|\n\
///      | a |  0.900 | 0.500 |\n\
///      | b | -0.010 | 1.000 |\n",
/// );
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Similarity {
    student: Vec<String>,
    teacher: Vec<String>,
    values: Vec<Vec<f64>>,
}

impl Similarity {
    /// From names and numbers: `values[i][j]` is of the student's layer i and the teacher's layer j.
    ///
    /// # Panics
    ///
    /// If there is not a row for each layer of the student and a number in it for each of the teacher's, there are no layers,
    /// or two of a side have the same name.
    #[track_caller]
    pub fn new<S: Into<String>, T: Into<String>>(
        student: impl IntoIterator<Item = S>,
        teacher: impl IntoIterator<Item = T>,
        values: Vec<Vec<f64>>,
    ) -> Self {
        let unchecked = Unchecked {
            student: student.into_iter().map(Into::into).collect(),
            teacher: teacher.into_iter().map(Into::into).collect(),
            values,
        };
        unchecked.try_into().unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// The names of the student's layers, in order.
    pub fn student(&self) -> &[String] {
        &self.student
    }

    /// The names of the teacher's layers, in order.
    pub fn teacher(&self) -> &[String] {
        &self.teacher
    }

    /// The numbers: a row for each layer of the student, in it one for each of the teacher's.
    pub fn values(&self) -> &[Vec<f64>] {
        &self.values
    }

    /// How alike two layers are.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownLayer`] if there is no such layer; it says on which side.
    pub fn get(&self, student: &str, teacher: &str) -> Result<f64, Error> {
        let row = place("student", student, &self.student)?;
        Ok(self.values[row][place("teacher", teacher, &self.teacher)?])
    }

    /// Every pair: the student's layer, the teacher's, and how alike they are.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, f64)> {
        let rows = self.student.iter().zip(&self.values);
        rows.flat_map(|(student, row)| {
            let cells = self.teacher.iter().zip(row);
            cells.map(|(teacher, &value)| (student.as_str(), teacher.as_str(), value))
        })
    }
}

fn place(side: &'static str, name: &str, names: &[String]) -> Result<usize, Error> {
    let place = names.iter().position(|other| other == name);
    place.ok_or_else(|| Error::UnknownLayer {
        side: Some(side),
        name: name.into(),
        known: names.to_vec(),
    })
}

impl fmt::Display for Similarity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = |name: &String| name.chars().count();
        let first = self.student.iter().map(length).max().unwrap_or(0);
        let columns = self.teacher.iter().enumerate().map(|(column, name)| {
            let cells = self.values.iter().map(|row| format!("{:.3}", row[column]).len());
            cells.fold(length(name), usize::max)
        });
        let columns: Vec<usize> = columns.collect();
        write!(f, "| {:first$} |", "")?;
        for (name, width) in self.teacher.iter().zip(&columns) {
            write!(f, " {name:>width$} |")?;
        }
        write!(f, "\n|-{:-<first$}-|", "")?;
        for width in &columns {
            write!(f, "-{:-<width$}:|", "")?;
        }
        writeln!(f)?;
        for (name, row) in self.student.iter().zip(&self.values) {
            write!(f, "| {name:first$} |")?;
            for (value, width) in row.iter().zip(&columns) {
                write!(f, " {value:>width$.3} |")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// What a file says, before anyone has looked whether it fits together.
#[derive(Deserialize)]
struct Unchecked {
    student: Vec<String>,
    teacher: Vec<String>,
    values: Vec<Vec<f64>>,
}

impl TryFrom<Unchecked> for Similarity {
    type Error = String;

    fn try_from(unchecked: Unchecked) -> Result<Self, String> {
        let Unchecked {
            student,
            teacher,
            values,
        } = unchecked;
        if student.is_empty() || teacher.is_empty() {
            return Err("Similarity: there are no layers on one side; compare at least one with one".into());
        }
        if values.len() != student.len() || values.iter().any(|row| row.len() != teacher.len()) {
            let widths: Vec<usize> = values.iter().map(Vec::len).collect();
            return Err(format!(
                "Similarity: there are rows of {widths:?} numbers for {} layers of the student and {} of the teacher; give a \
                 row for each of the student's, and a number in it for each of the teacher's",
                student.len(),
                teacher.len()
            ));
        }
        for (side, names) in [("student", &student), ("teacher", &teacher)] {
            let mut known = HashSet::new();
            if let Some(name) = names.iter().find(|name| !known.insert(*name)) {
                return Err(format!(
                    "Similarity: the {side}'s layer '{name}' comes twice; give each layer a name of its own"
                ));
            }
        }
        Ok(Self {
            student,
            teacher,
            values,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_serde_and_rejects_what_does_not_fit() {
        let similarity = Similarity::new(["a"], ["x", "y"], vec![vec![0.1, -0.25]]);
        let json = serde_json::to_string(&similarity).unwrap();
        assert_eq!(json, r#"{"student":["a"],"teacher":["x","y"],"values":[[0.1,-0.25]]}"#);
        assert_eq!(serde_json::from_str::<Similarity>(&json).unwrap(), similarity);

        let error = serde_json::from_str::<Similarity>(&json.replace("0.1,", "")).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("rows of [1] numbers for 1 layers of the student and 2"),
            "{error}"
        );
        let error = serde_json::from_str::<Similarity>(&json.replace("y", "x")).unwrap_err();
        assert!(
            error.to_string().contains("the teacher's layer 'x' comes twice"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_layer_says_on_which_side() {
        let similarity = Similarity::new(["a"], ["x", "y"], vec![vec![0.1, 0.2]]);
        let error = similarity.get("a", "z").unwrap_err();
        assert_eq!(error.to_string(), "the teacher has no layer 'z'; there are 'x', 'y'");
        let cells: Vec<_> = similarity.iter().collect();
        assert_eq!(cells, [("a", "x", 0.1), ("a", "y", 0.2)]);
    }
}
