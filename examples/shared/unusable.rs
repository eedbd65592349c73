//! What cannot be gone on with: what lies in a folder, and what a training has become.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Map, Value};
use thiserror::Error;

/// A folder, a file in it, or a training that cannot be gone on with.
#[derive(Debug, Error)]
pub enum Unusable {
    /// A state that cannot be written down.
    #[error("cannot write down the state of the training: {reason}")]
    State {
        /// What Burn says.
        reason: String,
    },
    /// A checkpoint that is not whole.
    #[error("{} is damaged: {reason}; remove its folder to begin this training anew", .path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Work that was begun otherwise.
    #[error(
        "{} is of other work ({}); give the options it was begun with, another folder, or remove the one it is in",
        .path.display(),
        differences("", found, wanted).join("; ")
    )]
    OtherPlan {
        /// The file.
        path: PathBuf,
        /// What was done.
        found: Value,
        /// What is to be done.
        wanted: Value,
    },
    /// A training that has become numbers that are none.
    #[error(
        "{training}: {loss} is {value} at step {step}; begin it anew with a lower learning rate, or with another \
         network"
    )]
    Diverged {
        /// The training's name.
        training: String,
        /// The loss.
        loss: String,
        /// Its value.
        value: f64,
        /// The step, counted from 1.
        step: usize,
    },
    /// A network that tells other classes.
    #[error("{} {}, and the texts are of {wanted}; give the texts it was taught", .path.display(), tells(found))]
    OtherClasses {
        /// The network's folder.
        path: PathBuf,
        /// What it tells.
        found: String,
        /// What is asked.
        wanted: String,
    },
    /// A teacher of the language without a head for tokens.
    #[error(
        "{} has no head for tokens, and so no soft labels of them; make it a teacher with `prepare` first",
        .path.display()
    )]
    NoTokens {
        /// The network's folder.
        path: PathBuf,
    },
    /// A type of numbers that a device does not compute in.
    #[error("the device does not compute in {precision}; take another device, or let the teacher be of f32")]
    Precision {
        /// The type.
        precision: String,
    },
    /// A teacher that reads other tokens than its student.
    #[error("{} reads other tokens than its student; give a teacher and a student with one tokenizer", .path.display())]
    OtherTokens {
        /// The teacher's folder.
        path: PathBuf,
    },
    /// A teacher of another width than its student.
    #[error(
        "{} is {teacher} wide and its student {student}, and what they make of texts is compared as it is; give two \
         that are as wide, such as a student that `distil` made",
        .path.display()
    )]
    OtherWidth {
        /// The teacher's folder.
        path: PathBuf,
        /// How wide the teacher is.
        teacher: usize,
        /// How wide the student is.
        student: usize,
    },
}

fn tells(classes: &str) -> String {
    if classes.is_empty() {
        "tells no classes".into()
    } else {
        format!("tells the classes {classes}")
    }
}

/// Where two plans differ, each by its name.
fn differences(name: &str, found: &Value, wanted: &Value) -> Vec<String> {
    let below = |part: &str| match name {
        "" => part.to_owned(),
        _ => format!("{name}.{part}"),
    };
    match (found, wanted) {
        _ if found == wanted => Vec::new(),
        (Value::Object(found), Value::Object(wanted)) => {
            let parts: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
            let of = |plan: &Map<String, Value>, part: &str| plan.get(part).cloned().unwrap_or_default();
            parts
                .into_iter()
                .flat_map(|part| differences(&below(part), &of(found, part), &of(wanted, part)))
                .collect()
        }
        (Value::Array(found), Value::Array(wanted)) if found.len() == wanted.len() => found
            .iter()
            .zip(wanted)
            .enumerate()
            .flat_map(|(place, (found, wanted))| differences(&below(&place.to_string()), found, wanted))
            .collect(),
        _ if name.is_empty() => vec![format!("{found} there, {wanted} asked for")],
        _ => vec![format!("{name}: {found} there, {wanted} asked for")],
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_two_plans_is_told_what_differs() {
        let plan =
            |steps: usize, corpus: Option<&str>| json!({ "training": { "steps": steps, "seed": 1 }, "corpus": corpus });
        let found = differences("", &plan(5, None), &plan(6, Some("books")));
        assert_eq!(
            found,
            [
                r#"corpus: null there, "books" asked for"#,
                "training.steps: 5 there, 6 asked for"
            ]
        );
        assert_eq!(differences("", &plan(5, None), &plan(5, None)), [""; 0]);
        assert_eq!(
            differences("", &json!([1, 2]), &json!([1, 3])),
            ["1: 2 there, 3 asked for"]
        );
        assert_eq!(differences("", &json!(1), &json!(2)), ["1 there, 2 asked for"]);
        assert_eq!(
            differences("", &json!({}), &json!({ "layers": 2 })),
            ["layers: null there, 2 asked for"]
        );
    }
}
