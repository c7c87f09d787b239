//! The findings of an audit: their kinds, their messages and their remedies.

use std::fmt;

use clap::ValueEnum;
use serde_json::{Value, json};

/// The kinds of findings: what can link two files, or may help to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum Kind {
    /// Rows that are not in symbol order, people with the same values at similar positions, or columns that run with
    /// the order of entry.
    Order,
    /// Columns with the same values: people whose values few or no others have in both files.
    Columns,
    /// Symbols that are in both files though their scopes differ.
    EqualSymbols,
    /// A column other than the symbol column holds symbols, or values made of the other file's symbols.
    SymbolsBeside,
    /// Symbols of several scopes in one column.
    MixedScopes,
    /// A column holds MyNumbers, or values made of them.
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
    /// How many people, cells or symbols it concerns, if --allow can limit that.
    pub(super) count: Option<u64>,
    pub(super) what: String,
    pub(super) remedy: String,
}

/// A finding that --allow accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    kind: Kind,
    /// The most that is accepted of a kind that is counted.
    most: Option<u64>,
}

impl Allowed {
    /// Reads `KIND`, or `KIND=COUNT` for kinds that are counted.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (name, count) = text.split_once('=').map_or((text, None), |(name, count)| (name, Some(count)));
        let kind = Kind::from_str(name, false).map_err(|_| {
            let names: Vec<String> = Kind::value_variants().iter().map(|kind| kind.name()).collect();
            format!("the findings are {}", names.join(", "))
        })?;
        match (kind.is_counted(), count) {
            (false, None) => Ok(Self { kind, most: None }),
            (true, Some(count)) => {
                let most = count.parse().map_err(|_| format!("write {name}=COUNT, with COUNT in digits"))?;
                Ok(Self { kind, most: Some(most) })
            }
            (true, None) => Err(format!(
                "{name} is accepted up to a count, so that a larger one is still found: write --allow {name}=COUNT"
            )),
            (false, Some(_)) => Err(format!("{name} has no count: write --allow {name}")),
        }
    }

    pub(super) fn accepts(self, finding: &Finding) -> bool {
        self.kind == finding.kind && self.most.is_none_or(|most| finding.count.is_some_and(|count| count <= most))
    }
}

impl Kind {
    /// The name of the kind, as --allow takes it.
    pub(super) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

impl Kind {
    /// Whether --allow needs a count: more people, cells or symbols are worse.
    fn is_counted(self) -> bool {
        matches!(
            self,
            Self::Columns
                | Self::EqualSymbols
                | Self::SymbolsBeside
                | Self::Numbers
                | Self::SeveralRows
                | Self::SmallDelta
        )
    }
}

impl Finding {
    pub(super) fn links(kind: Kind, what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { kind, weight: Weight::Links, count: None, what: what.to_string(), remedy: remedy.to_string() }
    }

    pub(super) fn note(kind: Kind, what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { weight: Weight::Note, ..Self::links(kind, what, remedy) }
    }

    pub(super) fn with_count(self, count: u64) -> Self {
        Self { count: Some(count), ..self }
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "kind": self.kind.name(),
            "weight": self.weight.name(),
            "count": self.count,
            "what": self.what,
            "remedy": self.remedy,
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_accepted_and_not_a_kind_that_is_counted() {
        let finding = |count| Finding::links(Kind::Columns, "", "").with_count(count);
        let allowed = Allowed::parse("columns=10").expect("a count");
        assert!(allowed.accepts(&finding(10)) && !allowed.accepts(&finding(11)));
        assert!(!allowed.accepts(&Finding::links(Kind::Order, "", "")));
        assert!(Allowed::parse("order").expect("no count").accepts(&Finding::links(Kind::Order, "", "")));
        assert!(Allowed::parse("columns").expect_err("refused").contains("--allow columns=COUNT"));
        for refused in ["order=3", "columns=x", "columns=", "people", ""] {
            assert!(Allowed::parse(refused).is_err(), "{refused}");
        }
    }
}
