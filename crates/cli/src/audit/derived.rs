//! Columns that follow from a column of the other file: amounts in other units and their roundings, codes without their
//! last digit, ages of birth dates, dates and numbers with a constant added, and times to the hour or its parts.

use super::{
    column::Column,
    values::{Rounding, View},
};
use crate::calendar::{civil, day};

/// Powers of ten of the units in which amounts and measures are written. A code without its check digit is also the tenth
/// of the code, rounded down.
const UNITS: [i32; 6] = [0, 1, 2, 3, 4, 6];
/// More significant digits than this are not a rounding.
const FEW_DIGITS: u32 = 4;
/// Numbers with a constant added must have so many values, and dates so many days; and the longest time between two dates.
const SHIFTED: f64 = 100.0;
const DIFFERENT_DAYS: usize = 60;
const LONGEST: i64 = 80_000;
/// The χ² per day below which the dates of two columns agree. It is about 1 for unrelated people.
const AGREE: f64 = 0.3;
/// Ages are tried on so many days before and after the day on which the person in the middle has the age in the middle.
const AROUND: i64 = 900;
/// Ages must have so many values, so that they can be told from others.
const AGES: usize = 20;

/// The readings under which one of two columns of numbers is a rounding of the other.
pub(super) fn rounded(columns: [&Column; 2], is_alike: bool) -> Vec<[View; 2]> {
    let mut found = Vec::new();
    for (fine, coarse) in [(0, 1), (1, 0)] {
        let [of_fine, of_coarse] = [fine, coarse].map(|side| &columns[side].numbers);
        let ([Some(_), Some(unit)], true) =
            ([of_fine.exponent, of_coarse.exponent], columns.iter().all(|column| column.has(View::Number)))
        else {
            continue;
        };
        let mut add = |fine_view: View, coarse_view: View| {
            found.push(if fine == 0 { [fine_view, coarse_view] } else { [coarse_view, fine_view] });
        };
        for scale in UNITS {
            let largest = of_coarse.largest * 10_f64.powi(scale);
            let ratio = of_fine.largest / largest;
            // Ages up to 99, in tens.
            let is_within = scale == 0 && unit > 0 && (of_fine.largest - largest).abs() < 10_f64.powi(unit);
            let is_similar =
                (ratio - 1.0).abs() < 0.05 || is_within || (is_alike && scale == 0 && (0.2..5.0).contains(&ratio));
            if !is_similar {
                continue;
            }
            let coarse_view = if scale == 0 { View::Number } else { View::Scaled { exponent: scale } };
            if scale != 0 && of_fine.exponent >= Some(unit + scale) {
                add(View::Number, coarse_view);
            }
            for rounding in [Rounding::Nearest, Rounding::Down] {
                if of_fine.exponent < Some(unit + scale) {
                    add(View::Rounded { exponent: unit + scale, rounding }, coarse_view);
                }
                if of_coarse.significant <= FEW_DIGITS && of_fine.significant > of_coarse.significant {
                    add(View::Significant { digits: of_coarse.significant, rounding }, coarse_view);
                }
            }
        }
    }
    found
}

/// The readings under which one of two columns is the other one and a constant: of dates, if the numbers of people of each
/// day agree then; of integers, if the least and the largest of both do. Serial numbers always do.
pub(super) fn shifted(columns: [&Column; 2]) -> Vec<[View; 2]> {
    if columns.iter().all(|column| column.has(View::Day)) {
        let days = by_which_days_agree(columns);
        return days.map(|days| [View::Later { days }, View::Day]).into_iter().collect();
    }
    let is_one = |column: &&Column| {
        let numbers = &column.numbers;
        let all_count = 20 * numbers.count >= 19 * column.filled && numbers.exponent >= Some(0);
        column.has(View::Number) && all_count && column.distinct() >= SHIFTED && !numbers.are_dense(column.filled)
    };
    let [a, b] = columns.map(|column| &column.numbers);
    let by = b.most.checked_sub(a.most).filter(|by| *by != 0 && b.least.checked_sub(a.least) == Some(*by));
    let by = by.filter(|_| columns.iter().all(is_one) && a.least < a.most);
    by.map(|by| [View::Plus { by }, View::Number]).into_iter().collect()
}

