//! Counts how many people of both files have each value, for several sets of columns at a time.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::groups::Groups;
use crate::{
    failure::{Failure, Result},
    partition::{Counted, PARTS, Values},
};

/// The groups of each set, from the values of both files.
pub(super) fn count(sides: [Vec<Values<'_>>; 2], threads: usize) -> Result<Vec<Groups>> {
    let [a, b] = &sides;
    let sets: Vec<[Counted<'_>; 2]> = a.iter().zip(b).map(|(a, b)| [a.finish(), b.finish()]).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<Vec<Groups>> {
        let mut groups = vec![Groups::default(); sets.len()];
        let (mut bytes, mut lists) = (Vec::new(), [Vec::new(), Vec::new()]);
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            let Some(set) = sets.get(task / PARTS) else { return Ok(groups) };
            let [mut front_a, mut front_b] = [BTreeMap::new(), BTreeMap::new()];
            for (side, front) in [&mut front_a, &mut front_b].into_iter().enumerate() {
                *front = set[side].load(task % PARTS, &mut bytes, &mut lists[side])?;
            }
            let of = &mut groups[task / PARTS];
            for (hash, [a, b]) in Merged::of([&lists[0], &lists[1]]) {
                of.add([a + front_a.remove(&hash).unwrap_or(0), b + front_b.remove(&hash).unwrap_or(0)]);
            }
            for (hash, a) in front_a {
                of.add([a, front_b.remove(&hash).unwrap_or(0)]);
            }
            front_b.into_values().for_each(|b| of.add([0, b]));
        }
    };
    let mut all = vec![Groups::default(); sets.len()];
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            let groups = worker.join().unwrap_or_else(|_| Err(Failure::thread()))?;
            all.iter_mut().zip(&groups).for_each(|(all, groups)| all.merge(groups));
        }
        Ok(all)
    })
}

/// Walks two ascending lists: each hash, and how often it is in both.
pub(super) struct Merged<'a>([&'a [u64]; 2]);

impl<'a> Merged<'a> {
    pub(super) fn of(lists: [&'a [u64]; 2]) -> Self {
        Self(lists)
    }
}

impl Iterator for Merged<'_> {
    type Item = (u64, [u64; 2]);

    fn next(&mut self) -> Option<Self::Item> {
        let least = self.0.iter().filter_map(|list| list.first()).min().copied()?;
        let counts = [0, 1].map(|side| {
            let list = self.0[side];
            let entries = list.iter().take_while(|hash| **hash == least).count();
            self.0[side] = &list[entries..];
            entries as u64
        });
        Some((least, counts))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::values::joined, *};
    use crate::partition::Spills;

    #[test]
    fn groups_are_counted_on_both_sides_whether_values_are_rare_or_frequent() {
        let spills = Spills::new("/nonexistent/rows".into(), "/nonexistent".into());
        let mut sides = [0, 1].map(|_| vec![Values::new(&spills, 1 << 20)]);
        let mut expected = Groups::default();
        let mut adding: Vec<(usize, u64)> = Vec::new();
        for value in 0..20_000_u64 {
            let sizes = if value < 3 { [30_000, 20_000 + value] } else { [value % 4, value % 3] };
            if sizes != [0, 0] {
                expected.add(sizes);
            }
            for side in [0, 1] {
                adding.extend((0..sizes[side]).map(|_| (side, joined([value]))));
            }
        }
        // An order in which frequent and rare values alternate.
        adding.sort_by_key(|(side, hash)| joined([*side as u64, *hash >> 7, hash.wrapping_mul(31)]));
        let stride = 7_919;
        for i in 0..adding.len() {
            let (side, hash) = adding[i * stride % adding.len()];
            sides[side][0].add(hash).expect("in memory");
        }
        assert_eq!(count(sides, 3).expect("counted"), [expected]);
    }

    #[test]
    fn two_lists_are_walked_together() {
        let (a, b) = ([1, 2, 2, 5, 7, 7, 7, 7, 7], [1, 2, 3, 3, 5, 5, 7]);
        let groups: Vec<_> = Merged::of([&a, &b]).map(|(_, counts)| counts).collect();
        assert_eq!(groups, [[1, 1], [2, 1], [0, 2], [1, 2], [5, 1]]);
    }
}
