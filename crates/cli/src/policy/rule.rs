//! How a cell is made coarser.

use std::{fmt, ops::RangeInclusive};

use super::values::{self, Day};
use crate::written::text;

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// As it is.
    Exact,
    /// Not at all: the output does not have the column.
    Drop,
    /// A date as `2001-02`.
    Month,
    /// A date as `2001`.
    Year,
    /// A date as `2000-2009`.
    Decade,
    /// A date as the ages in years on a day, as `40-44`.
    Age { years: u32, on: Day },
    /// The first digits of a code, as `100` for `100-0001`; the code has so many digits, or any number of them.
    First { digits: usize, of: Option<usize> },
    /// A number as the band that it is in, as `1000000-1999999`.
    Band(u64),
    /// Empty in every row.
    Empty,
}

/// The most digits that `first N` lets through. Of a MyNumber, the last four are then unknown.
const MOST_FIRST: u64 = 8;
/// The most digits of a code of which `first N of M` names the length.
const MOST_OF: u64 = 20;
/// The largest number that `band N` reads: ten digits, one fewer than the digits that make up a MyNumber.
const MOST_AMOUNT: u64 = 9_999_999_999;
/// The largest age in years that `age N` reads.
const MOST_YEARS: u32 = 130;
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact => f.write_str("exact"),
            Self::Drop => f.write_str("drop"),
            Self::Month => f.write_str("month"),
            Self::Year => f.write_str("year"),
            Self::Decade => f.write_str("decade"),
            Self::Age { years, .. } => write!(f, "age {years}"),
            Self::First { digits, of: None } => write!(f, "first {digits}"),
            Self::First { digits, of: Some(of) } => write!(f, "first {digits} of {of}"),
            Self::Band(width) => write!(f, "band {width}"),
            Self::Empty => f.write_str("empty"),
        }
    }
}

impl Rule {
    pub(super) fn parse(text: &str, as_of: Option<Day>) -> Option<Self> {
        let (word, number) = text.split_once(' ').unwrap_or((text, ""));
        let parse = |text: &str, range: RangeInclusive<u64>| text.parse().ok().filter(|number| range.contains(number));
        let within = |range: RangeInclusive<u64>| parse(number, range);
        Some(match (word, number) {
            ("exact", "") => Self::Exact,
            ("drop", "") => Self::Drop,
            ("month", "") => Self::Month,
            ("year", "") => Self::Year,
            ("decade", "") => Self::Decade,
            ("empty", "") => Self::Empty,
            ("age", _) => Self::Age { years: within(1..=120)? as u32, on: as_of? },
            ("first", _) => {
                let (digits, of) = number.split_once(" of ").map_or((number, None), |(digits, of)| (digits, Some(of)));
                let digits = parse(digits, 1..=MOST_FIRST)?;
                let of = of.map(|of| parse(of, digits..=MOST_OF).ok_or(())).transpose().ok()?;
                Self::First { digits: digits as usize, of: of.map(|of| of as usize) }
            }
            ("band", _) => Self::Band(within(2..=MOST_AMOUNT + 1)?),
            _ => return None,
        })
    }

    pub(super) fn is_coarser_than(self, before: Self) -> bool {
        match (before, self) {
            (Self::Drop | Self::Empty, _) | (_, Self::Exact | Self::Drop) => false,
            (Self::Exact, _)
            | (_, Self::Empty)
            | (Self::Month, Self::Year | Self::Decade)
            | (Self::Year, Self::Decade) => true,
            (Self::Age { years: fine, .. }, Self::Age { years, .. }) => years > fine && years.is_multiple_of(fine),
            (Self::First { digits: fine, of: before }, Self::First { digits, of }) => {
                digits < fine && (of.is_none() || of == before)
            }
            (Self::Band(fine), Self::Band(width)) => width > fine && width.is_multiple_of(fine),
            _ => false,
        }
    }

