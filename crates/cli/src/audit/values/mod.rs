//! What a cell can mean: as text, as a number, as a date, as a time. Each meaning has one canonical value, which is
//! hashed under a random key of the run, so that two columns are compared without keeping their values.
//!
//! | question | file |
//! |---|---|
//! | When are two texts equal? | `../../written/text.rs` |
//! | Which texts are numbers, and how are they rounded? | `number.rs` |
//! | Which spellings of names, addresses and codes are one? | `folds.rs` |
//! | Which texts are dates and times? | `../../written/moment.rs` |
//! | As what can a column be read? | this file, [`View`] |

mod folds;
mod number;

use std::hash::{BuildHasher, RandomState};

pub(super) use self::number::{Decimal, Rounding};
use crate::{
    calendar::civil,
    mix::mix,
    written::{
        moment::{self, Dates, JST, Moment},
        text,
    },
};

/// A reading of a column. Two columns are compared under readings that give the same kind of value ([`Domain`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum View {
    /// Text without separators, and in one form of Unicode.
    Text,
    /// A number in any spelling. Digits with separators are also a number, without their leading zeros.
    Number,
    /// The one longest code of digits inside other text, as a number.
    Inner,
    /// The words of a text, in any order.
    Words,
    /// The date as it is written.
    Day,
    /// The date in Japan of a time that is written in UTC.
    DayInJapan,
    /// The date of 02/03/2001, if the month is first.
    MonthFirst,
    /// The date of 03/02/2001, if the day is first.
    DayFirst,
    /// A date without the century; and the same, if the month or the day is first.
    Short,
    ShortMonthFirst,
    ShortDayFirst,
    Year,
    Month,
    /// The date of a serial number of a spreadsheet.
    SpreadsheetDay,
    /// The date of a number of days since 1970.
    EpochDay,
    /// The date of a number of seconds since 1970, in UTC and in Japan.
    EpochSecondDay,
    EpochSecondDayInJapan,
    /// The second of a time, without its fraction; in UTC, if the zone is written.
    Second,
    /// The same of 02/03/2001 12:00, if the month or the day is first.
    SecondMonthFirst,
    SecondDayFirst,
    /// The second in UTC of a time that is written in Japan's.
    SecondFromJapan,
    /// The second of a number of seconds, milliseconds or microseconds since 1970.
    EpochSecond,
    EpochMilli,
    EpochMicro,
    /// A number as a multiple of `10^exponent`.
    Rounded {
        exponent: i32,
        rounding: Rounding,
    },
    /// A number with so many significant digits.
    Significant {
        digits: u32,
        rounding: Rounding,
    },
    /// A number in units of `10^exponent`.
    Scaled {
        exponent: i32,
    },
    /// An integer, and this many more.
    Plus {
        by: i64,
    },
    /// The second of a time at which its minute, quarter of an hour or hour begins.
    Begins {
        seconds: i64,
    },
    /// A date, and this many days later.
    Later {
        days: i64,
    },
    /// The age in years of a birth date on a day.
    AgeOn {
        day: i64,
    },
    /// The age in days of a birth date on a day.
    DaysBefore {
        day: i64,
    },
}

/// The kinds of values. Values of different kinds are never equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Domain {
    Text,
    Words,
    Number,
    Day,
    Short,
    Year,
    Month,
    Second,
}

impl View {
    /// The readings that every column is tried with. The others depend on the column with which they are compared.
    pub(super) const ALL: [Self; 24] = [
        Self::Text,
        Self::Number,
        Self::Inner,
        Self::Words,
        Self::Day,
        Self::DayInJapan,
        Self::MonthFirst,
        Self::DayFirst,
        Self::Short,
        Self::ShortMonthFirst,
        Self::ShortDayFirst,
        Self::Year,
        Self::Month,
        Self::SpreadsheetDay,
        Self::EpochDay,
        Self::EpochSecondDay,
        Self::EpochSecondDayInJapan,
        Self::Second,
        Self::SecondMonthFirst,
        Self::SecondDayFirst,
        Self::SecondFromJapan,
        Self::EpochSecond,
        Self::EpochMilli,
        Self::EpochMicro,
    ];

