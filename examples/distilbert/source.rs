//! Where model, corpus and tasks come from: what was asked for, or what comes with the program.

use std::path::{Path, PathBuf};

use burn::prelude::*;
use kd_examples::failure::Failure;
use kd_examples::text::labelled::LabelledTexts;
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
