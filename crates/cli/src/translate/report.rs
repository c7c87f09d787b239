//! The report of a translation: asked = translated + unknown + rejected + duplicates.

use std::{fmt, path::PathBuf};

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::{
    convert::{reason::UNKNOWN, totals::Totals},
    counts::thousands,
    exit::Exit,
    grant::{policy::Granted, terms::Named},
    notice,
    record::Recorded,
    redaction::shown,
};

/// The outcome of a run.
#[derive(Debug)]
pub(crate) struct Report {
    pub(super) from: Named,
    pub(super) to: Named,
    pub(super) granted: Granted,
    pub(super) test_keys: bool,
    pub(super) restore_zeros: bool,
    /// The name of the roster's column of numbers.
    pub(super) column: String,
    /// The number of columns that were carried.
    pub(super) carried: usize,
    /// The totals of the asked rows. Unknown symbols are among the rejects.
    pub(super) asked: Totals,
    pub(super) roster: Totals,
    /// The number of people who were asked for and found.
    pub(super) people: u64,
    pub(super) recorded: Recorded,
    /// How often the roster was read.
    pub(super) passes: u64,
    /// The output, the rejects, the duplicates, and the rejects of the roster.
    pub(super) places: [PathBuf; 4],
    /// SHA-256 of these files, if a report is written.
    pub(super) digests: Vec<String>,
    pub(super) spilled: u64,
    pub(super) seconds: f64,
}

impl Report {
    pub(super) fn exit(&self) -> Exit {
        if self.asked.rejected() + self.asked.differing > 0 { Exit::Rejects } else { Exit::Clean }
    }

    fn unknown(&self) -> u64 {
        self.asked.rejected.get(UNKNOWN).copied().unwrap_or(0)
    }

    fn rejected(&self) -> u64 {
        self.asked.rejected() - self.unknown()
    }

    /// Warns of what the operator should look at.
    pub(super) fn warn(&self) {
        if self.asked.converted() == 0 && self.unknown() > 0 {
            notice::warn(format_args!(
                "nobody in the roster has any of the asked symbols; check the roster, its column `{}`, and --lineage",
                shown(&self.column)
            ));
        }
        if let Some(last) = self.asked.unended.or(self.roster.unended) {
            notice::warn(format_args!(
                "the last record of an input, record {} (line {}), has no line end, but the others have one: the input \
                 may be cut off; compare it with the file that was sent",
                last.record, last.line
            ));
        }
    }

    /// The report as JSON: counts, scopes and paths, but no rows.
    pub(super) fn json(&self) -> Value {
        let named = |(scope, tag): &Named| json!({ "scope": scope.to_string(), "tag": tag.to_string() });
        let file = |nth: usize| json!({ "file": shown(self.places[nth].display()), "sha256": self.digests.get(nth) });
        let by_reason: serde_json::Map<String, Value> = self
            .asked
            .rejected
            .iter()
            .filter(|(reason, _)| **reason != UNKNOWN)
            .map(|(reason, count)| ((*reason).to_owned(), json!(count)))
            .collect();
        json!({
            "fugo_report": 1,
            "command": "translate",
            "use": if self.test_keys { "test" } else { "production" },
            "from": named(&self.from),
            "to": named(&self.to),
            "grant": {
                "id": shown(&self.granted.terms.id),
                "signers": self.granted.signers.iter().map(shown).collect::<Vec<_>>(),
                "break_glass": self.granted.terms.break_glass,
                "most_people": self.granted.terms.most_people,
            },
            "asked": self.asked.read,
            "translated": self.asked.converted(),
            "unknown": self.unknown(),
            "rejected": self.rejected(),
            "rejected_by_reason": by_reason,
            "duplicates": {
                "equal": self.asked.equal,
                "differing": self.asked.differing,
                "people": self.asked.people_with_several,
            },
            "people": self.people,
            "record": {
                "name": shown(&self.recorded.origin),
                "entry": self.recorded.index,
                "root": BASE64.encode(&self.recorded.root),
            },
            "columns_not_searched": self.carried,
            "roster": {
                "read": self.roster.read,
                "rejected": self.roster.rejected(),
                "rejected_by_reason": self.roster.rejected,
                "normalized": self.roster.normalized,
                "zeros_restored": self.roster.zeros_restored,
                "reissued": self.roster.reissued,
                "times_read": self.passes,
            },
            "output": file(0),
            "rejects_file": file(1),
            "duplicates_file": file(2),
            "roster_rejects_file": file(3),
            "temporary_bytes": self.spilled,
            "kernel_level": fugo::batch::level(),
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, name: &str, count: u64, note: &str| {
            writeln!(f, "{name:<14}{:>15}{}{note}", thousands(count), if note.is_empty() { "" } else { "  " })
        };
        let [output, rejects, duplicates, roster_rejects] = self.places.each_ref().map(|place| shown(place.display()));
        line(f, "asked", self.asked.read, "")?;
        line(f, "= translated", self.asked.converted(), &output)?;
        line(f, "+ unknown", self.unknown(), &rejects)?;
        line(f, "+ rejected", self.rejected(), &rejects)?;
        line(f, "+ duplicates", self.asked.duplicates(), &duplicates)?;
        for (reason, count) in self.asked.rejected.iter().filter(|(reason, _)| **reason != UNKNOWN) {
            writeln!(f, "    rejected, {reason}: {}", thousands(*count))?;
        }
        if self.asked.duplicates() > 0 {
            writeln!(
                f,
                "    duplicates: {} people; {} rows are equal to a translated row, {} rows differ and were set aside",
                thousands(self.asked.people_with_several),
                thousands(self.asked.equal),
                thousands(self.asked.differing)
            )?;
        }
        let ((from, from_tag), (to, to_tag)) = (&self.from, &self.to);
        writeln!(f, "from {from}, tag {from_tag}, to {to}, tag {to_tag}: {} people", thousands(self.people))?;
        let Granted { terms, signers, .. } = &self.granted;
        let kind = if terms.break_glass { "break-glass grant" } else { "grant" };
        writeln!(f, "under the {kind} {}, signed by {}", shown(&terms.id), shown(signers.join(", ")))?;
        writeln!(f, "recorded as entry {} of {}", self.recorded.index, shown(&self.recorded.origin))?;
        writeln!(f, "columns that were copied and not searched for numbers or symbols: {}", self.carried)?;
        let (roster, times) = (&self.roster, self.passes);
        line(f, "roster", roster.read, &format!("read {times} {}", if times == 1 { "time" } else { "times" }))?;
        line(f, "  of them bad", roster.rejected(), &roster_rejects)?;
        for (reason, count) in &roster.rejected {
            writeln!(f, "    rejected, {reason}: {}", thousands(*count))?;
        }
        if roster.normalized > 0 {
            writeln!(f, "    normalised: {}", thousands(roster.normalized))?;
        }
        if self.restore_zeros {
            let count = thousands(roster.zeros_restored);
            writeln!(f, "    leading zeros restored: {count} (one 住民票コード of 11 digits in ten passes by chance)")?;
        }
        if roster.reissued > 0 {
            writeln!(f, "    re-issued numbers replaced by the person's first number: {}", thousands(roster.reissued))?;
        }
        writeln!(f, "{:.2} s", self.seconds)
    }
}
