//! Files that are not what was written: each is noticed, or does no harm. Wrong numbers are never served.

use std::{fs, path::PathBuf};

use kd::{Error, cache::Cache};

use crate::folder::{Folder, Numbers, key, read, recorded, row};

const SAMPLES: u64 = 40;
const SHARD: usize = 16;

/// What came of opening a cache and reading everything in it.
#[derive(Debug, PartialEq)]
enum Outcome {
    Noticed(String),
    Harmless,
}

/// Reads all samples one by one, so that those of intact shards are looked at as well.
fn outcome(folder: &Folder) -> Outcome {
    let cache = match Cache::open(folder.path(), &key()) {
        Ok(cache) => cache,
        Err(error) => return Outcome::Noticed(error.to_string()),
    };
    let mut noticed = None;
    for id in 0..SAMPLES {
        match read(&cache, &[id]) {
            Ok(numbers) => assert_eq!(numbers, row(id), "wrong numbers for sample {id}"),
            Err(error) => noticed = Some(error.to_string()),
        }
    }
    assert_eq!(cache.verify().is_err(), noticed.is_some(), "verify sees as much");
    noticed.map_or(Outcome::Harmless, Outcome::Noticed)
}

/// Changes a file at random: a bit, some bytes, an end cut off, something added.
fn corrupt(bytes: &mut Vec<u8>, random: &mut Numbers) {
    let place = random.below(bytes.len());
    match random.below(4) {
        0 => bytes[place] ^= 1 << random.below(8),
        1 => {
            let end = bytes.len().min(place + 1 + random.below(64));
            bytes[place..end].fill_with(|| random.below(256) as u8);
        }
        2 => bytes.truncate(place),
        _ => bytes.extend((0..=random.below(64)).map(|_| random.below(256) as u8)),
    }
}

#[test]
fn a_thousand_random_corruptions() {
    let folder = Folder::new();
    drop(recorded(&folder, SAMPLES, SHARD));
    assert_eq!(outcome(&folder), Outcome::Harmless);
    let files: Vec<PathBuf> = folder.files().iter().map(|file| folder.path().join(file)).collect();
    let files: Vec<PathBuf> = files.into_iter().filter(|file| !file.ends_with("lock")).collect();
    assert_eq!(files.len(), 4, "three shards and a manifest");

    let mut random = Numbers(3);
    let mut unnoticed = 0;
    for number in 0..1000 {
        let file = &files[number % files.len()];
        let whole = fs::read(file).unwrap();
        let mut corrupted = whole.clone();
        while corrupted == whole {
            corrupt(&mut corrupted, &mut random);
        }
        fs::write(file, corrupted).unwrap();
        let outcome = outcome(&folder);
        fs::write(file, whole).unwrap();
        let is_shard = file.extension().is_some_and(|extension| extension == "safetensors");
        if is_shard {
            let Outcome::Noticed(message) = &outcome else {
                panic!("a shard was changed, and nobody noticed");
            };
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(
                message.contains(name) && message.contains("Delete it and open the cache for writing"),
                "{message}"
            );
        }
        unnoticed += usize::from(outcome == Outcome::Harmless);
    }
    // White space in the manifest, at most.
    assert!(
        unnoticed < 50,
        "{unnoticed} were harmless, which is more than there is room for"
    );
    assert_eq!(outcome(&folder), Outcome::Harmless, "put back, it is as before");
}

/// Each bit of a shard by itself would take long; each byte does not.
#[test]
fn every_byte_of_a_shard_counts() {
    let folder = Folder::new();
    drop(recorded(&folder, 3, 4));
    let file = folder.path().join("shard-00000.safetensors");
    let whole = fs::read(&file).unwrap();
    for place in 0..whole.len() {
        let mut corrupted = whole.clone();
        corrupted[place] ^= 1 << (place % 8);
        fs::write(&file, corrupted).unwrap();
        let cache = match Cache::open(folder.path(), &key()) {
            Ok(cache) => cache,
            Err(error) => {
                assert!(matches!(error, Error::Damaged { .. }), "{error}");
                continue;
            }
        };
        let error = read(&cache, &[1]).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "byte {place}: {error}");
    }
}

/// An intact shard under the name of another, as after a careless copy.
#[test]
fn shards_that_changed_places_are_noticed() {
    let folder = Folder::new();
    drop(recorded(&folder, SAMPLES, SHARD));
    let [first, second] = [0, 1].map(|number| folder.path().join(format!("shard-0000{number}.safetensors")));
    let (a, b) = (fs::read(&first).unwrap(), fs::read(&second).unwrap());
    fs::write(&first, b).unwrap();
    fs::write(&second, a).unwrap();
    assert!(matches!(outcome(&folder), Outcome::Noticed(_)));
}

/// A manifest that names a file elsewhere is refused before anything is opened.
#[test]
fn a_manifest_stays_in_its_folder() {
    let folder = Folder::new();
    drop(recorded(&folder, 3, 4));
    let path = folder.path().join("manifest.json");
    for elsewhere in ["../shard-00000.safetensors", "/etc/hostname", ".."] {
        let json = fs::read_to_string(&path).unwrap();
        fs::write(&path, json.replace("shard-00000.safetensors", elsewhere)).unwrap();
        let error = Cache::open(folder.path(), &key()).unwrap_err().to_string();
        assert!(error.contains("is no name of a file in its folder"), "{error}");
        fs::write(&path, json).unwrap();
    }
}
