//! Grants: their terms compared with a plain reading of the lines; and a grant under a policy, whose rule of signatures
//! is counted again.

use data_encoding::BASE64;
use fugo::{KeyTag, Scope};
use fugo_cli::fuzzing;
use fugo_keystore::{Note, NoteSigner};
use toml::Table;

use crate::files;

const NAMES: [&str; 12] = [
    "grant",
    "inquirer",
    "provider",
    "from",
    "to",
    "items",
    "legal-basis",
    "purpose",
    "not-before",
    "not-after",
    "most-people",
    "break-glass",
];

/// Any text as the terms of a grant; and with a NUL within, a policy before it and a note after it.
pub fn check(data: &[u8]) {
    if let Some(at) = data.iter().position(|byte| *byte == 0) {
        under_policy(&data[..at], &data[at + 1..]);
    } else if let Ok(text) = std::str::from_utf8(data) {
        terms(text);
    }
}

fn terms(text: &str) {
    let found = fuzzing::grant_terms(text);
    let expected = model(text);
    assert_eq!(found.is_ok(), expected.is_some(), "{found:?}");
    match found {
        Ok(again) => {
            // An accepted text is exactly the text that is written; of its end, only the line feed can be missing.
            assert_eq!(again.strip_suffix('\n'), Some(text.strip_suffix('\n').unwrap_or(text)));
            assert_eq!(fuzzing::grant_terms(&again).as_ref(), Ok(&again));
        }
        Err(said) => assert!(!said.contains('\n')),
    }
}

pub(crate) struct Terms {
    /// Seconds from `not-before` to `not-after`.
    seconds: i64,
    is_break_glass: bool,
}

pub(crate) fn model(text: &str) -> Option<Terms> {
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
    (lines.len() == 13 && lines[0] == "fugo-grant 1").then_some(())?;
    let value = |nth: usize| lines[nth + 1].strip_prefix(NAMES[nth])?.strip_prefix(": ");
    let words = |nth: usize| {
        let value = value(nth)?;
        let ends = [value.chars().next()?, value.chars().next_back()?];
        (ends.iter().all(|c| !c.is_whitespace()) && value.chars().count() <= 500).then_some(())
    };
    let named = |nth: usize| {
        let (scope, tag) = value(nth)?.split_once(' ')?;
        scope.parse::<Scope>().ok().and(tag.parse::<KeyTag>().ok())
    };
    let id = value(0)?;
    let is_id = id.chars().all(|c| c.is_ascii_digit() || c.is_ascii_alphabetic() || c == '-');
    (is_id && (1..=64).contains(&id.len())).then_some(())?;
    for nth in [1, 2, 5, 6, 7] {
        words(nth)?;
    }
    named(3).and(named(4))?;
    let (begin, end) = (second(value(8)?)?, second(value(9)?)?);
    let people = value(10)?;
    let is_count = people.parse::<u64>().is_ok_and(|count| count > 0 && count.to_string() == people);
    let is_break_glass = ["no", "yes"].iter().position(|word| Some(*word) == value(11))? == 1;
    (begin <= end && is_count).then_some(Terms { seconds: end - begin, is_break_glass })
}

/// The second since 1970 of `2026-11-29T09:30:00Z`, by counting the years and months.
pub(crate) fn second(text: &str) -> Option<i64> {
    let form: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    (form == "9999-99-99T99:99:99Z").then_some(())?;
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().expect("digits");
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let (hour, minute, second) = (number(11, 13), number(14, 16), number(17, 19));
    let is_leap = |year: i64| year % 4 == 0 && year % 100 != 0 || year % 400 == 0;
    let lengths = |year| [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    (year > 0 && (1..=12).contains(&month)).then_some(())?;
    (day > 0 && day <= lengths(year)[month as usize - 1]).then_some(())?;
    (hour < 24 && minute < 60 && second < 60).then_some(())?;
    let of_year = |year: i64| if is_leap(year) { 366 } else { 365 };
    let years: i64 =
        if year < 1970 { -(year..1970).map(of_year).sum::<i64>() } else { (1970..year).map(of_year).sum() };
    let months: i64 = lengths(year)[..month as usize - 1].iter().sum();
    Some((years + months + day - 1) * 86_400 + hour * 3600 + minute * 60 + second)
}

fn under_policy(policy: &[u8], grant: &[u8]) {
    let found = fuzzing::granted(&files::file("policy.toml", policy), &files::file("grant.note", grant));
    let expected = granted(policy, grant);
    match (&found, &expected) {
        (Ok(found), Some(expected)) => assert_eq!(found, expected),
        (Err(_), None) => {}
        _ => panic!("{found:?} where the model has {expected:?}"),
    }
}

/// The names of the signers, in the order of the names in the policy, if there are enough.
fn granted(policy: &[u8], grant: &[u8]) -> Option<Vec<String>> {
    let policy: Table = std::str::from_utf8(policy).ok()?.parse().ok()?;
    let known = ["version", "signatures", "break-glass-signatures", "break-glass-hours", "record", "signers"];
    policy.keys().all(|name| known.contains(&name.as_str())).then_some(())?;
    let count = |name: &str| match policy.get(name) {
        None => Ok(None),
        Some(value) => value.as_integer().filter(|count| (1..=1_000_000).contains(count)).map(Some).ok_or(()),
    };
    (count("version") == Ok(Some(1))).then_some(())?;
    let signers = policy.get("signers")?.as_table()?;
    let mut keys = Vec::new();
    for (name, signer) in signers {
        let signer = signer.as_str()?;
        signer.parse::<NoteSigner>().ok().filter(|signer| signer.name() == name && !signer.is_witness())?;
        keys.push(BASE64.decode(signer.rsplit_once('+')?.1.as_bytes()).ok()?);
    }
    if let Some(record) = policy.get("record") {
        record.as_str()?.parse::<NoteSigner>().ok().filter(|record| !record.is_witness())?;
    }
    let different: std::collections::BTreeSet<_> = keys.iter().collect();
    (different.len() == keys.len()).then_some(())?;
    let (all, people) = (count("signatures").ok()?.unwrap_or(2), keys.len() as i64);
    let (few, hours) = (count("break-glass-signatures").ok()?, count("break-glass-hours").ok()?);
    (few.is_some() == hours.is_some() && all <= people && few.is_none_or(|few| few <= people)).then_some(())?;

    let note = Note::parse(grant).ok()?;
    let terms = model(note.text())?;
    // One signature of each signer alone.
    let mut signed = Vec::new();
    for (name, signer) in signers {
        let signer = [signer.as_str()?.parse::<NoteSigner>().ok()?];
        if note.signed_by(&signer).ok()? == [0] {
            signed.push(name.clone());
        }
    }
    let wanted = if terms.is_break_glass {
        (terms.seconds <= hours? * 3600).then_some(())?;
        few?
    } else {
        all
    };
    (signed.len() as i64 >= wanted).then_some(signed)
}
