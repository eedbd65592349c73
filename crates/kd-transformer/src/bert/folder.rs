//! A network as a folder of Hugging Face's.

use std::path::Path;

use burn::tensor::Device;
use kd_core::Error;

use super::{Bert, BertConfig, config_file, weights};

impl Bert {
    /// Reads a folder with `config.json` and `model.safetensors`, as Hugging Face keeps it or [`save`](Self::save) wrote it.
    ///
    /// # Errors
    ///
    /// Those of [`BertConfig::from_hugging_face`] and of [`with_weights`](Self::with_weights). Weights in several files, as those of
    /// large models are, are not read, and [`Error::Read`] says so.
    pub fn load(folder: impl AsRef<Path>, device: &Device) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let config = BertConfig::from_hugging_face(folder.join(config_file::NAME))?;
        config.try_init(device)?.with_weights(folder.join(weights::NAME))
    }

    /// Writes `config.json` and `model.safetensors` into a folder, which is made if it is not there. `transformers` opens it.
    ///
    /// Floats are written as f32, and adapters (LoRA) folded into their weights.
    ///
    /// # Errors
    ///
    /// [`Error::Write`] if a file cannot be written; what was there before still is. Two files cannot take their places at once: a
    /// program that is killed between leaves the new configuration with the old weights, which the next [`load`](Self::load) refuses
    /// unless they fit it.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        std::fs::create_dir_all(folder).map_err(|source| Error::Write {
            path: folder.to_owned(),
            source,
        })?;
        // The configuration takes its place when the weights, which need more room, are there to take theirs.
        weights::save(self, &folder.join(weights::NAME), || {
            self.config().write_hugging_face(folder.join(config_file::NAME))
        })
    }

    /// This network with the weights of a file, which must have them all. The file may have a pooler or a head that the network has
    /// not; that is left where it is.
    ///
    /// Known are Hugging Face's names, with `bert.` before them or without, and the `gamma` and `beta` of old files. Floats may be f32,
    /// f16 or bf16. Buffers of positions are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, [`Error::Damaged`] if it is not whole, and [`Error::OtherWeights`] if it lacks weights,
    /// has others, or has them in other shapes; all of them are named.
    pub fn with_weights(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        weights::load(self, path.as_ref(), weights::Part::All)
    }

    /// The same for embeddings and layers alone; pooler and head stay as they are, such as new. The file may have any other head.
    ///
    /// # Errors
    ///
    /// Those of [`with_weights`](Self::with_weights).
    pub fn with_encoder_weights(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        weights::load(self, path.as_ref(), weights::Part::Encoder)
    }
}
