use kd_core::{Error, match_in_order};
use serde::{Deserialize, Serialize};

/// Which of a teacher's layers a student is made of, counted from 0: a value, to be saved in a configuration.
///
/// A student of the teacher's width that starts from some of its layers needs less training than one that starts from nothing,
/// and ends up better (DistilBERT).
///
/// | Choice | the student's layer k is the teacher's | 6 of 12 |
/// |---|---|---|
/// | [`EvenlySpaced`](Self::EvenlySpaced) | k · (t − 1) / (s − 1), rounded, halves up | 0, 2, 4, 7, 9, 11 |
/// | [`EveryOther`](Self::EveryOther) | 2 · k | 0, 2, 4, 6, 8, 10 |
/// | [`First`](Self::First) | k | 0, 1, 2, 3, 4, 5 |
/// | [`Last`](Self::Last) | t − s + k | 6, 7, 8, 9, 10, 11 |
/// | [`Listed`](Self::Listed) | what the list says | as one likes |
/// | [`BySimilarity`](Self::BySimilarity) | most alike, in order | as measured |
///
/// # Convention
///
/// DistilBERT's list, [0, 2, 4, 7, 9, 11], is what its authors' code has for 6 of 12 layers (`extract_distilbert.py`, and `extract.py`
/// for RoBERTa and GPT-2), and their paper calls one layer out of two; here it is `EvenlySpaced`, which keeps the first layer and the
/// last. (distil-whisper rounds down: 0, 2, 4, 6, 8, 11.) A student of a single layer gets the first.
/// [`Plan::evenly_spaced`] of `kd-feature` says which layer *learns* from which; there the last is with the last, and the first is
/// not with the first.
///
/// [`Plan::evenly_spaced`]: https://docs.rs/kd-feature/latest/kd_feature/align/struct.Plan.html
///
/// # Example
///
/// ```
/// use kd_transformer::LayerChoice;
///
/// assert_eq!(LayerChoice::EvenlySpaced.choose(6, 12)?, [0, 2, 4, 7, 9, 11]);
/// let error = LayerChoice::Listed(vec![0, 12]).choose(2, 12).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "LayerChoice: 2 of a teacher's 12 layers: there is no layer 12; they are counted from 0 to 11",
/// );
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Reference
///
/// Victor Sanh, Lysandre Debut, Julien Chaumond, Thomas Wolf: *DistilBERT, a distilled version of BERT: smaller, faster, cheaper and
/// lighter*, 2019, arXiv:1910.01108, section 3, "Student initialization". Where it was asked why 7 and 9: huggingface/transformers,
/// issue 3585.
///
/// # See also
///
/// [`Transplant`](crate::Transplant), which copies the layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LayerChoice {
    /// From the first to the last, as far from one another as they go.
    EvenlySpaced,
    /// Every other from the first on. The student may have half of the teacher's layers, rounded up, and no more.
    EveryOther,
    /// The first ones.
    First,
    /// The last ones, in their order.
    Last,
    /// These, from the lowest to the highest, none of them twice.
    Listed(Vec<usize>),
    /// Those most like the student's, and in order: the greatest total of a table with a row for each of the student's layers,
    /// and in it a number for each of the teacher's. `values()` of `kd-feature`'s `Similarity`, which is CKA, is such a table.
    ///
    /// The student whose features are compared is one that was trained before, on its own or by an earlier choice.
    BySimilarity(Vec<Vec<f64>>),
}

impl LayerChoice {
    /// By how alike the student's layer and the teacher's are, asked for each pair.
    ///
    /// ```
    /// use kd_transformer::LayerChoice;
    ///
    /// let alike = |student: usize, teacher: usize| -(2.5 * student as f64 - teacher as f64).abs();
    /// assert_eq!(LayerChoice::by_similarity(3, 6, alike).choose(3, 6)?, [0, 2, 5]);
    /// # Ok::<(), kd_core::Error>(())
    /// ```
    pub fn by_similarity(student: usize, teacher: usize, similarity: impl Fn(usize, usize) -> f64) -> Self {
        let row = |k| (0..teacher).map(|layer| similarity(k, layer)).collect();
        Self::BySimilarity((0..student).map(row).collect())
    }

