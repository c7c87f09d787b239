//! The counts of a run, and the equation that must hold: read = converted + rejected + duplicates.

use std::collections::BTreeMap;

use fugo_columnar::kept::Codes;

use super::{position::Position, rows::Rows};
use crate::{
    counts::thousands,
    failure::{Failure, Result},
    roster::cells_over_lines::Spanning,
};

/// Counts of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) read: u64,
    /// For CSV: the lines of the header, and the lines after it. They are counted by their ends, not by records.
    pub(crate) header_lines: Option<u64>,
    pub(crate) lines: u64,
    /// The cells over several lines, and the line ends within them.
    pub(crate) spanning: Spanning,
    /// The last record, if it has no line end and the others have one.
    pub(crate) unended: Option<Position>,
    pub(crate) rejected: BTreeMap<&'static str, u64>,
    pub(crate) accepted: u64,
    /// For each kept column, the codes of twelve digits if it is a column of other codes.
    pub(crate) codes: Vec<Codes>,
    pub(crate) normalized: u64,
    pub(crate) zeros_restored: u64,
    pub(crate) reissued: u64,
    /// Rows that are equal to a converted row.
    pub(crate) equal: u64,
    /// Rows of people whose rows differ.
    pub(crate) differing: u64,
    /// People with more than one row.
    pub(crate) people_with_several: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, rows: &Rows) {
        self.read += rows.read;
        self.lines += rows.lines;
        self.spanning.add(rows.spanning);
        self.unended = rows.unended;
        self.accepted += rows.len() as u64;
        self.codes.resize(self.codes.len().max(rows.codes.len()), Codes::default());
        self.codes.iter_mut().zip(&rows.codes).for_each(|(sum, codes)| sum.add(codes));
        self.normalized += rows.normalized;
        self.zeros_restored += rows.zeros_restored;
        self.reissued += rows.reissued;
        for reject in &rows.rejects {
            *self.rejected.entry(reject.reason.kind()).or_default() += 1;
        }
    }

    /// Stops the run if a column of other codes holds numbers. `names` are the names of the kept columns.
    pub(crate) fn check_codes(&self, names: &[String]) -> Result<()> {
        let Some((name, codes)) = names.iter().zip(&self.codes).find(|(_, codes)| codes.are_numbers()) else {
            return Ok(());
        };
        Err(Failure::new(
            format!(
                "the kept column `{name}` holds MyNumbers: {} of {} codes of twelve digits are valid MyNumbers; of \
                 other codes, one in ten is",
                thousands(codes.valid),
                thousands(codes.shapes)
            ),
            "leave it out of --keep; no output was changed",
        ))
    }

    pub(crate) fn rejected(&self) -> u64 {
        self.rejected.values().sum()
    }

    pub(crate) fn duplicates(&self) -> u64 {
        self.equal + self.differing
    }

    pub(crate) fn converted(&self) -> u64 {
        self.accepted - self.duplicates()
    }

    /// Compares the rows read with `--expect-rows`.
    pub(crate) fn check_expected(&self, expected: u64, at_end: bool) -> Result<()> {
        if self.read > expected || (at_end && self.read < expected) {
            let (all, more) = if at_end { ("", "") } else { ("at least ", " so far") };
            return Err(Failure::new(
                format!("the input has {all}{} rows{more}; --expect-rows allows exactly {expected} rows", self.read),
                "compare the input with the file that was sent; no output was changed",
            ));
        }
        Ok(())
    }

    /// Checks that every row read is converted, rejected or a duplicate, and that every output holds the converted
    /// rows. Outputs with different counts mean that two people share a symbol under one key only. Also checks that
    /// the lines are the records and the line ends within quoted cells.
    pub(crate) fn reconcile(&self, rows_written: &[u64]) -> Result<()> {
        if self.header_lines.is_some() && self.lines != self.read + self.spanning.line_ends {
            return Err(Failure::new(
                format!(
                    "the lines do not reconcile: {} lines after the header, {} records, {} line ends within quoted \
                     cells",
                    self.lines, self.read, self.spanning.line_ends
                ),
                "no output was changed; report this, with the counts",
            ));
        }
        let sum = self.converted() + self.rejected() + self.duplicates();
        if self.read != sum || rows_written.iter().any(|written| *written != self.converted()) {
            return Err(Failure::new(
                format!(
                    "the totals do not reconcile: read {}, converted {}, rejected {}, duplicates {}, written \
                     {rows_written:?}",
                    self.read,
                    self.converted(),
                    self.rejected(),
                    self.duplicates()
                ),
                "no output was changed; report this, with the totals",
            ));
        }
        Ok(())
    }
}

