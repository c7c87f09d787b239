//! Who is in both files, by symbol: two files of one scope, or symbols that two scopes share.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::records::{Records, Rows};
use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
    partition::PARTS,
};

/// People are different symbols, however many rows they have.
#[derive(Default)]
pub(super) struct People {
    /// How many people are in both files, and in each file only.
    pub(super) in_both: u64,
    pub(super) only: [u64; 2],
    /// For each file, how many people have a given number of rows, from two on.
    pub(super) several: [BTreeMap<u64, u64>; 2],
    /// People in both files whose rows are not the same.
    pub(super) changed: u64,
    /// For each column that both files have: people in both files whose values differ.
    pub(super) changed_in: Vec<u64>,
}

impl People {
    /// Compares two files. `columns` of each row are those that both files have.
    pub(super) fn of(
        records: [&Records<'_>; 2],
        columns: &[[usize; 2]],
        threads: usize,
        interrupt: &Interrupt,
    ) -> Result<Self> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<Self> {
            let mut people = Self { changed_in: vec![0; columns.len()], ..Self::default() };
            let mut rows = [Rows::default(), Rows::default()];
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part >= PARTS {
                    return Ok(people);
                }
                interrupt.check()?;
                for side in [0, 1] {
                    records[side].load(part, true, &mut rows[side])?;
                }
                people.add(&rows, columns);
            }
        };
        let mut all = Self { changed_in: vec![0; columns.len()], ..Self::default() };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            for worker in workers {
                all.merge(worker.join().unwrap_or_else(|_| Err(Failure::thread()))?);
            }
            Ok(all)
        })
    }

    fn merge(&mut self, other: Self) {
        self.in_both += other.in_both;
        self.changed += other.changed;
        for side in [0, 1] {
            self.only[side] += other.only[side];
            for (rows, people) in &other.several[side] {
                *self.several[side].entry(*rows).or_default() += people;
            }
        }
        self.changed_in.iter_mut().zip(other.changed_in).for_each(|(all, changed)| *all += changed);
    }

    fn add(&mut self, rows: &[Rows; 2], columns: &[[usize; 2]]) {
        let [mut a, mut b] = rows.each_ref().map(|rows| rows.people().peekable());
        loop {
            let symbols = [a.peek().map(|own| rows[0].symbol(own[0])), b.peek().map(|own| rows[1].symbol(own[0]))];
            let Some(least) = symbols.into_iter().flatten().min() else { return };
            let own = [
                if symbols[0] == Some(least) { a.next() } else { None },
                if symbols[1] == Some(least) { b.next() } else { None },
            ];
            for (own, several) in own.iter().zip(&mut self.several) {
                let rows = own.map_or(0, |own| own.len() as u64);
                if rows > 1 {
                    *several.entry(rows).or_default() += 1;
                }
            }
            match own {
                [Some(x), Some(y)] => {
                    self.in_both += 1;
                    if let ([x], [y]) = (x, y) {
                        self.changed += u64::from(rows[0].cells(*x) != rows[1].cells(*y));
                        let (x, y) = (rows[0].values(*x), rows[1].values(*y));
                        let changed = columns.iter().zip(&mut self.changed_in);
                        changed.for_each(|([a, b], changed)| *changed += u64::from(x[*a] != y[*b]));
                        continue;
                    }
                    let all = |side: usize, own: &[u32]| sorted(own.iter().map(|row| rows[side].cells(*row)));
                    self.changed += u64::from(all(0, x) != all(1, y));
                    for ([a, b], changed) in columns.iter().zip(&mut self.changed_in) {
                        let of = |side: usize, own: &[u32], column: usize| {
                            sorted(own.iter().map(|row| rows[side].values(*row)[column]))
                        };
                        *changed += u64::from(of(0, x, *a) != of(1, y, *b));
                    }
                }
                [Some(_), None] => self.only[0] += 1,
                _ => self.only[1] += 1,
            }
        }
    }

    /// Whether every person has one row in each file.
    pub(super) fn are_single(&self, side: usize) -> bool {
        self.several[side].is_empty()
    }
}

fn sorted(values: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values
}