    /// The teacher's layer for each of the student's, in rising order, given how many layers each has.
    ///
    /// # Errors
    ///
    /// [`Error::LayerChoice`] if the student has no layers or more than the teacher, or more than every other; if a list is of
    /// another length, or names a layer that is not there, one twice, or one before a lower one; if a table of similarities is of
    /// another size, or holds NaN or an infinity.
    pub fn choose(&self, student: usize, teacher: usize) -> Result<Vec<usize>, Error> {
        let fault = |reason| Error::LayerChoice {
            student,
            teacher,
            reason,
        };
        let chosen = match self {
            _ if student == 0 => Err("a student without layers has nothing to be given; give it at least one".into()),
            _ if student > teacher => Err(format!(
                "the teacher has no layer for each of the student's; make the student of at most {teacher}"
            )),
            Self::EvenlySpaced => Ok(evenly_spaced(student, teacher)),
            Self::EveryOther if 2 * (student - 1) >= teacher => Err(format!(
                "every other is {} of them; make the student of so many, or take `EvenlySpaced`",
                teacher.div_ceil(2)
            )),
            Self::EveryOther => Ok((0..student).map(|k| 2 * k).collect()),
            Self::First => Ok((0..student).collect()),
            Self::Last => Ok((teacher - student..teacher).collect()),
            Self::Listed(layers) => listed(layers, student, teacher).map(|()| layers.clone()),
            Self::BySimilarity(table) => measured(table, student, teacher).map(|()| match_in_order(table)),
        };
        chosen.map_err(fault)
    }
}

/// In whole numbers, for a half is where floats round as they like.
fn evenly_spaced(student: usize, teacher: usize) -> Vec<usize> {
    let gaps = (student - 1).max(1);
    (0..student)
        .map(|k| (2 * k * (teacher - 1) + gaps) / (2 * gaps))
        .collect()
}

fn listed(layers: &[usize], student: usize, teacher: usize) -> Result<(), String> {
    if layers.len() != student {
        return Err(format!(
            "the list {layers:?} has {} of them; name one for each of the student's",
            layers.len()
        ));
    }
    if let Some(layer) = layers.iter().find(|&&layer| layer >= teacher) {
        return Err(format!(
            "there is no layer {layer}; they are counted from 0 to {}",
            teacher - 1
        ));
    }
    match layers.windows(2).find(|pair| pair[0] >= pair[1]) {
        None => Ok(()),
        Some(&[first, second]) if first == second => {
            Err(format!("layer {first} is in the list {layers:?} twice; name each once"))
        }
        Some(pair) => Err(format!(
            "layer {} comes after layer {} in the list {layers:?}; sort it, for a later layer builds on an earlier one",
            pair[1], pair[0]
        )),
    }
}

fn measured(table: &[Vec<f64>], student: usize, teacher: usize) -> Result<(), String> {
    if table.len() != student || table.iter().any(|row| row.len() != teacher) {
        let widths: Vec<usize> = table.iter().map(Vec::len).collect();
        return Err(format!(
            "the table of similarities has rows of {widths:?} numbers; give a row for each of the student's layers, and a number \
             in it for each of the teacher's"
        ));
    }
    let mut cells = table.iter().enumerate().flat_map(|(k, row)| {
        let cells = row.iter().enumerate();
        cells.map(move |(layer, value)| (k, layer, value))
    });
    match cells.find(|(.., value)| !value.is_finite()) {
        None => Ok(()),
        Some((k, layer, value)) => Err(format!(
            "the similarity of the student's layer {k} and the teacher's layer {layer} is {value}; look for NaN in their features"
        )),
    }
}
