use std::{collections::HashSet, fs, path::Path};

use kd_core::{Error, check, write_whole};
use serde::{Deserialize, Serialize};

/// Which layer of a student learns from which of its teacher: a value, to be saved, read, changed and trained with.
///
/// As a file it is JSON that people can write as well; `similarity` and `weight` may be left out:
///
/// ```text
/// {"pairs": [{"student": "stage1", "teacher": "stage1", "weight": 0.5}, {"student": "stage2", "teacher": "stage3"}]}
/// ```
///
/// # Example
///
/// ```
/// use kd_feature::align::Plan;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = std::env::temp_dir().join(format!("kd-feature-plan-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("plan.json");
/// let plan = Plan::evenly_spaced(["a", "b"], ["1", "2", "3", "4"])?.with_weight(0.1);
/// assert_eq!((&*plan.pairs[0].teacher, &*plan.pairs[1].teacher), ("2", "4"));
/// plan.save(&file)?;
/// assert_eq!(Plan::load(&file)?, plan);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok(())
/// # }
/// ```
///
/// # See also
///
/// [`Similarity::plan`](super::Similarity::plan), which makes one by evidence;
/// [`FeaturePairs::from_plan`](crate::FeaturePairs::from_plan), which makes losses of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Plan {
    /// The pairs, in the order of the student's layers where a matching made them. No two are of the same layers.
    pub pairs: Vec<PlannedPair>,
}

/// What a file says, before anyone has looked whether a pair comes twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    pairs: Vec<PlannedPair>,
}

impl TryFrom<Unchecked> for Plan {
    type Error = String;

    fn try_from(Unchecked { pairs }: Unchecked) -> Result<Self, String> {
        let mut known = HashSet::new();
        if let Some(twice) = pairs.iter().find(|pair| !known.insert((&pair.student, &pair.teacher))) {
            return Err(format!(
                "the pair of the student's '{}' and the teacher's '{}' comes twice; leave one of them out",
                twice.student, twice.teacher
            ));
        }
        Ok(Self { pairs })
    }
}

/// One pair of a [`Plan`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedPair {
    /// The name of the student's layer.
    pub student: String,
    /// The name of the teacher's layer.
    pub teacher: String,
    /// How alike they were, where that is why they are a pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f64>,
    /// What their loss is multiplied with.
    #[serde(default = "one")]
    pub weight: f64,
}

fn one() -> f64 {
    1.0
}

impl PlannedPair {
    /// A pair of weight 1.
    pub fn new(student: impl Into<String>, teacher: impl Into<String>) -> Self {
        Self {
            student: student.into(),
            teacher: teacher.into(),
            similarity: None,
            weight: one(),
        }
    }
}

impl Plan {
    /// The first with the first, the second with the second, and so on, whatever they do: the usual way, to compare a plan
    /// made by evidence with.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewLayers`] if the student has more layers than the teacher.
    pub fn by_index<'a>(
        student: impl IntoIterator<Item = &'a str>,
        teacher: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        spaced(student, teacher, |i, _, _| i)
    }

    /// The last with the last, and the others as far from one another as they go: of a teacher with three layers for each of
    /// the student's it takes every third.
    ///
    /// ```text
    /// the student's layer i of s  →  the teacher's layer ⌊i · t / s⌋ of t       counted from 1
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TooFewLayers`] if the student has more layers than the teacher.
    pub fn evenly_spaced<'a>(
        student: impl IntoIterator<Item = &'a str>,
        teacher: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, Error> {
        spaced(student, teacher, |i, s, t| (i + 1) * t / s - 1)
    }

    /// The same pairs, each of this weight.
    pub fn with_weight(mut self, weight: f64) -> Self {
        for pair in &mut self.pairs {
            pair.weight = weight;
        }
        self
    }

    /// Writes it as JSON. Whoever reads the file finds the old plan or the new one, and never half of one.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written, and [`Error::InvalidValue`] if a weight or a similarity is NaN or
    /// infinite, which JSON cannot say; what was there before still is.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        for pair in &self.pairs {
            check::finite("Plan", "the weight of a pair", pair.weight)?;
            if let Some(similarity) = pair.similarity {
                check::finite("Plan", "the similarity of a pair", similarity)?;
            }
        }
        write_whole(path, |temporary| fs::write(temporary, self.json()))
    }

    /// Reads what [`save`](Self::save) or a person wrote.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, and [`Error::Config`] if it is not a plan, or a pair comes twice.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let json = fs::read(path).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_slice(&json).map_err(|error| Error::Config {
            path: path.to_owned(),
            expected: "plan of layers",
            reason: error.to_string(),
        })
    }

    fn json(&self) -> Vec<u8> {
        let mut json = serde_json::to_vec_pretty(self).expect("names and numbers are JSON");
        json.push(b'\n');
        json
    }
}

fn spaced<'a>(
    student: impl IntoIterator<Item = &'a str>,
    teacher: impl IntoIterator<Item = &'a str>,
    place: impl Fn(usize, usize, usize) -> usize,
) -> Result<Plan, Error> {
    let student: Vec<&str> = student.into_iter().collect();
    let teacher: Vec<&str> = teacher.into_iter().collect();
    let (s, t) = (student.len(), teacher.len());
    if s > t {
        return Err(Error::TooFewLayers { student: s, teacher: t });
    }
    let pairs = student.iter().enumerate();
    Ok(Plan {
        pairs: pairs
            .map(|(i, &name)| PlannedPair::new(name, teacher[place(i, s, t)]))
            .collect(),
    })
}
