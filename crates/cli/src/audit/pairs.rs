//! Which columns of the two files are compared, and as what they are read.
//!
//! Every column of one file is compared with every column of the other, under each reading that both have. The samples
//! of the first reading show which of these pairs can link people. Those are counted over all rows.

use super::{
    column::{Column, Numbers},
    derived,
    file::Delivery,
    groups::{Groups, Guesses},
    sample::Sample,
    survey::Survey,
    values::{Domain, View},
};
use crate::failure::{Failure, Result};

/// Two columns with different names are compared if at least this share of their values is common.
const SAME_VALUES: f64 = 0.5;
/// They must also have this many values: two columns of `1` and `2` need not hold the same thing.
const TELLING: f64 = 20.0;
/// If this share of the values of two columns is common as text, they are not compared in other readings.
const WRITTEN_ALIKE: f64 = 0.98;
/// Under different names, fewer people than this who match can be chance.
const SEVERAL: u64 = 4;
/// Codes that each file gives to one person, nearly.
const DISTINCT: f64 = 0.98;

/// One column of each file, as indices among the columns that are not the symbols', and how each is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) places: [usize; 2],
    pub(super) views: [View; 2],
    /// How many values chance makes common, if each file gives its own codes.
    pub(super) by_chance: f64,
    /// Whether the names say that the columns hold the same thing. Otherwise their values must show it.
    pub(super) is_alike: bool,
}

/// The pairs that are counted.
pub(super) fn pairs(files: [&Delivery; 2], surveys: [&Survey; 2], asked: &[(String, String)]) -> Result<Vec<Pair>> {
    let named = asked.iter().map(|names| named(files, names)).collect::<Result<Vec<_>>>()?;
    let mut pairs = Vec::new();
    for (a, name) in files[0].names.iter().enumerate() {
        for (b, other) in files[1].names.iter().enumerate() {
            let columns = [&surveys[0].columns[a], &surveys[1].columns[b]];
            let is_named = named.contains(&[a, b]);
            let is_alike = is_named || plain(name) == plain(other);
            let by_chance = by_chance(columns);
            let mut add = |views: [View; 2]| {
                let is_alike = is_alike && views[0] == views[1];
                pairs.push(Pair { places: [a, b], views, by_chance, is_alike });
            };
            // If nearly all values are written alike, other readings show nothing more.
            let texts = columns.map(|column| column.sample(View::Text));
            let is_written_alike = matches!(texts, [Some(x), Some(y)] if x.overlap(y) >= WRITTEN_ALIKE);
            let views = if is_written_alike { vec![[View::Text; 2]] } else { shared(columns) };
            for views in views {
                let [x, y] = [0, 1].map(|side| columns[side].sample(views[side]));
                if let (Some(x), Some(y)) = (x, y)
                    && (if is_alike { may_have_common(x, y) } else { is_telling([x, y], by_chance) })
                {
                    add(views);
                }
            }
            derived::rounded(columns, is_alike).into_iter().for_each(&mut add);
            derived::aged(columns).into_iter().for_each(&mut add);
            derived::shifted(columns).into_iter().for_each(&mut add);
            derived::to_the_quarter(columns).into_iter().for_each(&mut add);
        }
    }
    Ok(pairs)
}

fn named(files: [&Delivery; 2], (a, b): &(String, String)) -> Result<[usize; 2]> {
    let place = |side: usize, name: &str| {
        files[side].names.iter().position(|other| other == name).ok_or_else(|| {
            Failure::new("--pair names a column that does not exist", "write --pair NAME_IN_A=NAME_IN_B")
                .of(&files[side].path)
        })
    };
    Ok([place(0, a)?, place(1, b)?])
}

/// The places of the columns that --pair names.
pub(super) fn places(files: [&Delivery; 2], asked: &[(String, String)]) -> Result<Vec<[usize; 2]>> {
    asked.iter().map(|names| named(files, names)).collect()
}

/// The pairs of readings that give the same kind of value.
fn shared(columns: [&Column; 2]) -> Vec<[View; 2]> {
    let has_dates = columns.iter().any(|column| column.has(View::Day));
    let mut shared = Vec::new();
    for a in columns[0].readings.iter().map(|reading| reading.view) {
        for b in columns[1].readings.iter().map(|reading| reading.view) {
            let own = matches!(a, View::Text | View::Words | View::Number | View::Inner | View::Day | View::Second);
            let is_one = a == b && !own;
            let by_date = matches!(a.domain(), Domain::Short | Domain::Year | Domain::Month);
            if a.domain() == b.domain()
                && (!(a.is_counted() && b.is_counted()) || is_two_counts_of_days(a, b))
                && (if by_date {
                    let is_written_in_two_orders = a.domain() == Domain::Short && a != b;
                    (has_dates || is_written_in_two_orders) && !(columns[0].has(View::Day) && columns[1].has(View::Day))
                } else {
                    !is_one
                })
            {
                shared.push([a, b]);
            }
        }
    }
    shared
}

/// Whether one column counts days as spreadsheets do and the other one since 1970. Of the readings of plain numbers, these
/// differ by more than the unit.
fn is_two_counts_of_days(a: View, b: View) -> bool {
    matches!([a, b], [View::SpreadsheetDay, View::EpochDay] | [View::EpochDay, View::SpreadsheetDay])
}

/// Whether two columns have a value in common. If a sample does not hold all values, they may have one.
fn may_have_common(a: &Sample, b: &Sample) -> bool {
    !(a.is_complete() && b.is_complete()) || a.common(b).next().is_some()
}

/// Whether two columns with different names can hold the same thing.
fn is_telling(samples: [&Sample; 2], by_chance: f64) -> bool {
    let [a, b] = samples;
    if a.common(b).next().is_none() {
        return false;
    }
    let are_many = samples.iter().all(|sample| sample.distinct() >= TELLING);
    let guesses = of_samples(samples, by_chance);
    let may_be_same =
        if samples.iter().all(|sample| sample.is_complete()) { guesses.is_shown() } else { !guesses.is_chance() };
    are_many && a.overlap(b) >= SAME_VALUES && may_be_same || guesses.links() && guesses.expected() >= SEVERAL
}

/// The guesses that the samples of two columns show.
fn of_samples(samples: [&Sample; 2], by_chance: f64) -> Guesses {
    let (sampled, share) = samples[0].groups(samples[1]);
    let mut groups = Groups::default();
    sampled.for_each(|sizes| groups.add(sizes));
    groups.guesses(by_chance * share)
}

/// How many values of two columns of numbers are common by chance, if each file gives its own. It is 0 if they are not
/// nearly distinct, because then the groups show it; and if the numbers are so dense that chance and the same numbers
/// look alike.
fn by_chance(columns: [&Column; 2]) -> f64 {
    let is_distinct = |column: &Column| {
        let filled = column.filled as f64;
        column.distinct() >= DISTINCT * filled && column.numbers.count as f64 >= 0.9 * filled
    };
    if !columns.iter().all(|column| is_distinct(column)) {
        return 0.0;
    }
    let chance = Numbers::common_by_chance(columns.map(|column| &column.numbers));
    let fewer = columns[0].filled.min(columns[1].filled) as f64;
    if 2.0 * chance < fewer { chance } else { 0.0 }
}

/// A header in the form in which headers are compared.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !" -_.".contains(*c)).flat_map(char::to_lowercase).collect()
}