/// How many days the dates of the second column are later, if the χ² of the people by day is far below its expectation
/// for unrelated people.
fn by_which_days_agree(columns: [&Column; 2]) -> Option<i64> {
    const MOST: i64 = 400;
    let [a, b] = columns.map(|column| &column.days);
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let [of_a, of_b] = [a, b].map(|days| days.values().sum::<u64>() as f64);
    let [first, last] = [b.keys().map(|day| day.cast_signed()).min()?, b.keys().map(|day| day.cast_signed()).max()?];
    if last - first > LONGEST {
        return None;
    }
    let mut people = vec![0.0; usize::try_from(last - first).ok()? + 1];
    b.iter().for_each(|(day, count)| people[(day.cast_signed() - first) as usize] = *count as f64);
    let chi = |later: i64| {
        // Days of the second column alone count too: they are all but those that meet.
        let (mut chi, mut freedom, mut met) = (0.0, 0_usize, 0.0);
        for (day, count) in a {
            let expected = *count as f64 * of_b / of_a;
            let place = usize::try_from(day.cast_signed() + later - first).ok();
            let found = place.and_then(|place| people.get(place)).copied().unwrap_or(0.0);
            chi += (expected - found).powi(2) / (expected + found);
            met += found;
            freedom += 1;
            if chi > AGREE * a.len() as f64 {
                return f64::INFINITY;
            }
        }
        (chi + of_b - met) / freedom as f64
    };
    if a.len() < DIFFERENT_DAYS || chi(0) < AGREE {
        return None;
    }
    let best = (-MOST..=MOST).filter(|later| *later != 0).map(|later| (chi(later), later));
    best.min_by(|a, b| a.0.total_cmp(&b.0)).filter(|(chi, _)| *chi < AGREE).map(|(_, later)| later)
}

/// The readings under which the times of one column begin the hours, or parts of hours, of the times of the other.
pub(super) fn to_the_quarter(columns: [&Column; 2]) -> Vec<[View; 2]> {
    const LONGEST_FIRST: [i64; 6] = [3_600, 1_800, 900, 600, 300, 60];
    if !columns.iter().all(|column| column.has(View::Second)) {
        return Vec::new();
    }
    let units = columns.map(|column| LONGEST_FIRST.into_iter().find(|unit| column.numbers.are_multiples(*unit)));
    match units.map(|unit| unit.unwrap_or(1)) {
        [a, b] if a < b => vec![[View::Begins { seconds: b }, View::Second]],
        [a, b] if a > b => vec![[View::Second, View::Begins { seconds: a }]],
        _ => Vec::new(),
    }
}

/// The readings under which one of two columns holds the ages of the birth dates of the other: on the day on which the
/// numbers of people of each age agree best.
pub(super) fn aged(columns: [&Column; 2]) -> Vec<[View; 2]> {
    let mut found = Vec::new();
    for (born, aged) in [(0, 1), (1, 0)] {
        let (born_column, aged_column) = (columns[born], columns[aged]);
        if born_column.days.is_empty() || !aged_column.has(View::Number) || aged_column.has(View::Day) {
            continue;
        }
        let mut days: Vec<(i64, u64)> =
            born_column.days.iter().map(|(day, people)| (day.cast_signed(), *people)).collect();
        days.sort_unstable();
        let on = on_which_ages_agree(&days, aged_column).map(|day| View::AgeOn { day });
        let on = on.or_else(|| on_which_days_agree(&days, aged_column).map(|day| View::DaysBefore { day }));
        if let Some(view) = on {
            found.push(if born == 0 { [view, View::Number] } else { [View::Number, view] });
        }
    }
    found
}

/// The value in the middle of all people; the values are in order.
fn middle<V: Copy>(values: impl Iterator<Item = (V, u64)> + Clone) -> Option<V> {
    let all: u64 = values.clone().map(|(_, people)| people).sum();
    let mut sum = 0;
    values.into_iter().find_map(|(value, people)| {
        sum += people;
        (2 * sum >= all).then_some(value)
    })
}

/// The days on which people of these birth dates can have an age of so many days in the middle.
fn around(days: &[(i64, u64)], age: i64) -> Option<std::ops::Range<i64>> {
    let on = middle(days.iter().copied())? + age;
    Some(on - AROUND..on + AROUND)
}

/// The χ² of the numbers of people by age is far below its expectation for unrelated people.
fn on_which_ages_agree(days: &[(i64, u64)], column: &Column) -> Option<i64> {
    let total: u64 = column.ages.iter().sum();
    if 20 * total < 19 * column.filled || column.ages.iter().filter(|people| **people > 0).count() < AGES {
        return None;
    }
    let mut sums = vec![0_u64];
    sums.extend(days.iter().scan(0, |sum, (_, people)| {
        *sum += people;
        Some(*sum)
    }));
    let all = *sums.last()? as f64;
    let born_by = |day: i64| sums[days.partition_point(|(other, _)| *other <= day)];
    let chi = |today: i64| {
        let (year, month, of_month) = civil(today);
        let birthday = |age: usize| {
            let year = year - (age as u64).cast_signed();
            day(year, month, of_month).or_else(|| day(year, 3, 1)).unwrap_or(0)
        };
        let (mut chi, mut freedom) = (0.0, 0_usize);
        for (age, people) in column.ages.iter().enumerate() {
            let born = (born_by(birthday(age)) - born_by(birthday(age + 1))) as f64;
            let (expected, people) = (born * total as f64 / all, *people as f64);
            if expected + people > 0.0 {
                chi += (expected - people).powi(2) / (expected + people);
                freedom += 1;
            }
        }
        (chi / freedom.max(1) as f64, freedom)
    };
    let age = middle(column.ages.iter().enumerate().map(|(age, people)| (age, *people)))?;
    let on = around(days, (age as u64 * 1_461 / 4).cast_signed())?;
    let best = on.map(|day| (chi(day), day)).min_by(|a, b| a.0.0.total_cmp(&b.0.0))?;
    (best.0.0 < 0.5 && best.0.1 >= AGES).then_some(best.1)
}