    /// What a cell must hold, for messages.
    pub(crate) fn expects(self) -> &'static str {
        match self {
            Self::Exact | Self::Drop | Self::Empty => "any text",
            Self::Month | Self::Year | Self::Decade => "a date with four digits of the year or with an era",
            Self::Age { .. } => {
                "a date of birth with four digits of the year or with an era, not after the date `as-of` and not more \
                 than 130 years before it"
            }
            Self::First { of: None, .. } => {
                "a code of digits, hyphens and spaces, with at least as many digits as the policy keeps"
            }
            Self::First { of: Some(_), .. } => {
                "a code of digits, hyphens and spaces, with as many digits as the policy says: a shorter one may have lost \
                 its leading zeros"
            }
            Self::Band(_) => "a number of at most ten digits that is not negative",
        }
    }

    /// Appends the coarser form of a value. It is the value in the roster, or what `before` has written of it. An empty
    /// value stays empty. `None` if the rule cannot read the value.
    ///
    /// No rule writes more than ten digits of a value, so none can write a MyNumber.
    pub(crate) fn write(self, value: &[u8], before: Option<Self>, out: &mut Vec<u8>) -> Option<()> {
        let value = value.trim_ascii();
        if value.is_empty() || self.write_common(value, out) {
            return Some(());
        }
        match self {
            Self::Exact => out.extend_from_slice(value),
            Self::Drop | Self::Empty => {}
            Self::Month => {
                let (year, month) = values::date(value)?.month();
                push(u64::from(year), 4, out);
                out.push(b'-');
                push(u64::from(month), 2, out);
            }
            Self::Year => push(u64::from(year(value, before)?), 4, out),
            Self::Decade => {
                let first = u64::from(year(value, before)? / 10 * 10);
                band(first, first + 9, 4, out);
            }
            Self::Age { years, on } => {
                let age = match before {
                    Some(Self::Age { .. }) => first_of_band(value)?.try_into().ok()?,
                    _ => on.years_since(values::date(value)?).filter(|age| *age <= MOST_YEARS)?,
                };
                let first = u64::from(age / years * years);
                band(first, first + u64::from(years) - 1, 1, out);
            }
            Self::First { digits, of } => {
                // A finer level of this column has read the complete code.
                let of = of.filter(|_| !matches!(before, Some(Self::First { .. })));
                first_digits(value, digits, of, out)?;
            }
            Self::Band(width) => {
                let number = match before {
                    Some(Self::Band(_)) => first_of_band(value)?,
                    _ => values::number(value).filter(|number| *number <= MOST_AMOUNT)?,
                };
                band_of_amounts(number, width, out);
            }
        }
        Some(())
    }

    /// As [`Self::write`] for the form that most cells have: an ISO 8601 date, or ASCII digits. `false`, and nothing is
    /// appended, for every other form. A cell of such a form is its own value in CSV and in every encoding.
    #[inline]
    pub(crate) fn write_common(self, cell: &[u8], out: &mut Vec<u8>) -> bool {
        // Bytes are appended by the eight, because the length is then known to the compiler, and those behind the text
        // are taken back.
        let mut push = |text: [u8; 8], len: usize| {
            let end = out.len() + len;
            out.extend_from_slice(&text);
            out.truncate(end);
        };
        match self {
            Self::Age { years, on } => {
                let Some(age) =
                    values::iso(cell).and_then(|born| on.years_since(born)).filter(|age| *age <= MOST_YEARS)
                else {
                    return false;
                };
                let (text, len) = band_of_ages(age / years * years, years);
                push(text, len);
            }
            Self::Month | Self::Year => {
                if values::iso(cell).is_none() {
                    return false;
                }
                let Some(text) = cell.first_chunk() else { return false };
                push(*text, if self == Self::Year { 4 } else { 7 });
            }
            Self::First { digits, of } => {
                let fits = of.map_or(cell.len() >= digits, |of| cell.len() == of);
                if !fits || !cell.iter().all(u8::is_ascii_digit) {
                    return false;
                }
                match cell.first_chunk() {
                    Some(text) => push(*text, digits),
                    None => out.extend_from_slice(&cell[..digits]),
                }
            }
            Self::Band(width) => {
                let Some(number) = values::digits(cell).filter(|number| *number <= MOST_AMOUNT) else { return false };
                band_of_amounts(number, width, out);
            }
            Self::Exact | Self::Drop | Self::Decade | Self::Empty => return false,
        }
        true
    }

    /// Whether it reads dates.
    pub(crate) fn reads_dates(self) -> bool {
        matches!(self, Self::Month | Self::Year | Self::Decade | Self::Age { .. })
    }
}

