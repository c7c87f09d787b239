//! Dates and times in the forms in which they are written in Japan.

use fugo::normalize::is_separator;

use crate::calendar::day;

/// A day, and the time of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since 1970-01-01.
    pub(crate) day: i64,
    /// Seconds since midnight, if there is a time.
    pub(crate) second: Option<i64>,
    /// The offset of the zone in seconds, if there is a zone.
    pub(crate) zone: Option<i64>,
}

/// What text can mean as a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dates {
    /// A date with four digits of the year, or with an era.
    pub(crate) exact: Option<Moment>,
    /// Days since 1970-01-01, if 03/02/2001 has the month first, or the day first.
    pub(crate) month_first: Option<i64>,
    pub(crate) day_first: Option<i64>,
    /// The seconds since midnight of these.
    pub(crate) clock: Option<i64>,
    /// A date with two digits of the year: `10,000 · year + 100 · month + day`.
    pub(crate) short: Option<i64>,
    /// The same, if 02/03/01 has the month first, or the day first.
    pub(crate) short_month_first: Option<i64>,
    pub(crate) short_day_first: Option<i64>,
    /// A year and a month: `12 · year + month - 1`.
    pub(crate) month: Option<i64>,
}

/// Names of eras, the digit that stands for them in forms of the administration, and the year before their first.
const ERAS: [(&str, &str, i64, i64); 5] = [
    ("明治", "m", 1, 1867),
    ("大正", "t", 2, 1911),
    ("昭和", "s", 3, 1925),
    ("平成", "h", 4, 1988),
    ("令和", "r", 5, 2018),
];

