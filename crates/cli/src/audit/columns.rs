//! Which columns of the two files hold the same values, and which sets of columns are compared.

use super::{file::Delivery, sample::Sample, survey::Survey};
use crate::failure::{Failure, Result};

/// Two columns with different names are a pair if at least this share of their values is common.
const SAME_VALUES: f64 = 0.5;
/// They must also have this many values: two columns of `1` and `2` need not hold the same thing.
const TELLING: f64 = 20.0;

/// Two columns that hold the same thing, one of each file, as indices among the columns that are not the symbols'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) places: [usize; 2],
}

/// Finds the pairs: those that --pair names, those with the same name, and those that share most of their values. A
/// column of the same name that shares few values, such as a word for unknown, leaves both columns free for others.
pub(super) fn pairs(files: [&Delivery; 2], surveys: [&Survey; 2], asked: &[(String, String)]) -> Result<Vec<Pair>> {
    let sample = |side: usize, place: usize| -> &Sample { &surveys[side].columns[place].sample };
    let telling = |side: usize, place: usize| sample(side, place).distinct() >= TELLING;
    let mut pairs = Vec::new();
    for (a, b) in asked {
        let place = |side: usize, name: &str| {
            files[side].names.iter().position(|other| other == name).ok_or_else(|| {
                Failure::new("--pair names a column that does not exist", "write --pair NAME_IN_A=NAME_IN_B")
                    .of(&files[side].path)
            })
        };
        pairs.push(Pair { places: [place(0, a)?, place(1, b)?] });
    }
    let is_in = |pairs: &[Pair], side: usize, place: usize| pairs.iter().any(|pair| pair.places[side] == place);
    // The columns that are surely paired.
    let mut sure = pairs.clone();
    for (a, name) in files[0].names.iter().enumerate() {
        // A serial number that each file has of its own is not common, and must not hide a common column.
        let alike = |b: &usize| {
            plain(&files[1].names[*b]) == plain(name)
                && !is_in(&pairs, 1, *b)
                && may_have_common(sample(0, a), sample(1, *b))
        };
        if let Some(b) = (0..files[1].names.len()).find(alike).filter(|_| !is_in(&pairs, 0, a)) {
            let pair = Pair { places: [a, b] };
            pairs.push(pair);
            if telling(0, a) && telling(1, b) && sample(0, a).overlap(sample(1, b)) >= SAME_VALUES {
                sure.push(pair);
            }
        }
    }
    let free = |side: usize| (0..files[side].names.len()).filter(move |place| telling(side, *place));
    let mut candidates = Vec::new();
    for a in free(0).filter(|a| !is_in(&sure, 0, *a)) {
        for b in free(1).filter(|b| !is_in(&sure, 1, *b)) {
            candidates.push((sample(0, a).overlap(sample(1, b)), Pair { places: [a, b] }));
        }
    }
    candidates.sort_by(|x, y| y.0.total_cmp(&x.0));
    for (overlap, pair) in candidates {
        if overlap >= SAME_VALUES && (0..2).all(|side| !is_in(&sure, side, pair.places[side])) {
            sure.push(pair);
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    Ok(pairs)
}

/// Whether two columns have a value in common. If a sample does not hold all values, they may have one.
fn may_have_common(a: &Sample, b: &Sample) -> bool {
    !(a.is_complete() && b.is_complete()) || a.common(b).next().is_some()
}

/// A header in the form in which headers are compared.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !" -_.".contains(*c)).flat_map(char::to_lowercase).collect()
}

/// Up to so many pairs, all sets of them are compared.
pub(super) const ALL_SETS: usize = 6;

/// The sets of pairs that are compared, as indices in the list of pairs; the set of all pairs is first. With up to
/// six pairs these are all sets. With up to twelve: all sets of one or two, and all but one or two. With up to 32: each
/// pair alone, all but one, and all. With more: each pair alone, and all.
pub(super) fn sets(pairs: usize) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = Vec::new();
    let mut add = |set: Vec<usize>| {
        if !set.is_empty() && !sets.contains(&set) {
            sets.push(set);
        }
    };
    add((0..pairs).collect());
    if pairs <= ALL_SETS {
        for chosen in (1..1_u32 << pairs).rev() {
            add((0..pairs).filter(|pair| chosen >> pair & 1 == 1).collect());
        }
        return sets;
    }
    for one in 0..pairs {
        add(vec![one]);
        if pairs <= 32 {
            add((0..pairs).filter(|pair| *pair != one).collect());
        }
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
        assert_eq!((sets(0).len(), sets(3).len(), sets(6).len(), sets(7).len(), sets(40).len()), (0, 7, 63, 57, 41));
    }
}
