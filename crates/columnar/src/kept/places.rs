//! Digits of the number in places of a cell, in whatever signs.

use fugo::MyNumber;

use super::{Made, sample::Row};

/// Places of a cell that are looked at, from its start and from its end.
const PLACES: usize = 64;
/// Signs of a place that are told apart; what has more is no digit.
const SIGNS: usize = 64;
/// Digits of the number that a column, or several together, may not show; of few rows chance may make that many.
const SHOWN: usize = 4;
const SHOWN_BY_FEW: usize = 8;
const FEW: usize = 30;
/// Rows that tell a digit from chance.
const ROWS: usize = 10;
/// Powers of ten by which chance must be the worse explanation of a digit in a place. A column has 128 places and a number
/// 12 digits: of 600,000 columns one shows a digit by chance, and four are needed. Few rows cannot be that far from chance.
const BEYOND_CHANCE: f64 = 9.0;
const BEYOND_CHANCE_OF_FEW: f64 = 3.5;
const DIGITS: usize = 10;

/// Columns that show digits of the number; see [`super::Sample::judge`].
pub(super) fn made_of(people: &[(&MyNumber, &Row)], columns: usize) -> Option<Made> {
    let needed = if people.len() < FEW { SHOWN_BY_FEW } else { SHOWN };
    let shown: Vec<u32> = (0..columns).map(|column| shown(people, column)).collect();
    let together = shown.iter().fold(0, |all, digits| all | digits).count_ones() as usize;
    let made = |columns: Vec<usize>, digits: usize| {
        Some(Made { columns, what: format!("{digits} digits of the number, each in a place of its own") })
    };
    if let Some(column) = shown.iter().position(|digits| digits.count_ones() as usize >= needed) {
        return made(vec![column], shown[column].count_ones() as usize);
    }
    let some = (0..columns).filter(|column| shown[*column] != 0).collect();
    if together >= needed { made(some, together) } else { None }
}

/// The digits of the number that a column shows, as bits.
fn shown(people: &[(&MyNumber, &Row)], column: usize) -> u32 {
    let cells = people.iter().map(|(number, row)| (row.cells[column].trim(), number.expose_digits()));
    let filled: Vec<(Vec<char>, &[u8; 12])> =
        cells.filter(|(cell, _)| !cell.is_empty()).map(|(cell, digits)| (cell.chars().collect(), digits)).collect();
    if filled.len() < ROWS {
        return 0;
    }
    let (shortest, longest) = filled
        .iter()
        .fold((usize::MAX, 0), |(shortest, longest), (cell, _)| (shortest.min(cell.len()), longest.max(cell.len())));
    let places = longest.min(PLACES);
    // Of cells that are of one length, places from the end are those from the start.
    let from_end = if shortest == longest { longest.saturating_sub(PLACES).min(PLACES) } else { places };
    let mut found = 0;
    for place in (0..places).map(|place| (place, true)).chain((0..from_end).map(|place| (place, false))) {
        let sign = |signs: &[char]| {
            let (at, from_start) = place;
            let at = if from_start { Some(at) } else { signs.len().checked_sub(at + 1) };
            at.and_then(|at| signs.get(at)).copied()
        };
        let seen = found;
        let mut alphabet: Vec<char> = Vec::new();
        let mut signs: Vec<(usize, &[u8; 12])> = Vec::new();
        for (cell, digits) in &filled {
            let Some(sign) = sign(cell) else { continue };
            let known = alphabet.iter().position(|other| *other == sign).unwrap_or_else(|| {
                alphabet.push(sign);
                alphabet.len() - 1
            });
            if known >= SIGNS {
                break;
            }
            signs.push((known, digits));
        }
        if alphabet.len() < 2 || alphabet.len() > SIGNS || signs.len() * 2 <= filled.len() {
            continue;
        }
        for nth in (0..12).filter(|nth| seen >> nth & 1 == 0) {
            let mut counts = [[0_u32; SIGNS]; DIGITS];
            signs.iter().for_each(|(sign, digits)| counts[usize::from(digits[nth] - b'0')][*sign] += 1);
            if is_the_digit(&counts, signs.len()) {
                found |= 1 << nth;
            }
        }
    }
    found
}

/// Whether signs stand for digits one to one: `counts[digit][sign]` rows have both.
///
/// Each digit has a sign of its own in at least seven rows of ten. That is held against the best explanation by a place
/// that has nothing to do with the number: signs that agree with probability c wherever a digit comes again, and differ with
/// 1 − c between two digits.
fn is_the_digit(counts: &[[u32; SIGNS]; DIGITS], rows: usize) -> bool {
    let mut taken = [false; SIGNS];
    let (mut agreeing, mut distinct) = (0, 0);
    for signs in counts.iter().filter(|signs| signs.iter().any(|count| *count > 0)) {
        let (sign, count) = signs.iter().enumerate().max_by_key(|(_, count)| **count).unwrap_or((0, &0));
        if std::mem::replace(&mut taken[sign], true) {
            return false;
        }
        agreeing += *count as usize;
        distinct += 1;
    }
    if agreeing * 10 < rows * 7 || distinct < 2 {
        return false;
    }
    let again = (agreeing - distinct) as f64;
    let between = (distinct * (distinct - 1) / 2) as f64;
    let c = again / (again + between);
    let term = |times: f64, p: f64| if times == 0.0 { 0.0 } else { -times * p.log10() };
    // Rows that do not agree may be any; each choice of them is one more chance.
    let choices = (rows - agreeing) as f64 * 2.0_f64.log10() * 2.0;
    let score = term(again, c) + term(between, 1.0 - c) - choices;
    score >= if rows < FEW { BEYOND_CHANCE_OF_FEW } else { BEYOND_CHANCE }
}
