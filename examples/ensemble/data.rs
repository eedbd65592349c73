//! Images for every purpose: digits or photos, to learn from, to validate with, to test on.

use kd_examples::cifar10;
use kd_examples::data::{self, DataError, Wanted};
use kd_examples::failure::Failure;
use serde::Serialize;

use crate::images::Images;
use crate::network::Shape;
use crate::options::{Kind, Options};
use crate::recipe::Recipe;

/// Images for every purpose, and where they came from.
pub struct Data {
    /// To learn from.
    pub train: Images,
    /// Training images that no network learns from: weights of members are fitted on them.
    pub validation: Images,
    /// To be tested on.
    pub test: Images,
    /// Where they came from.
    pub source: Source,
}

/// Where the images came from, and how many they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// In words.
    pub name: String,
    /// Images to learn from.
    pub train: usize,
    /// Images held out.
    pub validation: usize,
    /// Images tested on.
    pub test: usize,
    /// Whether these are the validation images.
    pub validated: bool,
}

/// Loads what these options ask for.
///
/// # Errors
///
/// [`Failure`] when the images aren't there, aren't what they should be or are too few.
pub fn load(options: &Options, recipe: &Recipe) -> Result<Data, Failure> {
    match options.data {
        Kind::Mnist => digits(options, recipe),
        Kind::Cifar10 => photos(options, recipe),
    }
}

fn digits(options: &Options, recipe: &Recipe) -> Result<Data, Failure> {
    let amounts = recipe.amounts;
    let data = data::load(&Wanted {
        folder: options.data_dir.clone(),
        all: options.full,
        ..Wanted::default()
    })?;
    let held_out = amounts.validation;
    let rest = data.train.len().checked_sub(held_out).filter(|rest| *rest > 0);
    let rest = rest.ok_or(DataError::Holdout {
        count: held_out,
        train: data.train.len(),
    })?;
    let (train, validation) = data.train.split_at(rest);
    let first = |digits: kd_examples::digits::Digits, count: Option<usize>| {
        let count = count.unwrap_or(digits.len()).min(digits.len());
        digits.split_at(count).0
    };
    let test = if options.validate {
        validation.clone()
    } else {
        data.test
    };
    let images = [first(train, amounts.train), validation, first(test, amounts.test)].map(Images::Digits);
    Ok(Data::new(data.source.name, images, options.validate))
}

fn photos(options: &Options, recipe: &Recipe) -> Result<Data, Failure> {
    let data = cifar10::data::load(options.data_dir.as_deref(), recipe.amounts, options.validate)?;
    let side = match recipe.shape {
        Shape::Residual(_, side) => side,
        Shape::Mlp(_) => kd_examples::cifar10::photos::SIDE,
    };
    let images = [data.train, data.validation, data.test].map(|photos| Images::Photos { photos, side });
    Ok(Data::new(data.source.name, images, options.validate))
}

impl Data {
    fn new(name: String, [train, validation, test]: [Images; 3], validated: bool) -> Self {
        let source = Source {
            name,
            train: train.len(),
            validation: validation.len(),
            test: test.len(),
            validated,
        };
        Self {
            train,
            validation,
            test,
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn loaded(arguments: &[&str]) -> Result<Data, Failure> {
        let options = Options::parse_from([&["ensemble"], arguments].concat());
        load(&options, &options.recipe())
    }

    #[test]
    fn nobody_learns_from_what_is_held_out() {
        let data = loaded(&[]).unwrap();
        let source = &data.source;
        assert_eq!((source.train, source.validation, source.test), (11_000, 1000, 10_000));
        let data = loaded(&["--quick", "--validate"]).unwrap();
        let source = &data.source;
        assert_eq!((source.train, source.validation, source.test), (600, 200, 200));
        assert_eq!(data.test.labels(), data.validation.labels());
    }

    #[test]
    fn a_missing_folder_is_named() {
        let message = loaded(&["--data-dir", "/nowhere"]).err().expect("an error").to_string();
        assert!(message.contains("/nowhere"), "{message}");
    }
}
