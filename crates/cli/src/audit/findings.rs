//! The findings of an audit: their kinds, their messages and their remedies.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Value, json};

/// The kinds of findings: what can link two files, or may help to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    /// Rows that are not in symbol order, or people with the same values at similar positions.
    Order,
    /// Columns with the same values: people whose values are unique in both files.
    Columns,
    /// Symbols that are in both files though their scopes differ.
    EqualSymbols,
    /// A column other than the symbol column holds symbols.
    SymbolsBeside,
    /// Symbols of several scopes in one column.
    MixedScopes,
    /// A column holds MyNumbers.
    Numbers,
    /// People with several rows.
    SeveralRows,
    /// Fewer than 1,000 people.
    FewRows,
    /// Two files of one scope that differ by fewer than 1,000 people.
    SmallDelta,
    /// Two files of one scope: they join.
    OneScope,
    /// The files have about the same number of rows.
    RowCounts,
    /// Rows whose kept values are unique in their own file.
    UniqueRows,
    /// Facts in the file's metadata or in the file system.
    Metadata,
}

/// Whether a finding links the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Whoever holds both files can match rows of one person, or narrow the match to a few rows.
    Links,
    /// The finding links, and --allow accepts it.
    Allowed,
    /// A note: it does not link the files by itself.
    Note,
}

/// A finding. It holds no values of cells, only counts and names of columns.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) kind: Kind,
    pub(super) weight: Weight,
    pub(super) what: String,
    pub(super) remedy: String,
}

impl Kind {
    /// The name of the kind, as --allow takes it.
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

/// Two lines: the finding, and its remedy.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<8}{}: {}", self.weight.name(), self.kind.name(), self.what)?;
        writeln!(f, "        → {}", self.remedy)
    }
}
