//! Where model, corpus and tasks come from: what was asked for, or what comes with the program.

use std::path::{Path, PathBuf};

use burn::prelude::*;
use kd_examples::failure::Failure;
use kd_examples::text::labelled::LabelledTexts;
use kd_examples::text::text_error::TextError;
use kd_examples::text::{corpus, embedded, hub};

use crate::options::ModelOptions;
use crate::prepare::{self, Head};
use crate::reader::Reader;

/// The model that is to be the teacher, and what is left to be trained of it.
///
/// # Errors
///
/// [`Failure`] when it cannot be had.
pub fn model(options: &ModelOptions, device: &Device) -> Result<(Reader, Head), Failure> {
    match folder(options)? {
        Some(folder) => prepare::teacher(&folder, device),
        None => Ok((Reader::tiny(device), Head::WithTheLayers)),
    }
}

/// The folder with the model's files, if there is one.
///
/// # Errors
///
/// [`Failure`] when it cannot be fetched.
pub fn folder(options: &ModelOptions) -> Result<Option<PathBuf>, Failure> {
    Ok(match (&options.model_dir, &options.hub) {
        (Some(folder), _) => Some(folder.clone()),
        (None, Some(name)) => Some(hub::fetch(name)?),
        (None, None) => None,
    })
}

/// The texts of a corpus.
///
/// # Errors
///
/// [`Failure`] when they cannot be read.
pub fn texts(path: Option<&Path>) -> Result<Vec<String>, Failure> {
    match path {
        Some(path) => Ok(corpus::load(path)?),
        None => Ok(embedded::corpus()),
    }
}

/// The texts of a task.
///
/// # Errors
///
/// [`Failure`] when they cannot be read.
pub fn task(path: Option<&Path>) -> Result<LabelledTexts, Failure> {
    match path {
        Some(path) => Ok(LabelledTexts::load(path)?),
        None => Ok(embedded::sentences()),
    }
}

/// The texts of these tasks, or of the one that comes with the program.
///
/// # Errors
///
/// [`Failure`] when they cannot be read, or two tasks are called the same.
pub fn tasks(files: &[PathBuf]) -> Result<Vec<LabelledTexts>, Failure> {
    if files.is_empty() {
        return Ok(vec![task(None)?]);
    }
    let tasks: Result<Vec<LabelledTexts>, Failure> = files.iter().map(|file| task(Some(file))).collect();
    let tasks = tasks?;
    for (place, task) in tasks.iter().enumerate() {
        if tasks[..place].iter().any(|other| other.name == task.name) {
            return Err(TextError::SameName {
                name: task.name.clone(),
            }
            .into());
        }
    }
    Ok(tasks)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use kd::write_whole;

    use super::*;

    #[test]
    fn tasks_of_one_name_would_be_taken_for_one_and_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let lines: String = (0..20)
            .map(|n| format!("{}\ttext {n}\n", ["up", "down"][n % 2]))
            .collect();
        let files = ["a/mood.tsv", "a/taste.tsv", "b/mood.tsv"].map(|name| folder.path().join(name));
        for file in &files {
            write_whole(file, |temporary| fs::write(temporary, &lines)).unwrap();
        }
        assert_eq!(tasks(&files[..2]).unwrap().len(), 2);
        let message = tasks(&files).unwrap_err().to_string();
        assert!(message.contains("two tasks called \"mood\""), "{message}");
        assert_eq!(tasks(&[]).unwrap()[0].name, "sentences");
    }
}
