//! Which columns of the two files hold the same thing, and which sets of them are tried together.

use super::{file::Delivery, sample::Sample, survey::Survey};
use crate::failure::{Failure, Result};

/// Of columns with other names, this share of the values must be common.
const SAME_VALUES: f64 = 0.5;
/// And so many values there must be: two columns of `1` and `2` need not be the same.
const TELLING: f64 = 20.0;

/// A column of each file that hold the same thing, as places among the columns without the symbols'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) places: [usize; 2],
}

/// The pairs: those asked for, those with one name, and those that share most of their values.
pub(super) fn pairs(files: [&Delivery; 2], surveys: [&Survey; 2], asked: &[(String, String)]) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for (a, b) in asked {
        let place = |side: usize, name: &str| {
            files[side].names.iter().position(|other| other == name).ok_or_else(|| {
                Failure::new("--pair names a column that is not there", "write it as NAME_IN_A=NAME_IN_B")
                    .of(&files[side].path)
            })
        };
        let pair = Pair { places: [place(0, a)?, place(1, b)?] };
        if !has_common(surveys, pair) {
            return Err(Failure::new(
                "the columns that a --pair names have no value in common",
                "columns are compared as they are written: spell them alike first, or leave the pair out",
            ));
        }
        pairs.push(pair);
    }
    let is_free = |pairs: &[Pair], side: usize, place: usize| pairs.iter().all(|pair| pair.places[side] != place);
    for (a, name) in files[0].names.iter().enumerate() {
        let alike = |b: &usize| {
            let same = plain(&files[1].names[*b]) == plain(name);
            // Each file's own serial numbers, say, are no common column, and must not hide one.
            same && is_free(&pairs, 1, *b) && has_common(surveys, Pair { places: [a, *b] })
        };
        if let Some(b) = (0..files[1].names.len()).find(alike).filter(|_| is_free(&pairs, 0, a)) {
            pairs.push(Pair { places: [a, b] });
        }
    }
    let telling = |side: usize, place: usize| surveys[side].columns[place].sample.distinct() >= TELLING;
    let sample = |side: usize, place: usize| -> &Sample { &surveys[side].columns[place].sample };
    let mut candidates = Vec::new();
    for a in (0..files[0].names.len()).filter(|a| is_free(&pairs, 0, *a) && telling(0, *a)) {
        for b in (0..files[1].names.len()).filter(|b| is_free(&pairs, 1, *b) && telling(1, *b)) {
            candidates.push((sample(0, a).overlap(sample(1, b)), Pair { places: [a, b] }));
        }
    }
    candidates.sort_by(|x, y| y.0.total_cmp(&x.0));
    for (overlap, pair) in candidates {
        if overlap >= SAME_VALUES && (0..2).all(|side| is_free(&pairs, side, pair.places[side])) {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}

/// Whether two columns have a value in common, as far as samples tell.
fn has_common(surveys: [&Survey; 2], pair: Pair) -> bool {
    let [a, b] = [0, 1].map(|side| &surveys[side].columns[pair.places[side]].sample);
    a.common(b).next().is_some()
}

/// A header as it is compared.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !" -_.".contains(*c)).flat_map(char::to_lowercase).collect()
}

/// Sets of pairs that are tried together, the set of all first; places in the list of pairs. All sets of up to six pairs;
/// of up to a dozen all of one or two, and all but one or two; of more, each alone, all but one, and all.
pub(super) fn sets(pairs: usize) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    let mut add = |set: Vec<usize>| {
        if !set.is_empty() && !sets.contains(&set) {
            sets.push(set);
        }
    };
    add((0..pairs).collect());
    if pairs <= 6 {
        for chosen in (1..1_u32 << pairs).rev() {
            add((0..pairs).filter(|pair| chosen >> pair & 1 == 1).collect());
        }
        return sets;
    }
    for one in 0..pairs {
        add(vec![one]);
        add((0..pairs).filter(|pair| *pair != one).collect());
        for other in (one + 1..pairs).filter(|_| pairs <= 12) {
            add(vec![one, other]);
            add((0..pairs).filter(|pair| *pair != one && *pair != other).collect());
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_pairs_come_first_and_each_alone_is_among_the_sets() {
        for pairs in 1..=20 {
            let sets = sets(pairs);
            assert_eq!(sets[0], (0..pairs).collect::<Vec<_>>());
            assert!((0..pairs).all(|pair| sets.contains(&vec![pair])), "{pairs}");
            assert!(
                (0..pairs)
                    .all(|out| pairs == 1 || sets.iter().any(|set| set.len() == pairs - 1 && !set.contains(&out)))
            );
            assert!(sets.len() <= 160, "{pairs}: {}", sets.len());
        }
        assert_eq!((sets(0).len(), sets(3).len(), sets(6).len(), sets(7).len()), (0, 7, 63, 57));
    }
}
