//! The rules of a column, from the finest to the coarsest.

use std::fmt;

use toml::Value;

use super::{refused, rule::Rule, values::Day};
use crate::failure::Result;

/// How the values of a column are written at each level. Every level is coarser than the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Levels(Vec<Rule>);

const FORMS: &str = "a rule is \"exact\", \"drop\", \"month\", \"year\", \"decade\", \"age N\" (1 to 120, with `as-of`), \
                     \"first N\" (1 to 8) or \"first N of M\" (M up to 20), \"band N\" (2 to 10000000000) or \"empty\", or an array of them, each coarser \
                     than the one before";

impl Levels {
    pub(super) fn parse(value: &Value, as_of: Option<Day>) -> Result<Self> {
        let texts: Vec<&str> = match value {
            Value::String(text) => vec![text],
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let rules: Option<Vec<Rule>> = texts.iter().map(|text| Rule::parse(text, as_of)).collect();
        let rules = rules.filter(|rules| !rules.is_empty()).ok_or_else(|| {
            let needs_day = as_of.is_none() && texts.iter().any(|text| text.starts_with("age"));
            refused(if needs_day { "\"age N\" needs the date `as-of`" } else { FORMS })
        })?;
        if value.as_array().is_some_and(|values| values.len() != rules.len()) {
            return Err(refused(FORMS));
        }
        if !rules.windows(2).all(|pair| pair[1].is_coarser_than(pair[0])) {
            return Err(refused(
                "a rule is not coarser than the one before: after \"age 5\" comes a multiple of 5 years, after \"band 10\" \
                 a multiple of 10, after \"first 3\" fewer digits, after \"month\" \"year\" or \"decade\"",
            ));
        }
        Ok(Self(rules))
    }

    /// The rule of a level. The last one is that of all coarser levels.
    pub(crate) fn at(&self, level: usize) -> Rule {
        self.0[level.min(self.last())]
    }

    /// The first rule that changes values.
    pub(crate) fn first_change(&self) -> Rule {
        self.0.iter().copied().find(|rule| *rule != Rule::Exact).unwrap_or(Rule::Exact)
    }

    /// The number of the coarsest level, from 0.
    pub(crate) fn last(&self) -> usize {
        self.0.len() - 1
    }

    /// The rule after `exact`, if the first level is exact and others follow: it must be able to read the value too.
    /// After it, each rule reads what the one before wrote.
    pub(crate) fn after_exact(&self) -> Option<Rule> {
        match self.0[..] {
            [Rule::Exact, next, ..] => Some(next),
            _ => None,
        }
    }

    /// Whether a rule fits.
    pub(crate) fn any(&self, fits: impl FnMut(Rule) -> bool) -> bool {
        self.0.iter().copied().any(fits)
    }

    /// The first rule, if it changes values: then coarser levels read what it wrote.
    pub(crate) fn written_by(&self) -> Option<Rule> {
        Some(self.0[0]).filter(|rule| *rule != Rule::Exact)
    }

    /// Whether the column is in the output.
    pub(crate) fn is_kept(&self) -> bool {
        self.0[0] != Rule::Drop
    }

    /// Whether cells are written as they are at every level.
    pub(crate) fn is_exact(&self) -> bool {
        self.0[..] == [Rule::Exact]
    }
}

/// The rules as a policy writes them, each after the one that is finer.
impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&rules.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(rules: &[&str]) -> Option<Levels> {
        let rules = rules.iter().map(|rule| Value::from(*rule)).collect();
        Levels::parse(&Value::Array(rules), Some(Day::new(2026, 4, 1))).ok()
    }

    #[test]
    fn each_level_is_coarser_than_the_one_before() {
        for rules in [
            &["exact", "month"][..],
            &["exact", "first 3", "empty"],
            &["month", "year", "decade"],
            &["month", "decade"],
            &["age 5", "age 10", "age 30", "empty"],
            &["first 3 of 7", "first 2 of 7", "first 1"],
            &["band 10", "band 20", "band 100"],
        ] {
            assert!(levels(rules).is_some(), "{rules:?}");
        }
        for rules in [
            &["exact", "exact"][..],
            &["exact", "drop"],
            &["drop", "drop"],
            &["empty", "empty"],
            &["empty", "exact"],
            &["year", "month"],
            &["year", "year"],
            &["decade", "year"],
            &["age 5", "age 5"],
            &["age 10", "age 5"],
            &["age 5", "age 12"],
            &["first 3", "first 3"],
            &["first 2", "first 3"],
            &["first 3", "first 2 of 7"],
            &["first 3 of 7", "first 3"],
            &["band 10", "band 10"],
            &["band 20", "band 10"],
            &["band 10", "band 25"],
            &["month", "age 5"],
            &["band 10", "year"],
            &[],
        ] {
            assert_eq!(levels(rules), None, "{rules:?}");
        }
    }

    #[test]
    fn the_rule_after_exact_reads_the_values_that_exact_passes_on() {
        let (exact, coarse) = (levels(&["exact", "year", "decade"]).unwrap(), levels(&["year", "decade"]).unwrap());
        assert_eq!(
            (exact.after_exact(), exact.written_by(), exact.first_change()),
            (Some(Rule::Year), None, Rule::Year)
        );
        assert_eq!(
            (coarse.after_exact(), coarse.written_by(), coarse.first_change()),
            (None, Some(Rule::Year), Rule::Year)
        );
        assert_eq!(levels(&["exact"]).unwrap().after_exact(), None);
        assert_eq!((exact.last(), exact.at(0), exact.at(9)), (2, Rule::Exact, Rule::Decade));
    }
}
