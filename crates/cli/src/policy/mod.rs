//! A policy of deliveries: for each scope, which columns of a roster may be in its output and how coarse, and how small
//! a group of people may be. `docs/policy.md` describes the file, and `docs/policy.schema.json` its form.

mod levels;
mod rule;
mod values;

use std::{collections::BTreeMap, fmt, path::Path};

use fugo::Scope;
use sha2::{Digest, Sha256};
use toml::Value;

pub(crate) use self::{levels::Levels, rule::Rule};
use crate::{
    failure::{Failure, Result},
    manifest::read_small,
    redaction::shown,
    toml_text,
};

/// The longest policy in bytes.
const LONGEST: u64 = 1 << 20;
/// The version of the form of the file.
const VERSION: i64 = 1;

/// A policy file.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) scopes: BTreeMap<String, ScopePolicy>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub(crate) sha256: String,
}

/// What an output of a scope may hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScopePolicy {
    /// The columns that may be in the output, and how their values are written.
    pub(crate) columns: BTreeMap<String, Levels>,
    /// The fewest rows of the output.
    pub(crate) least_rows: u64,
    /// The fewest people who have equal kept cells.
    pub(crate) group_size: u64,
    pub(crate) small_groups: SmallGroups,
    /// The largest share of the people who may be left out because their groups are too small, in percent.
    pub(crate) leave_out_at_most: f64,
}

/// What happens to people in groups that are too small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SmallGroups {
    /// They are left out of the output.
    LeaveOut,
    /// All columns are made coarser, then those who are still in small groups are left out.
    Coarsen,
    /// The run stops.
    Refuse,
}

impl Policy {
    pub(crate) fn load(path: &Path) -> Result<Self> {
        Self::parse(&read_small(path, LONGEST)?).map_err(|failure| failure.of(path))
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| refused("the policy is not text in UTF-8"))?;
        let mut table =
            toml_text::table(text).map_err(|line| refused(format!("line {line} of the policy is not TOML")))?;
        match table.remove("version") {
            Some(Value::Integer(VERSION)) => {}
            _ => return Err(refused(format!("the policy has no `version = {VERSION}`"))),
        }
        let mut scopes = BTreeMap::new();
        for (name, value) in table {
            let named = |failure: Failure| failure.within(format_args!("scope `{}`", shown(&name)));
            let is_scope = format!("{name}/1").parse::<Scope>().is_ok() || name.parse::<Scope>().is_ok();
            if !is_scope {
                return Err(named(refused("a table is named purpose/id, or purpose/id/epoch, as `agency/nta`")));
            }
            scopes.insert(name.clone(), ScopePolicy::parse(value).map_err(named)?);
        }
        if scopes.is_empty() {
            return Err(refused("the policy names no scope"));
        }
        Ok(Self { scopes, sha256: base16ct::lower::encode_string(&Sha256::digest(bytes)) })
    }

    #[cfg(test)]
    pub(crate) fn of_text(text: &str) -> Self {
        Self::parse(text.as_bytes()).expect("a policy")
    }

    /// The policy of a scope: that of its epoch, or that of all of its epochs.
    pub(crate) fn of(&self, scope: &Scope) -> Result<&ScopePolicy> {
        let all = format!("{}/{}", scope.purpose(), scope.id().as_str());
        self.scopes.get(&scope.to_string()).or_else(|| self.scopes.get(&all)).ok_or_else(|| {
            Failure::new(
                format!("the policy does not name the scope {scope}"),
                format!("add a table [\"{all}\"] to the policy if this scope may get a delivery"),
            )
        })
    }
}

impl ScopePolicy {
    fn parse(value: Value) -> Result<Self> {
        let Value::Table(mut table) = value else { return Err(refused("it is not a table")) };
        let Some(Value::Table(columns)) = table.remove("columns") else {
            return Err(refused("it has no table `columns`"));
        };
        let as_of = table.remove("as-of").map(|value| values::as_of(&value)).transpose()?;
        let column = |(name, value): (String, Value)| {
            let levels = Levels::parse(&value, as_of);
            levels
                .map(|levels| (name.clone(), levels))
                .map_err(|failure| failure.within(format_args!("column `{}`", shown(&name))))
        };
        let columns = columns.into_iter().map(column).collect::<Result<BTreeMap<_, _>>>()?;
        let small_groups = match table.remove("small-groups") {
            None => SmallGroups::LeaveOut,
            Some(Value::String(text)) if text == "leave-out" => SmallGroups::LeaveOut,
            Some(Value::String(text)) if text == "coarsen" => SmallGroups::Coarsen,
            Some(Value::String(text)) if text == "refuse" => SmallGroups::Refuse,
            Some(_) => return Err(refused("`small-groups` is \"leave-out\", \"coarsen\" or \"refuse\"")),
        };
        let leave_out_at_most = match table.remove("leave-out-at-most") {
            Some(_) if small_groups == SmallGroups::Refuse => {
                return Err(refused(
                    "`leave-out-at-most` says nothing if `small-groups` is \"refuse\": nobody is left out",
                ));
            }
            None if small_groups == SmallGroups::LeaveOut => 100.0,
            None => 0.0,
            Some(value) => percent(&value)?,
        };
        let found = Self {
            columns,
            least_rows: count(table.remove("least-rows"), "least-rows", 0)?,
            group_size: count(table.remove("group-size"), "group-size", 1)?,
            small_groups,
            leave_out_at_most,
        };
        match table.keys().next() {
            Some(unknown) => Err(refused(format!("`{}` is not an entry of a policy", shown(unknown)))),
            None => Ok(found),
        }
    }

