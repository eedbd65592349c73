use std::{fmt, path::Path};

use kd_core::Error;
use serde::{Deserialize, Serialize};

use crate::manifest::Manifest;

/// Whose outputs a cache holds, and of what. A cache opens under its own key and no other.
///
/// | Part | Says | For example |
/// |---|---|---|
/// | `teacher` | whose outputs they are | [`fingerprint`](crate::fingerprint) of its weights |
/// | `dataset` | of which samples, and who counted them | `"mnist train, 60000, by index"` |
/// | `view` | of which view of them: [`PLAIN`](Self::PLAIN), or an augmentation and its seed | `"flip and crop, seed 7"` |
/// | `what` | which outputs | `"logits"`, `"top 64 at T = 1"`, `"features of stage3"` |
///
/// The parts are compared letter by letter. There is no temperature among them: logits are kept as they are, and whoever
/// compares them softens them.
///
/// # Example
///
/// ```
/// use kd_cache::CacheKey;
///
/// let plain = CacheKey::new("sha256:0c5e", "mnist train, by index", "logits");
/// let flipped = plain.clone().with_view("flipped");
/// assert_ne!(plain, flipped);
/// assert_eq!(flipped.view, "flipped");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheKey {
    /// Whose outputs they are: its [`fingerprint`](crate::fingerprint), or another name that changes with its weights.
    pub teacher: String,
    /// Of which samples, and how these got their ids.
    pub dataset: String,
    /// Of which view of the samples.
    pub view: String,
    /// Which outputs.
    pub what: String,
}

impl CacheKey {
    /// The view of samples that nothing is done to.
    pub const PLAIN: &str = "plain";

    /// The key of outputs for samples as they are.
    pub fn new(teacher: impl Into<String>, dataset: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            teacher: teacher.into(),
            dataset: dataset.into(),
            view: Self::PLAIN.into(),
            what: what.into(),
        }
    }

    /// The key of the same outputs for another view of the samples.
    ///
    /// A view must be the same whenever it is made, so an augmentation that draws at random needs its seed in here. With
    /// another seed every epoch there is nothing to serve twice, and a cache is of no use.
    pub fn with_view(mut self, view: impl Into<String>) -> Self {
        self.view = view.into();
        self
    }

    /// The key that the cache in `folder` was recorded under.
    ///
    /// # Errors
    ///
    /// Those of [`Cache::open`](crate::Cache::open) about the manifest.
    pub fn of_cache(folder: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Manifest::read(folder.as_ref())?.key)
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            teacher,
            dataset,
            view,
            what,
        } = self;
        write!(
            f,
            "teacher {teacher:?}, dataset {dataset:?}, view {view:?}, what {what:?}"
        )
    }
}
