//! Digits of the number at fixed positions of a cell, written in any characters.

use fugo::MyNumber;

use super::{made::Made, row::Row};

/// The number of positions that are examined, from the start and from the end of a cell.
const PLACES: usize = 64;
/// The most different characters at one position. If there are more, the position does not show a digit.
const SIGNS: usize = 64;
/// The number of digits that are reported, in one column or in several together. In few rows, fewer digits occur by
/// chance.
const SHOWN: usize = 4;
const SHOWN_BY_FEW: usize = 8;
const FEW: usize = 30;
/// The fewest rows in which a digit can be told from chance.
const ROWS: usize = 10;
/// How much worse chance explains a position than a digit does, in powers of ten. A column has 128 positions and a
/// number has 12 digits, so one column of 600,000 shows a digit by chance, and four digits are needed. Few rows cannot
/// reach this bound.
const BEYOND_CHANCE: f64 = 9.0;
const BEYOND_CHANCE_OF_FEW: f64 = 3.5;
const DIGITS: usize = 10;

/// The columns that show digits of the number; see [`super::Sample::judge`].
pub(super) fn made_of(people: &[(&MyNumber, &Row)], columns: usize) -> Option<Made> {
    let needed = if people.len() < FEW { SHOWN_BY_FEW } else { SHOWN };
    let shown: Vec<u32> = (0..columns).map(|column| shown(people, column)).collect();
    let together = shown.iter().fold(0, |all, digits| all | digits).count_ones() as usize;
    let made = |columns: Vec<usize>, digits: usize| {
        Some(Made { columns, what: format!("{digits} digits of the number, each at its own position") })
    };
    if let Some(column) = shown.iter().position(|digits| digits.count_ones() as usize >= needed) {
        return made(vec![column], shown[column].count_ones() as usize);
    }
    let some = (0..columns).filter(|column| shown[*column] != 0).collect();
    if together >= needed { made(some, together) } else { None }
}

/// The digits of the number that a column shows, as a bit mask.
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
    // If all cells have the same length, the positions from the end are also positions from the start.
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

/// Whether characters represent digits one to one: `counts[digit][sign]` rows have both.
///
/// In at least seven rows of ten, each digit must have its own character. This is compared with the best explanation
/// that does not depend on the number: the characters of two rows agree with probability c if the digits are equal, and
/// differ with 1 − c if the digits are different.
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
    // The rows that do not agree can be any rows, so each choice of them is one more chance.
    let choices = (rows - agreeing) as f64 * 2.0_f64.log10() * 2.0;
    let score = term(again, c) + term(between, 1.0 - c) - choices;
    score >= if rows < FEW { BEYOND_CHANCE_OF_FEW } else { BEYOND_CHANCE }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of `digits` digits has a character of its own in `each` rows, and `other` rows have further characters.
    fn shows(digits: usize, each: u32, other: usize) -> bool {
        let mut counts = [[0; SIGNS]; DIGITS];
        for (digit, signs) in counts.iter_mut().enumerate().take(digits) {
            signs[digit] = each;
        }
        (0..other).for_each(|row| counts[row % digits][DIGITS + row / digits] += 1);
        is_the_digit(&counts, digits * each as usize + other)
    }

    /// The scores in the comments are −again·lg c − between·lg (1 − c) with c = again / (again + between). Each row that
    /// does not agree takes 2·lg 2 = 0.60 of it.
    #[test]
    fn a_digit_is_told_from_chance_by_the_score() {
        // 60 again, 45 between: 31.1, less 18.1.
        assert!(shows(10, 7, 30));
        assert!(!shows(10, 7, 31), "seven rows of ten must agree");
        // 15 again, 3 between: 3.52; 18 again, 1 between: 1.7. Below thirty rows 3.5 is enough.
        assert!(shows(3, 6, 0) && !shows(2, 10, 0));
        // 24 again, 3 between: 4.1 in 27 rows; 27 again, 3 between: 4.2 in 30 rows.
        assert!(shows(3, 9, 0) && !shows(3, 10, 0));
        // 36 again, 6 between: 7.5; 45 again, 10 between: 11.3.
        assert!(!shows(4, 10, 0) && shows(5, 10, 0));
        // 40 again, 10 between: 10.9, less 1.8 and 2.4; 45 again, 10 between: less 1.8 and 2.4.
        assert!(shows(5, 9, 3) && !shows(5, 9, 4) && shows(5, 10, 3) && !shows(5, 10, 4));
        assert!(!shows(1, 40, 0), "one digit alone shows nothing");
    }

    #[test]
    fn two_digits_with_one_character_are_no_digits() {
        let mut counts = [[0; SIGNS]; DIGITS];
        (0..DIGITS).for_each(|digit| counts[digit][digit] = 10);
        assert!(is_the_digit(&counts, 100));
        (counts[9][9], counts[9][8]) = (0, 10);
        assert!(!is_the_digit(&counts, 100));
    }
}