/// Reads plain text (see `text.rs`).
pub(crate) fn parse(plain: &str) -> Dates {
    let mut dates = Dates::default();
    let rewritten = of_english(plain);
    let plain = rewritten.as_deref().unwrap_or(plain);
    let first = plain.chars().next().unwrap_or(' ');
    let may_be = first.is_ascii_digit() || (plain.len() >= 5 && "明大昭平令mtshr".contains(first));
    if !may_be || plain.len() > 64 {
        return dates;
    }
    if let Some(digits) = Some(plain).filter(|plain| plain.bytes().all(|byte| byte.is_ascii_digit())) {
        of_digits(digits, &mut dates);
        return dates;
    }
    let mut rest = plain;
    let era = ERAS.iter().find_map(|(name, letter, _, before)| {
        let behind = plain.strip_prefix(name).or_else(|| plain.strip_prefix(letter))?;
        Some((behind.trim_start_matches(['.', ' ']), *before))
    });
    if let Some((behind, _)) = era {
        rest = behind;
    }
    let Some((year, digits)) = (if let Some(behind) = rest.strip_prefix('元') {
        rest = behind;
        era.map(|_| (1, 1))
    } else {
        number(&mut rest, 4)
    }) else {
        return dates;
    };
    let between = |rest: &mut &str, unit: char| {
        let before = rest.len();
        *rest = rest.trim_start_matches(|c: char| c == unit || c == '/' || c == ' ' || is_separator(c));
        rest.len() < before
    };
    if !between(&mut rest, '年') {
        return dates;
    }
    let Some((month, _)) = number(&mut rest, 2) else { return dates };
    let year = match era {
        Some((_, before)) if digits <= 2 => year + before,
        _ => year,
    };
    let is_full = era.is_some() || digits == 4;
    let before_day = rest;
    let has_day = between(&mut rest, '月');
    let Some((last, last_digits)) = (if has_day { number(&mut rest, 4) } else { None }) else {
        if is_full && before_day.trim_end_matches('月').is_empty() && (1..=12).contains(&month) {
            dates.month = Some(12 * year + month - 1);
        }
        return dates;
    };
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    let Some(time) = time(without_weekday(rest)) else { return dates };
    if is_full && last_digits <= 2 {
        dates.exact = day(year, month, last).map(|day| Moment { day, ..time });
    } else if !is_full && last_digits == 4 {
        dates.month_first = day(last, year, month);
        dates.day_first = day(last, month, year);
        dates.clock = time.second;
    } else if !is_full && digits <= 2 && last_digits <= 2 {
        let short = |year: i64, month: i64, of_month: i64| {
            day(2000 + year, month, of_month).map(|_| 10_000 * year + 100 * month + of_month)
        };
        dates.short = short(year, month, last);
        if last_digits == 2 {
            (dates.short_month_first, dates.short_day_first) = (short(last, year, month), short(last, month, year));
        }
    }
    dates
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// Which of the names a word is, or begins with three letters or more.
fn named(names: &[&str], word: &str) -> Option<i64> {
    let place = names.iter().position(|name| word.len() >= 3 && name.starts_with(word))?;
    i64::try_from(place).ok()
}

/// 3 Apr 1980, Apr 3rd, 1980 and Thu, 3-Apr-1980 as 1980-4-3, with the text behind it.
fn of_english(plain: &str) -> Option<String> {
    if plain.len() < 8 || plain.len() > 64 || !plain.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let is_between = |c: char| matches!(c, ' ' | ',' | '-' | '/' | '.');
    let mut rest = plain;
    let mut word = || {
        rest = rest.trim_start_matches(is_between);
        let (word, behind) = rest.split_at(rest.find(is_between).unwrap_or(rest.len()));
        rest = behind;
        word
    };
    let mut words = [word(), "", ""];
    if named(&WEEKDAYS, words[0]).is_some() {
        words[0] = word();
    }
    if !words[0].starts_with(|c: char| c.is_ascii_digit()) && named(&MONTHS, words[0]).is_none() {
        return None;
    }
    (words[1], words[2]) = (word(), word());
    let month = |word: &str| named(&MONTHS, word).map(|month| month + 1);
    let (month, of_month, year) = match words.map(month) {
        [Some(month), None, None] => (month, words[1], words[2]),
        [None, Some(month), None] if words[0].len() == 4 => (month, words[2], words[0]),
        [None, Some(month), None] => (month, words[0], words[2]),
        _ => return None,
    };
    let of_month = ["st", "nd", "rd", "th"].iter().find_map(|end| of_month.strip_suffix(end)).unwrap_or(of_month);
    let is_number = |text: &str, most: usize| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    (year.len() == 4 && is_number(year, 4) && !of_month.is_empty() && is_number(of_month, 2))
        .then(|| format!("{year}-{month}-{of_month}{rest}"))
}

/// The text without a weekday in brackets at its front.
fn without_weekday(text: &str) -> &str {
    let behind = text.trim_start().strip_prefix('(').and_then(|inside| inside.split_once(')'));
    let is_weekday = |word: &str| {
        let day = word.trim_end_matches('日').trim_end_matches('曜');
        named(&WEEKDAYS, word).is_some() || word == "日" || (day.chars().count() == 1 && "日月火水木金土".contains(day))
    };
    behind.filter(|(word, _)| is_weekday(word)).map_or(text, |(_, behind)| behind)
}

/// Dates as digits alone: 20010203, 200102031530, 20010203153000, 4130203 (the era's digit first), 010203, 200102.
fn of_digits(digits: &str, dates: &mut Dates) {
    let part = |from: usize, to: usize| digits[from..to].parse::<i64>().unwrap_or(0);
    let is_year = |year: i64| (1868..=2199).contains(&year);
    match digits.len() {
        8 | 12 | 14 if is_year(part(0, 4)) => {
            let clock = match digits.len() {
                12 => Some((part(8, 10), part(10, 12), 0)),
                14 => Some((part(8, 10), part(10, 12), part(12, 14))),
                _ => None,
            };
            if clock.is_none_or(|(hour, minute, second)| hour < 24 && minute < 60 && second < 60) {
                let second = clock.map(|(hour, minute, second)| 3600 * hour + 60 * minute + second);
                let found = day(part(0, 4), part(4, 6), part(6, 8));
                dates.exact = found.map(|day| Moment { day, second, zone: None });
            }
        }
        7 => {
            let era = ERAS.iter().find(|(_, _, digit, _)| *digit == part(0, 1));
            let found = era.and_then(|(_, _, _, before)| day(before + part(1, 3), part(3, 5), part(5, 7)));
            dates.exact = found.map(|day| Moment { day, second: None, zone: None });
        }
        6 => {
            if day(2000 + part(0, 2), part(2, 4), part(4, 6)).is_some() {
                dates.short = Some(part(0, 6));
            }
            if is_year(part(0, 4)) && (1..=12).contains(&part(4, 6)) {
                dates.month = Some(12 * part(0, 4) + part(4, 6) - 1);
            }
        }
        _ => {}
    }
}

/// Takes up to `most` digits from the front: their value, and how many they are.
fn number(rest: &mut &str, most: usize) -> Option<(i64, usize)> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > most {
        return None;
    }
    let value = rest[..digits].parse().ok()?;
    *rest = &rest[digits..];
    Some((value, digits))
}