/// More values are ages in days of a birth date than chance explains.
fn on_which_days_agree(days: &[(i64, u64)], column: &Column) -> Option<i64> {
    const OLDEST: i64 = 45_000;
    const TRIED: usize = 512;
    let numbers = &column.numbers;
    if numbers.least < 0 || numbers.most > OLDEST || numbers.spread.len() < 256 {
        return None;
    }
    let some = &numbers.spread[..numbers.spread.len().min(TRIED)];
    let hits = |today: i64| {
        let hit = |value: &i64| days.binary_search_by_key(&(today - value), |(day, _)| *day).is_ok();
        some.iter().filter(|(_, value)| hit(value)).count() as f64
    };
    let mut ages: Vec<i64> = numbers.spread.iter().map(|(_, value)| *value).collect();
    ages.sort_unstable();
    let on = around(days, ages[ages.len() / 2])?;
    let counts: Vec<(f64, i64)> = on.map(|day| (hits(day), day)).collect();
    let mean = counts.iter().map(|(hits, _)| hits).sum::<f64>() / counts.len() as f64;
    let best = counts.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let all = some.len() as f64;
    (best.0 > mean + 6.0 * (mean * (1.0 - mean / all)).sqrt() && 2.0 * best.0 > all).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::{
        super::values::{Cell, Hashes},
        *,
    };

    fn column(cells: impl Iterator<Item = String>) -> Column {
        let (mut column, hashes, mut cell) = (Column::within(1 << 20), Hashes::default(), Cell::default());
        cells.for_each(|value| column.add(value.as_bytes(), 0, &hashes, &mut cell));
        column.finish();
        column
    }

    /// Numbers without order, up to 2^20.
    fn some(seed: u64) -> impl Iterator<Item = i64> {
        (0..600_u64).map(move |i| (crate::mix::mix(i + 1_000 * seed) >> 44).cast_signed())
    }

    #[test]
    fn units_and_codes_without_their_last_digit_are_tried_with_what_they_follow_from() {
        let tenths = column(some(1).map(|i| format!("{}.{}", i / 10, i % 10)));
        let whole = column(some(1).map(|i| i.to_string()));
        assert!(rounded([&whole, &tenths], false).contains(&[View::Number, View::Scaled { exponent: 1 }]));
        let checked = column(some(1).map(|i| format!("{i}{}", i % 7)));
        let without = [View::Rounded { exponent: 1, rounding: Rounding::Down }, View::Scaled { exponent: 1 }];
        assert!(rounded([&checked, &whole], false).contains(&without));
        let other = column(some(2).map(|i| (i / 3).to_string()));
        assert!(rounded([&whole, &other], false).is_empty());
        let ages = column(some(1).map(|i| (i % 98).to_string()));
        let tens = column(some(1).map(|i| format!("{}代", i % 98 / 10 * 10)));
        let down = [View::Rounded { exponent: 1, rounding: Rounding::Down }, View::Number];
        assert!(rounded([&ages, &tens], false).contains(&down));
    }

    #[test]
    fn a_constant_is_found_and_serial_numbers_have_none() {
        let [a, b, other] =
            [(1, 0), (1, 5_000_000_000), (2, 0)].map(|(seed, more)| column(some(seed).map(|i| (i + more).to_string())));
        assert_eq!(shifted([&a, &b]), [[View::Plus { by: 5_000_000_000 }, View::Number]]);
        assert!(shifted([&a, &a]).is_empty() && shifted([&a, &other]).is_empty());
        let serial = |from: i64| column((from..from + 600).map(|i| i.to_string()));
        assert!(shifted([&serial(1), &serial(70_001)]).is_empty());
        let dates = |seed, later: i64| column(some(seed).map(|i| super::super::values::date(i % 3_000 + later)));
        let [first, second, other] = [dates(1, 0), dates(1, 14), dates(2, 0)];
        assert_eq!(shifted([&first, &second]), [[View::Later { days: 14 }, View::Day]]);
        assert!(shifted([&first, &first]).is_empty() && shifted([&first, &other]).is_empty());
    }

    #[test]
    fn times_are_tried_with_the_quarters_of_hours_in_which_they_are() {
        let times = |unit: i64| {
            column(some(1).map(|i| {
                let second = i % 86_400 / unit * unit;
                format!("2024-04-03 {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
            }))
        };
        let [exact, quarters, hours] = [1, 900, 3_600].map(times);
        assert_eq!(to_the_quarter([&exact, &quarters]), [[View::Begins { seconds: 900 }, View::Second]]);
        assert_eq!(to_the_quarter([&hours, &quarters]), [[View::Second, View::Begins { seconds: 3_600 }]]);
        assert!(to_the_quarter([&exact, &exact]).is_empty());
    }
}
