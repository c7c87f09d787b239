//! Counts people whose values are unique in both files, symbols that are in both, and people with several rows.

use std::{collections::BTreeMap, thread};

use super::{
    columns::Pair,
    file::{Delivery, Row},
    hashes::{Hashes, joined},
    sample::Sample,
};
use crate::failure::{Failure, Result};

/// A group of fewer people than this is close to a match.
pub(super) const CLOSE: u64 = 5;

/// The people that two files have in common, by one set of columns. People are different symbols, however many rows
/// they have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Matches {
    /// Values that exactly one person has in each file: these people match.
    pub(super) alone: u64,
    /// People of the first file in groups of fewer than [`CLOSE`] in each file, including those that match.
    pub(super) close: u64,
    /// Values that both files have. If both files hold the same people, matching at random among people with equal
    /// values gets one person right per value, on average.
    pub(super) values: u64,
}

/// The counts for two files.
#[derive(Default)]
pub(super) struct Tally {
    /// One entry for each set of columns.
    pub(super) matches: Vec<Matches>,
    /// How many different symbols are in both files, and in each file only.
    pub(super) symbols_in_both: u64,
    pub(super) symbols_only: [u64; 2],
    /// For each file, how many people have a given number of rows, from two on.
    pub(super) several: [BTreeMap<u64, u64>; 2],
    /// For each file, rows whose values, without the symbol, no other row of the file has.
    pub(super) unique: [u64; 2],
    /// Rows of the first file that the second file lacks, symbols included.
    pub(super) rows_only: u64,
    /// The positions of equal values, on all pairs of columns together.
    pub(super) order: Option<[Sample; 2]>,
}

/// Lists in addition to those of the sets of columns: the symbols, the kept columns of each file, the complete rows.
const OWN: usize = 3;

/// The input of a count.
pub(super) struct Question<'a> {
    pub(super) files: [&'a Delivery; 2],
    pub(super) rows: [u64; 2],
    pub(super) pairs: &'a [Pair],
    pub(super) sets: &'a [Vec<usize>],
    pub(super) hashes: &'a Hashes,
    /// Memory in bytes for the hashes that are held at a time. The rest is read in further passes.
    pub(super) memory: usize,
}

/// The hashes of one file in one pass: a sorted list for each thing that is counted.
struct Lists {
    own: [Vec<u64>; OWN],
    /// For each set of columns: the hash of the values and of the person. Each person is listed once.
    sets: Vec<Vec<(u64, u64)>>,
}

impl Question<'_> {
    /// Counts in as many passes as memory requires. Each pass takes its share of all hashes.
    pub(super) fn tally(&self) -> Result<Tally> {
        let hashes = (self.rows[0] + self.rows[1]) * (OWN + 2 * self.sets.len()) as u64;
        let readings = (hashes * size_of::<u64>() as u64).div_ceil(self.memory as u64).max(1);
        let mut tally = Tally { matches: vec![Matches::default(); self.sets.len()], ..Tally::default() };
        for reading in 0..readings {
            let [a, b] = thread::scope(|scope| {
                let both = [0, 1].map(|side| scope.spawn(move || self.read(side, reading, readings)));
                both.map(|thread| thread.join().unwrap_or_else(|_| Err(Failure::thread())))
            });
            let ((a, order_a), (b, order_b)) = (a?, b?);
            if reading == 0 {
                tally.order = Some([order_a, order_b]);
            }
            tally.add(&a, &b);
        }
        Ok(tally)
    }

    /// Reads a file and keeps the hashes that belong to this pass, sorted.
    fn read(&self, side: usize, reading: u64, readings: u64) -> Result<(Lists, Sample)> {
        let belongs = |hash: u64| (u128::from(hash) * u128::from(readings)) >> 64 == u128::from(reading);
        let expected = self.rows[side] / readings;
        // Slightly more than the share, so that the lists rarely grow.
        let room = (expected + expected / 50 + 64) as usize;
        let mut lists = Lists {
            own: [0; OWN].map(|_| Vec::with_capacity(room)),
            sets: self.sets.iter().map(|_| Vec::with_capacity(room)).collect(),
        };
        let mut order = Sample::within(self.memory / 16);
        let (mut cells, mut plain, mut place) = (Vec::new(), Vec::new(), 0);
        let mut add = |row: &Row<'_>| {
            cells.clear();
            cells.extend(row.cells.iter().map(|cell| self.hashes.cell(cell, &mut plain)));
            let symbol = self.hashes.symbol(&row.symbol);
            let own = joined(cells.iter().copied());
            for (list, hash) in lists.own.iter_mut().zip([symbol, own, joined([symbol, own])]) {
                if belongs(hash) {
                    list.push(hash);
                }
            }
            for (i, (list, set)) in lists.sets.iter_mut().zip(self.sets).enumerate() {
                let hash = joined(set.iter().map(|pair| cells[self.pairs[*pair].places[side]]));
                if belongs(hash) {
                    list.push((hash, symbol));
                }
                if i == 0 && reading == 0 {
                    order.add(hash, place);
                }
            }
            place += 1;
            Ok(())
        };
        let rows = self.files[side].each_row(&mut add)?;
        if rows != self.rows[side] {
            return Err(Failure::new("the file changed while it was read", "audit files that nobody writes to")
                .of(&self.files[side].path));
        }
        lists.own.iter_mut().for_each(|list| list.sort_unstable());
        for list in &mut lists.sets {
            list.sort_unstable();
            list.dedup();
        }
        Ok((lists, order))
    }
}

