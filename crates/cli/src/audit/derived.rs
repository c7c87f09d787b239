//! Columns that follow from a column of the other file: roundings of amounts, and ages of birth dates.

use super::{
    column::Column,
    values::{Rounding, View},
};
use crate::calendar::{civil, day};

/// Units in which amounts are written: as they are, and in thousands, tens of thousands and millions.
const UNITS: [i32; 4] = [0, 3, 4, 6];
/// More significant digits than this are not a rounding.
const FEW_DIGITS: u32 = 4;
/// The days before and after the newest file on which ages are tried.
const BEFORE: i64 = 3 * 366;
const AFTER: i64 = 400;
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
            let ratio = of_fine.largest / (of_coarse.largest * 10_f64.powi(scale));
            let is_similar = (ratio - 1.0).abs() < 0.05 || (is_alike && scale == 0 && (0.2..5.0).contains(&ratio));
            if !is_similar {
                continue;
            }
            let coarse_view = if scale == 0 { View::Number } else { View::Scaled { exponent: scale } };
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

/// The readings under which one of two columns holds the ages of the birth dates of the other: on the day on which the
/// numbers of people of each age agree best.
pub(super) fn aged(columns: [&Column; 2], today: i64) -> Vec<[View; 2]> {
    let mut found = Vec::new();
    for (born, aged) in [(0, 1), (1, 0)] {
        let (born_column, aged_column) = (columns[born], columns[aged]);
        if born_column.days.is_empty() || !aged_column.has(View::Number) || aged_column.has(View::Day) {
            continue;
        }
        let mut days: Vec<(i64, u64)> =
            born_column.days.iter().map(|(day, people)| (day.cast_signed(), *people)).collect();
        days.sort_unstable();
        let candidates = today - BEFORE..today + AFTER;
        let on = on_which_ages_agree(&days, aged_column, candidates.clone()).map(|day| View::AgeOn { day });
        let on = on.or_else(|| on_which_days_agree(&days, aged_column, candidates).map(|day| View::DaysBefore { day }));
        if let Some(view) = on {
            found.push(if born == 0 { [view, View::Number] } else { [View::Number, view] });
        }
    }
    found
}

/// The χ² of the numbers of people by age is far below its expectation for unrelated people.
fn on_which_ages_agree(days: &[(i64, u64)], column: &Column, on: std::ops::Range<i64>) -> Option<i64> {
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
    let best = on.map(|day| (chi(day), day)).min_by(|a, b| a.0.0.total_cmp(&b.0.0))?;
    (best.0.0 < 0.5 && best.0.1 >= AGES).then_some(best.1)
}

/// More values are ages in days of a birth date than chance explains.
fn on_which_days_agree(days: &[(i64, u64)], column: &Column, on: std::ops::Range<i64>) -> Option<i64> {
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
    let counts: Vec<(f64, i64)> = on.map(|day| (hits(day), day)).collect();
    let mean = counts.iter().map(|(hits, _)| hits).sum::<f64>() / counts.len() as f64;
    let best = counts.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let all = some.len() as f64;
    (best.0 > mean + 6.0 * (mean * (1.0 - mean / all)).sqrt() && 2.0 * best.0 > all).then_some(best.1)
}