    pub(super) fn domain(self) -> Domain {
        match self {
            Self::Text => Domain::Text,
            Self::Words => Domain::Words,
            Self::Number
            | Self::Inner
            | Self::Plus { .. }
            | Self::Rounded { .. }
            | Self::Significant { .. }
            | Self::Scaled { .. }
            | Self::AgeOn { .. }
            | Self::DaysBefore { .. } => Domain::Number,
            Self::Day
            | Self::DayInJapan
            | Self::MonthFirst
            | Self::DayFirst
            | Self::SpreadsheetDay
            | Self::EpochDay
            | Self::EpochSecondDay
            | Self::EpochSecondDayInJapan
            | Self::Later { .. } => Domain::Day,
            Self::Short | Self::ShortMonthFirst | Self::ShortDayFirst => Domain::Short,
            Self::Year => Domain::Year,
            Self::Month => Domain::Month,
            Self::Second
            | Self::SecondMonthFirst
            | Self::SecondDayFirst
            | Self::SecondFromJapan
            | Self::EpochSecond
            | Self::EpochMilli
            | Self::EpochMicro
            | Self::Begins { .. } => Domain::Second,
        }
    }

    /// Whether the value is written as a plain number, so that nothing but the other column shows the reading.
    pub(super) fn is_counted(self) -> bool {
        matches!(
            self,
            Self::SpreadsheetDay
                | Self::EpochDay
                | Self::EpochSecondDay
                | Self::EpochSecondDayInJapan
                | Self::EpochSecond
                | Self::EpochMilli
                | Self::EpochMicro
        )
    }

    /// The reading, for people. Empty if the values are compared as they are written.
    pub(super) fn name(self) -> String {
        match self {
            Self::Text => String::new(),
            Self::Number => "as numbers".to_owned(),
            Self::Inner => "the longest code inside".to_owned(),
            Self::Words => "the words in any order".to_owned(),
            Self::Plus { by } => format!("{by:+}"),
            Self::Later { days } => format!("{days:+} days"),
            Self::Begins { seconds } => format!("to {} minutes", seconds / 60),
            Self::Day
            | Self::MonthFirst
            | Self::DayFirst
            | Self::Short
            | Self::ShortMonthFirst
            | Self::ShortDayFirst => "as dates".to_owned(),
            Self::DayInJapan => "as dates in Japan".to_owned(),
            Self::Year => "as years".to_owned(),
            Self::Month => "as months".to_owned(),
            Self::SpreadsheetDay => "as days of a spreadsheet".to_owned(),
            Self::EpochDay => "as days since 1970".to_owned(),
            Self::EpochSecondDay | Self::EpochSecondDayInJapan => "as seconds since 1970, to the day".to_owned(),
            Self::Second | Self::SecondMonthFirst | Self::SecondDayFirst => "to the second".to_owned(),
            Self::SecondFromJapan => "to the second, from Japan's time".to_owned(),
            Self::EpochSecond | Self::EpochMilli | Self::EpochMicro => "as time since 1970, to the second".to_owned(),
            Self::Rounded { exponent: 0.., .. } => "rounded".to_owned(),
            Self::Rounded { .. } => "with fewer decimal places".to_owned(),
            Self::Significant { digits, .. } => format!("rounded to {digits} digits"),
            Self::Scaled { exponent } => format!("in units of 10^{exponent}"),
            Self::AgeOn { day } => format!("as ages on {}", date(day)),
            Self::DaysBefore { day } => format!("as ages in days on {}", date(day)),
        }
    }
}

pub(super) fn date(day: i64) -> String {
    let (year, month, day) = civil(day);
    format!("{year}-{month:02}-{day:02}")
}

/// Hashes values. The same object is used for both files.
#[derive(Default)]
pub(super) struct Hashes {
    keyed: RandomState,
    /// For cells that are remembered. Its hashes never leave memory.
    quick: ahash::RandomState,
}

impl Hashes {
    /// The hash of bytes as they are.
    pub(super) fn bytes(&self, bytes: &[u8]) -> u64 {
        self.keyed.hash_one(bytes)
    }

    /// A hash of bytes as they are, by which the cells of one column are remembered. It is not 0.
    pub(super) fn quick(&self, bytes: &[u8]) -> u64 {
        self.quick.hash_one(bytes).max(1)
    }

    fn value(&self, domain: Domain, value: &[u8]) -> u64 {
        self.keyed.hash_one((domain as u8, value)).max(1)
    }
}

/// The hash of several values in this order, from the hash of each.
pub(super) fn joined(hashes: impl IntoIterator<Item = u64>) -> u64 {
    hashes
        .into_iter()
        .fold(0x9E37_79B9_7F4A_7C15, |state, hash| mix((state ^ hash).wrapping_add(0x9E37_79B9_7F4A_7C15)))
}

