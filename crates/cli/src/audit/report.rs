//! The result of an audit, for people and for programs.

use std::fmt;

use serde_json::{Value, json};

use super::{
    file::Delivery,
    findings::{Finding, Weight},
    survey::{KEYS, Survey},
};
use crate::{counts::thousands, redaction::shown};

/// The most keys of symbols that a summary names.
const NAMED_KEYS: usize = 5;

/// The result of an audit.
pub(super) struct Audit {
    pub(super) files: [Summary; 2],
    pub(super) findings: Vec<Finding>,
}

/// The summary of a file.
pub(super) struct Summary {
    file: String,
    sha256: String,
    symbols_of: Vec<String>,
    scope: Option<String>,
    rows: u64,
    in_symbol_order: bool,
    columns: Vec<String>,
}

impl Summary {
    pub(super) fn of(file: &Delivery, survey: &Survey, sha256: String) -> Self {
        Self {
            sha256,
            file: shown(file.path.display()),
            symbols_of: symbols_of(survey),
            scope: file.metadata.map(|metadata| shown(metadata.scope)),
            rows: survey.rows,
            in_symbol_order: survey.is_in_symbol_order(),
            columns: file.names.iter().map(shown).collect(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "file": self.file,
            "sha256": self.sha256,
            "symbols_of": self.symbols_of,
            "scope": self.scope,
            "rows": self.rows,
            "in_symbol_order": self.in_symbol_order,
            "columns": self.columns,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = self.symbols_of.join("; ");
        let whose = if whose.is_empty() { "symbols of an unknown key" } else { &whose };
        let order = if self.in_symbol_order { "in symbol order" } else { "not in symbol order" };
        writeln!(f, "{}: {whose}, {} rows, {order}", self.file, thousands(self.rows))
    }
}

/// The keys of the symbols of a file: the first few, and how many more there are.
fn symbols_of(survey: &Survey) -> Vec<String> {
    let mut named: Vec<String> =
        survey.whose.iter().take(NAMED_KEYS).map(|(purpose, tag)| format!("{purpose}, tag {tag}")).collect();
    match survey.whose.len() {
        0..=NAMED_KEYS => {}
        KEYS.. => named.push(format!("{} or more other keys", thousands((KEYS - NAMED_KEYS) as u64))),
        keys => named.push(format!("{} other keys", keys - NAMED_KEYS)),
    }
    named
}

impl Audit {
    pub(super) fn links(&self) -> usize {
        self.findings.iter().filter(|finding| finding.weight == Weight::Links).count()
    }

    /// For people: one line if there is nothing to read.
    pub(super) fn text(&self, with_notes: bool) -> String {
        let shown = |finding: &&Finding| with_notes || finding.weight != Weight::Note;
        let findings: String = self.findings.iter().filter(shown).map(Finding::to_string).collect();
        let verdict = match self.links() {
            0 => "nothing was found that links these files".to_owned(),
            1 => "the files link: 1 finding".to_owned(),
            links => format!("the files link: {links} findings"),
        };
        if findings.is_empty() {
            return verdict + "\n";
        }
        let files: String = self.files.iter().map(Summary::to_string).collect();
        format!("{files}\n{findings}\n{verdict}\n")
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "fugo_audit": 1,
            "files": self.files.each_ref().map(Summary::json),
            "links": self.links() > 0,
            "findings": self.findings.iter().map(Finding::json).collect::<Vec<_>>(),
        })
    }
}
