//! The rows of a new delivery as keyed hashes, in the order of people and in bounded memory.

use std::{iter, path::Path};

use super::people::Row;
use crate::{
    failure::{Failure, Result},
    partition::{PARTS, Pages, Part, Spill, Spills},
};

/// The rows of a file. They are partitioned by the first byte of the person, and each partition is sorted when it is
/// read. The hashes of people are uniform, so the partitions have similar sizes.
pub(super) struct Rows<'s> {
    file: &'s Path,
    columns: usize,
    limit: usize,
    count: u64,
    pages: Pages,
    spill: Spill<'s>,
}

impl<'s> Rows<'s> {
    /// Holds at most about `limit` bytes, then spills.
    pub(super) fn new(file: &'s Path, columns: usize, spills: &'s Spills, limit: usize) -> Self {
        Self { file, columns, limit, count: 0, pages: Pages::new(PARTS, limit), spill: spills.open(PARTS) }
    }

    fn width(&self) -> usize {
        size_of::<u64>() + size_of::<u16>() * self.columns
    }

    /// Takes a person, and the cell of each column of the ledger.
    pub(super) fn push(&mut self, person: u64, cells: &[u16]) -> Result<()> {
        let write = |row: &mut [u8]| {
            let (tag, rest) = row.split_at_mut(size_of::<u64>());
            tag.copy_from_slice(&person.to_be_bytes());
            rest.as_chunks_mut().0.iter_mut().zip(cells).for_each(|(bytes, cell)| *bytes = cell.to_be_bytes());
        };
        self.count += 1;
        let pushed = self.pages.push((person >> 56) as usize, self.width(), write, &self.spill);
        pushed.map_err(|error| self.spill.failure(&error))
    }

    /// The number of rows.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// All rows, ascending by person. A person with several rows is an error.
    pub(super) fn in_order(&self) -> impl Iterator<Item = Result<Row>> {
        let (mut bytes, mut order, mut next, mut part) = (Vec::new(), Vec::new(), 0, 0);
        iter::from_fn(move || {
            while next == order.len() {
                if part == PARTS {
                    return None;
                }
                if let Err(failure) = self.load(part, &mut bytes, &mut order) {
                    part = PARTS;
                    return Some(Err(failure));
                }
                (next, part) = (0, part + 1);
            }
            let (person, at) = order[next];
            next += 1;
            let cells = &bytes[at + size_of::<u64>()..at + self.width()];
            let cells = cells.as_chunks().0.iter().map(|cell| u16::from_be_bytes(*cell)).collect();
            Some(Ok((person, cells)))
        })
    }

    /// Reads a partition: its bytes, and where the row of each person is.
    fn load(&self, part: usize, bytes: &mut Vec<u8>, order: &mut Vec<(u64, usize)>) -> Result<()> {
        let part = Part::new(iter::once(&self.pages), part, &self.spill);
        if part.len() > self.limit as u64 {
            return Err(Failure::new(
                "the rows of a part of the people do not fit into the memory",
                "give more --memory; if a person may have several rows, convert in symbol order or with --unique",
            )
            .of(self.file));
        }
        part.load(bytes)?;
        order.clear();
        let person = |row: &[u8]| row.first_chunk().map_or(0, |tag| u64::from_be_bytes(*tag));
        order.extend(bytes.chunks_exact(self.width()).enumerate().map(|(i, row)| (person(row), i * self.width())));
        order.sort_unstable();
        if order.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            let what = "a person has several rows";
            return Err(Failure::new(what, "convert in symbol order or with --unique").of(self.file));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mix::mix;

    #[test]
    fn rows_come_in_the_order_of_people_from_memory_and_from_a_file() {
        let dir = tempfile::tempdir().expect("a directory");
        for limit in [1 << 14, 1 << 24] {
            let spills = Spills::new(dir.path().join(limit.to_string()), dir.path().to_owned());
            let mut rows = Rows::new(Path::new("file.csv"), 2, &spills, limit);
            let mut expected: Vec<Row> = (0..20_000).map(|i| (mix(i), vec![i as u16, 7])).collect();
            expected.iter().for_each(|(person, cells)| rows.push(*person, cells).expect("taken"));
            expected.sort_unstable();
            for _ in 0..2 {
                let found = rows.in_order().collect::<Result<Vec<Row>>>().expect("read");
                assert!(found == expected, "{limit}");
            }
            assert_eq!((rows.count(), spills.written() > 0), (20_000, limit < 1 << 20));
            rows.push(mix(5), &[0, 0]).expect("taken");
            assert!(rows.in_order().any(|row| row.is_err_and(|error| error.to_string().contains("several rows"))));
        }
    }
}
