use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    hint::black_box,
};

/// Which sample is where, by its id.
///
/// With a million samples, what an access costs is the wait for memory. Ids that are counted need no search: their places stand in
/// a list, at their ids. Where they were recorded in their order as well, as most are, it is known of a whole block of them at
/// once, in a table that is a sixty-fourth of the list and stays in the processor's cache. Other ids are in a hash table of twice
/// to four times the list's size, whose hash is one multiplication: ids are their owner's own, and nobody gains by making them
/// collide.
#[derive(Default)]
pub(crate) struct Index {
    /// How many samples there will be, as far as one knows.
    expected: usize,
    len: usize,
    near: Vec<Place>,
    /// Where blocks of [`BLOCK`] ids begin that stand in one shard, one after another.
    blocks: Vec<Place>,
    /// What is known of each block so far, for the samples that are still to come.
    filling: Vec<Filling>,
    far: HashMap<u64, Place, BuildHasherDefault<Fold>>,
}

/// Ids of a block.
const BLOCK: usize = 64;

/// A block as far as it is known.
#[derive(Clone, Copy)]
struct Filling {
    /// Where it begins, if all of it is where those are that came.
    start: Option<Place>,
    /// How many came.
    len: usize,
}

impl Filling {
    const EMPTY: Self = Self { start: None, len: 0 };

    /// Takes in the sample of this number in the block; where the block begins if that was the last.
    fn add(&mut self, number: usize, place: Place) -> Option<Place> {
        let start = (place.row as usize).checked_sub(number).map(|row| Place {
            row: row as u32,
            ..place
        });
        self.start = if self.len == 0 {
            start
        } else {
            self.start.filter(|_| self.start == start)
        };
        self.len += 1;
        self.start.filter(|_| self.len == BLOCK)
    }
}

/// A row of a shard. Two small numbers, since there are many of them.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub shard: u32,
    pub row: u32,
}

impl Place {
    /// Of an id that no sample has. There are not as many shards.
    const NONE: Self = Self {
        shard: u32::MAX,
        row: u32::MAX,
    };
}

impl Index {
    /// No samples yet, of so many.
    pub fn expecting(samples: usize) -> Self {
        Self {
            expected: samples,
            ..Self::default()
        }
    }

    /// Whether the sample is new, and now has its place.
    pub fn insert(&mut self, id: u64, place: Place) -> bool {
        if self.get(id).is_some() {
            return false;
        }
        self.len += 1;
        // Half of the list at least is used in the end.
        let end = 2 * self.expected.max(self.len);
        match usize::try_from(id) {
            Ok(near) if near < end => {
                if near >= self.near.len() {
                    self.near.resize(near + 1, Place::NONE);
                    let blocks = near / BLOCK + 1;
                    self.blocks.resize(blocks, Place::NONE);
                    self.filling.resize(blocks, Filling::EMPTY);
                }
                self.near[near] = place;
                if let Some(start) = self.filling[near / BLOCK].add(near % BLOCK, place) {
                    self.blocks[near / BLOCK] = start;
                }
            }
            _ => {
                self.far.insert(id, place);
            }
        }
        true
    }

    pub fn get(&self, id: u64) -> Option<Place> {
        let near = usize::try_from(id).ok();
        if let Some(place) = near.and_then(|id| self.in_block(id)) {
            return Some(place);
        }
        match near.and_then(|id| self.near.get(id)) {
            Some(&place) if place != Place::NONE => Some(place),
            // An id can have been far when there were fewer samples.
            _ => self.far.get(&id).copied(),
        }
    }

    fn in_block(&self, id: usize) -> Option<Place> {
        let start = self.blocks.get(id / BLOCK).filter(|start| **start != Place::NONE)?;
        Some(Place {
            row: start.row + (id % BLOCK) as u32,
            ..*start
        })
    }

