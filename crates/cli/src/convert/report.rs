//! The report of a run: totals that reconcile, and for each output whether its symbols are unique.

use std::{fmt, path::PathBuf};

use fugo::{KeyTag, Scope};
use fugo_columnar::kept::Codes;
use serde_json::{Value, json};

use super::totals::Totals;
use crate::{
    counts::{SMALL, thousands},
    exit::Exit,
    notice,
    redaction::shown,
};

/// Whether the symbols of an output are known to be unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Uniqueness {
    /// Every symbol was compared with its neighbours in symbol order.
    Unique,
    NotChecked,
}

/// What was done about the groups of people with equal kept cells in an output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupsOf {
    /// How coarse the output is: 0 is the finest level of the policy.
    pub(crate) level: usize,
    /// The groups that were written, and the number of people of the smallest.
    pub(crate) groups: u64,
    pub(crate) smallest: u64,
    /// People who were left out, because their group is too small.
    pub(crate) left_out: u64,
}

/// The outcome of a run.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) run_id: String,
    pub(crate) totals: Totals,
    pub(crate) outputs: Vec<(PathBuf, Scope, KeyTag)>,
    /// The number of rows of each output.
    pub(crate) rows: Vec<u64>,
    /// With a policy: SHA-256 of it, the columns of each output with their rules, and what was done about groups.
    pub(crate) policy: Option<String>,
    pub(crate) columns: Vec<Vec<(String, String)>>,
    pub(crate) groups: Vec<Option<GroupsOf>>,
    /// SHA-256 of each output, of the rejects file and of the duplicates file, in hexadecimal digits.
    pub(crate) digests: Vec<String>,
    /// Whether each output replaced an existing file.
    pub(crate) replaced: Vec<bool>,
    /// The kept columns, and the codes of twelve digits that were counted in the columns of `--other-codes`.
    pub(crate) other_codes: Vec<(String, Codes)>,
    pub(crate) uniqueness: Uniqueness,
    pub(crate) rejects: PathBuf,
    pub(crate) duplicates: PathBuf,
    pub(crate) restore_zeros: bool,
    pub(crate) test_keys: bool,
    /// The input was not a regular file, and the expected number of rows was not known.
    pub(crate) end_unknown: bool,
    pub(crate) spilled: u64,
    pub(crate) seconds: f64,
}

impl Report {
    pub(crate) fn exit(&self) -> Exit {
        let left_out: u64 = self.groups.iter().flatten().map(|groups| groups.left_out).sum();
        if self.totals.rejected() + self.totals.differing + left_out > 0 { Exit::Rejects } else { Exit::Clean }
    }

    fn columns_of_codes(&self) -> impl Iterator<Item = &(String, Codes)> {
        self.other_codes.iter().filter(|(_, codes)| codes.shapes > 0)
    }

    /// Warns of what the operator should look at.
    pub(crate) fn warn(&self) {
        for (name, codes) in self.columns_of_codes() {
            notice::warn(format_args!(
                "the kept column `{}` holds {} codes of twelve digits, and {} of them are valid MyNumbers; of random \
                 codes, one in ten is",
                shown(name),
                thousands(codes.shapes),
                thousands(codes.valid)
            ));
        }
        if let Some(last) = self.totals.unended {
            notice::warn(format_args!(
                "the last record, record {} (line {}), has no line end, but the others have one: the input may be cut \
                 off; compare it with the file that was sent, or give --expect-rows",
                last.record, last.line
            ));
        }
        if self.end_unknown {
            notice::warn(
                "the input was a pipe, and a pipe does not show whether its writer finished; compare the number of \
                 rows, or give --expect-rows",
            );
        }
        if self.totals.converted() < SMALL {
            notice::warn(format_args!(
                "an output has fewer than {SMALL} rows: whoever gets two such files of one day can guess who is in \
                 both; deliver in larger batches"
            ));
        }
    }