impl Tally {
    fn add(&mut self, a: &Lists, b: &Lists) {
        for group in Groups::of(&a.own[0], &b.own[0], |hash| *hash) {
            match group {
                [0, _] => self.symbols_only[1] += 1,
                [_, 0] => self.symbols_only[0] += 1,
                _ => self.symbols_in_both += 1,
            }
            for (several, rows) in self.several.iter_mut().zip(group) {
                if rows > 1 {
                    *several.entry(rows).or_default() += 1;
                }
            }
        }
        self.unique[0] += Groups::of(&a.own[1], &[], |hash| *hash).filter(|group| group[0] == 1).count() as u64;
        self.unique[1] += Groups::of(&b.own[1], &[], |hash| *hash).filter(|group| group[0] == 1).count() as u64;
        self.rows_only +=
            Groups::of(&a.own[2], &b.own[2], |hash| *hash).map(|[a, b]| if b == 0 { a } else { 0 }).sum::<u64>();
        for ((matches, a), b) in self.matches.iter_mut().zip(&a.sets).zip(&b.sets) {
            for [a, b] in Groups::of(a, b, |(hash, _)| *hash).filter(|[a, b]| *a > 0 && *b > 0) {
                matches.values += 1;
                matches.alone += u64::from((a, b) == (1, 1));
                matches.close += if a < CLOSE && b < CLOSE { a } else { 0 };
            }
        }
    }
}

/// Walks two sorted lists: for each hash it yields the entries of both.
struct Groups<'a, T> {
    lists: [&'a [T]; 2],
    hash: fn(&T) -> u64,
}

impl<'a, T> Groups<'a, T> {
    fn of(a: &'a [T], b: &'a [T], hash: fn(&T) -> u64) -> Self {
        Self { lists: [a, b], hash }
    }
}

impl<T> Iterator for Groups<'_, T> {
    type Item = [u64; 2];

    fn next(&mut self) -> Option<[u64; 2]> {
        let least = self.lists.iter().filter_map(|list| list.first()).map(self.hash).min()?;
        Some([0, 1].map(|side| {
            let list = self.lists[side];
            let entries = list.iter().take_while(|entry| (self.hash)(entry) == least).count();
            self.lists[side] = &list[entries..];
            entries as u64
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_counted_on_both_sides_and_rows_that_stand_alone_match() {
        let (a, b) = ([1, 2, 2, 5, 7, 7, 7, 7, 7], [1, 2, 3, 3, 5, 5, 7]);
        let groups: Vec<_> = Groups::of(&a, &b, |hash| *hash).collect();
        assert_eq!(groups, [[1, 1], [2, 1], [0, 2], [1, 2], [5, 1]]);
        // A person for each row.
        let people = |list: &[u64]| list.iter().zip(0..).map(|(hash, person)| (*hash, person)).collect();
        let lists = |list: &[u64]| Lists { own: [0; OWN].map(|_| list.to_vec()), sets: vec![people(list)] };
        let mut tally = Tally { matches: vec![Matches::default()], ..Tally::default() };
        tally.add(&lists(&a), &lists(&b));
        assert_eq!(tally.matches, [Matches { alone: 1, close: 4, values: 4 }]);
        assert_eq!((tally.symbols_in_both, tally.symbols_only), (4, [0, 1]));
        assert_eq!(tally.several, [BTreeMap::from([(2, 1), (5, 1)]), BTreeMap::from([(2, 2)])]);
        assert_eq!((tally.unique, tally.rows_only), ([2, 3], 0));
    }
}
