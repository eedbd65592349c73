use std::path::PathBuf;

/// Everything that can go wrong where the world enters: values people chose, files they named.
///
/// Mistakes of programming (unequal shapes, an empty batch) panic instead, as they do in Burn; see [`check`](crate::check).
/// Every message names the culprit and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value outside its range.
    #[error("{owner}: {name} is {value}, but must be {expected}")]
    InvalidValue {
        /// The type that was being made, such as `SoftLabelLossConfig`.
        owner: &'static str,
        /// The name of the value.
        name: &'static str,
        /// The value itself.
        value: f64,
        /// The range it should be in, and what is usual there.
        expected: &'static str,
    },

    /// A layer that is not there.
    #[error("{} no layer '{name}'; there are {}", has(side), quoted(known))]
    UnknownLayer {
        /// Where it is not: `student` or `teacher`, if that is known.
        side: Option<&'static str>,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },

    /// Features of shapes that no projector brings together.
    #[error("no adapter leads from the student's {student:?} to the teacher's {teacher:?}: {reason}")]
    NoAdapter {
        /// The student's shape, batch first.
        student: Vec<usize>,
        /// The teacher's shape, batch first.
        teacher: Vec<usize>,
        /// Why not, and what to do instead.
        reason: &'static str,
    },

    /// Layers that are others than they were.
    #[error(
        "the {side}'s layers were {} and now are {}; give the same layers, in the same order, every time",
        quoted(known),
        quoted(found)
    )]
    OtherLayers {
        /// Whose they are: `student` or `teacher`.
        side: &'static str,
        /// The names there were at first.
        known: Vec<String>,
        /// The names there are now.
        found: Vec<String>,
    },

    /// More layers of a student than layers of its teacher, where each wants one of its own.
    #[error(
        "the student has {student} layers and the teacher {teacher}, but each of the student's wants one of its own; \
         leave some of the student's out, or let several share one with `Matching::BestForEach`"
    )]
    TooFewLayers {
        /// How many the student has.
        student: usize,
        /// How many the teacher has.
        teacher: usize,
    },

    /// A sample that cannot be served, or that nothing can be learnt from; nothing has changed.
    #[error("{owner}: sample {sample} {reason}")]
    Sample {
        /// The type that was asked, such as `PastPredictions`.
        owner: &'static str,
        /// The sample's number in the dataset, or its place among those that were given.
        sample: usize,
        /// What is wrong with it, and what to do.
        reason: String,
    },

    /// A file that cannot be read.
    #[error("cannot read {}: {source}. Check that the file exists and may be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A file that cannot be written; what was there before still is.
    #[error("cannot write {}: {source}. Choose another place, or make room there", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },

    /// A generation that was not kept.
    #[error("there is no {}; generations there: {}. Train it first, or take one of these", path.display(), numbers(known))]
    MissingGeneration {
        /// The file it would be.
        path: PathBuf,
        /// Which generations there are.
        known: Vec<usize>,
    },

    /// A file with the parameters of another network.
    #[error("{} does not fit this network: {reason}. Make the network as it was when it was saved", path.display())]
    OtherNetwork {
        /// The file.
        path: PathBuf,
        /// Which parameters differ, and how.
        reason: String,
    },

    /// A file that can be read but is not the configuration it should be.
    #[error("{} is not a valid {expected}: {reason}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// The type that was to be read.
        expected: &'static str,
        /// What the parser said.
        reason: String,
    },
}

fn has(side: &Option<&'static str>) -> String {
    side.map_or("there is".into(), |side| format!("the {side} has"))
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    if quoted.is_empty() {
        "none at all".into()
    } else {
        quoted.join(", ")
    }
}

fn numbers(known: &[usize]) -> String {
    let numbers: Vec<String> = known.iter().map(usize::to_string).collect();
    if numbers.is_empty() {
        "none".into()
    } else {
        numbers.join(", ")
    }
}
