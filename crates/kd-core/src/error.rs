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
    #[error("there is no layer '{name}'; there are {}", quoted(known))]
    UnknownLayer {
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

    /// A file that cannot be read.
    #[error("cannot read {}: {source}. Check that the file exists and may be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
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

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    if quoted.is_empty() {
        "none at all".into()
    } else {
        quoted.join(", ")
    }
}
