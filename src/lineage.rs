//! `Lineage`: maps a re-issued number to the person's first number.

use alloc::vec::Vec;
use core::{fmt, mem};

use crate::{
    error_kind::{ErrorKind, Found, Place},
    my_number::MyNumber,
};

/// Maps each re-issued number to the person's first number. A leaked number is replaced by a new one (番号法 7条2項),
/// but the person keeps the symbols of the first number.
///
/// `first(x)` is the end of the chain `x → previous → …`. A number that is not listed is its own first number. A number
/// may appear only once in each column, so chains neither fork nor merge. Cycles are refused.
#[derive(Clone)]
pub struct Lineage {
    /// (new, first), sorted by the digits of `new`.
    firsts: Vec<(MyNumber, MyNumber)>,
}

impl Lineage {
    /// Takes pairs of (new, previous). Memory: 24 bytes per pair, and 36 more per pair during this call.
    pub fn new(mut pairs: Vec<(MyNumber, MyNumber)>) -> Result<Self, LineageError> {
        let by_new = order_by(&pairs, |pair| &pair.0);
        let by_previous = order_by(&pairs, |pair| &pair.1);
        let faults = [
            pairs.iter().position(|(new, previous)| new == previous).map(|pair| LineageError::SelfPair { pair }),
            repeated(&pairs, &by_new, |pair| &pair.0).map(|pair| LineageError::DuplicateNew { pair }),
            repeated(&pairs, &by_previous, |pair| &pair.1).map(|pair| LineageError::DuplicatePrevious { pair }),
        ];
        if let Some(fault) = faults.into_iter().flatten().min_by_key(|fault| fault.pair()) {
            return Err(fault);
        }

        // Every number appears at most once in each column, so the pairs form paths and cycles. Each path is followed
        // from its first number. The pairs that are not reached form cycles.
        let find = |order: &[usize], column: fn(&Pair) -> &MyNumber, number: &MyNumber| {
            let digits = number.expose_digits();
            order.binary_search_by(|&at| column(&pairs[at]).expose_digits().cmp(digits)).ok().map(|at| order[at])
        };
        let mut start_of = alloc::vec![usize::MAX; pairs.len()];
        for start in 0..pairs.len() {
            if find(&by_new, |pair| &pair.0, &pairs[start].1).is_some() {
                continue;
            }
            let mut next = Some(start);
            while let Some(at) = next {
                start_of[at] = start;
                next = find(&by_previous, |pair| &pair.1, &pairs[at].0);
            }
        }
        if start_of.contains(&usize::MAX) {
            return Err(LineageError::Cycle);
        }
        let mut firsts: Vec<MyNumber> = start_of.iter().map(|&start| pairs[start].1.clone()).collect();
        for (pair, first) in pairs.iter_mut().zip(&mut firsts) {
            // Swap, do not move: a moved number leaves its digits in the old memory, but `firsts` wipes swapped
            // numbers.
            mem::swap(&mut pair.1, first);
        }
        pairs.sort_unstable_by(|a, b| a.0.expose_digits().cmp(b.0.expose_digits()));
        Ok(Self { firsts: pairs })
    }

    /// The person's first number: the number itself if it is not listed.
    pub fn first<'a>(&'a self, number: &'a MyNumber) -> &'a MyNumber {
        self.get(number).unwrap_or(number)
    }

    /// The first number of the person who has this number now; `None` if the number is not listed.
    pub fn get(&self, number: &MyNumber) -> Option<&MyNumber> {
        let digits = number.expose_digits();
        let at = self.firsts.binary_search_by(|pair| pair.0.expose_digits().cmp(digits)).ok()?;
        Some(&self.firsts[at].1)
    }

    /// The number of re-issued numbers.
    pub fn len(&self) -> usize {
        self.firsts.len()
    }

    /// Whether there are no re-issued numbers.
    pub fn is_empty(&self) -> bool {
        self.firsts.is_empty()
    }
}

type Pair = (MyNumber, MyNumber);

/// Indices of the pairs, sorted by one column; equal pairs are sorted by index.
fn order_by(pairs: &[Pair], column: fn(&Pair) -> &MyNumber) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_unstable_by(|&a, &b| {
        column(&pairs[a]).expose_digits().cmp(column(&pairs[b]).expose_digits()).then(a.cmp(&b))
    });
    order
}

/// The first pair whose number appeared in that column before.
fn repeated(pairs: &[Pair], order: &[usize], column: fn(&Pair) -> &MyNumber) -> Option<usize> {
    let equal = |a: usize, b: usize| column(&pairs[a]).expose_digits() == column(&pairs[b]).expose_digits();
    order.windows(2).filter(|two| equal(two[0], two[1])).map(|two| two[1]).min()
}

impl fmt::Debug for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lineage(..)")
    }
}

/// The reason why pairs are not a lineage. Pairs are counted from 0, in the order given. The first fault is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineageError {
    /// The new and the previous number are equal.
    #[error("the new and the previous number of pair {pair} are equal; they must differ")]
    SelfPair {
        /// Index of the pair.
        pair: usize,
    },
    /// A number has two predecessors, which would merge two people.
    #[error("pair {pair} repeats a number of the column `new`; a number may appear there only once")]
    DuplicateNew {
        /// Index of the second of the two.
        pair: usize,
    },
    /// A number has two successors, which would split one person.
    #[error("pair {pair} repeats a number of the column `previous`; a number may appear there only once")]
    DuplicatePrevious {
        /// Index of the second of the two.
        pair: usize,
    },
    /// A chain returns to its start.
    #[error("a chain of re-issued numbers is a cycle; each chain must end at a first number")]
    Cycle,
}

impl LineageError {
    /// The kind of the error, as one word.
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::SelfPair { .. } => ErrorKind::SelfPair,
            Self::DuplicateNew { .. } => ErrorKind::DuplicateNew,
            Self::DuplicatePrevious { .. } => ErrorKind::DuplicatePrevious,
            Self::Cycle => ErrorKind::Cycle,
        }
    }

    /// [`LineageError::pair`].
    pub fn place(self) -> Option<Place> {
        self.pair().map(Place::Pair)
    }

    /// Always `None`: a number is never reported.
    pub fn found(self) -> Option<Found> {
        None
    }

    /// Index of the faulty pair, from 0; `None` for a cycle.
    pub fn pair(self) -> Option<usize> {
        match self {
            Self::SelfPair { pair } | Self::DuplicateNew { pair } | Self::DuplicatePrevious { pair } => Some(pair),
            Self::Cycle => None,
        }
    }
}
