//! Writing: one at a time, each sample once, on from where it was broken off.

use std::fs;

use kd::{
    Error,
    cache::{Cache, CacheWriterConfig},
};

use crate::folder::{Folder, child, key, logits, of_child, read, recorded, row, writer};

#[test]
fn two_writers_are_one_too_many() {
    let folder = Folder::new();
    let first = writer(&folder, 4);
    let error = CacheWriterConfig::new().open(folder.path(), &key()).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }));
    assert!(error.to_string().starts_with("another writer holds"), "{error}");
    assert_eq!(first.len(), 0);
    drop(first);
    writer(&folder, 4);
}

/// Run by [`a_writer_elsewhere_counts_too`], in a process of its own.
#[test]
fn a_writer_elsewhere() {
    let Some(folder) = of_child() else { return };
    let error = CacheWriterConfig::new().open(folder, &key()).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error}");
    println!("refused");
}

#[test]
fn a_writer_elsewhere_counts_too() {
    let folder = Folder::new();
    let _first = writer(&folder, 4);
    let output = child("writers::a_writer_elsewhere", &folder).output().unwrap();
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("refused"),
        "{output:?}"
    );
}

/// One is refused with its batch, be it on disk, on its way there, or twice in the batch; the others can be given again.
#[test]
fn a_sample_twice_is_named() {
    let folder = Folder::new();
    let mut writer = writer(&folder, 4);
    writer.append(&[0, 1, 2, 3, 4], logits(&[0, 1, 2, 3, 4])).unwrap();
    for (ids, culprit) in [([8, 2, 9], 2), ([8, 4, 9], 4), ([8, 9, 9], 9)] {
        let error = writer.append(&ids, logits(&ids)).unwrap_err();
        assert!(
            matches!(error, Error::SampleTwice { id, .. } if id == culprit),
            "{error}"
        );
        assert!(
            error.to_string().starts_with(&format!("sample {culprit} is in")),
            "{error}"
        );
        assert_eq!(writer.len(), 5, "nothing of the batch is recorded");
    }
    writer.append(&[8, 9], logits(&[8, 9])).unwrap();
    assert_eq!(writer.finish().unwrap().len(), 7);
}

#[test]
#[should_panic(expected = "CacheWriter::append: there are 2 ids for 3 samples")]
fn an_id_for_each() {
    let folder = Folder::new();
    let _ = writer(&folder, 4).append(&[1, 2], logits(&[1, 2, 3]));
}

#[test]
fn shards_of_nothing_are_refused() {
    let folder = Folder::new();
    let config = CacheWriterConfig::new().with_shard_samples(0);
    let error = config.open(folder.path(), &key()).unwrap_err().to_string();
    assert_eq!(error, "CacheWriterConfig: shard_samples is 0, but must be at least 1");
}

#[test]
fn it_goes_on_where_it_ended() {
    let folder = Folder::new();
    for run in 0..5u64 {
        let mut writer = writer(&folder, 8);
        assert_eq!(writer.len() as u64, run * 10);
        let ids: Vec<u64> = (0..(run + 1) * 10).filter(|&id| !writer.contains(id)).collect();
        writer.append(&ids, logits(&ids)).unwrap();
        drop(writer); // writes what fills no shard, as `finish` does
    }
    let cache = Cache::open(folder.path(), &key()).unwrap();
    let ids: Vec<u64> = (0..50).collect();
    let expected: Vec<f32> = ids.iter().flat_map(|&id| row(id)).collect();
    assert_eq!(read(&cache, &ids).unwrap(), expected);
    assert_eq!(
        folder.files().iter().filter(|file| file.starts_with("shard")).count(),
        10
    );
}

/// The remedy that the messages about damaged shards give.
#[test]
fn a_shard_that_was_deleted_is_recorded_again() {
    let folder = Folder::new();
    drop(recorded(&folder, 20, 8));
    let lost = folder.path().join("shard-00001.safetensors");
    fs::remove_file(&lost).unwrap();
    let error = Cache::open(folder.path(), &key()).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }));
    assert!(
        error
            .to_string()
            .contains("shard-00001.safetensors is damaged: it is missing"),
        "{error}"
    );

    // Even a writer that adds nothing leaves a cache that opens.
    assert_eq!(writer(&folder, 8).finish().unwrap().len(), 12);
    let mut writer = writer(&folder, 8);
    let missing: Vec<u64> = (0..20).filter(|&id| !writer.contains(id)).collect();
    assert_eq!(missing, (8..16).collect::<Vec<_>>());
    writer.append(&missing, logits(&missing)).unwrap();
    let cache = writer.finish().unwrap();
    let expected: Vec<f32> = (0..20).flat_map(row).collect();
    assert_eq!(read(&cache, &(0..20).collect::<Vec<_>>()).unwrap(), expected);
}

/// A crash between a shard and its manifest leaves a file that nobody knows, and one in a shard half a file.
#[test]
fn what_was_broken_off_is_replaced() {
    let folder = Folder::new();
    drop(recorded(&folder, 8, 8));
    for left in ["shard-00001.safetensors", ".unfinished-abc"] {
        fs::write(folder.path().join(left), b"half").unwrap();
    }
    let cache = Cache::open(folder.path(), &key()).unwrap();
    assert_eq!(cache.len(), 8);
    let mut writer = writer(&folder, 8);
    let ids: Vec<u64> = (8..16).collect();
    writer.append(&ids, logits(&ids)).unwrap();
    assert_eq!(read(&writer.finish().unwrap(), &[15]).unwrap(), row(15));
    assert_eq!(
        folder.files(),
        [
            "lock",
            "manifest.json",
            "shard-00000.safetensors",
            "shard-00001.safetensors"
        ]
    );
}
