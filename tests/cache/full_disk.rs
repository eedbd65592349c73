//! No space left: an error that says so, and nothing lost.

use std::process::Command;

use kd::{
    Error,
    cache::{Cache, CacheWriterConfig},
};

use crate::folder::{Folder, child, key, logits, of_child, read, row};

/// Run by [`the_shards_so_far_stay`] and [`it_can_be_tried_again`], in a process that may write files of few bytes only.
#[test]
fn writes_until_no_space_is_left() {
    let Some(folder) = of_child() else { return };
    let config = CacheWriterConfig::new().with_shard_samples(4);
    let mut writer = config.open(&folder, &key()).unwrap();
    // What grows is the manifest, which gets a line for each shard, until it has no room.
    for shard in 0..1000u64 {
        let ids: Vec<u64> = (shard * 4..shard * 4 + 4).collect();
        let Err(error) = writer.append(&ids, logits(&ids)) else {
            continue;
        };
        assert!(matches!(error, Error::Write { .. }));
        println!("\nrefused: {error}");
        // It still waits, and the next try says the same.
        assert_eq!(writer.len() as u64, shard * 4 + 4);
        assert!(matches!(writer.flush(), Err(Error::Write { .. })));
        let on_disk = Cache::open(&folder, &key()).unwrap();
        println!("\nkept {} of {}", on_disk.len(), writer.len());
        return;
    }
    panic!("there was always room");
}

/// The child of [`writes_until_no_space_is_left`], under a limit of the size of files.
#[cfg(unix)]
fn without_space(folder: &Folder) -> String {
    let child = child("full_disk::writes_until_no_space_is_left", folder);
    // The signal is ignored, so that writing fails with an error, as it does on a full disk. Units are of 512 or 1024 bytes.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 4; exec \"$@\"", "sh"]);
    limited.arg(child.get_program()).args(child.get_args());
    for (name, value) in child.get_envs() {
        limited.env(name, value.unwrap());
    }
    let output = limited.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[cfg(unix)]
#[test]
fn the_shards_so_far_stay() {
    let folder = Folder::new();
    let said = without_space(&folder);
    assert!(said.contains("refused: cannot write"), "{said}");
    assert!(said.contains("Choose another place, or make room there"), "{said}");

    let cache = Cache::open(folder.path(), &key()).unwrap();
    cache.verify().unwrap();
    assert!(cache.len() >= 4 && cache.len().is_multiple_of(4), "{}", cache.len());
    assert!(
        said.contains(&format!("kept {} of {}", cache.len(), cache.len() + 4)),
        "{said}"
    );
    let ids: Vec<u64> = (0..cache.len() as u64).collect();
    assert_eq!(
        read(&cache, &ids).unwrap(),
        ids.iter().flat_map(|&id| row(id)).collect::<Vec<_>>()
    );
    assert!(
        folder.files().iter().all(|file| !file.starts_with(".unfinished")),
        "nothing is left behind"
    );
}

/// With room again, a writer goes on.
#[cfg(unix)]
#[test]
fn it_can_be_tried_again() {
    let folder = Folder::new();
    without_space(&folder);
    let mut writer = CacheWriterConfig::new()
        .with_shard_samples(4)
        .open(folder.path(), &key())
        .unwrap();
    let next = writer.len() as u64;
    let ids: Vec<u64> = (next..next + 4).collect();
    writer.append(&ids, logits(&ids)).unwrap();
    assert_eq!(read(&writer.finish().unwrap(), &[next]).unwrap(), row(next));
}
