//! Times in grants: `2026-11-29T09:30:00Z`, in UTC, to the second.

use std::{
    fmt,
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

use crate::calendar::{civil, day};

const DAY: i64 = 86_400;

/// A second of UTC, counted from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(i64);

impl Moment {
    /// The time of the machine.
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    /// Seconds since 1970; 0 for a time before.
    pub(crate) fn seconds(self) -> u64 {
        self.0.try_into().unwrap_or(0)
    }

    /// So many hours later.
    pub(crate) fn plus_hours(self, hours: i64) -> Self {
        Self(self.0 + hours * 3_600)
    }

    /// The hours from `self` to a later moment, rounded up.
    pub(crate) fn hours_to(self, later: Self) -> i64 {
        (later.0 - self.0 + 3_599).div_euclid(3_600)
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = |range: std::ops::Range<usize>| {
            text.get(range).filter(|part| part.bytes().all(|c| c.is_ascii_digit()))?.parse::<i64>().ok()
        };
        let moment = || {
            let date = day(digits(0..4)?, digits(5..7)?, digits(8..10)?)?;
            let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
            (hour < 24 && minute < 60 && second < 60).then_some(Self(date * DAY + hour * 3_600 + minute * 60 + second))
        };
        // One spelling.
        let found = moment().filter(|moment| moment.to_string() == text);
        found.ok_or_else(|| "give a time of UTC such as 2026-11-29T09:30:00Z".to_owned())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, of_month) = civil(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{of_month:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_one_spelling_and_other_spellings_are_refused() {
        let moment: Moment = "2026-11-29T09:30:05Z".parse().expect("a time");
        assert_eq!(moment.to_string(), "2026-11-29T09:30:05Z");
        assert_eq!("1970-01-02T00:00:01Z".parse(), Ok(Moment(86_401)));
        assert_eq!(Moment(0).hours_to(Moment(3_601)), 2);
        assert_eq!((Moment(86_401).seconds(), Moment(-1).seconds()), (86_401, 0));
        for text in [
            "2026-11-29",
            "2026-11-29T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-29T09:30:05+09:00",
            "２026-11-29T09:30:05Z",
            "2026-11-29 09:30:05Z",
            "",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
