//! How many people a history tells apart.

use std::fmt;

use fugo::Scope;
use serde_json::{Value, json};

use super::book::{Ledger, Recorded};
use crate::{counts::thousands, failure::Result, partition::Values, redaction::shown};

/// What the history of a scope shows after a delivery.
pub(super) struct Verdict {
    pub(super) scope: Scope,
    pub(super) delivery: Recorded,
    /// The digest of the file.
    pub(super) sha256: String,
    pub(super) deliveries: usize,
    /// Histories smaller than this count as small.
    pub(super) least: u64,
    /// The people that may be in small groups.
    pub(super) allowed: u64,
    /// For each set of columns: its names, and the groups of its histories. The last has all columns.
    pub(super) sets: Vec<(Vec<String>, Histories)>,
}

/// People, divided into those with equal histories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Histories {
    pub(super) people: u64,
    pub(super) groups: u64,
    /// People whose history nobody else has.
    pub(super) alone: u64,
    /// People in small groups, with those who are alone.
    pub(super) small: u64,
}

impl Histories {
    /// Counts the people who have equal histories.
    pub(super) fn of(chains: &Values<'_>, least: u64) -> Result<Self> {
        let mut found = Self::default();
        chains.finish().each(|members| {
            found.people += members;
            found.groups += 1;
            found.alone += u64::from(members == 1);
            found.small += if members < least { members } else { 0 };
        })?;
        Ok(found)
    }
}

impl Verdict {
    /// The verdict on a delivery, which the ledger has as its last. `histories` are those of each set of columns.
    pub(super) fn of(
        ledger: &Ledger,
        (delivery, sha256): (Recorded, String),
        histories: Vec<Histories>,
        (least, allowed): (u64, u64),
    ) -> Self {
        let names = |set: &Vec<usize>| set.iter().map(|column| ledger.columns[*column].clone()).collect();
        let sets = ledger.sets().iter().map(names).zip(histories).collect();
        Self { scope: ledger.scope, delivery, sha256, deliveries: ledger.deliveries.len(), least, allowed, sets }
    }

    /// The groups of the complete history.
    pub(super) fn complete(&self) -> Histories {
        self.sets.last().map(|(_, groups)| *groups).unwrap_or_default()
    }

    pub(super) fn is_refused(&self) -> bool {
        self.complete().small > self.allowed
    }

    pub(super) fn json(&self, is_recorded: bool) -> Value {
        let events = self.delivery.events;
        let sets = self.sets.iter().map(|(names, found)| {
            json!({
                "columns": names.iter().map(shown).collect::<Vec<_>>(),
                "people": found.people,
                "groups": found.groups,
                "alone": found.alone,
                "in_small_groups": found.small,
            })
        });
        json!({
            "fugo_ledger": 1,
            "scope": self.scope.to_string(),
            "serial": self.delivery.serial.number(),
            "sha256": self.sha256,
            "deliveries": self.deliveries,
            "rows": self.delivery.rows,
            "came": events.came,
            "gone": events.gone,
            "changed": events.changed,
            "least": self.least,
            "allowed": self.allowed,
            "histories": sets.collect::<Vec<_>>(),
            "refused": self.is_refused(),
            "recorded": is_recorded,
        })
    }

    /// The smallest change that ends a refusal, as far as the histories show one.
    fn remedy(&self) -> String {
        let fits = |(_, groups): &&(Vec<String>, Histories)| groups.small <= self.allowed;
        // The largest set that would be accepted; the sets grow.
        match self.sets.iter().rev().find(fits) {
            Some((names, _)) if names.is_empty() => "without kept columns it would be accepted; ".to_owned(),
            Some((names, _)) => format!("with `{}` alone it would be accepted; ", shown(names.join("`, `"))),
            None => String::new(),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, events) = (self.delivery.rows, self.delivery.events);
        writeln!(
            f,
            "{}, serial {}, delivery {}: {} rows; {} people came, {} went, {} changed",
            self.scope,
            self.delivery.serial,
            self.deliveries,
            thousands(rows),
            thousands(events.came),
            thousands(events.gone),
            thousands(events.changed)
        )?;
        for (names, found) in &self.sets {
            let of = match names.len() {
                0 => "coming and going".to_owned(),
                _ => format!("coming, going and changes of `{}`", shown(names.join("`, `"))),
            };
            writeln!(
                f,
                "  {of}: {} people in {} groups of one history; {} alone, {} in groups below {}",
                thousands(found.people),
                thousands(found.groups),
                thousands(found.alone),
                thousands(found.small),
                self.least
            )?;
        }
        let found = self.complete();
        if self.is_refused() {
            writeln!(
                f,
                "refused: {} people are in groups below {}, and {} are allowed",
                thousands(found.small),
                self.least,
                thousands(self.allowed)
            )?;
            return writeln!(
                f,
                "        → {}deliver less often, or begin a new epoch, whose symbols have no history",
                self.remedy()
            );
        }
        writeln!(
            f,
            "accepted: by history alone, at most {} of {} people are guessed rightly in expectation",
            thousands(found.groups),
            thousands(found.people)
        )
    }
}
