//! The memory as a file.

use std::path::Path;

use kd_core::Error;

use super::{Epoch, PastPredictions, PastPredictionsConfig};
use crate::tensor_file;

const FILE: &str = "memory of past predictions";

impl PastPredictions {
    /// Writes both tables, so that a training can go on in the middle of an epoch. Whoever reads the file finds the old
    /// memory or the new one, and never half of one.
    ///
    /// The file is in the layout of safetensors: `last.logits` and `this.logits` of F32 or F16, `[samples, classes]`;
    /// `last.seen` and `this.seen` of BOOL, `[samples]`; the epoch as metadata.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let array = |name, dtype, shape: &[usize], bytes| tensor_file::Array {
            name,
            dtype,
            shape: shape.to_vec(),
            bytes,
        };
        let (dtype, samples) = (self.config.safetensors(), self.samples());
        let table = [samples, self.classes()];
        let arrays = [
            array("last.logits", dtype, &table, self.last.logits.as_slice()),
            array("last.seen", "BOOL", &[samples], &self.last.seen),
            array("this.logits", dtype, &table, &self.this.logits),
            array("this.seen", "BOOL", &[samples], &self.this.seen),
        ];
        let about = [("holds", FILE.into()), ("epoch", self.epoch.to_string())];
        tensor_file::save(path.as_ref(), &about, &arrays)
    }

    /// Reads what [`save`](Self::save) wrote, to the bit.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, and [`Error::Config`] if it is no memory of past predictions, or one of
    /// other numbers of samples or classes, or of another precision, than `config` says.
    pub fn load(path: impl AsRef<Path>, config: &PastPredictionsConfig) -> Result<Self, Error> {
        let path = path.as_ref();
        let mut contents = tensor_file::load(path, FILE)?;
        Self::of(&mut contents, config).map_err(|reason| tensor_file::invalid(path, FILE, reason))
    }

    fn of(contents: &mut tensor_file::Contents, config: &PastPredictionsConfig) -> Result<Self, String> {
        if contents.about("holds")? != FILE {
            return Err(format!("it holds another thing, a {}", contents.about("holds")?));
        }
        let epoch = contents.about("epoch")?.parse().ok().filter(|&epoch| epoch > 0);
        let mut part = |logits: &str, seen: &str| {
            let (table, size) = ([config.samples, config.classes], config.dtype().size());
            let logits = contents.take_as(logits, config.safetensors(), &table, size)?;
            let seen = contents.take_as(seen, "BOOL", &[config.samples], 1)?;
            match seen.iter().all(|&seen| seen <= 1) {
                true => Ok(Epoch { logits, seen }),
                false => Err(String::from("what was seen is neither true nor false")),
            }
        };
        Ok(Self {
            config: config.clone(),
            last: part("last.logits", "last.seen")?,
            this: part("this.logits", "this.seen")?,
            epoch: epoch.ok_or("its epoch is not a number above 0")?,
        })
    }
}

impl PastPredictionsConfig {
    fn safetensors(&self) -> &'static str {
        if self.half { "F16" } else { "F32" }
    }
}