    /// Has memory bring the places of these, without waiting for each: see `form::touch`.
    pub fn touch(&self, ids: &[u64]) {
        let near = ids.iter().filter_map(|&id| usize::try_from(id).ok());
        let near = near
            .filter(|&id| self.in_block(id).is_none())
            .filter_map(|id| self.near.get(id));
        black_box(near.fold(0, |touched, place| touched ^ place.row));
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn ids(&self) -> impl Iterator<Item = u64> {
        let near = self.near.iter().enumerate();
        let near = near.filter_map(|(id, &place)| (place != Place::NONE).then_some(id as u64));
        near.chain(self.far.keys().copied())
    }
}

/// The id times an odd number, both halves of the product in one, so that every bit of the id is in every part of the hash.
#[derive(Default)]
struct Fold(u64);

impl Hasher for Fold {
    fn write_u64(&mut self, id: u64) {
        let product = u128::from(id) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("an id is a u64")
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted from 0 or in steps, mixed with ids from anywhere, in order or not, expected or not: each once, and each at its place.
    #[test]
    fn every_id_has_its_place() {
        let makes: [fn(u64) -> u64; 6] = [
            |n| n,
            // Blocks and shards that begin at other numbers.
            |n| n + 17,
            |n| 999 - n,
            |n| n * 7 % 1000,
            |n| n * 3,
            |n| if n % 2 == 0 { n } else { u64::MAX - n },
        ];
        for make in makes {
            for mut index in [Index::default(), Index::expecting(1000)] {
                for n in 0..1000 {
                    let place = Place {
                        shard: n as u32 / 64,
                        row: n as u32 % 64,
                    };
                    assert!(index.get(make(n)).is_none());
                    assert!(index.insert(make(n), place));
                    assert!(!index.insert(make(n / 2), place), "it is there already");
                }
                let rows = (0..1000).map(|n| index.get(make(n)).map(|place| place.shard * 64 + place.row));
                assert!(rows.eq((0..1000).map(Some)));
                assert_eq!(index.len(), 1000);
                let (mut ids, mut known): (Vec<_>, Vec<_>) = (index.ids().collect(), (0..1000).map(make).collect());
                ids.sort();
                known.sort();
                assert_eq!(ids, known);
                assert!(index.get(5000).is_none());
            }
        }
    }

    #[test]
    fn of_ids_in_their_order_whole_blocks_are_known_where_they_stand_in_one_shard() {
        let known = |first: u64, shard_rows: u32| {
            let mut index = Index::expecting(640);
            for n in 0..640 {
                let place = Place {
                    shard: n / shard_rows,
                    row: n % shard_rows,
                };
                index.insert(first + u64::from(n), place);
            }
            index.blocks.iter().filter(|start| **start != Place::NONE).count()
        };
        assert_eq!(
            [known(0, 640), known(0, 64), known(0, 100), known(17, 640)],
            [10, 10, 4, 9]
        );
    }

    /// An id from anywhere costs no list up to it.
    #[test]
    fn the_list_is_at_most_twice_as_long_as_there_are_samples() {
        let mut index = Index::expecting(10);
        for id in (0..10).map(|n| n << 40) {
            index.insert(id, Place { shard: 0, row: 0 });
        }
        assert_eq!((index.near.len(), index.far.len()), (1, 9));
        let mut index = Index::default();
        (0..1000).rev().for_each(|id| {
            index.insert(id, Place { shard: 0, row: 0 });
        });
        assert!(index.near.len() <= 2000 && index.len() == 1000);
    }

    /// Ids as people make them: counted, in steps, in the upper bits.
    #[test]
    fn usual_ids_do_not_collide() {
        let hash = |id| {
            let mut fold = Fold::default();
            fold.write_u64(id);
            fold.finish()
        };
        let makes: [fn(u64) -> u64; 4] = [|n| n, |n| n << 12, |n| n << 44, |n| n | (n << 32)];
        for make in makes {
            // What the table takes of a hash: its lower bits for the place, and the seven upper ones.
            let mut filled = vec![0u32; 1 << 16];
            (0..1 << 16).for_each(|n| filled[hash(make(n)) as usize % (1 << 16)] += 1);
            let (most, used) = (*filled.iter().max().unwrap(), filled.iter().filter(|&&n| n > 0).count());
            // Of balls thrown at random 63 % of the bins are used, and the fullest holds about 8.
            assert!(most <= 16 && used > 30_000, "{most} in one place, {used} used");
        }
    }
}
