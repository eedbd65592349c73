//! A teacher's outputs by sample, recorded once and served afterwards: a teacher that is paid for once.
//!
//! | Piece | What it is |
//! |---|---|
//! | [`CacheKey`] | whose outputs, of which samples and views; [`fingerprint`] names a teacher by its weights |
//! | [`Cached`] | a teacher that records what another says, and serves what is recorded |
//! | [`Replay`] | a teacher that only serves |
//! | [`Cache`] | the reader: outputs by id, memory-mapped, checked |
//! | [`CacheWriter`] | the writer: whole shards or none, goes on where it was broken off |
//! | [`Record`] | what can be recorded: logits, [`Features`](kd_core::Features), [`TopK`](kd_core::TopK), your own struct |
//! | `CachedDataset` | items of a Burn dataset together with what was recorded of them (feature `dataset`) |
//!
//! ```text
//! let teacher = Frozen::new(network, Network::forward);
//! let key = CacheKey::new(fingerprint(teacher.module()), "mnist train, 60000, by index", "logits");
//! let teacher = Cached::record(teacher, CacheWriterConfig::new().open("teacher-logits", &key)?, &device);
//! ... teacher.teach(Samples::new(ids, images)) ...          // runs the network in the first epoch only
//! ```
//!
//! # Design
//!
//! **By id, and never by position.** A batch says whose samples it has. Recorded outputs that are read in order belong to
//! other samples as soon as the data are shuffled.
//!
//! **Under a key.** A cache opens under the key it was recorded under, letter by letter; a message about another shows both. A
//! view of the samples, such as an augmentation with its seed, is part of the key: one folder for each view. Samples that
//! come as another view than the cache's are refused. Several seeded views in one cache are several samples: ids such as
//! `index * views + view`, and a view in the key that says so.
//!
//! **Free of temperature.** Logits are kept as the teacher gave them, and any loss softens them as it likes. A vocabulary's worth
//! of them is too much to keep: [`TopK`](kd_core::TopK) keeps the best classes and what is left for the others, in a hundredth of
//! the room. These are of one temperature, which the key's `what` should name, as in `"top 64 at T = 1"`.
//!
//! **Whole or not at all.** A shard is written beside its place, synchronised to the disk and renamed; then the manifest is, in the
//! same way. A crash in between leaves a shard that no manifest names, and that the next writer replaces. A full disk is an
//! error after which all shards that were written are there, and what was not waits in main memory for another try. One
//! writer at a time: it holds a lock on the file `lock`, which ends with its process.
//!
//! **Nothing wrong in silence.** Every shard has a CRC-32, checked before the first of its samples is served. A damaged shard is
//! named, and can be deleted: a writer then finds its samples missing and records them again.
//!
//! **Nothing that nobody learns from.** NaN and +∞ are refused when they come to be recorded, by the id of their sample: in a cache one
//! bad pass of the teacher would be every epoch's. −∞ is a logit like any other, of a class that is ruled out. What is read is not
//! looked at, so what another program has written is served as it is.
//!
//! **In the type that was asked for.** A writer whose [`Floats`] are others than the cache's is refused, before the teacher is run:
//! it would be served half precision where it asked for f32. A cache in several types, which another program may write, no writer
//! here goes on with. [`Cache::open`] asks for no type and reads all.
//!
//! **No search for a sample.** An index in memory says in which shard and row a sample is, and the shard is mapped: as many
//! steps among a million samples as among a thousand. Each step takes longer where the samples do not fit into the
//! processor's caches, as with any table of that size. Ids that are counted from 0, with gaps of up to half of them, are a list
//! of 8 bytes an id; others are a hash table of 20 to 40 bytes, and cost another wait for memory.
//!
//! # The format, version 1
//!
//! A folder of safetensors files and a manifest, which any language reads without this crate; `tools/cache` has a reader and a
//! writer in Python.
//!
//! ```text
//! manifest.json
//! shard-00000.safetensors     ids          U64  [samples]
//! shard-00001.safetensors     a column     F32, F16, BF16 or I32   [samples, ...]
//! lock                        what a writer holds, without contents
//! ```
//!
//! ```text
//! {
//!   "format": "kd-cache",
//!   "version": 1,
//!   "key": {"teacher": "sha256:0c5e...", "dataset": "mnist train", "view": "plain", "what": "logits"},
//!   "columns": [{"name": "logits", "dtype": "F32", "shape": [10]}],
//!   "shards": [{"file": "shard-00000.safetensors", "samples": 4096, "bytes": 196736, "crc32": 1, "ids_crc32": 2}]
//! }
//! ```
//!
//! Columns are called `logits`; `top_ids`, `top_log_probs` and `tail`; `features.NAME`; or as a [`Record`] of your own calls
//! them. Their shapes are a sample's. `crc32` is that of the whole file and `ids_crc32` that of the bytes of `ids`, both as zlib
//! works them out. Shards can have any names and any number of samples, and ids any order; none comes twice. There are no
//! other fields, and a reader refuses what it does not know.

// On docs.rs, what needs a feature says so. Elsewhere this is nothing.
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod cache;
mod cached;
mod columns;
#[cfg(feature = "dataset")]
mod dataset;
mod dtype;
mod fingerprint;
mod form;
mod index;
mod key;
mod manifest;
mod pending;
mod record;
mod replay;
mod samples;
mod shard;
mod writer;

pub use cache::Cache;
pub use cached::Cached;
pub use columns::Columns;
#[cfg(feature = "dataset")]
pub use dataset::{CachedDataset, CachedItem};
pub use dtype::Floats;
pub use fingerprint::fingerprint;
pub use key::CacheKey;
pub use record::Record;
pub use replay::Replay;
pub use samples::{Pick, Samples};
pub use writer::{CacheWriter, CacheWriterConfig};
