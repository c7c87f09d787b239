//! Which sets of columns link two files.
//!
//! Three facts about the counts of a set S ([`Guesses`]) say which sets need not be counted:
//!
//! 1. A set with one more column has at most as many people in common: each value divides into several, and
//!    `Σ min(aᵢ, bᵢ) ≤ min(Σ aᵢ, Σ bᵢ)`. A set without people in common is not extended.
//! 2. A set that links is not extended: to end it one of its own columns must go, and that ends its extensions too.
//! 3. If T contains S, the right guesses of S are at most those of T and the people in common that T loses:
//!    `Σ min(aᵢ, bᵢ) / max(aᵢ, bᵢ) ≥ Σ min(aᵢ, bᵢ) / max(Σ aᵢ, Σ bᵢ)`. So among many coarse columns the largest set that
//!    keeps the people in common bounds all sets within it.
//!
//! Up to [`ALL_SETS`] columns, every set that the first two facts leave is counted. With more, sets grow by the column
//! that adds the most right guesses, from the best pairs on, and columns from the coarsest on are taken together as long as
//! they do not link. A column that chance explains alone is not left out: if few people are in both files, each column
//! alone looks like chance, and several together match those few.

use std::path::Path;

use super::{
    both,
    counting::{Merged, count},
    groups::{Groups, Guesses},
    pairs::Pair,
    records::Records,
};
use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
    partition::{Spills, Values},
};

/// Up to so many columns that do not link alone, all sets of them are counted.
pub(super) const ALL_SETS: usize = 6;
/// The people that are counted to choose between sets, about.
const CHOOSING: u64 = 1 << 16;
/// A set is not grown by less than this share of right guesses.
const GAIN: f64 = 0.005;
/// Among more than [`ALL_SETS`] columns, sets grow from the best pairs of so many columns with the most values, and from so
/// many pairs.
const FINEST: usize = 12;
const SEEDS: usize = 3;
/// So many changes are tried until the columns that are left do not link.
const CHANGES: usize = 6;

/// Counts sets of columns.
pub(super) struct Search<'a> {
    pub(super) records: [&'a Records<'a>; 2],
    pub(super) rows: [u64; 2],
    /// The groups of each pair, if they are known and need not be counted.
    pub(super) known: Vec<Option<Groups>>,
    pub(super) pairs: &'a [Pair],
    /// Where the columns of each pair are in the rows.
    pub(super) places: &'a [[usize; 2]],
    pub(super) memory: usize,
    pub(super) threads: usize,
    pub(super) temp_dir: &'a Path,
    pub(super) interrupt: &'a Interrupt,
}

/// Pairs of columns, as indices in ascending order, and what they allow.
#[derive(Clone, Debug)]
pub(super) struct Set {
    pub(super) pairs: Vec<usize>,
    pub(super) guesses: Guesses,
}

/// The result of a search.
#[derive(Default)]
pub(super) struct Found {
    /// For every two columns that are compared, the reading that shows most.
    pub(super) columns: Vec<Set>,
    /// The sets that link and of which no part links, as far as they were counted.
    pub(super) linking: Vec<Set>,
    /// The set that allows the most right guesses.
    pub(super) worst: Option<Set>,
    /// Among many columns: those that are left after the smallest change, if no set of them links that was counted.
    pub(super) harmless: Option<Set>,
    /// All columns together.
    pub(super) all: Option<Set>,
    /// How many sets were counted, and whether these are all that can link.
    pub(super) counted: u64,
    pub(super) is_complete: bool,
}

