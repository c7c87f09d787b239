//! Policies of deliveries: which policies are read, and that a coarser value says nothing that a finer one does not.

use fugo::{Scope, find};
use fugo_cli::fuzzing::{Column, coarser};
use toml::{Table, Value};

/// A policy, and after a NUL a value that each of its rules writes.
pub fn check(data: &[u8]) {
    let at = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    let (policy, value) = (&data[..at], data.get(at + 1..).unwrap_or_default());
    match coarser(policy, value) {
        Ok(columns) => {
            let scopes = model(policy).expect("a policy by its TOML too");
            assert_eq!(scopes, columns.len());
            columns.iter().for_each(|column| judge(column, value));
        }
        Err(said) => {
            // The two lines of a message, and no line of the policy that may hold a number.
            assert_eq!(said.lines().count(), 2);
            let shown = find::candidates(&said).filter(|found| found.shape() == find::Shape::Whole);
            assert_eq!(shown.count(), 0, "an error shows twelve digits");
        }
    }
}

/// The number of columns of a policy, if it has the form that `docs/policy.md` gives. The rules have their own checks.
fn model(policy: &[u8]) -> Option<usize> {
    let table: Table = std::str::from_utf8(policy).ok()?.parse().ok()?;
    (table.get("version") == Some(&Value::Integer(1)) && table.len() > 1).then_some(())?;
    let mut columns = 0;
    for (name, scope) in table.iter().filter(|(name, _)| *name != "version") {
        let parts = name.split('/').count();
        let of_epoch = if parts == 2 { format!("{name}/1") } else { name.clone() };
        of_epoch.parse::<Scope>().ok()?;
        columns += scope.get("columns")?.as_table()?.len();
        let whole = |name: &str, least: i64| {
            scope.get(name).is_none_or(|value| value.as_integer().is_some_and(|count| count >= least))
        };
        (whole("least-rows", 0) && whole("group-size", 1)).then_some(())?;
    }
    Some(columns)
}

/// How much a rule leaves of a value: smaller is coarser. `None` where there is nothing to compare.
fn fineness(rule: &str) -> Option<(&str, u64)> {
    let (word, number) = rule.split_once(' ').unwrap_or((rule, "0"));
    Some((word, number.parse().ok()?))
}

fn judge(column: &Column, value: &[u8]) {
    let Column { rules, direct, chained, .. } = column;
    assert!(!rules.is_empty());
    for pair in rules.windows(2) {
        let ((a, m), (b, n)) = (fineness(&pair[0]).expect("a rule"), fineness(&pair[1]).expect("a rule"));
        let is_coarser = match (a, b) {
            ("exact", b) => b != "exact" && b != "drop",
            ("month", "year" | "decade") | ("year", "decade") => true,
            ("age", "age") | ("band", "band") => n > m && n % m == 0,
            ("first", "first") => n < m,
            (a, "empty") => a != "empty" && a != "drop",
            _ => false,
        };
        assert!(is_coarser, "{pair:?}");
    }
    // The value of a level is the same from the value of the roster and from the level before.
    let is_read = |nth: usize| chained[nth].is_some();
    for nth in 0..rules.len() {
        if is_read(0) && direct[nth].is_some() && (nth == 0 || is_read(nth - 1)) {
            assert_eq!(direct[nth], chained[nth], "{rules:?}, level {nth}");
        }
    }
    // A value that the first changing rule reads is read by all coarser ones.
    let first = usize::from(rules[0] == "exact");
    if rules.len() > first && is_read(first) {
        assert!((first..rules.len()).all(is_read), "{rules:?}");
    }
    // No rule writes a number, except the one that writes the value as it is.
    for (rule, written) in rules.iter().zip(direct).filter(|(rule, _)| *rule != "exact") {
        let Some(written) = written else { continue };
        let text = std::str::from_utf8(written).expect("text");
        let is_long = text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 10);
        assert!(text.is_ascii() && !is_long, "{rule}");
        assert!(text.len() <= 21 && (*rule != "empty" || text.is_empty()), "{rule}");
    }
    if let Some(Some(exact)) = direct.first().filter(|_| rules[0] == "exact") {
        assert_eq!(exact, value.trim_ascii());
    }
}
