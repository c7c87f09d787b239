//! What a run counts, and the equation that must hold: read = converted + rejected + duplicates.

use std::collections::BTreeMap;

use super::rows::Rows;
use crate::failure::{Failure, Result};

/// Counts of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) read: u64,
    pub(crate) rejected: BTreeMap<&'static str, u64>,
    pub(crate) accepted: u64,
    pub(crate) normalized: u64,
    pub(crate) zeros_restored: u64,
    pub(crate) reissued: u64,
    /// Rows equal to one that was converted.
    pub(crate) equal: u64,
    /// Rows of people whose rows differ.
    pub(crate) differing: u64,
    /// People with more than one row.
    pub(crate) people_with_several: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, rows: &Rows) {
        self.read += rows.read;
        self.accepted += rows.len() as u64;
        self.normalized += rows.normalized;
        self.zeros_restored += rows.zeros_restored;
        self.reissued += rows.reissued;
        for reject in &rows.rejects {
            *self.rejected.entry(reject.reason.kind()).or_default() += 1;
        }
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

    /// Every row read is converted, rejected or a duplicate, and every output holds the converted ones. Where
    /// outputs differ, two people share a symbol under one key and not under another.
    pub(crate) fn reconcile(&self, rows_written: &[u64]) -> Result<()> {
        let sum = self.converted() + self.rejected() + self.duplicates();
        if self.read != sum || rows_written.iter().any(|written| *written != self.converted()) {
            return Err(Failure::new(
                format!(
                    "the totals do not reconcile: read {}, converted {}, rejected {}, duplicates {}, written {rows_written:?}",
                    self.read,
                    self.converted(),
                    self.rejected(),
                    self.duplicates()
                ),
                "nothing was put in place; report this, with the totals",
            ));
        }
        Ok(())
    }
}

/// Where `--max-rejects` stops a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum MaxRejects {
    Count(u64),
    /// Of the rows read; held against every block once 10,000 rows are read, and against the whole at the end.
    Percent(f64),
}

impl MaxRejects {
    pub(crate) fn check(self, totals: &Totals, at_end: bool) -> Result<()> {
        let rejected = totals.rejected();
        let (exceeded, allowed) = match self {
            Self::Count(count) => (rejected > count, format!("{count} rows")),
            Self::Percent(percent) => {
                let enough = at_end || totals.read >= 10_000;
                (enough && rejected as f64 * 100.0 > percent * totals.read as f64, format!("{percent} % of the rows"))
            }
        };
        if exceeded {
            return Err(Failure::new(
                format!("{rejected} of the first {} rows are rejects; --max-rejects allows {allowed}", totals.read),
                "run without --max-rejects to get the rejects file, or mend the input; outputs are as they were before",
            ));
        }
        Ok(())
    }
}

impl std::str::FromStr for MaxRejects {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
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

/// A count with its thousands apart.
pub(crate) fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