/// The maximum number of rows that may be lost, or that may be duplicates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    Count(u64),
    /// A share of the rows read. It is checked at every block once 10,000 rows are read, and at the end.
    Percent(f64),
}

impl Limit {
    /// Returns what is allowed, if `count` of `read` rows is more.
    fn exceeded(self, count: u64, read: u64, at_end: bool) -> Option<String> {
        let (exceeded, allowed) = match self {
            Self::Count(most) => (count > most, format!("{most} rows")),
            Self::Percent(percent) => {
                let enough = at_end || read >= 10_000;
                (enough && count as f64 * 100.0 > percent * read as f64, format!("{percent} % of the rows"))
            }
        };
        exceeded.then_some(allowed)
    }
}

impl std::str::FromStr for Limit {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let form = || "give a count of rows, or a percentage from 0% to 100%".to_owned();
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent: f64 = percent.trim().parse().map_err(|_| form())?;
                if (0.0..=100.0).contains(&percent) { Ok(Self::Percent(percent)) } else { Err(form()) }
            }
            None => text.parse().map(Self::Count).map_err(|_| form()),
        }
    }
}

/// The limits at which `--max-rejects` and `--max-duplicates` stop a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) rejects: Option<Limit>,
    pub(crate) duplicates: Option<Limit>,
}

impl Limits {
    /// Checks while rows are read, when only rejects are known.
    pub(crate) fn check_rejects(self, totals: &Totals, at_end: bool) -> Result<()> {
        let rejected = totals.rejected();
        let allowed = self.rejects.and_then(|limit| limit.exceeded(rejected, totals.read, at_end));
        allowed.map_or(Ok(()), |allowed| {
            Err(Failure::new(
                format!("{rejected} of the first {} rows are rejects; --max-rejects allows {allowed}", totals.read),
                "run without --max-rejects to get the rejects file, or correct the input; no output was changed",
            ))
        })
    }

    /// Checks when people with several rows are known too. `replaces` says that an output replaces an existing file.
    ///
    /// `left_out` people are missing from an output because their groups are small.
    pub(crate) fn check_all(self, totals: &Totals, left_out: u64, replaces: bool) -> Result<()> {
        let Totals { read, differing, .. } = *totals;
        let (lost, duplicates) = (totals.rejected() + differing, totals.duplicates());
        if let Some(allowed) = self.rejects.and_then(|limit| limit.exceeded(lost, read, true)) {
            return Err(Failure::new(
                format!(
                    "{lost} of {read} rows are rejects or set aside ({differing} are rows of people whose rows \
                     differ); --max-rejects allows {allowed}"
                ),
                "run without --max-rejects to get the rejects and duplicates files, or correct the input; no output \
                 was changed",
            ));
        }
        if let Some(allowed) = self.duplicates.and_then(|limit| limit.exceeded(duplicates, read, true)) {
            return Err(Failure::new(
                format!("{duplicates} of {read} rows are duplicates; --max-duplicates allows {allowed}"),
                "run without --max-duplicates to get the duplicates file, or correct the input; no output was changed",
            ));
        }
        let missing = lost + left_out;
        let is_lost = self.rejects.is_none() && missing > read / 2;
        if replaces && (is_lost || totals.converted() == left_out && (self.rejects.is_none() || left_out > 0)) {
            return Err(Failure::new(
                format!(
                    "{missing} of {read} rows are missing from the outputs, and an existing file would be replaced"
                ),
                if read == 0 {
                    "if the input has no rows and should have none, say so with --expect-rows 0; no output was changed"
                } else {
                    "write to another file with --out to see the rejects, or accept the loss with --max-rejects 100%; \
                     no output was changed"
                },
            ));
        }
        Ok(())
    }
}
