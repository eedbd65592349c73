//! The members: how each is trained, and how what it says is recorded.

use std::time::Instant;

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::prelude::*;
use kd::cache::{Cache, CacheKey, CacheWriterConfig, Replay, fingerprint};
use kd::ensemble::{Bootstrap, Seeds};
use kd::prelude::*;
use kd_examples::failure::Failure;
use kd_examples::progress::Progress;

use crate::lab::{BATCH, Lab};
use crate::network::Network;
use crate::train::{Batch, Run, train};
use crate::views::Views;

/// A member as a teacher that is asked.
pub type Live = Frozen<Network, fn(&Network, Tensor<4>) -> Tensor<2>>;
/// A member as a teacher that was asked once, about every view.
pub type Recorded = Replay<Tensor<2>>;

/// What recording cost.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Recording {
    /// Bytes on the disk.
    pub bytes: u64,
    /// Seconds of wall-clock time; next to none where all was there already.
    pub seconds: f64,
}

/// The network as a teacher.
pub fn live(network: Network) -> Live {
    Frozen::new(network, Network::forward as fn(&Network, Tensor<4>) -> Tensor<2>)
}

/// Learns from labels alone.
pub fn hard(device: &Device) -> impl Fn(&Network, Batch) -> Tensor<1> + use<> {
    let cross_entropy = CrossEntropyLossConfig::new().init(device);
    move |network, batch| cross_entropy.forward(network.forward(batch.images), batch.labels)
}

/// Trains the member of this index: on its bag, or on all images.
///
/// # Errors
///
/// [`Failure`] when the lab is interrupted or the member diverges.
pub fn member(lab: &Lab, views: Views, seed: u64, index: usize) -> Result<Network, Failure> {
    let all = lab.data.train.len();
    let rows = match lab.bags {
        true => Bootstrap::new(all, seed).bag(index).indices().to_vec(),
        false => (0..all).collect(),
    };
    let seeds = Seeds::new(seed);
    let run = Run {
        lab,
        name: format!("seed {seed}: member {}", index + 1),
        views,
        rows: &rows,
        epochs: lab.recipe.training.epochs,
        taught: false,
        longest: None,
        weights: seeds.initialization(index),
        order: seeds.order(index, 0),
    };
    train(&run, hard(&lab.device))
}

/// Asks a member about every view of every training image, once and for all.
///
/// Its folder is named after its weights, so that members of other runs in the same place are neither served nor in the way.
///
/// # Errors
///
/// [`Failure`] when the lab is interrupted or the files cannot be written; what was written is not asked again.
pub fn record(lab: &Lab, views: Views, network: &Network) -> Result<(Recorded, Recording), Failure> {
    let started = Instant::now();
    let (device, images) = (lab.plain_device(), &lab.data.train);
    let name = fingerprint(&network.valid());
    let (_, hash) = name.rsplit_once(':').unwrap_or(("", name.as_str()));
    let folder = lab.cache.join(&hash[..16]);
    let source = format!("{}, the first {}, by index", lab.data.source.name, images.len());
    let key = CacheKey::new(name.as_str(), source, "logits").with_view(views.name());

    let mut writer = CacheWriterConfig::new().open(&folder, &key)?;
    let teacher = live(network.clone());
    let missing: Vec<u64> = views.ids(images.len()).filter(|id| !writer.contains(*id)).collect();
    let progress = Progress::new("recording", 1, missing.len().div_ceil(BATCH));
    for ids in missing.chunks(BATCH) {
        lab.interrupt.check()?;
        writer.append(ids, teacher.teach(images.views(&views, ids, &device)))?;
        progress.step();
    }
    progress.finish();
    let cache = writer.finish()?;
    let recording = Recording {
        bytes: bytes(&cache),
        seconds: started.elapsed().as_secs_f64(),
    };
    Ok((Replay::new(cache, &device), recording))
}

/// Bytes of the files in a cache's folder; a file that cannot be looked at counts as none.
fn bytes(cache: &Cache) -> u64 {
    let files = std::fs::read_dir(cache.folder()).into_iter().flatten().flatten();
    files
        .filter_map(|file| file.metadata().ok())
        .map(|data| data.len())
        .sum()
}