/// A cell and what it can mean. The buffers are used again for the next cell.
#[derive(Default)]
pub(super) struct Cell {
    plain: String,
    compact: String,
    pub(super) number: Option<Decimal>,
    dates: Dates,
}

impl Cell {
    /// Reads a cell. False if it is empty.
    pub(super) fn read(&mut self, cell: &[u8]) -> bool {
        let text = String::from_utf8_lossy(cell);
        text::plain(&text, &mut self.plain);
        // The text of a spreadsheet: ="00123".
        if let Some(inside) = self.plain.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
            self.plain = inside.to_owned();
        }
        folds::digits(&mut self.plain);
        self.number = number::parse(&self.plain);
        self.dates = moment::parse(&self.plain);
        text::compact(&self.plain, &mut self.compact);
        folds::compact(&mut self.compact);
        if let Some(telephone) = folds::telephone(&self.plain, &self.compact) {
            self.number = telephone.parse().ok().map(|digits| Decimal::new(false, digits, 0));
            self.compact = telephone;
        } else if let Some(number) = self.number.filter(|_| !self.plain.bytes().all(|byte| byte.is_ascii_digit())) {
            // A sign and a point count, and other spellings of the number do not.
            self.compact = match number.integer() {
                Some(integer) => integer.to_string(),
                None => format!("{}{}e{}", if number.negative { "-" } else { "" }, number.digits, number.exponent),
            };
        } else if self.number.is_none()
            && self.compact.len() <= 30
            && !self.compact.is_empty()
            && self.compact.bytes().all(|byte| byte.is_ascii_digit())
        {
            self.number = self.compact.parse().ok().map(|digits| Decimal::new(false, digits, 0));
        }
        !self.compact.is_empty()
    }

    fn integer(&self, within: std::ops::RangeInclusive<i64>) -> Option<i64> {
        self.number.and_then(Decimal::integer).filter(|value| within.contains(value))
    }

    fn day_at(&self, offset: i64) -> Option<i64> {
        let Moment { day, second, .. } = self.dates.exact?;
        Some(day + (second? + offset).div_euclid(DAY))
    }

    /// The second in UTC, or as it is written if no zone is.
    fn second(&self) -> Option<i64> {
        let Moment { day, second, zone } = self.dates.exact?;
        Some(DAY * day + second? - zone.unwrap_or(0))
    }

    /// The value of a reading as an integer.
    fn counted(&self, view: View) -> Option<i64> {
        // The days of 1900 to 2199, in days of a spreadsheet and since 1970.
        const DAYS: std::ops::RangeInclusive<i64> = 1..=109_574;
        const SPREADSHEET: i64 = 25_569;
        let seconds = |unit: i64| {
            let most = DAY * DAYS.end() * unit;
            self.integer(-most..=most).map(|value| value.div_euclid(unit))
        };
        match view {
            View::Day => self.dates.exact.map(|found| found.day),
            View::Later { days } => self.dates.exact.map(|found| found.day + days),
            View::DayInJapan => self.day_at(JST),
            View::MonthFirst => self.dates.month_first,
            View::DayFirst => self.dates.day_first,
            View::Short => self.dates.short.or_else(|| {
                let (year, month, day) = civil(self.dates.exact?.day);
                Some(10_000 * year.rem_euclid(100) + 100 * month + day)
            }),
            View::ShortMonthFirst => self.dates.short_month_first,
            View::ShortDayFirst => self.dates.short_day_first,
            View::Year => self.dates.exact.map(|found| civil(found.day).0).or_else(|| self.integer(1868..=2199)),
            View::Month => self.dates.month.or_else(|| {
                let (year, month, _) = civil(self.dates.exact?.day);
                Some(12 * year + month - 1)
            }),
            View::SpreadsheetDay => {
                let serial = self.number?.rounded(0, Rounding::Down).integer()?;
                DAYS.contains(&serial).then_some(serial - SPREADSHEET)
            }
            View::EpochDay => self.integer(-SPREADSHEET..=DAYS.end() - SPREADSHEET),
            View::EpochSecondDay => seconds(1).map(|second| second.div_euclid(DAY)),
            View::EpochSecondDayInJapan => seconds(1).map(|second| (second + JST).div_euclid(DAY)),
            View::Second => self.second(),
            View::Begins { seconds } => self.second().map(|second| second.div_euclid(seconds) * seconds),
            View::SecondMonthFirst => Some(DAY * self.dates.month_first? + self.dates.clock?),
            View::SecondDayFirst => Some(DAY * self.dates.day_first? + self.dates.clock?),
            View::SecondFromJapan => self
                .dates
                .exact
                .filter(|found| found.zone.is_none())
                .and_then(|_| self.second())
                .map(|second| second - JST),
            View::EpochSecond => seconds(1),
            View::EpochMilli => seconds(1_000),
            View::EpochMicro => seconds(1_000_000),
            _ => None,
        }
    }

    fn decimal(&self, view: View) -> Option<Decimal> {
        let birth = |on: i64| {
            let born = self.dates.exact?.day;
            (born <= on).then_some((born, on))
        };
        match view {
            View::Number => self.number,
            View::Inner if self.number.is_none() && self.dates.exact.is_none() => folds::inner(&self.plain),
            View::Plus { by } => {
                let sum = self.number?.integer()?.checked_add(by)?;
                Some(Decimal::new(sum < 0, sum.unsigned_abs().into(), 0))
            }
            View::Rounded { exponent, rounding } => self.number.map(|number| number.rounded(exponent, rounding)),
            View::Significant { digits, rounding } => {
                self.number.map(|number| number.with_significant(digits, rounding))
            }
            View::Scaled { exponent } => {
                self.number.map(|number| Decimal::new(number.negative, number.digits, number.exponent + exponent))
            }
            View::AgeOn { day } => birth(day).map(|(born, on)| {
                let ((year, month, day), (of, at, then)) = (civil(born), civil(on));
                let age = of - year - i64::from((at, then) < (month, day));
                Decimal::new(false, age.max(0).unsigned_abs().into(), 0)
            }),
            View::DaysBefore { day } => {
                birth(day).map(|(born, on)| Decimal::new(false, (on - born).unsigned_abs().into(), 0))
            }
            _ => None,
        }
    }

    /// The hash of the cell in a reading; `None` if it has no value there.
    pub(super) fn hash(&self, view: View, hashes: &Hashes) -> Option<u64> {
        match view.domain() {
            Domain::Text => Some(hashes.value(Domain::Text, self.compact.as_bytes())),
            Domain::Words => {
                let may_be = self.dates.exact.is_none() && number::parse(&self.plain).is_none();
                let words = may_be.then(|| folds::sorted_words(&self.plain)).flatten()?;
                Some(hashes.value(Domain::Words, words.as_bytes()))
            }
            Domain::Number => {
                let Decimal { negative, digits, exponent } = self.decimal(view)?;
                let mut bytes = [0; 21];
                bytes[0] = u8::from(negative);
                bytes[1..17].copy_from_slice(&digits.to_le_bytes());
                bytes[17..].copy_from_slice(&exponent.to_le_bytes());
                Some(hashes.value(Domain::Number, &bytes))
            }
            domain => Some(hashes.value(domain, &self.counted(view)?.to_le_bytes())),
        }
    }

    /// The birth date, or any other date: days since 1970.
    pub(super) fn day(&self) -> Option<i64> {
        self.dates.exact.map(|found| found.day)
    }

    /// The value by which rows can be ordered: a time, a number, or the digits at the end of a code.
    pub(super) fn rank(&self) -> Option<i64> {
        if let Some(moment) = self.dates.exact.filter(|moment| moment.second.is_some()) {
            return Some(DAY * moment.day + moment.second.unwrap_or(0) - moment.zone.unwrap_or(0));
        }
        let number = self.number.map(|number| number.rounded(0, Rounding::Down));
        number.and_then(Decimal::integer).or_else(|| {
            let digits = self.compact.bytes().rev().take_while(u8::is_ascii_digit).count().min(18);
            self.compact[self.compact.len() - digits..].parse().ok()
        })
    }
}

