//! Values that are counted in bounded memory and in one reading: how often each 64-bit hash was added.

use std::{
    collections::BTreeMap,
    io,
    sync::{Mutex, PoisonError},
};

use super::{Pages, Part, Spill, Spills};
use crate::failure::{Failure, Result};

/// Rows and values are divided into so many partitions, by the first byte of their hashes.
pub(crate) const PARTS: usize = 1 << 8;
/// Values that are counted before they reach the partitions. It must be a power of two.
const FRONT: usize = 1 << 10;

/// Values on their way into partitions.
///
/// A value that many people have is counted in front of the partitions. So no partition is much larger than others.
pub(crate) struct Values<'s> {
    front: Vec<Slot>,
    pages: Pages,
    spill: Spill<'s>,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u64,
    count: u64,
    others: u64,
}

impl<'s> Values<'s> {
    pub(crate) fn new(spills: &'s Spills, limit: usize) -> Self {
        Self { front: vec![Slot::default(); FRONT], pages: Pages::new(PARTS, limit), spill: spills.open(PARTS) }
    }

    /// Takes the value of a person.
    pub(crate) fn add(&mut self, hash: u64) -> io::Result<()> {
        let slot = &mut self.front[hash as usize & (FRONT - 1)];
        if slot.hash == hash {
            slot.count += 1;
            return Ok(());
        }
        // The value stays in front as long as it is more frequent than all others of the slot together.
        slot.others += 1;
        if slot.others < slot.count {
            return self.push(hash);
        }
        let Slot { hash: before, count, .. } = std::mem::replace(slot, Slot { hash, count: 1, others: 0 });
        (0..count).try_for_each(|_| self.push(before))
    }

    fn push(&mut self, hash: u64) -> io::Result<()> {
        let write = |row: &mut [u8]| row.copy_from_slice(&hash.to_le_bytes());
        self.pages.push((hash >> 56) as usize, size_of::<u64>(), write, &self.spill)
    }

    /// All values are here.
    pub(crate) fn finish(&self) -> Counted<'_> {
        let mut front: Vec<BTreeMap<u64, u64>> = vec![BTreeMap::new(); PARTS];
        for slot in self.front.iter().filter(|slot| slot.count > 0) {
            *front[(slot.hash >> 56) as usize].entry(slot.hash).or_default() += slot.count;
        }
        let spill = &self.spill;
        let parts = front.into_iter().enumerate().map(|(i, front)| {
            let part = Part::new(std::iter::once(&self.pages), i, spill);
            Mutex::new(Some((front, part)))
        });
        Counted { parts: parts.collect() }
    }
}

type OnePart<'a> = (BTreeMap<u64, u64>, Part<'a>);

/// The values, by partition. Each partition is loaded once.
pub(crate) struct Counted<'a> {
    parts: Vec<Mutex<Option<OnePart<'a>>>>,
}

impl Counted<'_> {
    /// The hashes of a partition in ascending order, and the counts of those that were in front.
    pub(crate) fn load(&self, part: usize, bytes: &mut Vec<u8>, hashes: &mut Vec<u64>) -> Result<BTreeMap<u64, u64>> {
        let of = self.parts[part].lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((front, part)) = of else { return Err(Failure::thread()) };
        part.load(bytes)?;
        hashes.clear();
        hashes.extend(bytes.as_chunks().0.iter().map(|hash| u64::from_le_bytes(*hash)));
        hashes.sort_unstable();
        Ok(front)
    }

    /// Gives how often each value was added, in no order.
    pub(crate) fn each(&self, mut to: impl FnMut(u64)) -> Result<()> {
        let (mut bytes, mut hashes) = (Vec::new(), Vec::new());
        for part in 0..PARTS {
            let mut front = self.load(part, &mut bytes, &mut hashes)?;
            for group in hashes.chunk_by(|a, b| a == b) {
                to(group.len() as u64 + front.remove(&group[0]).unwrap_or(0));
            }
            front.into_values().for_each(&mut to);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::mix;

    #[test]
    fn rare_and_frequent_values_are_counted_in_memory_and_in_a_file() {
        let dir = tempfile::tempdir().expect("a directory");
        for limit in [1 << 12, 1 << 24] {
            let spills = Spills::new(dir.path().join(limit.to_string()), dir.path().to_owned());
            let mut values = Values::new(&spills, limit);
            let mut expected: Vec<u64> = vec![100_000, 3];
            for i in 0..100_000_u64 {
                values.add(mix(7)).expect("added");
                if i < 3 {
                    values.add(mix(8)).expect("added");
                }
                if i % 4 == 0 {
                    values.add(mix(1_000 + i)).expect("added");
                    expected.push(1);
                }
            }
            let mut found = Vec::new();
            values.finish().each(|count| found.push(count)).expect("counted");
            found.sort_unstable();
            expected.sort_unstable();
            assert!(found == expected, "{limit}");
            assert_eq!(spills.written() > 0, limit < 1 << 20);
        }
    }
}
