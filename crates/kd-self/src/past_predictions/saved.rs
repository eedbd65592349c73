//! The memory as a file.

use std::path::Path;

use kd_core::Error;
use safetensors::Dtype;

use super::{Epoch, PastPredictions, PastPredictionsConfig};
use crate::tensor_file;

const FILE: &str = "memory of past predictions";

impl PastPredictions {
    /// Writes both tables, so that a training can go on in the middle of an epoch. Whoever reads the file finds the old
    /// memory or the new one, and never half of one.
    ///
    /// The file is in the layout of safetensors: `last.logits` and `this.logits` of F32 or F16, `[samples, classes]`;
    /// `last.seen` and `this.seen` of BOOL, `[samples]`; `epoch` of U64.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if the file cannot be written; what was there before still is.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let (dtype, samples) = (self.config.safetensors(), self.samples());
        let table = || vec![samples, self.classes()];
        let epoch = (self.epoch as u64).to_le_bytes();
        let arrays: Vec<tensor_file::Array> = vec![
            ("epoch", Dtype::U64, vec![], &epoch),
            ("last.logits", dtype, table(), &self.last.logits),
            ("last.seen", Dtype::BOOL, vec![samples], &self.last.seen),
            ("this.logits", dtype, table(), &self.this.logits),
            ("this.seen", Dtype::BOOL, vec![samples], &self.this.seen),
        ];
        tensor_file::save(path.as_ref(), FILE, arrays)
    }

    /// Reads what [`save`](Self::save) wrote, to the bit. While it does, the file's bytes and both tables are in memory at
    /// once: twice what the memory takes afterwards.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, and [`Error::Config`] if it is no memory of past predictions, or one of
    /// other numbers of samples or classes, or of another precision, than `config` says.
    pub fn load(path: impl AsRef<Path>, config: &PastPredictionsConfig) -> Result<Self, Error> {
        tensor_file::load(path.as_ref(), FILE, |contents| Self::of(contents, config))
    }

    fn of(contents: &tensor_file::Contents, config: &PastPredictionsConfig) -> Result<Self, String> {
        let epoch = contents
            .bytes("epoch", Dtype::U64, &[])?
            .as_array()
            .map(|&epoch| u64::from_le_bytes(epoch));
        let part = |logits: &str, seen: &str| {
            let logits = contents.bytes(logits, config.safetensors(), &[config.samples, config.classes])?;
            let seen = contents.bytes(seen, Dtype::BOOL, &[config.samples])?;
            match seen.iter().all(|&seen| seen <= 1) {
                true => Ok(Epoch {
                    logits: logits.to_vec(),
                    seen: seen.to_vec(),
                }),
                false => Err(String::from("what was seen is neither true nor false")),
            }
        };
        Ok(Self {
            config: config.clone(),
            last: part("last.logits", "last.seen")?,
            this: part("this.logits", "this.seen")?,
            epoch: epoch
                .filter(|&epoch| epoch > 0)
                .ok_or("its epoch is not a number above 0")? as usize,
        })
    }
}

impl PastPredictionsConfig {
    fn safetensors(&self) -> Dtype {
        if self.half { Dtype::F16 } else { Dtype::F32 }
    }
}