/// Appends the first digits of a code of `of` digits. Hyphens and spaces between digits do not count. A 〒 in front does
/// not count either.
fn first_digits(code: &[u8], digits: usize, of: Option<usize>, out: &mut Vec<u8>) -> Option<()> {
    let text = std::str::from_utf8(code).ok()?;
    if !code.is_ascii() && is_not_plain(text) {
        let mut plain = String::new();
        text::plain(text, &mut plain);
        return first_digits(plain.as_bytes(), digits, of, out);
    }
    let text = text.strip_prefix('〒').unwrap_or(text).trim_start();
    if !text.starts_with(|c: char| c.is_ascii_digit())
        || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b' ')
    {
        return None;
    }
    let mut found = text.bytes().filter(u8::is_ascii_digit);
    if of.is_some_and(|of| found.clone().count() != of) {
        return None;
    }
    for _ in 0..digits {
        out.push(found.next()?);
    }
    Some(())
}

fn is_not_plain(text: &str) -> bool {
    let mut plain = String::new();
    text::plain(text, &mut plain);
    plain != text
}

/// The digits of a number at the end of a buffer: at least so many. It runs for most cells, and `format!` allocates.
fn digits_of(number: u64, least: usize, text: &mut [u8; 20]) -> &[u8] {
    let (mut start, mut rest) = (text.len(), number);
    while rest > 0 || start > text.len() - least {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    &text[start..]
}

fn push(number: u64, least: usize, out: &mut Vec<u8>) {
    if number < 100 && least <= 2 {
        let digits = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        out.extend_from_slice(if number < 10 && least < 2 { &digits[1..] } else { &digits });
    } else {
        out.extend_from_slice(digits_of(number, least, &mut [0; 20]));
    }
}

fn band(first: u64, last: u64, digits: usize, out: &mut Vec<u8>) {
    push(first, digits, out);
    out.push(b'-');
    push(last, digits, out);
}

/// The band of an amount. The last band ends at the largest amount that is read: no band has eleven digits, which could
/// be a MyNumber without its zero.
fn band_of_amounts(amount: u64, width: u64, out: &mut Vec<u8>) {
    let first = amount / width * width;
    band(first, (first + (width - 1)).min(MOST_AMOUNT), 1, out);
}

/// `years` ages from `first` on as [`band`] writes them, and the length. They have three digits at most.
#[inline]
fn band_of_ages(first: u32, years: u32) -> ([u8; 8], usize) {
    let (mut text, mut len) = ([0; 8], 0);
    for (age, before) in [(first, None), (first + years - 1, Some(b'-'))] {
        let digits = [age / 100, age / 10 % 10, age % 10].map(|digit| b'0' + digit as u8);
        let written = if age < 10 {
            &digits[2..]
        } else if age < 100 {
            &digits[1..]
        } else {
            &digits
        };
        for byte in before.iter().chain(written) {
            text[len] = *byte;
            len += 1;
        }
    }
    (text, len)
}

/// The first number of a band as [`band`] writes it.
fn first_of_band(value: &[u8]) -> Option<u64> {
    let dash = value.iter().position(|byte| *byte == b'-')?;
    let [first, last] = [&value[..dash], &value[dash + 1..]].map(values::digits);
    last.and(first)
}

/// The year of a value, or of what `before` has written of it.
fn year(value: &[u8], before: Option<Rule>) -> Option<u32> {
    // A date can be of any year, such as 9999 for a date that never comes, so what was made of one can be too.
    if let (Some(Rule::Month | Rule::Year), Some(year)) = (before, value.first_chunk::<4>()) {
        return values::digits(year).map(|year| year as u32);
    }
    values::year(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rule: Rule, value: &str) -> Option<String> {
        again(None, rule, value)
    }

    fn again(before: Option<Rule>, rule: Rule, value: &str) -> Option<String> {
        let mut out = Vec::new();
        rule.write(value.as_bytes(), before, &mut out).map(|()| String::from_utf8(out).unwrap())
    }

    const AGE: Rule = Rule::Age { years: 5, on: Day::new(2026, 4, 1) };

    const BY_YEAR: Rule = Rule::Age { years: 1, on: Day::new(2026, 10, 20) };

    fn first(digits: usize, of: Option<usize>) -> Rule {
        Rule::First { digits, of }
    }

    #[test]
    fn each_rule_writes_the_coarser_form_of_what_rosters_hold() {
        for (rule, value, expected) in [
            (Rule::Exact, " 東京都 ", "東京都"),
            (Rule::Month, "1985-04-01", "1985-04"),
            (Rule::Month, "1985/4/1", "1985-04"),
            (Rule::Year, "19850401", "1985"),
            (Rule::Year, "1985年4月1日", "1985"),
            (Rule::Year, "1985-04-01T00:00:00", "1985"),
            (Rule::Year, "1985-04", "1985"),
            (Rule::Month, "昭和60年4月1日", "1985-04"),
            (Rule::Month, "S60.4.1", "1985-04"),
            (Rule::Year, "平成元年１月８日", "1989"),
            (Rule::Year, "3600401", "1985"),
            (Rule::Year, "1985.4.1 12:00", "1985"),
            (Rule::Year, "0001-01-01", "0001"),
            (Rule::Decade, "1985", "1980-1989"),
            (AGE, "1985-04-01", "40-44"),
            (AGE, "1986-04-02", "35-39"),
            (AGE, "1986-04-01", "40-44"),
            (AGE, "2026-04-01", "0-4"),
            (AGE, "昭和60年4月1日", "40-44"),
            (AGE, "2021-04-01", "5-9"),
            (AGE, "2016-04-01", "10-14"),
            (AGE, "1926-04-01", "100-104"),
            (AGE, "大正15年4月1日", "100-104"),
            (BY_YEAR, "2000-11-01", "25-25"),
            (BY_YEAR, "2000-10-21", "25-25"),
            (BY_YEAR, "2000-10-20", "26-26"),
            (Rule::Band(100), "100", "100-199"),
            (Rule::Band(10), "000000000000000005", "0-9"),
            (first(3, None), "〒100-0001", "100"),
            (first(3, None), "1000001", "100"),
            (Rule::Band(1_000_000), "1,234,567", "1000000-1999999"),
            (Rule::Band(1_000_000), "999999.99", "0-999999"),
            (first(3, None), "１００－０００１", "100"),
            (first(8, None), "1234 5678-9", "12345678"),
            (first(3, Some(7)), "060-0042", "060"),
            (first(3, Some(7)), "0600042", "060"),
            (first(2, Some(5)), "01101", "01"),
            (Rule::Band(1_000_000), "9,999,999,999", "9999000000-9999999999"),
            (Rule::Band(300), "9,999,999,999", "9999999900-9999999999"),
            (Rule::Band(7_000_000_000), "9999999999", "7000000000-9999999999"),
            (Rule::Empty, "anything", ""),
            (Rule::Year, "", ""),
        ] {
            assert_eq!(written(rule, value).as_deref(), Some(expected), "{rule:?} of {value}");
        }
    }

    #[test]
    fn a_value_that_a_rule_cannot_read_is_refused_and_never_passed_on() {
        for (rule, value) in [
            (Rule::Year, "85-04-01"),
            (Rule::Year, "1985-02-30"),
            (Rule::Year, "1985-13"),
            (Rule::Year, "unknown"),
            (Rule::Year, "S60.13.1"),
            (Rule::Year, "19850230"),
            (Rule::Year, "19850401x"),
            // The character after 9 is ten more than 0.
            (Rule::Month, "2005-0:-01"),
            (Rule::Year, "1985-01-0:"),
            (AGE, "1985-0:-01"),
            (AGE, "令和8年4月2日"),
            (Rule::Month, "1985"),
            (AGE, "2026-04-02"),
            (first(3, None), "10"),
            // Codes that lost a zero, or have a digit more.
            (first(3, Some(7)), "600042"),
            (first(3, Some(7)), "60-0042"),
            (first(2, Some(5)), "1101"),
            (first(3, Some(7)), "０６００４２"),
            (first(3, Some(7)), "06000421"),
            // A float, a negative integer and letters are refused.
            (first(3, None), "1.5e20"),
            (first(3, None), "-1234567"),
            (first(3, None), "A1234"),
            (Rule::Year, "1153"),
            (AGE, "1000152847-1"),
            (AGE, "40-44"),
            (AGE, "1885-04-01"),
            (Rule::Band(2), "1000000-1999999"),
            (Rule::Band(2), "983,603,186,994"),
            (Rule::Band(10), "10000000000"),
            (Rule::Band(10), "-5"),
            (Rule::Band(10), "12,34"),
            (Rule::Band(10), ",005"),
            (Rule::Band(10), "999999999999999999999999999999"),
            (Rule::Band(10), "1e6"),
        ] {
            assert_eq!(written(rule, value), None, "{rule:?} of {value}");
        }
    }

    #[test]
    fn each_rule_says_what_a_cell_must_hold() {
        for (rule, word) in [
            (Rule::Exact, "any text"),
            (Rule::Month, "a date with four digits"),
            (AGE, "a date of birth"),
            (first(3, None), "at least as many digits"),
            (first(3, Some(7)), "leading zeros"),
            (Rule::Band(10), "at most ten digits"),
        ] {
            assert!(rule.expects().contains(word), "{rule:?}");
        }
    }

    #[test]
    fn the_length_of_a_code_is_at_least_the_digits_that_are_kept_and_stays() {
        let parsed = |text: &str| Rule::parse(text, None);
        assert_eq!(parsed("first 3 of 7"), Some(first(3, Some(7))));
        assert_eq!(first(3, Some(7)).to_string(), "first 3 of 7");
        for wrong in ["first 3 of 2", "first 3 of 21", "first 3 of", "first 3 of x", "first 9 of 12", "first of 7"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
        assert_eq!(parsed("band 10000000000"), Some(Rule::Band(10_000_000_000)));
        assert_eq!((parsed("band 10000000001"), parsed("band 1")), (None, None));
        assert!(
            first(2, Some(7)).is_coarser_than(first(3, Some(7))) && first(2, None).is_coarser_than(first(3, Some(7)))
        );
        assert!(!first(2, Some(5)).is_coarser_than(first(3, Some(7))));
    }

    #[test]
    fn a_coarser_level_is_the_same_from_the_value_and_from_the_level_before() {
        let chain = |value: &str, rules: &[Rule]| {
            let mut before = None;
            rules.iter().try_fold(value.to_owned(), |text, rule| again(before.replace(*rule), *rule, &text))
        };
        let on = Day::new(2026, 4, 1);
        for year in 1930..2026 {
            let value = format!("{year}-{:02}-{:02}", year % 12 + 1, year % 28 + 1);
            let coarse = Rule::Age { years: 10, on };
            assert_eq!(chain(&value, &[AGE, coarse]), written(coarse, &value));
            assert_eq!(chain(&value, &[Rule::Month, Rule::Year, Rule::Decade]), written(Rule::Decade, &value));
        }
        // Dates of other years than a year alone can be.
        for value in ["0001-01-01", "0985-04-01", "1799-12-31", "2200-01-01", "9999-12-31"] {
            for rules in [&[Rule::Month, Rule::Year][..], &[Rule::Year, Rule::Decade], &[Rule::Month, Rule::Decade]] {
                let last = written(rules[1], value);
                assert!(last.is_some() && chain(value, rules) == last, "{value} by {rules:?}");
            }
        }
        assert_eq!(chain("060-0042", &[first(3, Some(7)), first(1, Some(7))]).as_deref(), Some("0"));
        for number in (0..10_000_000_u64).step_by(99_991) {
            let value = number.to_string();
            assert_eq!(chain(&value, &[Rule::Band(1000), Rule::Band(5000)]), written(Rule::Band(5000), &value));
        }
    }
}