impl Search<'_> {
    pub(super) fn run(&self) -> Result<Found> {
        let mut found = Found { is_complete: true, ..Found::default() };
        let singles = self.count((0..self.pairs.len()).map(|pair| vec![pair]).collect(), &mut found)?;
        found.columns = self.best_readings(singles);
        let (linking, coarse): (Vec<Set>, Vec<Set>) =
            found.columns.iter().cloned().partition(|set| set.guesses.links());
        found.linking = linking;
        // Chance may explain each column alone, if most people are in one file only, and not two of them together.
        if coarse.len() <= ALL_SETS {
            self.every_set(&coarse, &mut found)?;
        } else {
            self.growing_sets(&coarse, &mut found)?;
            self.find_harmless(&mut found)?;
        }
        self.find_worst(&mut found)?;
        Ok(found)
    }

    /// For each two columns the reading that links, or that has the most people in common.
    fn best_readings(&self, singles: Vec<Set>) -> Vec<Set> {
        let mut best: Vec<Set> = Vec::new();
        let rank = |set: &Set| (set.guesses.links(), set.guesses.expected(), set.guesses.common, set.guesses.values);
        let is_same = |set: &Set| self.pairs[set.pairs[0]].is_alike || set.guesses.is_shown();
        for set in singles.into_iter().filter(|set| set.guesses.common > 0 && is_same(set)) {
            let place = self.pairs[set.pairs[0]].places;
            match best.iter_mut().find(|other| self.pairs[other.pairs[0]].places == place) {
                Some(other) if rank(other) < rank(&set) => *other = set,
                Some(_) => {}
                None => best.push(set),
            }
        }
        best
    }

    /// Level by level: each set whose parts were all counted and do not link.
    fn every_set(&self, coarse: &[Set], found: &mut Found) -> Result<()> {
        let mut level: Vec<Set> = coarse.to_vec();
        while !level.is_empty() {
            let mut next: Vec<Vec<usize>> = Vec::new();
            for set in &level {
                for one in coarse.iter().map(|set| set.pairs[0]) {
                    if Some(&one) <= set.pairs.last() || !self.fits(&set.pairs, one) {
                        continue;
                    }
                    let larger = [&set.pairs[..], &[one]].concat();
                    let parts = (0..larger.len()).map(|out| without(&larger, out));
                    if parts.into_iter().all(|part| level.iter().any(|set| set.pairs == part)) {
                        next.push(larger);
                    }
                }
            }
            let counted = self.count(next, found)?;
            let (linking, harmless): (Vec<Set>, Vec<Set>) = counted.into_iter().partition(|set| set.guesses.links());
            found.linking.extend(linking);
            level = harmless.into_iter().filter(|set| set.guesses.common > 0).collect();
        }
        Ok(())
    }

    /// Sets of many columns: those that grow from the best pairs of columns, and those of the coarsest columns.
    fn growing_sets(&self, coarse: &[Set], found: &mut Found) -> Result<()> {
        found.is_complete = false;
        let pool: Vec<usize> = coarse.iter().map(|set| set.pairs[0]).collect();
        self.grow_all(&pool, found)?;
        let mut by_size: Vec<&Set> = coarse.iter().collect();
        by_size.sort_by_key(|set| set.guesses.values);
        let mut prefixes: Vec<Vec<usize>> = Vec::new();
        let mut taken: Vec<usize> = Vec::new();
        for set in by_size {
            if self.fits(&taken, set.pairs[0]) {
                taken.push(set.pairs[0]);
                prefixes.push(taken.clone());
            }
        }
        prefixes.iter_mut().for_each(|set| set.sort_unstable());
        let counted = self.count(prefixes, found)?;
        if let Some(set) = counted.into_iter().find(|set| set.guesses.links()) {
            self.add_linking(set, found)?;
        }
        Ok(())
    }

    /// Grows sets from no column and from the best pairs, and adds those that link. Says whether one does.
    fn grow_all(&self, pool: &[usize], found: &mut Found) -> Result<bool> {
        let mut finest: Vec<(u64, usize)> = found
            .columns
            .iter()
            .filter(|set| pool.contains(&set.pairs[0]))
            .map(|set| (set.guesses.values, set.pairs[0]))
            .collect();
        finest.sort_unstable_by(|a, b| b.cmp(a));
        finest.truncate(FINEST);
        let pairs: Vec<Vec<usize>> = (0..finest.len())
            .flat_map(|a| (0..a).map(move |b| [a, b]))
            .map(|places| places.map(|place| finest[place].1))
            .filter(|[a, b]| self.fits(&[*a], *b))
            .map(|mut pair| {
                pair.sort_unstable();
                pair.to_vec()
            })
            .collect();
        let matched = self.estimate(&pairs, found)?;
        let mut seeds: Vec<(f64, Vec<usize>)> =
            matched.into_iter().zip(pairs).filter(|(most, _)| *most > 0.0).collect();
        seeds.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let seeds = seeds.into_iter().take(SEEDS);
        let mut links = false;
        for seed in std::iter::once(None).chain(seeds.map(Some)) {
            let grown = self.grow(seed, pool, found)?;
            if grown.guesses.links() {
                links = true;
                self.add_linking(grown, found)?;
            }
        }
        Ok(links)
    }

    /// Adds the smallest part of a set that links, unless a part of it is known.
    fn add_linking(&self, set: Set, found: &mut Found) -> Result<()> {
        if found.linking.iter().all(|other| !is_within(&other.pairs, &set.pairs)) {
            let smallest = self.shrink(set, found)?;
            found.linking.push(smallest);
        }
        Ok(())
    }

    /// The columns that are left after the smallest change, if no set of them links that is counted. Sets that do link are
    /// added.
    fn find_harmless(&self, found: &mut Found) -> Result<()> {
        for _ in 0..CHANGES {
            let out = found.smallest_change();
            let columns = found.columns.iter().map(|set| set.pairs[0]);
            let rest = self.together(columns.filter(|pair| !out.contains(pair)));
            if rest.is_empty() {
                return Ok(());
            }
            let Some(all) = self.count(vec![rest.clone()], found)?.pop() else { return Ok(()) };
            if all.guesses.links() {
                self.add_linking(all, found)?;
            } else if !self.grow_all(&rest, found)? {
                found.harmless = Some(all);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Adds columns to a set, whose right guesses were estimated, as long as they add right guesses.
    fn grow(&self, mut best: Option<(f64, Vec<usize>)>, pool: &[usize], found: &mut Found) -> Result<Set> {
        loop {
            let base = best.as_ref().map_or(&[][..], |(_, set)| &set[..]);
            let larger = |one: &usize| {
                let mut set = [base, &[*one]].concat();
                set.sort_unstable();
                set
            };
            let sets: Vec<Vec<usize>> = pool.iter().filter(|one| self.fits(base, **one)).map(larger).collect();
            let matched = self.estimate(&sets, found)?;
            let most = sets.into_iter().zip(matched).max_by(|a, b| a.1.total_cmp(&b.1));
            let Some((set, matched)) = most else { break };
            if best.as_ref().is_some_and(|(before, _)| matched <= before * (1.0 + GAIN)) {
                break;
            }
            best = Some((matched, set));
        }
        let set = best.map_or_else(Vec::new, |(_, set)| set);
        let counted = self.count(vec![set], found)?.pop();
        counted.ok_or_else(|| Failure::new("there is no set of columns", "report this"))
    }

    /// Removes columns from a set that links as long as it still links.
    fn shrink(&self, mut set: Set, found: &mut Found) -> Result<Set> {
        while set.pairs.len() > 1 {
            let smaller = (0..set.pairs.len()).map(|out| without(&set.pairs, out)).collect();
            match self
                .count(smaller, found)?
                .into_iter()
                .filter(|set| set.guesses.links())
                .max_by_key(|set| set.guesses.expected())
            {
                Some(smaller) => set = smaller,
                None => break,
            }
        }
        Ok(set)
    }

    /// Grows the set that links most. All columns that people share beyond chance are counted together too.
    fn find_worst(&self, found: &mut Found) -> Result<()> {
        let pool: Vec<usize> = found.columns.iter().map(|set| set.pairs[0]).collect();
        let shared = found.columns.iter().filter(|set| !set.guesses.is_chance()).map(|set| set.pairs[0]);
        let all = self.together(shared);
        if !all.is_empty() {
            found.all = self.count(vec![all], found)?.pop();
        }
        let Some(best) = found.linking.iter().max_by_key(|set| set.guesses.expected()).cloned() else { return Ok(()) };
        let fewer = self.rows[0].min(self.rows[1]);
        let mut worst = best;
        if 20 * worst.guesses.expected() < 19 * fewer && pool.len() > 1 {
            let matched = self.estimate(std::slice::from_ref(&worst.pairs), found)?;
            let grown = self.grow(matched.into_iter().zip([worst.pairs.clone()]).next(), &pool, found)?;
            // Right guesses of a set that does not link are chance.
            let larger = [Some(grown), found.all.clone()].into_iter().flatten().filter(|set| set.guesses.links());
            worst = std::iter::once(worst)
                .chain(larger)
                .max_by_key(|set| set.guesses.expected())
                .unwrap_or_else(|| unreachable!("there is one at least"));
        }
        found.worst = Some(worst);
        Ok(())
    }

    /// One set of these pairs, of which the first ones go in.
    fn together(&self, pairs: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut set = Vec::new();
        for pair in pairs {
            if self.fits(&set, pair) {
                set.push(pair);
            }
        }
        set.sort_unstable();
        set
    }

    /// Whether a pair can be added to a set: a column is in a set once.
    fn fits(&self, set: &[usize], pair: usize) -> bool {
        let of = self.pairs[pair].places;
        set.iter().all(|other| self.pairs[*other].places[0] != of[0] && self.pairs[*other].places[1] != of[1])
    }

    fn columns(&self, side: usize, sets: &[Vec<usize>]) -> Vec<Vec<usize>> {
        sets.iter().map(|set| set.iter().map(|pair| self.places[*pair][side]).collect()).collect()
    }

    /// Counts sets over all people.
    fn count(&self, sets: Vec<Vec<usize>>, found: &mut Found) -> Result<Vec<Set>> {
        found.counted += sets.len() as u64;
        let (counted, columns) = ((found.counted as f64).ln(), found.columns.len());
        let known = |set: &[usize]| match set {
            [pair] => self.known[*pair].as_ref(),
            _ => None,
        };
        let unknown: Vec<Vec<usize>> = sets.iter().filter(|set| known(set).is_none()).cloned().collect();
        let least = 1 << 18;
        let batch = (self.memory / 2 / least).clamp(1, 64);
        let mut read: Vec<Groups> = Vec::new();
        for sets in unknown.chunks(batch) {
            read.extend(self.count_batch(sets, self.memory / 2 / sets.len())?);
        }
        let mut read = read.into_iter();
        let counted = sets.into_iter().map(|set| {
            let by_chance = set.iter().map(|pair| self.pairs[*pair].by_chance).filter(|chance| *chance > 0.0);
            let by_chance = by_chance.reduce(f64::min).unwrap_or(0.0);
            let mut guesses = match known(&set) {
                Some(groups) => groups.guesses(by_chance),
                None => read.next().unwrap_or_default().guesses(by_chance),
            };
            // A set that grows is the best of all sets of so many columns.
            guesses.tried = counted.max(sets_of(set.len(), columns));
            Set { pairs: set, guesses }
        });
        Ok(counted.collect())
    }

    fn count_batch(&self, sets: &[Vec<usize>], limit: usize) -> Result<Vec<Groups>> {
        // The run directory is removed with its files when the batch is counted.
        let (_staging, spills) = Spills::within(self.temp_dir, self.rows[0].max(self.rows[1]) * 16 > limit as u64)?;
        let read = |side: usize| -> Result<Vec<Values<'_>>> {
            let columns = self.columns(side, sets);
            let mut values: Vec<Values<'_>> = sets.iter().map(|_| Values::new(&spills, limit)).collect();
            self.records[side].each_value(&columns, self.interrupt, |set, value| {
                values[set].add(value).map_err(|error| spills.failure(&error))
            })?;
            Ok(values)
        };
        count(both(read)?, self.threads)
    }

    /// For each file, the rows whose cells, without the symbol, no other row of the file has.
    pub(super) fn unique_rows(&self) -> Result<[u64; 2]> {
        let limit = self.memory / 8;
        let (_staging, spills) = Spills::within(self.temp_dir, self.rows[0].max(self.rows[1]) * 16 > limit as u64)?;
        let sides = both(|side| {
            let mut values = Values::new(&spills, limit);
            self.records[side].each_row(&mut values, &spills)?;
            Ok(vec![values])
        })?;
        let groups = count(sides, self.threads)?;
        Ok([0, 1].map(|side| groups[0].unique(side)))
    }

    /// The right guesses of sets, from a sample of their values. A sample holds all people of its values.
    fn estimate(&self, sets: &[Vec<usize>], found: &mut Found) -> Result<Vec<f64>> {
        found.counted += sets.len() as u64;
        let rows = self.rows[0].max(self.rows[1]).max(1);
        let share = (CHOOSING as f64 / rows as f64).min(1.0);
        let bound = if share < 1.0 { (share * u64::MAX as f64) as u64 } else { u64::MAX };
        let sampled = ((rows as f64 * share) as usize + 1) * 2 * size_of::<u64>();
        let mut matched = Vec::new();
        for sets in sets.chunks((self.memory / 2 / sampled).max(1)) {
            let read = |side: usize| -> Result<Vec<Vec<u64>>> {
                let columns = self.columns(side, sets);
                let mut values = vec![Vec::new(); sets.len()];
                self.records[side].each_value(&columns, self.interrupt, |set, value| {
                    if value <= bound {
                        values[set].push(value);
                    }
                    Ok(())
                })?;
                values.iter_mut().for_each(|values: &mut Vec<u64>| values.sort_unstable());
                Ok(values)
            };
            let [a, b] = both(read)?;
            for (a, b) in a.iter().zip(&b) {
                let mut groups = Groups::default();
                Merged::of([a, b]).for_each(|(_, sizes)| groups.add(sizes));
                matched.push(groups.guesses(0.0).matched / share);
            }
        }
        Ok(matched)
    }
}

fn without(set: &[usize], out: usize) -> Vec<usize> {
    set.iter().enumerate().filter(|(at, _)| *at != out).map(|(_, pair)| *pair).collect()
}

/// The logarithm of the number of sets of `size` out of `columns`.
fn sets_of(size: usize, columns: usize) -> f64 {
    (0..size).map(|taken| (columns.saturating_sub(taken).max(1) as f64 / (taken + 1) as f64).ln()).sum()
}

fn is_within(part: &[usize], set: &[usize]) -> bool {
    part.iter().all(|pair| set.contains(pair))
}

impl Found {
    /// The fewest pairs of columns of which one is in every set that links; of several, those with the most values.
    pub(super) fn smallest_change(&self) -> Vec<usize> {
        const TRIED: usize = 16;
        let values =
            |pair: &usize| self.columns.iter().find(|set| set.pairs == [*pair]).map_or(0, |set| set.guesses.values);
        let mut pairs: Vec<usize> = self.linking.iter().flat_map(|set| set.pairs.clone()).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let ends = |chosen: &[usize]| self.linking.iter().all(|set| set.pairs.iter().any(|pair| chosen.contains(pair)));
        if pairs.len() <= TRIED {
            let all = (1..1_u32 << pairs.len()).map(|bits| -> Vec<usize> {
                pairs.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, pair)| *pair).collect()
            });
            let cost = |set: &Vec<usize>| (set.len(), std::cmp::Reverse(set.iter().map(values).sum::<u64>()));
            return all.filter(|set| ends(set)).min_by_key(cost).unwrap_or_default();
        }
        let mut chosen: Vec<usize> = Vec::new();
        while !ends(&chosen) {
            let open = self.linking.iter().filter(|set| !set.pairs.iter().any(|pair| chosen.contains(pair)));
            let mut often: Vec<usize> = open.flat_map(|set| set.pairs.clone()).collect();
            often.sort_unstable();
            let most = often.chunk_by(|a, b| a == b).max_by_key(|same| (same.len(), values(&same[0])));
            chosen.extend(most.map(|same| same[0]));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_columns_are_counted() {
        assert!((sets_of(3, 5).exp() - 10.0).abs() < 1e-9);
        assert!((sets_of(1, 7).exp() - 7.0).abs() < 1e-9);
        assert!((sets_of(1, 0).exp() - 1.0).abs() < 1e-9);
    }
}
