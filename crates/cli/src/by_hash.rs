//! Maps whose keys are hashes already, under a key of the run.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

pub(crate) type ByHash<V> = HashMap<u64, V, BuildHasherDefault<AsItIs>>;
pub(crate) type HashesOf = HashSet<u64, BuildHasherDefault<AsItIs>>;

/// Takes a 64-bit key as its own hash, nearly.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        // The hashes of a sample begin with zeros, those of a shard are equal in some bits, and a map takes its buckets
        // from both ends.
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
