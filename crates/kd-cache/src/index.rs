use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasherDefault, Hasher},
};

/// Which sample is where, by its id.
///
/// With a million samples, what an access costs is the wait for memory. So the table is small, and its hash is one multiplication:
/// ids are their owner's own, and nobody gains by making them collide.
#[derive(Default)]
pub(crate) struct Index(HashMap<u64, Place, BuildHasherDefault<Fold>>);

/// A row of a shard. Two small numbers, since there are many of them.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub shard: u32,
    pub row: u32,
}

impl Index {
    pub fn with_capacity(samples: usize) -> Self {
        Self(HashMap::with_capacity_and_hasher(samples, Default::default()))
    }

    /// Whether the sample is new, and now has its place.
    pub fn insert(&mut self, id: u64, place: Place) -> bool {
        match self.0.entry(id) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(place);
                true
            }
        }
    }

    pub fn get(&self, id: u64) -> Option<Place> {
        self.0.get(&id).copied()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn ids(&self) -> impl Iterator<Item = u64> {
        self.0.keys().copied()
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
