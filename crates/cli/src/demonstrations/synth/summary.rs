//! The totals of a roster, which are known without converting it.

use std::fmt;

use super::kind::{Expected, Kind, MODES, Outcome};

/// The rows, the damaged rows by kind, and the people that `fugo convert` must accept in each mode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) rows: u64,
    damaged: [u64; Kind::ALL.len()],
    not_accepted: [u64; MODES.len()],
}

impl Summary {
    pub(super) fn count(&mut self, kind: Kind, expected: Expected) {
        self.damaged[kind as usize] += 1;
        for (count, outcome) in self.not_accepted.iter_mut().zip(expected) {
            *count += match outcome {
                Outcome::Ok => 0,
                Outcome::Differs => 2,
                _ => 1,
            };
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        let pairs = self.damaged.iter_mut().zip(&other.damaged);
        pairs.chain(self.not_accepted.iter_mut().zip(&other.not_accepted)).for_each(|(sum, count)| *sum += count);
    }

    pub(crate) fn damaged(&self, kind: Kind) -> u64 {
        self.damaged[kind as usize]
    }

    /// The number of rows in the output of `fugo convert`, in the order of [`MODES`].
    pub(crate) fn accepted(&self) -> [u64; MODES.len()] {
        self.not_accepted.map(|count| self.rows - count)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, {} damaged", self.rows, self.damaged.iter().sum::<u64>())?;
        let kinds = Kind::ALL.into_iter().filter(|kind| self.damaged(*kind) > 0);
        for (i, kind) in kinds.enumerate() {
            write!(f, "{} {} {}", if i == 0 { ":" } else { "," }, kind.name(), self.damaged(kind))?;
        }
        let [strict, lenient, lenient_zeros] = self.accepted();
        write!(f, "\nto be accepted: strict {strict}, lenient {lenient}, with lost zeros restored {lenient_zeros}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demonstrations::synth::kind::{always, leniently};

    #[test]
    fn a_conflict_takes_two_rows_and_a_repaired_row_none() {
        let mut summary = Summary { rows: 10, ..Summary::default() };
        summary.count(Kind::DuplicateConflict, always(Outcome::Differs));
        summary.count(Kind::DuplicateEqual, always(Outcome::Equal));
        summary.count(Kind::Grouped, leniently(Outcome::Ok));
        assert_eq!(summary.accepted(), [6, 7, 7]);
        let expected = "10 rows, 3 damaged: grouped 1, duplicate-equal 1, duplicate-conflict 1\n\
                        to be accepted: strict 6, lenient 7, with lost zeros restored 7";
        assert_eq!(summary.to_string(), expected);
    }

    #[test]
    fn sums_do_not_depend_on_how_rows_are_cut() {
        let mut half = Summary { rows: 5, ..Summary::default() };
        half.count(Kind::Empty, always(Outcome::Empty));
        let mut whole = half.clone();
        whole.add(&half);
        assert_eq!((whole.rows, whole.damaged(Kind::Empty), whole.accepted()), (10, 2, [8; 3]));
    }
}