    /// The report as JSON: counts, scopes and paths, but no rows.
    pub(crate) fn json(&self) -> Value {
        let totals = &self.totals;
        let digest = |nth: usize| self.digests.get(nth);
        let outputs = self.outputs.iter().enumerate().map(|(nth, (path, scope, tag))| {
            let columns = self.columns.get(nth).map(|columns| {
                let column = |(name, rule): &(String, String)| json!({ "name": shown(name), "rule": rule });
                columns.iter().map(column).collect::<Vec<_>>()
            });
            let groups = self.groups.get(nth).and_then(Option::as_ref).map(|groups| {
                json!({
                    "level": groups.level,
                    "groups": groups.groups,
                    "smallest": groups.smallest,
                    "people_left_out": groups.left_out,
                })
            });
            json!({
                "columns": columns,
                "groups": groups,
                "file": shown(path.display()),
                "sha256": digest(nth),
                "replaced": self.replaced.get(nth),
                "scope": scope.to_string(),
                "tag": tag.to_string(),
                "rows": self.rows.get(nth),
                "unique": match self.uniqueness { Uniqueness::Unique => json!(true), Uniqueness::NotChecked => Value::Null },
            })
        });
        json!({
            "fugo_report": 1,
            "run": self.run_id,
            "use": if self.test_keys { "test" } else { "production" },
            "policy": self.policy.as_ref().map(|sha256| json!({ "sha256": sha256 })),
            "read": totals.read,
            "lines": totals.header_lines.map(|header| json!({
                "all": header + totals.lines,
                "header": header,
                "within_cells": totals.spanning.line_ends,
                "cells_over_lines": totals.spanning.cells,
                "last_has_no_end": totals.unended.is_some(),
            })),
            "converted": totals.converted(),
            "rejected": totals.rejected(),
            "rejected_by_reason": totals.rejected,
            "other_codes": self.columns_of_codes().map(|(name, codes)| {
                json!({ "column": shown(name), "codes": codes.shapes, "valid_as_numbers": codes.valid })
            }).collect::<Vec<_>>(),
            "duplicates": { "equal": totals.equal, "differing": totals.differing, "people": totals.people_with_several },
            "normalized": totals.normalized,
            "zeros_restored": totals.zeros_restored,
            "reissued": totals.reissued,
            "outputs": outputs.collect::<Vec<_>>(),
            "rejects_file": shown(self.rejects.display()),
            "duplicates_file": shown(self.duplicates.display()),
            "rejects_sha256": digest(self.outputs.len()),
            "duplicates_sha256": digest(self.outputs.len() + 1),
            "temporary_bytes": self.spilled,
            "kernel_level": fugo::batch::level(),
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let totals = &self.totals;
        let line = |f: &mut fmt::Formatter<'_>, name: &str, count: u64, note: &str| {
            writeln!(f, "{name:<14}{:>15}{}{note}", thousands(count), if note.is_empty() { "" } else { "  " })
        };
        line(f, "read", totals.read, "")?;
        line(f, "= converted", totals.converted(), "")?;
        line(f, "+ rejected", totals.rejected(), &shown(self.rejects.display()))?;
        line(f, "+ duplicates", totals.duplicates(), &shown(self.duplicates.display()))?;
        for (reason, count) in &totals.rejected {
            writeln!(f, "    rejected, {reason}: {}", thousands(*count))?;
        }
        if let Some(header) = totals.header_lines.filter(|header| *header > 1 || totals.spanning.cells > 0) {
            writeln!(
                f,
                "    lines: {} = {} of the header + {} records + {} line ends within {} quoted cells",
                thousands(header + totals.lines),
                thousands(header),
                thousands(totals.read),
                thousands(totals.spanning.line_ends),
                thousands(totals.spanning.cells),
            )?;
        }
        if totals.duplicates() > 0 {
            writeln!(
                f,
                "    duplicates: {} people; {} rows are equal to a converted row, {} rows differ and were set aside",
                thousands(totals.people_with_several),
                thousands(totals.equal),
                thousands(totals.differing)
            )?;
        }
        if totals.normalized > 0 {
            writeln!(f, "    normalised before conversion: {}", thousands(totals.normalized))?;
        }
        if self.restore_zeros {
            writeln!(
                f,
                "    leading zeros restored: {} (one 住民票コード of 11 digits in ten passes by chance)",
                thousands(totals.zeros_restored)
            )?;
        }
        if totals.reissued > 0 {
            writeln!(f, "    re-issued numbers replaced by the person's first number: {}", thousands(totals.reissued))?;
        }
        for (nth, (path, scope, tag)) in self.outputs.iter().enumerate() {
            let unique = match self.uniqueness {
                Uniqueness::Unique => "every symbol is unique",
                Uniqueness::NotChecked => "uniqueness was not checked",
            };
            writeln!(f, "{}: {scope}, tag {tag}, {} rows, {unique}", shown(path.display()), thousands(self.rows[nth]))?;
            if let Some(groups) = self.groups.get(nth).and_then(Option::as_ref) {
                writeln!(
                    f,
                    "    policy: {} groups of at least {} people at level {}; {} people were left out",
                    thousands(groups.groups),
                    thousands(groups.smallest),
                    groups.level,
                    thousands(groups.left_out)
                )?;
            }
        }
        let rate = totals.read as f64 / self.seconds.max(1e-9);
        writeln!(f, "{:.2} s, {} rows/s", self.seconds, thousands(rate as u64))?;
        Ok(())
    }
}
