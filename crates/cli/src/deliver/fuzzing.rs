//! The readers of reports and of the list of recipients, for the fuzz targets in `fuzz/`.

use std::path::Path;

use fugo::Scope;
use serde_json::{Value, json};

use super::{
    evidence::{AuditReport, ConvertReport, LedgerReport},
    recipients::Recipients,
};
use crate::{failure::Result, fuzzing::message, manifest::Manifest};

/// What a report is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// `fugo convert --report`.
    Convert,
    /// `fugo audit --report`.
    Audit,
    /// `fugo ledger record --json`.
    Ledger,
}

/// What a manifest repeats of a report about the file of this statement; `None` if the report is about other files.
pub fn stated(report: Report, path: &Path, statement: &Value) -> std::result::Result<Option<Value>, String> {
    let manifest = Manifest::parse(statement).ok_or("not a statement")?;
    let read = || -> Result<Option<Value>> {
        Ok(match report {
            Report::Convert => ConvertReport::read(path)?.about(&manifest.contents)?.map(|converted| {
                json!({
                    "scope": converted.scope.to_string(),
                    "tag": converted.tag.to_string(),
                    "use": converted.usage.name(),
                    "policy": converted.policy,
                    "rejected_by_reason": converted.rejected_by_reason,
                })
            }),
            Report::Audit => {
                let audit = AuditReport::read(path)?;
                audit.knows(&manifest.contents).map(|known_by| audit.verdict(known_by))
            }
            Report::Ledger => {
                let ledger = LedgerReport::read(path)?;
                let knows = ledger.knows(&manifest.contents, &manifest.scope, manifest.serial);
                knows.then(|| ledger.verdict())
            }
        })
    };
    read().map_err(message)
}

/// The lines of a list: each scope and its recipient.
pub fn recipients(path: &Path) -> std::result::Result<Vec<(Scope, String)>, String> {
    let list = Recipients::read(path).map_err(message)?;
    Ok(list.lines().map(|(scope, recipient)| (*scope, recipient.to_string())).collect())
}

/// The recipients of a scope, by a list.
pub fn recipients_of(path: &Path, scope: &Scope) -> std::result::Result<Vec<String>, String> {
    let of = Recipients::read(path).and_then(|list| list.of(scope, path)).map_err(message)?;
    Ok(of.iter().map(ToString::to_string).collect())
}