/// The time after a date, and its zone. `None` if the text is not a time; empty text has no time of day.
fn time(text: &str) -> Option<Moment> {
    let mut rest = text.trim_start_matches(['t', ' ', ',']);
    let mut moment = Moment { day: 0, second: None, zone: None };
    if rest.is_empty() {
        return Some(moment);
    }
    let half = [("午前", 0), ("午後", 12), ("am", 0), ("pm", 12)];
    let before = half.iter().find_map(|(name, hours)| Some((rest.strip_prefix(name)?, hours)));
    let behind = || half.iter().find_map(|(name, hours)| Some((rest.strip_suffix(name)?.trim_end(), hours)));
    let of_half = before.or_else(behind);
    if let Some((clock, _)) = of_half {
        rest = clock.trim_start();
    }
    let (hour, _) = number(&mut rest, 2)?;
    let hour = match of_half {
        Some((_, from)) if hour <= 12 => hour % 12 + from,
        Some(_) => return None,
        None => hour,
    };
    let mut second = 3600 * hour;
    for (i, unit) in [(60, '時'), (1, '分')] {
        let behind = rest.strip_prefix([':', unit]).unwrap_or(rest);
        if behind.len() == rest.len() || !behind.starts_with(|c: char| c.is_ascii_digit()) {
            rest = behind;
            break;
        }
        rest = behind;
        second += i * number(&mut rest, 2)?.0;
    }
    rest = rest.trim_start_matches(['秒', '分']);
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    if !(0..=86_400).contains(&second) {
        return None;
    }
    moment.second = Some(second);
    rest = rest.trim();
    moment.zone = match rest {
        "" => None,
        "z" | "utc" | "gmt" => Some(0),
        "jst" => Some(JST),
        _ => {
            let sign = if rest.starts_with('+') {
                1
            } else if rest.starts_with(['-', '\u{2212}']) {
                -1
            } else {
                return None;
            };
            let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
            let value: i64 = digits.parse().ok()?;
            Some(sign * if digits.len() <= 2 { 3600 * value } else { 3600 * (value / 100) + 60 * (value % 100) })
        }
    };
    Some(moment)
}

/// The offset of Japan in seconds.
pub(crate) const JST: i64 = 9 * 3600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_every_form() {
        let expected = Moment { day: 11_356, second: None, zone: None };
        for form in [
            "2001-02-03",
            "2001/2/3",
            "2001.02.03",
            "2001年02月03日",
            "2001年2月3日",
            "20010203",
            "平成13年2月3日",
            "h13.2.3",
            "h13/02/03",
            "h 13-2-3",
            "4130203",
            "2001\u{2212}02\u{2212}03",
        ] {
            assert_eq!(parse(form).exact, Some(expected), "{form}");
        }
        for form in [
            "3 feb 2001",
            "feb 3, 2001",
            "february 3rd, 2001",
            "3-feb-2001",
            "sat, 3 feb 2001",
            "2001-feb-03",
            "2001年2月3日(土)",
            "2001/2/3(土曜日)",
            "feb 3, 2001 (sat)",
        ] {
            assert_eq!(parse(form).exact, Some(expected), "{form}");
        }
        for other in ["3 fox 2001", "feb 3", "feb 3, 01", "mar mar mar", "2001/2/3(祝)", "may be 2001"] {
            assert_eq!(parse(other).exact, None, "{other}");
        }
        assert_eq!(parse("平成元年1月8日").exact.map(|found| found.day), day(1989, 1, 8));
        assert_eq!(parse("昭和64年1月7日").exact.map(|found| found.day), day(1989, 1, 7));
        assert_eq!(parse("03/02/2001").day_first, Some(11_356));
        assert_eq!(parse("02/03/2001").month_first, Some(11_356));
        assert_eq!((parse("010203").short, parse("01/2/3").short), (Some(10_203), Some(10_203)));
        let short = |text: &str| parse(text).short_month_first.zip(parse(text).short_day_first);
        assert_eq!(
            (short("02/03/01"), short("2/3/01"), short("2001/2/3")),
            (Some((10_203, 10_302)), Some((10_203, 10_302)), None)
        );
        assert_eq!((parse("02/29/01").short_month_first, parse("02/29/00").short_month_first), (None, Some(229)));
        assert_eq!((parse("2001-02").month, parse("2001年2月").month), (Some(24_013), Some(24_013)));
        for other in ["", "2001", "2001-13-01", "2001-02-30", "20011301", "a2001-02-03", "1-2", "simple"] {
            assert_eq!((parse(other).exact, parse(other).month), (None, None), "{other}");
        }
    }

    #[test]
    fn a_time_is_read_with_its_precision_and_zone() {
        let of = |text: &str| parse(text).exact.unwrap_or_else(|| panic!("{text}"));
        let noon = Some(43_200);
        for form in [
            "2001-02-03t12:00:00",
            "2001-02-03 12:00",
            "2001/2/3 12:00:00.250",
            "20010203120000",
            "2001年2月3日 12時0分0秒",
            "2001年2月3日 午後0時0分",
            "2001/2/3 12:00:00 pm",
            "feb 3, 2001 12:00 pm",
        ] {
            assert_eq!((of(form).second, of(form).zone), (noon, None), "{form}");
        }
        assert_eq!((of("2001-02-03t12:00:00z").zone, of("2001-02-03t12:00:00+09:00").zone), (Some(0), Some(JST)));
        assert_eq!(of("2001-02-03t12:00:00-0130").zone, Some(-5_400));
        assert_eq!((of("2001/2/3 2:35pm").second, of("2001/2/3 午前0時5分").second), (Some(52_500), Some(300)));
        assert_eq!((parse("2001-02-03 noon").exact, parse("2001-02-03 13:00 pm").exact), (None, None));
        assert_eq!((parse("4/3/2024 2:35 pm").clock, parse("4/3/2024").clock), (Some(52_500), None));
    }
}