/// The seconds of a day.
const DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(hashes: &Hashes, text: &str, view: View) -> Option<u64> {
        let mut cell = Cell::default();
        cell.read(text.as_bytes()).then(|| cell.hash(view, hashes)).flatten()
    }

    #[test]
    fn spellings_of_one_value_are_one_and_other_values_are_others() {
        let hashes = Hashes::default();
        let hash = |text: &str| hash(&hashes, text, View::Text);
        for spelling in ["1980/01/02", "19800102", "１９８０－０１－０２", " 1980.01.02"] {
            assert_eq!(hash(spelling), hash("1980-01-02"), "{spelling}");
        }
        for spelling in ["7000.0", "7000.00", "+7000", "7,000", "7000.", "¥7,000", "7000円", "=\"7000\""] {
            assert_eq!(hash(spelling), hash("7000"), "{spelling}");
        }
        assert_eq!((hash("1.50"), hash("-1.0")), (hash("1.5"), hash("-1")));
        for (one, other) in [
            ("髙﨑 太郎様", "高崎　太郎"),
            ("本町一丁目二番三号", "本町1-2-3"),
            ("+81-90-1234-5678", "090-1234-5678"),
            ("(090)1234-5678", "090 1234 5678"),
            ("昭和五十五年四月三日", "昭和55年4月3日"),
        ] {
            assert_eq!(hash(one), hash(other), "{one} {other}");
        }
        for (one, other) in [("7000", "70000"), ("1.05", "1.5"), ("1.05", "105"), ("-105", "105"), ("東京", "京都")]
        {
            assert_ne!(hash(one), hash(other), "{one} {other}");
        }
        assert_eq!((hash(""), hash(" - "), hash("\u{200B}")), (None, None, None));
        assert_ne!(joined([1, 2]), joined([2, 1]));
        assert_ne!(joined([1]), joined([1, 0]));
    }

    #[test]
    fn readings_of_one_kind_meet() {
        let hashes = Hashes::default();
        let hash = |text: &str, view| hash(&hashes, text, view);
        let day = hash("2001-02-03", View::Day);
        assert!(day.is_some());
        for (text, view) in [
            ("2001-02-03T00:00:00Z", View::Day),
            ("平成13年2月3日", View::Day),
            ("4130203", View::Day),
            ("2001-02-02 15:00:00", View::DayInJapan),
            ("03/02/2001", View::DayFirst),
            ("02/03/2001", View::MonthFirst),
            ("36925", View::SpreadsheetDay),
            ("36925.5", View::SpreadsheetDay),
            ("11356", View::EpochDay),
            ("981158400", View::EpochSecondDay),
            ("981126000", View::EpochSecondDayInJapan),
        ] {
            assert_eq!(hash(text, view), day, "{text}");
        }
        assert_eq!(hash("010203", View::Short), hash("2001-02-03", View::Short));
        assert_eq!(hash("02/03/01", View::ShortMonthFirst), hash("2001-02-03", View::Short));
        assert_eq!(hash("3.2.01", View::ShortDayFirst), hash("2001-02-03", View::Short));
        assert_eq!(hash("2001", View::Year), hash("2001-02-03", View::Year));
        assert_eq!(hash("200102", View::Month), hash("2001-02-03", View::Month));
        let second = hash("2001-02-03T00:00:00+00:00", View::Second);
        for (text, view) in [
            ("2001-02-03T09:00:00.123+09:00", View::Second),
            ("2001-02-03 09:00:00", View::SecondFromJapan),
            ("981158400", View::EpochSecond),
            ("981158400999", View::EpochMilli),
        ] {
            assert_eq!(hash(text, view), second, "{text}");
        }
        assert_eq!(hash("0060001", View::Number), hash("60001", View::Number));
        assert_eq!(hash("006-0001", View::Number), hash("60001", View::Number));
        assert_eq!(hash("P-0060001", View::Inner), hash("60001", View::Number));
        assert_eq!((hash("60001", View::Inner), hash("2001-02-03", View::Inner)), (None, None));
        assert_eq!(hash("花子 山田", View::Words), hash("山田、花子", View::Words));
        assert_eq!((hash("1,234", View::Words), hash("2001-02-03 09:00", View::Words)), (None, None));
        assert_eq!(hash("1", View::Plus { by: -3 }), hash("-2", View::Number));
        assert_eq!(hash("2001-01-31", View::Later { days: 3 }), day);
        assert_eq!(hash("2/3/2001 9:00 AM", View::SecondMonthFirst), hash("2001-02-03 09:00", View::Second));
        assert_eq!(hash("3/2/2001 9:00", View::SecondDayFirst), hash("2001-02-03 09:00", View::Second));
        let quarter = View::Begins { seconds: 900 };
        assert_eq!(hash("2001-02-03 09:14:59", quarter), hash("2001-02-03 09:00", View::Second));
        let on = crate::calendar::day(2026, 4, 1).expect("a date");
        assert_eq!(hash("2001-04-02", View::AgeOn { day: on }), hash("24", View::Number));
        assert_eq!(hash("2001-04-01", View::AgeOn { day: on }), hash("25", View::Number));
        assert_eq!(hash("2026-03-02", View::DaysBefore { day: on }), hash("30", View::Number));
        let rounded = View::Rounded { exponent: 3, rounding: Rounding::Nearest };
        assert_eq!(hash("1,234,567", rounded), hash("1235", View::Scaled { exponent: 3 }));
        assert_ne!(hash("2001", View::Number), hash("2001", View::Year));
    }
}
