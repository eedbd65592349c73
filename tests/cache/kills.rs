//! Killed while writing: whatever the moment, the cache opens, and holds exactly the shards that were whole.

use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
    thread::sleep,
    time::Duration,
};

use kd::cache::{Cache, CacheWriterConfig};

use crate::folder::{Folder, Numbers, child, key, logits, of_child, read, row};

const SHARD: usize = 8;

/// Run by [`killed_at_100_random_moments`], in a process of its own: goes on with the folder's cache until it is killed, and says
/// how many samples are on disk.
#[test]
fn writes_until_it_is_killed() {
    let Some(folder) = of_child() else { return };
    let config = CacheWriterConfig::new().with_shard_samples(SHARD);
    let mut writer = config.open(folder, &key()).unwrap();
    println!("\nhas {}", writer.len());
    loop {
        let first = writer.len() as u64;
        let ids: Vec<u64> = (first..first + 3).collect();
        writer.append(&ids, logits(&ids)).unwrap();
        println!("\nhas {}", writer.len() / SHARD * SHARD);
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn killed_at_100_random_moments() {
    let mut random = Numbers(2);
    let mut folder = Folder::new();
    let mut kept = 0;
    let mut in_all = 0;
    for kill in 0..100 {
        if kill % 20 == 0 {
            (folder, kept) = (Folder::new(), 0); // and once more from nothing
        }
        let mut writer = child("kills::writes_until_it_is_killed", &folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(writer.stdout.take().unwrap());
        // Also before it has begun, but mostly some batches later, and then at any moment.
        let mut said = String::new();
        for _ in 0..random.below(12) {
            said.clear();
            while !said.starts_with("has") {
                said.clear();
                assert!(output.read_line(&mut said).unwrap() > 0, "the writer ended by itself");
            }
        }
        sleep(Duration::from_micros(random.below(20_000) as u64));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let said = output.lines().map_while(Result::ok).chain([said]);
        let promised = said
            .filter_map(|line| line.trim().strip_prefix("has ")?.parse::<usize>().ok())
            .max();

        if !folder.path().join("manifest.json").exists() {
            assert_eq!(promised, None, "it had begun");
            continue;
        }
        let cache = Cache::open(folder.path(), &key()).unwrap();
        cache.verify().unwrap();
        assert_eq!(cache.len() % SHARD, 0, "whole shards");
        assert!(
            cache.len() >= kept.max(promised.unwrap_or(0)),
            "what was on disk stays there"
        );
        if !cache.is_empty() {
            let ids: Vec<u64> = (0..cache.len() as u64).collect();
            let expected: Vec<f32> = ids.iter().flat_map(|&id| row(id)).collect();
            assert_eq!(read(&cache, &ids).unwrap(), expected);
        }
        in_all += cache.len() - kept;
        kept = cache.len();
    }
    assert!(
        in_all > 50 * SHARD,
        "it was killed before it wrote: {in_all} samples in all"
    );
}
