//! Weights as Hugging Face keeps them, a file of safetensors.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::Path,
};

use burn::module::Module;
use half::{bf16, f16};
use kd_core::{Error, write_whole};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::{Bert, BertHead, names, parameters};

/// What the file is called.
pub(super) const NAME: &str = "model.safetensors";

/// Which weights are read.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    /// All that the network has.
    All,
    /// Embeddings and layers.
    Encoder,
}

/// Lists the files of a large model, whose weights are in several.
const INDEX: &str = "model.safetensors.index.json";
const IN_PIECES: &str = "the weights are in several files, which model.safetensors.index.json lists, and one is read; \
                         `save_pretrained(folder, max_shard_size=\"50GB\")` of Python's `transformers` writes them as one";

/// Writes all weights whole or not at all. `before` runs when they are written and not yet in their place.
pub(super) fn save(bert: &Bert, path: &Path, before: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    let with_head = bert.config().head != BertHead::None;
    let bytes = |values: Vec<f32>| values.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>();
    // Adapters are folded in: nobody else knows their names.
    let arrays: Vec<_> = parameters::values(&bert.clone().materialize())
        .into_iter()
        .map(|(name, shape, values)| (names::in_file(&name, with_head), shape, bytes(values)))
        .collect();
    let views = arrays.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes);
        (name, view.expect("an array has the bytes of its shape"))
    });
    // Without it, `transformers` opens no file.
    let about = HashMap::from([("format".into(), "pt".into())]);
    let mut refused = None;
    let written = write_whole(path, |temporary| {
        safetensors::serialize_to_file(views, Some(about), temporary).map_err(io::Error::other)?;
        before().map_err(|error| {
            refused = Some(error);
            io::ErrorKind::Other.into()
        })
    });
    // What was refused before names its own file, and the weights are not to blame.
    refused.map_or(written, Err)
}

/// The network with the weights of the file; unless all are there and fit, nothing is.
pub(super) fn load(bert: Bert, path: &Path, part: Part) -> Result<Bert, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source: if is_in_pieces(path) {
            io::Error::new(source.kind(), IN_PIECES)
        } else {
            source
        },
    })?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| Error::Damaged {
        path: path.to_owned(),
        reason: error.to_string(),
        remedy: "Fetch it anew, as a file of safetensors",
    })?;
    let mut comparison = Comparison::default();
    let mut file = comparison.by_name(&tensors);
    let all = parameters::shapes(&bert);
    let has = |part: &str| all.iter().any(|(name, _)| name.starts_with(part));
    if has("cls.predictions.") && part == Part::All {
        comparison.tied(&mut file);
    }

    let mut values = HashMap::new();
    for (name, shape) in &all {
        let tensor = file.remove(name);
        if part == Part::All || names::of_encoder(name) {
            values.extend(comparison.value(name, shape, tensor));
        }
    }
    // What is left belongs to a head that is not wanted, or to something else. Whose encoder it is does not matter to the encoder.
    let left = file.into_keys().filter(|name| match (part, names::part(name)) {
        (Part::All, Some(of)) => has(of),
        (Part::All, None) => true,
        (Part::Encoder, _) => names::of_encoder(name),
    });
    comparison.unexpected.extend(left);
    comparison.finish(path)?;
    // The network takes as much room again.
    drop(bytes);
    Ok(parameters::with_values(bert, values))
}

/// Whether the file is not there because there are several in its place.
fn is_in_pieces(path: &Path) -> bool {
    !path.exists() && path.with_file_name(INDEX).exists()
}

/// How a file and a network differ.
#[derive(Default)]
struct Comparison {
    missing: Vec<String>,
    unexpected: Vec<String>,
    differing: Vec<String>,
}

type ByName<'a> = BTreeMap<String, TensorView<'a>>;

impl Comparison {
    /// What the file has, by names without prefix and age.
    fn by_name<'a>(&mut self, tensors: &SafeTensors<'a>) -> ByName<'a> {
        let mut file = ByName::new();
        for (in_file, tensor) in tensors.tensors() {
            let name = names::of_file(&in_file);
            if names::is_buffer(&name) {
                continue;
            }
            if file.insert(name, tensor).is_some() {
                self.differing
                    .push(format!("'{in_file}' is there under another name as well"));
            }
        }
        file
    }

    /// The output matrix of the head for tokens, and its bias, are no weights of their own: if they are there, they must be the ones
    /// that they are tied to.
    fn tied(&mut self, file: &mut ByName) {
        for (copy, original) in [
            ("cls.predictions.decoder.weight", "embeddings.word_embeddings.weight"),
            ("cls.predictions.decoder.bias", "cls.predictions.bias"),
        ] {
            let Some(found) = file.remove(copy) else {
                continue;
            };
            match file.get(original) {
                Some(tied) if tied != &found => self.differing.push(format!(
                    "'{copy}' differs from '{original}', which takes its place here: this is a network whose output is not tied"
                )),
                Some(_) => {}
                None => {
                    file.insert(original.to_owned(), found);
                }
            }
        }
    }

    /// The values of the parameter of this name, if they are there and fit.
    fn value(&mut self, name: &str, shape: &[usize], tensor: Option<TensorView>) -> Option<(String, Vec<f32>)> {
        let Some(tensor) = tensor else {
            self.missing.push(name.to_owned());
            return None;
        };
        let values = floats(&tensor);
        if tensor.shape() != shape || values.is_none() {
            self.differing.push(format!(
                "'{name}' is {} of shape {:?}, not F32, F16 or BF16 of shape {shape:?}",
                tensor.dtype(),
                tensor.shape()
            ));
        }
        values.map(|values| (name.to_owned(), values))
    }

    fn finish(self, path: &Path) -> Result<(), Error> {
        if self.missing.is_empty() && self.unexpected.is_empty() && self.differing.is_empty() {
            return Ok(());
        }
        Err(Error::OtherWeights {
            path: path.to_owned(),
            missing: self.missing,
            unexpected: self.unexpected,
            differing: self.differing,
        })
    }
}

/// A tensor's numbers, if they are floats of a kind that weights are kept in.
fn floats(tensor: &TensorView) -> Option<Vec<f32>> {
    let bytes = tensor.data();
    let halves = || bytes.as_chunks::<2>().0.iter().copied();
    Some(match tensor.dtype() {
        Dtype::F32 => bytes
            .as_chunks::<4>()
            .0
            .iter()
            .copied()
            .map(f32::from_le_bytes)
            .collect(),
        Dtype::F16 => halves().map(|half| f16::from_le_bytes(half).to_f32()).collect(),
        Dtype::BF16 => halves().map(|half| bf16::from_le_bytes(half).to_f32()).collect(),
        _ => return None,
    })
}
