//! Days of the Gregorian calendar, for the audit and for policies.

/// Whether a date of the Gregorian calendar exists.
pub(crate) fn exists(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=9999).contains(&year) && (1..=days).contains(&day)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, if it exists.
pub(crate) fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    if !exists(year, month, day) {
        return None;
    }
    // Howard Hinnant, chrono-Compatible Low-Level Date Algorithms: days_from_civil.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (century, of_century) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(century * 146_097 + of_century * 365 + of_century / 4 - of_century / 100 + of_year - 719_468)
}

/// The year, month and day of a day since 1970-01-01.
pub(crate) fn civil(day: i64) -> (i64, i64, i64) {
    // The same source: civil_from_days.
    let shifted = day + 719_468;
    let (century, rest) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let of_century = (rest - rest / 1460 + rest / 36_524 - rest / 146_096) / 365;
    let of_year = rest - (365 * of_century + of_century / 4 - of_century / 100);
    let month = (5 * of_year + 2) / 153;
    let in_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (century * 400 + of_century + i64::from(month <= 2), month, in_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_in_both_directions() {
        assert_eq!((day(1970, 1, 1), day(2001, 2, 3), day(1900, 2, 29)), (Some(0), Some(11_356), None));
        for number in (-80_000..80_000).step_by(7) {
            let (year, month, of_month) = civil(number);
            assert_eq!(day(year, month, of_month), Some(number));
        }
    }
}
