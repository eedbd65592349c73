//! Whose outputs they are: fingerprints, foreign keys, newer versions, missing samples.

use std::fs;

use burn::{
    module::{Module, ModuleMapper, Param},
    nn::{BatchNormConfig, Linear, LinearConfig},
    tensor::{Device, Distribution, Tensor},
};
use kd::{
    Error,
    cache::{Cache, CacheKey, CacheWriterConfig, fingerprint},
};
use kd_testkit::device;

use crate::folder::{Folder, key, read, recorded, row};

/// Every part of a key counts, both for the reader and for the writer, and a message shows both keys.
#[test]
fn a_foreign_key_is_refused() {
    let folder = Folder::new();
    recorded(&folder, 6, 4);
    let before = fs::read(folder.path().join("manifest.json")).unwrap();
    let foreign = [
        CacheKey {
            teacher: "another".into(),
            ..key()
        },
        CacheKey {
            dataset: "others".into(),
            ..key()
        },
        CacheKey {
            what: "features".into(),
            ..key()
        },
        key().with_view("flipped"),
    ];
    for foreign in foreign {
        let reader = Cache::open(folder.path(), &foreign).unwrap_err();
        let writer = CacheWriterConfig::new().open(folder.path(), &foreign).unwrap_err();
        for error in [reader, writer] {
            assert!(matches!(error, Error::OtherKey { .. }));
            let message = error.to_string();
            assert!(
                message.contains(&foreign.to_string()) && message.contains(&key().to_string()),
                "{message}"
            );
        }
    }
    assert_eq!(fs::read(folder.path().join("manifest.json")).unwrap(), before);
    assert_eq!(CacheKey::of_cache(folder.path()).unwrap(), key());
}

#[test]
fn a_newer_version_is_refused() {
    let folder = Folder::new();
    recorded(&folder, 6, 4);
    let path = folder.path().join("manifest.json");
    let newer = fs::read_to_string(&path)
        .unwrap()
        .replace("\"version\": 1,", "\"version\": 2, \"what no version 1 knows\": true,");
    fs::write(&path, &newer).unwrap();
    for error in [
        Cache::open(folder.path(), &key()).unwrap_err(),
        CacheWriterConfig::new().open(folder.path(), &key()).unwrap_err(),
    ] {
        assert!(matches!(error, Error::NewerVersion { found: 2, known: 1, .. }));
        let message = error.to_string();
        assert!(
            message.contains("manifest.json is of version 2 of its format"),
            "{message}"
        );
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), newer, "it is left as it is");
}

#[test]
fn where_nothing_is_recorded_nothing_is_served() {
    let folder = Folder::new();
    let error = Cache::open(folder.path(), &key()).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot read") && error.contains("manifest.json"),
        "{error}"
    );

    let cache = recorded(&folder, 6, 4);
    let error = read(&cache, &[2, 77, 3]).unwrap_err();
    assert!(matches!(error, Error::MissingSample { id: 77, .. }));
    assert!(
        error
            .to_string()
            .contains("holds nothing of sample 77 (plain); record it first"),
        "{error}"
    );
    assert_eq!(read(&cache, &[2]).unwrap(), row(2));
}

#[test]
#[should_panic(expected = "Cache::get: the batch is empty")]
fn no_ids_are_a_mistake() {
    let folder = Folder::new();
    let _ = read(&recorded(&folder, 1, 4), &[]);
}

fn network(device: &Device) -> Linear {
    LinearConfig::new(3, 2).init(device)
}

/// One number of one weight, by the least that f32 knows.
struct Nudge(usize);

impl ModuleMapper for Nudge {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| {
            let shape = tensor.dims();
            let mut numbers = tensor.to_data().try_to_vec::<f32>().unwrap();
            let count = numbers.len();
            if let Some(number) = numbers.get_mut(self.0) {
                *number = f32::from_bits(number.to_bits() ^ 1);
            }
            self.0 = self.0.wrapping_sub(count);
            Tensor::from_data(burn::tensor::TensorData::new(numbers, shape), &tensor.device())
        })
    }
}

#[test]
fn a_fingerprint_is_of_every_bit() {
    let network = network(&device());
    let print = fingerprint(&network);
    assert_eq!(print.len(), "sha256:".len() + 64);
    assert_eq!(fingerprint(&network.clone()), print);
    assert_eq!(fingerprint(&network.clone().valid()), print);
    let weights = network.num_params();
    let nudged = (0..weights).map(|index| fingerprint(&network.clone().map(&mut Nudge(index))));
    let mut prints: Vec<String> = nudged.chain([print]).collect();
    prints.sort();
    prints.dedup();
    assert_eq!(prints.len(), weights + 1);
}

#[test]
fn a_fingerprint_is_of_shapes_places_and_statistics() {
    let device = device();
    let zeros = |shape: [usize; 2]| Param::from_tensor(Tensor::<2>::zeros(shape, &device));
    let linear = |shape| Linear {
        weight: zeros(shape),
        bias: None,
    };
    assert_ne!(fingerprint(&linear([2, 3])), fingerprint(&linear([3, 2])));
    let pair = (network(&device), network(&device));
    assert_ne!(fingerprint(&pair), fingerprint(&(pair.1.clone(), pair.0.clone())));

    let device = device.autodiff();
    let norm = BatchNormConfig::new(3).init(&device);
    let before = fingerprint(&norm);
    norm.forward(Tensor::<2>::random([8, 3], Distribution::Normal(1.0, 1.0), &device));
    assert_ne!(fingerprint(&norm), before, "running statistics teach as well");
}
