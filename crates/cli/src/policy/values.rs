//! What rules read in cells: days, years and numbers.

use std::ops::RangeInclusive;

use toml::Value;

use super::refused;
use crate::{
    calendar,
    failure::Result,
    written::{moment, text},
};

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day {
    year: u32,
    /// The month, then the day of the month.
    within_year: (u32, u32),
}

/// The years that a year without a month and a day can be.
const YEARS: RangeInclusive<u32> = 1800..=2199;

/// The day of `as-of`, on which ages are counted.
pub(super) fn as_of(value: &Value) -> Result<Day> {
    let day = match value {
        Value::String(text) => date(text.as_bytes()),
        Value::Datetime(at) => date(at.to_string().as_bytes()),
        _ => None,
    };
    day.ok_or_else(|| refused("`as-of` is a date such as \"2026-04-01\""))
}

impl Day {
    /// The year and the month.
    pub(super) fn month(self) -> (u32, u32) {
        (self.year, self.within_year.0)
    }

    /// The age in years, on this day, of a person who was born then.
    #[inline]
    pub(super) fn years_since(self, born: Self) -> Option<u32> {
        let had_birthday = self.within_year >= born.within_year;
        if self < born { None } else { Some(self.year - born.year - u32::from(!had_birthday)) }
    }
}

/// The number of up to 18 digits.
#[inline]
pub(super) fn digits(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || bytes.len() > 18 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(bytes.iter().fold(0, |sum, digit| 10 * sum + u64::from(digit - b'0')))
}

/// A number as `1234567`, `1,234,567` or `1234567.89`; the decimals are dropped.
pub(super) fn number(value: &[u8]) -> Option<u64> {
    let (whole, decimals) = match value.iter().position(|byte| *byte == b'.') {
        Some(point) => (&value[..point], &value[point + 1..]),
        None => (value, &b""[..]),
    };
    if !decimals.iter().all(u8::is_ascii_digit) {
        return None;
    }
    if !whole.contains(&b',') {
        return digits(whole);
    }
    // At most eighteen digits in six groups.
    if whole.len() > 23 {
        return None;
    }
    let mut groups = whole.split(|byte| *byte == b',');
    let first = groups.next().filter(|group| group.len() <= 3).and_then(digits)?;
    groups.try_fold(first, |sum, group| Some(1000 * sum + digits(group).filter(|_| group.len() == 3)?))
}

/// The year of a date, of `2001-02` or of `2001`.
pub(super) fn year(value: &[u8]) -> Option<u32> {
    match value {
        [_, _, _, _] => digits(value).map(|year| year as u32).filter(|year| YEARS.contains(year)),
        [year @ .., b'-', tens, ones] if year.len() == 4 => {
            digits(&[*tens, *ones]).filter(|month| (1..=12).contains(month)).and(self::year(year))
        }
        _ => date(value).map(|day| day.year),
    }
}

/// A date with four digits of the year or with an era, in any form that [`moment`] reads. A time may follow it.
pub(super) fn date(value: &[u8]) -> Option<Day> {
    if let Some(found) = iso(value) {
        return Some(found);
    }
    if let Some(all) = value.first_chunk().filter(|_| value.len() == 8)
        && let Some(found) = of_digits(*all)
    {
        return Some(found);
    }
    let mut plain = String::new();
    text::plain(std::str::from_utf8(value).ok()?, &mut plain);
    let (year, month, day) = calendar::civil(moment::parse(&plain).exact?.day);
    Some(Day { year: year.try_into().ok()?, within_year: (month as u32, day as u32) })
}

/// A date as `2001-02-03`.
#[inline]
pub(super) fn iso(value: &[u8]) -> Option<Day> {
    match value {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => of_digits([*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2]),
        _ => None,
    }
}

/// The date of four digits of the year, two of the month and two of the day.
#[inline]
fn of_digits(bytes: [u8; 8]) -> Option<Day> {
    let digits = bytes.map(|byte| u32::from(byte.wrapping_sub(b'0')));
    if digits.iter().any(|digit| *digit > 9) {
        return None;
    }
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits;
    let (year, month, day) = (1000 * y1 + 100 * y2 + 10 * y3 + y4, 10 * m1 + m2, 10 * d1 + d2);
    calendar::exists(year.into(), month.into(), day.into()).then_some(Day { year, within_year: (month, day) })
}

#[cfg(test)]
impl Day {
    pub(super) const fn new(year: u32, month: u32, day: u32) -> Self {
        Self { year, within_year: (month, day) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_at_most_eighteen_digits_in_groups_too() {
        assert_eq!(number(b"123,456,789,012,345,678"), Some(123_456_789_012_345_678));
        assert_eq!(number(b"1,234,567.89"), Some(1_234_567));
        for other in ["1,000,000,000,000,000,000", "999,999,999,999,999,999,999,999,999", "1,00", "1234,567", ",1"] {
            assert_eq!(number(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn the_day_of_ages_is_a_text_or_a_date_of_toml() {
        let parsed = |text: &str| {
            let table: toml::Table = text.parse().unwrap();
            as_of(&table["as-of"]).ok()
        };
        let day = Some(Day::new(2026, 4, 1));
        assert_eq!((parsed("as-of = \"2026-04-01\""), parsed("as-of = 2026-04-01")), (day, day));
        assert_eq!(
            (parsed("as-of = 20260401"), parsed("as-of = \"2026-04\""), parsed("as-of = 09:00:00")),
            (None, None, None)
        );
    }
}
