use std::{
    fs::File,
    ops::Range,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use kd_core::Error;
use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::{
    form::{Form, Rows},
    manifest::ShardEntry,
    pending::Pending,
};

/// The column of ids.
pub(crate) const IDS: &str = "ids";

/// A whole file of samples, mapped into memory.
pub(crate) struct Shard {
    path: PathBuf,
    map: Mmap,
    ids: Range<usize>,
    columns: Vec<Range<usize>>,
    crc32: u32,
    /// Whether the whole file is what was written, once someone has looked.
    intact: OnceLock<bool>,
}

impl Shard {
    /// Opens a shard and checks its size, its header and its ids, but not yet what it holds of them.
    pub fn open(folder: &Path, entry: &ShardEntry, form: &Form) -> Result<Self, Error> {
        let path = folder.join(&entry.file);
        let unreadable = |source| Error::Read {
            path: path.clone(),
            source,
        };
        let file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(damaged(path, "it is missing".into()));
            }
            file => file.map_err(unreadable)?,
        };
        let bytes = file.metadata().map_err(unreadable)?.len();
        if bytes != entry.bytes || bytes == 0 {
            let reason = format!("it has {bytes} bytes and not {}", entry.bytes);
            return Err(damaged(path, reason));
        }
        let map = map(&file).map_err(unreadable)?;
        let (ids, columns) = match find(&map, entry.samples, form) {
            Ok(found) => found,
            Err(reason) => return Err(damaged(path, reason)),
        };
        if crc32fast::hash(&map[ids.clone()]) != entry.ids_crc32 {
            return Err(damaged(path, "the checksum of its ids is another".into()));
        }
        Ok(Self {
            path,
            map,
            ids,
            columns,
            crc32: entry.crc32,
            intact: OnceLock::new(),
        })
    }

    pub fn ids(&self) -> impl Iterator<Item = u64> {
        let ids = self.map[self.ids.clone()].as_chunks().0;
        ids.iter().map(|&id| u64::from_le_bytes(id))
    }

    /// Whether the file is what was written. The first call reads all of it, later ones remember.
    pub fn verify(&self) -> Result<(), Error> {
        match self.intact.get_or_init(|| crc32fast::hash(&self.map) == self.crc32) {
            true => Ok(()),
            false => Err(damaged(self.path.clone(), "its checksum is another".into())),
        }
    }
}

impl Rows for Shard {
    fn column(&self, index: usize) -> &[u8] {
        &self.map[self.columns[index].clone()]
    }
}

/// The file of what waits, and what the manifest is to know of it.
pub(crate) fn encode(file: String, pending: &Pending, form: &Form) -> (Vec<u8>, ShardEntry) {
    let samples = pending.ids.len();
    let ids: Vec<u8> = pending.ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    let view = |dtype, shape, bytes| TensorView::new(dtype, shape, bytes).expect("as many bytes as the shape wants");
    let mut tensors = vec![(IDS, view(Dtype::U64, vec![samples], &ids))];
    for (column, bytes) in form.columns.iter().zip(&pending.columns) {
        let shape = [&[samples], column.shape.as_slice()].concat();
        tensors.push((&column.name, view(column.dtype.as_safetensors(), shape, bytes)));
    }
    let bytes = safetensors::serialize(tensors, None).expect("distinct names");
    let entry = ShardEntry {
        file,
        samples,
        bytes: bytes.len() as u64,
        crc32: crc32fast::hash(&bytes),
        ids_crc32: crc32fast::hash(&ids),
    };
    (bytes, entry)
}

/// Where the ids and the columns are, or why they are not.
fn find(map: &[u8], samples: usize, form: &Form) -> Result<(Range<usize>, Vec<Range<usize>>), String> {
    let tensors = SafeTensors::deserialize(map).map_err(|error| format!("it is no safetensors file, {error}"))?;
    let find = |name: &str, dtype: Dtype, shape: &[usize]| {
        let tensor = tensors.tensor(name).map_err(|_| format!("it has no '{name}'"))?;
        if tensor.dtype() != dtype || tensor.shape()[..] != [&[samples], shape].concat() {
            let (dtype, shape) = (tensor.dtype(), tensor.shape());
            return Err(format!(
                "'{name}' is {dtype} {shape:?}, which is not what the manifest says"
            ));
        }
        let start = tensor.data().as_ptr().addr() - map.as_ptr().addr();
        Ok(start..start + tensor.data().len())
    };
    let columns = form.columns.iter();
    let columns = columns.map(|column| find(&column.name, column.dtype.as_safetensors(), &column.shape));
    Ok((find(IDS, Dtype::U64, &[])?, columns.collect::<Result<_, _>>()?))
}

fn damaged(path: PathBuf, reason: String) -> Error {
    Error::Damaged {
        path,
        reason,
        remedy: "Delete it and open the cache for writing, which then records again what it held",
    }
}

/// Maps a shard, which nobody changes: a shard is written once, beside its place, and only ever deleted.
#[allow(
    unsafe_code,
    reason = "memmap2 has no safe way to map a file, since others might change it"
)]
fn map(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: it is read as plain bytes, so whatever they are they are valid; that nobody cuts the file short meanwhile is what
    // the crate's documentation asks of its user.
    unsafe { Mmap::map(file) }
}
