//! What stands in the way of a transplant.

use super::{
    Transplant,
    parameters::Parameter,
    paths::{below, join, numbered},
};

/// As many as one reads.
const SHOWN: usize = 8;

/// All that is wrong, each with what to do; nothing if all is well. `pairs` are the student's parameters, with the teacher's where
/// there is one.
pub(crate) fn faults(
    transplant: &Transplant,
    pairs: &[(&Parameter, Option<&Parameter>)],
    theirs: &[Parameter],
) -> Vec<String> {
    let mut faults = nowhere(transplant, pairs, theirs);
    if faults.is_empty() {
        faults = pairs
            .iter()
            .filter_map(|(ours, theirs)| differ(ours, (*theirs)?))
            .collect();
    }
    if faults.is_empty() && pairs.iter().all(|(_, source)| source.is_none()) {
        faults.push(format!(
            "no parameter of the student is called like one of the teacher's: there are {} and {}; say which is which by \
             `with_part`",
            begin(pairs.iter().map(|(ours, _)| *ours)),
            begin(theirs)
        ));
    }
    if let Some(more) = faults.len().checked_sub(SHOWN + 1) {
        faults.truncate(SHOWN);
        faults.push(format!("and {} more", more + 1));
    }
    faults
}

/// Paths that were named and lead nowhere, on one side or on the other, and layers and parts that get nothing.
fn nowhere(transplant: &Transplant, pairs: &[(&Parameter, Option<&Parameter>)], theirs: &[Parameter]) -> Vec<String> {
    let ours = || pairs.iter().map(|(ours, _)| *ours);
    let mut faults = Vec::new();
    let mut missing = |side, path: &str, what, begin: String| {
        faults.push(format!(
            "the {side} has no {what} '{path}'; its paths begin with {begin}"
        ));
    };
    for layers in &transplant.layers {
        if !ours().any(|parameter| numbered(&parameter.path, &layers.student).is_some()) {
            missing("student", &layers.student, "layers numbered below", begin(ours()));
        }
        if !theirs
            .iter()
            .any(|parameter| numbered(&parameter.path, &layers.teacher).is_some())
        {
            missing("teacher", &layers.teacher, "layers numbered below", begin(theirs));
        }
    }
    let named = transplant.parts.iter().map(|(student, _)| student);
    for path in named.chain(&transplant.fresh) {
        if !ours().any(|parameter| below(&parameter.path, path).is_some()) {
            missing("student", path, "parameter at or below", begin(ours()));
        }
    }
    for (_, path) in &transplant.parts {
        if !theirs.iter().any(|parameter| below(&parameter.path, path).is_some()) {
            missing("teacher", path, "parameter at or below", begin(theirs));
        }
    }
    if faults.is_empty() {
        faults = with_nothing(transplant, pairs);
    }
    faults
}

/// A name inside a layer that is another on the other side would leave all layers as they were.
fn with_nothing(transplant: &Transplant, pairs: &[(&Parameter, Option<&Parameter>)]) -> Vec<String> {
    let mut named: Vec<String> = transplant.parts.iter().map(|(student, _)| student.clone()).collect();
    for layers in &transplant.layers {
        let numbers = pairs
            .iter()
            .filter_map(|(ours, _)| numbered(&ours.path, &layers.student));
        named.extend(numbers.map(|(number, _)| join(&[&layers.student, &number.to_string()])));
    }
    named.dedup();
    let kept = |path: &str| transplant.fresh.iter().any(|part| below(path, part).is_some());
    named.retain(|path| {
        let inside = || pairs.iter().filter(|(ours, _)| below(&ours.path, path).is_some());
        inside().all(|(_, source)| source.is_none()) && inside().any(|(ours, _)| !kept(&ours.path))
    });
    let fault = |path: &String| {
        format!(
            "'{path}' of the student gets nothing, since no parameter of it is called as in the teacher; say what is which by \
             `with_part`, or leave it out by `without(\"{path}\")`"
        )
    };
    named.iter().map(fault).collect()
}

fn differ(ours: &Parameter, theirs: &Parameter) -> Option<String> {
    if ours.kind != theirs.kind {
        return Some(format!(
            "'{}' holds {}s in the student, and the teacher's '{}' holds {}s; leave it out by `without(\"{}\")`",
            ours.path, ours.kind, theirs.path, theirs.kind, ours.path
        ));
    }
    (ours.shape != theirs.shape).then(|| {
        format!(
            "'{}' is {:?} in the student, and the teacher's '{}' is {:?}; make them alike, or leave it out by `without(\"{}\")`",
            ours.path, ours.shape, theirs.path, theirs.shape, ours.path
        )
    })
}

/// The first names of the paths, each once.
fn begin<'a>(parameters: impl IntoIterator<Item = &'a Parameter>) -> String {
    let first = |parameter: &'a Parameter| parameter.path.split('.').next().unwrap_or_default();
    let mut names: Vec<&str> = parameters.into_iter().map(first).collect();
    names.dedup();
    let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    if names.is_empty() {
        "nothing at all".into()
    } else {
        names.join(", ")
    }
}
