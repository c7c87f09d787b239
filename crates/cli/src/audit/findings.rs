//! What an audit finds, how it is said, and what can be done about it.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Value, json};

/// What can link two files, or hint at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    /// Rows that are not in symbol order, or people with the same values at similar places.
    Order,
    /// Columns with the same values: people who stand alone with theirs.
    Columns,
    /// Symbols that are in both files though their scopes differ.
    EqualSymbols,
    /// Symbols in a column beside the symbols.
    SymbolsBeside,
    /// Symbols of several scopes in one column.
    MixedScopes,
    /// MyNumbers in a column.
    Numbers,
    /// People with several rows.
    SeveralRows,
    /// Fewer than 1,000 people.
    FewRows,
    /// Two files of one scope that differ by fewer than 1,000 people.
    SmallDelta,
    /// Two files of one scope: they join.
    OneScope,
    /// About the same number of rows.
    RowCounts,
    /// Rows that stand alone with their own columns.
    UniqueRows,
    /// What the file or the file system says beside the rows.
    Metadata,
}

/// Whether a finding links the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Whoever holds both files can say which rows are one person's, or narrow it down to few.
    Links,
    /// Links, and was accepted by --allow.
    Allowed,
    /// Something to know.
    Note,
}

/// One finding: no value of a cell, only counts and names of columns.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) kind: Kind,
    pub(super) weight: Weight,
    pub(super) what: String,
    pub(super) remedy: String,
}

impl Kind {
    /// As it is written in --allow.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

impl Finding {
    pub(super) fn links(kind: Kind, what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { kind, weight: Weight::Links, what: what.to_string(), remedy: remedy.to_string() }
    }

    pub(super) fn note(kind: Kind, what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { weight: Weight::Note, ..Self::links(kind, what, remedy) }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "kind": self.kind.name(), "weight": self.weight.name(), "what": self.what, "remedy": self.remedy })
    }
}

impl Weight {
    fn name(self) -> &'static str {
        match self {
            Self::Links => "links",
            Self::Allowed => "allowed",
            Self::Note => "note",
        }
    }
}

/// Two lines: what was found, what to do.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<8}{}: {}", self.weight.name(), self.kind.name(), self.what)?;
        writeln!(f, "        → {}", self.remedy)
    }
}
