//! A folder for a test, numbers to record in it, and another process that writes.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use burn::tensor::{Device, Tensor, TensorData};
use kd::cache::{Cache, CacheKey, CacheWriter, CacheWriterConfig};
use kd_testkit::device;

/// A new folder, which is removed in the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("kd-tests-cache-{}-{count}", std::process::id()));
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{error}"),
            _ => fs::create_dir_all(&path).unwrap(),
        }
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The names of its files, in order.
    pub fn files(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub fn key() -> CacheKey {
    CacheKey::new("a teacher", "some samples", "logits")
}

/// How many classes there are.
pub const CLASSES: usize = 5;

/// What the teacher says of a sample: of each something else.
pub fn row(id: u64) -> [f32; CLASSES] {
    std::array::from_fn(|class| id as f32 + class as f32 / 8.0)
}

pub fn logits(ids: &[u64]) -> Tensor<2> {
    let rows: Vec<f32> = ids.iter().flat_map(|&id| row(id)).collect();
    Tensor::from_data(TensorData::new(rows, [ids.len(), CLASSES]), &device())
}

pub fn writer(folder: &Folder, shard_samples: usize) -> CacheWriter {
    let config = CacheWriterConfig::new().with_shard_samples(shard_samples);
    config.open(folder.path(), &key()).unwrap()
}

/// A cache of samples 0 to `samples`.
pub fn recorded(folder: &Folder, samples: u64, shard_samples: usize) -> Cache {
    let mut writer = writer(folder, shard_samples);
    let ids: Vec<u64> = (0..samples).collect();
    writer.append(&ids, logits(&ids)).unwrap();
    writer.finish().unwrap()
}

/// Numbers of samples, as they are kept. On Flex: files are read one sample at a time, tens of thousands of times, and that a device
/// gets what it asks for is tested where teachers teach.
pub fn read(cache: &Cache, ids: &[u64]) -> Result<Vec<f32>, kd::Error> {
    let logits: Tensor<2> = cache.get(ids, &Device::flex())?;
    Ok(logits.into_data().try_to_vec().unwrap())
}

/// Where a child process finds its folder.
const FOLDER: &str = "KD_TEST_CACHE_FOLDER";

/// This program once more, for one test alone, to which it gives the folder. On Flex, since other devices take longer to start than
/// some writers live.
pub fn child(test: &str, folder: &Folder) -> Command {
    let mut child = Command::new(env::current_exe().unwrap());
    child.env("KD_TEST_BACKEND", "flex");
    child.args(["--exact", test, "--nocapture", "--test-threads=1"]);
    child.env(FOLDER, folder.path());
    child
}

/// The folder, in a child process; nothing where the tests are run.
pub fn of_child() -> Option<PathBuf> {
    env::var_os(FOLDER).map(Into::into)
}

/// Numbers that are the same in every run (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}
