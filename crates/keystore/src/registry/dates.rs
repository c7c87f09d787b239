//! The dates of an epoch, and the orders of dates that are impossible.

use std::{fmt, str::FromStr};

use fugo::Scope;

use super::RecordedEpoch;

/// A day of the Gregorian calendar in Japan, written `YYYY-MM-DD`. It begins at 00:00 of UTC+09:00, which has had no
/// summer time since 1951. So every machine agrees on it, whatever its own time zone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u16,
    month: u8,
    of_month: u8,
}

impl Day {
    /// A day from year 1 to year 9999; `None` if it does not exist.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u8::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=days).contains(&day)).then_some(Self { year, month, of_month: day })
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.of_month)
    }
}

impl FromStr for Day {
    type Err = DayError;
    /// Reads exactly `YYYY-MM-DD`, so a day has only one spelling.
    fn from_str(text: &str) -> Result<Self, DayError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] else {
            return Err(DayError);
        };
        if [year.len(), month.len(), day.len()] != [4, 2, 2] {
            return Err(DayError);
        }
        let (Some(year), Some(month), Some(day)) = (digits(year), digits(month), digits(day)) else {
            return Err(DayError);
        };
        Self::new(year, month as u8, day as u8).ok_or(DayError)
    }
}

/// The text is not a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a date is a day of the calendar, written YYYY-MM-DD, such as 2027-04-01")]
pub struct DayError;

/// The dates of one epoch. All are absent until somebody records them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dates {
    /// The first day on which symbols of the epoch are made. Absent: no first day.
    pub valid_from: Option<Day>,
    /// The last day on which symbols of the epoch are made or accepted. Absent: no last day.
    pub accept_until: Option<Day>,
    /// The day on which the epoch's key was destroyed. It is never removed.
    pub destroyed: Option<Day>,
}

impl Dates {
    /// Whether symbols of the epoch were made before or on this day, unless the key was destroyed before it began.
    pub(super) fn began_by(&self, day: Day) -> bool {
        self.valid_from.is_some_and(|from| from <= day && self.destroyed.is_none_or(|destroyed| destroyed >= from))
    }
}

/// Dates that cannot be, and the scope that has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateOrderError {
    /// No day would be within the dates.
    #[error(
        "{scope} would be accepted until {accept_until} and be valid from {valid_from} on: from must not be after until"
    )]
    EndsBeforeItBegins {
        /// The scope.
        scope: Scope,
        /// Its first day.
        valid_from: Day,
        /// Its last day.
        accept_until: Day,
    },
    /// A newer epoch would begin before an older one, or on the same day.
    #[error(
        "{newer} would be valid from {newer_from} on, but the older {older} from {older_from} on: epochs begin in their order"
    )]
    NewerBeginsFirst {
        /// The scope of the older epoch.
        older: Scope,
        /// Its first day.
        older_from: Day,
        /// The scope of the newer epoch.
        newer: Scope,
        /// Its first day.
        newer_from: Day,
    },
    /// On a day between two epochs, neither would be accepted.
    #[error(
        "{older} would be accepted until {accept_until}, but {newer} would begin on {valid_from}: the old epoch must be \
         accepted until the new one has begun"
    )]
    Gap {
        /// The scope of the older epoch.
        older: Scope,
        /// Its last day.
        accept_until: Day,
        /// The scope of the newer epoch.
        newer: Scope,
        /// Its first day.
        valid_from: Day,
    },
}

/// Refuses dates that cannot be, in one epoch or between the epochs of one purpose and scope id.
pub(super) fn check_order(epochs: &[RecordedEpoch]) -> Result<(), DateOrderError> {
    let mut dated: Vec<&RecordedEpoch> = epochs.iter().filter(|epoch| epoch.dates.valid_from.is_some()).collect();
    dated.sort_by_key(|epoch| epoch.scope);
    for epoch in &dated {
        let (valid_from, accept_until) = (epoch.dates.valid_from, epoch.dates.accept_until);
        if let Some((valid_from, accept_until)) = valid_from.zip(accept_until).filter(|(from, until)| from > until) {
            return Err(DateOrderError::EndsBeforeItBegins { scope: epoch.scope, valid_from, accept_until });
        }
    }
    for pair in dated.windows(2) {
        let [older, newer] = [pair[0], pair[1]];
        if let Some((older_from, newer_from)) = older.dates.valid_from.zip(newer.dates.valid_from)
            && older.is_of_organisation(&newer.scope)
            && older_from >= newer_from
        {
            let (older, newer) = (older.scope, newer.scope);
            return Err(DateOrderError::NewerBeginsFirst { older, older_from, newer, newer_from });
        }
    }
    Ok(())
}

/// Refuses a gap between the epochs next to this one and itself. A registry with one is read: somebody may want it.
pub(super) fn check_no_gap(epochs: &[RecordedEpoch], scope: &Scope) -> Result<(), DateOrderError> {
    let mut of_one: Vec<&RecordedEpoch> = epochs.iter().filter(|epoch| epoch.is_of_organisation(scope)).collect();
    of_one.sort_by_key(|epoch| epoch.scope);
    for pair in of_one.windows(2) {
        let [older, newer] = [pair[0], pair[1]];
        let days = older.dates.accept_until.zip(newer.dates.valid_from);
        let days = days.filter(|(until, from)| until < from && older.dates.destroyed.is_none());
        let is_next_to = [older.scope, newer.scope].contains(scope);
        if let Some((accept_until, valid_from)) = days.filter(|_| is_next_to) {
            return Err(DateOrderError::Gap { older: older.scope, accept_until, newer: newer.scope, valid_from });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_of_the_calendar_in_one_spelling() {
        for text in ["2027-04-01", "2028-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Day>().expect("a day").to_string(), text);
        }
        for text in [
            "2027-02-29",
            "2100-02-29",
            "2027-04-31",
            "2027-00-01",
            "2027-13-01",
            "2027-04-00",
            "0000-01-01",
            "27-04-01",
            "2027-4-01",
            "2027-04-1",
            "2027/04/01",
            "20270401",
            "+027-04-01",
            "2027-04-01 ",
            "2027-04-01-",
            "",
            "--",
            "２０２７-04-01",
        ] {
            assert_eq!(text.parse::<Day>(), Err(DayError), "{text:?}");
        }
    }

    #[test]
    fn days_have_the_order_of_the_calendar() {
        let days = ["2026-12-31", "2027-01-01", "2027-01-02", "2027-02-01", "2028-01-01"];
        let parsed: Vec<Day> = days.iter().map(|text| text.parse().expect("a day")).collect();
        assert!(parsed.is_sorted_by(|a, b| a < b));
    }
}