    /// How coarse the coarsest level is: levels are counted from 0.
    pub(crate) fn last_level(&self) -> usize {
        match self.small_groups {
            SmallGroups::Coarsen => self.columns.values().map(Levels::last).max().unwrap_or(0),
            SmallGroups::LeaveOut | SmallGroups::Refuse => 0,
        }
    }
}

fn count(value: Option<Value>, name: &str, least: u64) -> Result<u64> {
    match value {
        None => Ok(least),
        Some(Value::Integer(count)) if u64::try_from(count).is_ok_and(|count| count >= least) => Ok(count as u64),
        Some(_) => Err(refused(format!("`{name}` is a whole number, {least} or more"))),
    }
}

fn percent(value: &Value) -> Result<f64> {
    let text = value.as_str().and_then(|text| text.strip_suffix('%'));
    let percent = text.and_then(|text| text.trim().parse::<f64>().ok());
    percent
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| refused("`leave-out-at-most` is a share of the people, from \"0%\" to \"100%\""))
}

fn refused(what: impl fmt::Display) -> Failure {
    Failure::new(what, "correct the policy; docs/policy.md describes it")
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
        version = 1
        ["agency/nta"]
        least-rows = 1000
        group-size = 5
        small-groups = "coarsen"
        leave-out-at-most = "0.5%"
        as-of = "2026-04-01"
        ["agency/nta".columns]
        birth_date = ["age 5", "age 10"]
        postcode = ["first 3", "empty"]
        sex = "exact"
        memo = "drop"
        ["agency/nta/2"]
        columns = {}
    "#;

    #[test]
    fn the_policy_in_the_document_is_read() {
        let document = include_str!("../../../../docs/policy.md");
        let block = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let policy = Policy::parse(block.as_bytes()).unwrap();
        assert_eq!(policy.of(&"agency/nta/1".parse().unwrap()).unwrap().last_level(), 1);
        assert!(policy.of(&"agency/moj/3".parse().unwrap()).is_ok());
    }

    fn said(text: &str) -> String {
        Policy::parse(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_policy_is_read_and_an_epoch_may_have_its_own() {
        let policy = Policy::parse(POLICY.as_bytes()).unwrap();
        let first = policy.of(&"agency/nta/1".parse().unwrap()).unwrap();
        assert_eq!((first.least_rows, first.group_size, first.small_groups), (1000, 5, SmallGroups::Coarsen));
        assert_eq!((first.leave_out_at_most, first.last_level(), first.columns.len()), (0.5, 1, 4));
        assert!(policy.of(&"agency/nta/2".parse().unwrap()).unwrap().columns.is_empty());
        assert!(policy.of(&"agency/mof/1".parse().unwrap()).unwrap_err().to_string().contains("agency/mof"));
    }

    #[test]
    fn small_groups_are_treated_as_the_policy_says() {
        for (line, expected) in [
            ("small-groups = \"leave-out\"", SmallGroups::LeaveOut),
            ("small-groups = \"coarsen\"", SmallGroups::Coarsen),
            ("small-groups = \"refuse\"", SmallGroups::Refuse),
            ("", SmallGroups::LeaveOut),
        ] {
            let text = POLICY.replacen("small-groups = \"coarsen\"", line, 1);
            let policy = Policy::parse(text.replacen("leave-out-at-most = \"0.5%\"", "", 1).as_bytes()).unwrap();
            assert_eq!(policy.of(&"agency/nta/1".parse().unwrap()).unwrap().small_groups, expected, "{line}");
        }
    }

    #[test]
    fn what_a_policy_cannot_say_is_refused_with_its_place_and_without_its_line() {
        for (changed, to, expected) in [
            ("version = 1", "version = 2", "version = 1"),
            ("least-rows = 1000", "least-rows = -1", "least-rows"),
            ("group-size = 5", "group-size = 0", "group-size"),
            ("\"coarsen\"", "\"hide\"", "`small-groups` is \"leave-out\", \"coarsen\" or \"refuse\""),
            ("\"coarsen\"", "true", "`small-groups` is"),
            ("\"0.5%\"", "0.5", "leave-out-at-most"),
            ("\"coarsen\"", "\"refuse\"", "nobody is left out"),
            ("least-rows", "fewest-rows", "fewest-rows"),
            ("\"exact\"", "\"as it is\"", "column `sex`"),
            ("[\"age 5\", \"age 10\"]", "[\"age 5\", \"age 7\"]", "column `birth_date`"),
            ("[\"first 3\", \"empty\"]", "[\"first 3\", \"first 4\"]", "column `postcode`"),
            ("as-of = \"2026-04-01\"", "", "as-of"),
            ("[\"agency/nta/2\"]", "[\"agency\"]", "purpose/id"),
        ] {
            let text = POLICY.replacen(changed, to, 1);
            assert!(said(&text).contains(expected), "{to}: {}", said(&text));
        }
        let broken = said(&POLICY.replacen("group-size = 5", "123456789018 five", 1));
        assert!(broken.contains("line 5") && !broken.contains("1234"), "{broken}");
    }
}
