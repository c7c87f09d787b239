//! The terms of a grant: what the text of the note says, one `name: value` on each line, always in this order.

use std::fmt::Write;

use fugo::{KeyTag, Scope};

use super::moment::Moment;

/// The first line, and the names of the others.
const HEAD: &str = "fugo-grant 1";
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
/// The longest value, in characters.
const LONGEST: usize = 500;

/// A scope and the tag of its key.
pub(crate) type Named = (Scope, KeyTag);

/// What a grant allows, to whom, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) id: String,
    pub(crate) inquirer: String,
    pub(crate) provider: String,
    pub(crate) from: Named,
    pub(crate) to: Named,
    pub(crate) items: String,
    pub(crate) legal_basis: String,
    pub(crate) purpose: String,
    pub(crate) not_before: Moment,
    pub(crate) not_after: Moment,
    pub(crate) most_people: u64,
    pub(crate) break_glass: bool,
}

/// Why a text is not a grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TermsError {
    #[error("line 1 is not `{HEAD}`")]
    NotAGrant,
    #[error("line {line}: a grant has no field of this name; its fields are {}", NAMES.join(", "))]
    Unknown { line: usize },
    #[error("the field `{name}` is missing")]
    Missing { name: &'static str },
    #[error("line {line}: the field `{name}` is there twice")]
    Twice { line: usize, name: &'static str },
    #[error("line {line}: the field `{name}` is out of order; the fields are in the order {}", NAMES.join(", "))]
    Order { line: usize, name: &'static str },
    #[error("line {line}: the value of `{name}` must be {allowed}")]
    Value { line: usize, name: &'static str, allowed: &'static str },
}

impl Terms {
    /// The text of the note.
    pub(crate) fn text(&self) -> String {
        let named = |(scope, tag): &Named| format!("{scope} {tag}");
        let values = [
            self.id.clone(),
            self.inquirer.clone(),
            self.provider.clone(),
            named(&self.from),
            named(&self.to),
            self.items.clone(),
            self.legal_basis.clone(),
            self.purpose.clone(),
            self.not_before.to_string(),
            self.not_after.to_string(),
            self.most_people.to_string(),
            if self.break_glass { "yes" } else { "no" }.to_owned(),
        ];
        let mut text = format!("{HEAD}\n");
        for (name, value) in NAMES.iter().zip(values) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {value}");
        }
        text
    }

    /// Reads the text of a note. Each value has one spelling.
    pub(crate) fn parse(text: &str) -> Result<Self, TermsError> {
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        if lines.next() != Some(HEAD) {
            return Err(TermsError::NotAGrant);
        }
        let mut values: Vec<&str> = Vec::new();
        for (nth, line) in lines.enumerate() {
            let line_number = nth + 2;
            let (name, value) = line.split_once(": ").ok_or(TermsError::Unknown { line: line_number })?;
            let place = NAMES.iter().position(|known| *known == name);
            let place = place.ok_or(TermsError::Unknown { line: line_number })?;
            let name = NAMES[place];
            match place.cmp(&values.len()) {
                std::cmp::Ordering::Equal => values.push(value),
                std::cmp::Ordering::Less => return Err(TermsError::Twice { line: line_number, name }),
                std::cmp::Ordering::Greater => {
                    let expected = NAMES[values.len()];
                    let is_later = text.lines().any(|line| line.starts_with(&format!("{expected}: ")));
                    return Err(if is_later {
                        TermsError::Order { line: line_number, name }
                    } else {
                        TermsError::Missing { name: expected }
                    });
                }
            }
        }
        let values: [&str; NAMES.len()] =
            values.clone().try_into().map_err(|_| TermsError::Missing { name: NAMES[values.len()] })?;
        Self::of(values)
    }

    fn of(values: [&str; NAMES.len()]) -> Result<Self, TermsError> {
        let wrong = |nth: usize, allowed| TermsError::Value { line: nth + 2, name: NAMES[nth], allowed };
        let words = |nth: usize| {
            let value = values[nth];
            let is_good = !value.is_empty() && value.trim() == value && value.chars().count() <= LONGEST;
            is_good
                .then(|| value.to_owned())
                .ok_or_else(|| wrong(nth, "1 to 500 characters, without spaces at its ends"))
        };
        let named = |nth: usize| {
            let parse = |value: &str| {
                let (scope, tag) = value.split_once(' ')?;
                Some((scope.parse().ok()?, tag.parse().ok()?))
            };
            parse(values[nth])
                .ok_or_else(|| wrong(nth, "a scope and the tag of its key, such as agency/nta/1 7c2cb2a1"))
        };
        let moment =
            |nth: usize| values[nth].parse().map_err(|_| wrong(nth, "a time of UTC such as 2026-11-29T09:30:00Z"));
        let is_id = |value: &str| {
            (1..=64).contains(&value.len()) && value.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
        };
        let is_count = |value: &str| !value.starts_with(['0', '+']);
        Ok(Self {
            id: Some(values[0])
                .filter(|value| is_id(value))
                .ok_or_else(|| wrong(0, "1 to 64 of A-Z, a-z, 0-9 and hyphen"))?
                .to_owned(),
            inquirer: words(1)?,
            provider: words(2)?,
            from: named(3)?,
            to: named(4)?,
            items: words(5)?,
            legal_basis: words(6)?,
            purpose: words(7)?,
            not_before: moment(8)?,
            not_after: Some(moment(9)?)
                .filter(|end| moment(8).is_ok_and(|start| start <= *end))
                .ok_or_else(|| wrong(9, "not before the time of `not-before`"))?,
            most_people: Some(values[10])
                .filter(|value| is_count(value))
                .and_then(|value| value.parse().ok())
                .ok_or_else(|| wrong(10, "a whole number from 1, without leading zeros"))?,
            break_glass: match values[11] {
                "yes" => true,
                "no" => false,
                _ => return Err(wrong(11, "yes or no")),
            },
        })
    }

    /// Whether the text of these terms is read as these terms again.
    pub(crate) fn checked(self) -> Result<Self, TermsError> {
        let again = Self::parse(&self.text())?;
        Ok(again)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample() -> Terms {
        Terms {
            id: "2026-0001".to_owned(),
            inquirer: "年金機構".to_owned(),
            provider: "国税庁".to_owned(),
            from: ("agency/nta/1".parse().expect("a scope"), "7c2cb2a1".parse().expect("a tag")),
            to: ("agency/nenkin/1".parse().expect("a scope"), "01020304".parse().expect("a tag")),
            items: "令和7年分の所得".to_owned(),
            legal_basis: "番号法 19条8号".to_owned(),
            purpose: "保険料の免除の審査".to_owned(),
            not_before: "2026-11-01T00:00:00Z".parse().expect("a time"),
            not_after: "2026-12-31T23:59:59Z".parse().expect("a time"),
            most_people: 50_000,
            break_glass: false,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(Terms::parse(&sample().text()), Ok(sample()));
    }

    #[test]
    fn fields_that_are_unknown_missing_twice_out_of_order_or_wrong_are_refused_by_name() {
        let text = sample().text();
        let with = |from: &str, to: &str| {
            let other = text.replacen(from, to, 1);
            assert_ne!(other, text, "the replacement of {from:?} applies");
            Terms::parse(&other).expect_err("not a grant")
        };
        assert_eq!(with("fugo-grant 1", "fugo-grant 2"), TermsError::NotAGrant);
        assert_eq!(with("purpose:", "reason:"), TermsError::Unknown { line: 9 });
        assert_eq!(with("break-glass: no\n", "break-glass: no\nmore: a\n"), TermsError::Unknown { line: 14 });
        assert_eq!(with("purpose: 保険料の免除の審査\n", ""), TermsError::Missing { name: "purpose" });
        assert_eq!(with("break-glass: no\n", ""), TermsError::Missing { name: "break-glass" });
        assert_eq!(
            with("most-people: 50000\n", "most-people: 50000\nmost-people: 90000\n"),
            TermsError::Twice { line: 13, name: "most-people" }
        );
        assert_eq!(
            with("inquirer: 年金機構\nprovider: 国税庁\n", "provider: 国税庁\ninquirer: 年金機構\n"),
            TermsError::Order { line: 3, name: "provider" }
        );
        for (from, to, name, line) in [
            ("grant: 2026-0001", "grant: 2026 0001", "grant", 2),
            ("年金機構", " 年金機構", "inquirer", 3),
            ("7c2cb2a1", "7C2CB2A1", "from", 5),
            ("agency/nenkin/1", "agency/nenkin/0", "to", 6),
            ("2026-11-01T", "2026-13-01T", "not-before", 10),
            ("2026-12-31T", "2026-10-31T", "not-after", 11),
            ("50000", "050000", "most-people", 12),
            ("50000", "0", "most-people", 12),
            ("50000", "-1", "most-people", 12),
            (": no", ": No", "break-glass", 13),
        ] {
            let found = with(from, to);
            let is_named = matches!(found, TermsError::Value { line: at, name: of, .. } if (at, of) == (line, name));
            assert!(is_named, "{from} to {to}: {found}");
        }
    }
}
