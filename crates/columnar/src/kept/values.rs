//! Arithmetic transforms of the number.

use fugo::{MyNumber, find::digits};
use zeroize::Zeroizing;

use super::row::Row;

const MILLION: i128 = 1_000_000;

/// The arithmetic transform that computes a column from the numbers; see [`super::Sample::judge`].
pub(super) fn made_of(people: &[(&MyNumber, &Row)], column: usize) -> Option<&'static str> {
    let cells = people.iter().map(|(number, row)| (row.cells[column].trim(), *number));
    let rows: Vec<(&str, &MyNumber)> = cells.filter(|(cell, _)| !cell.is_empty()).collect();
    let most = |matches: usize| matches > 0 && matches * 2 > rows.len();
    let count =
        |is_one: &dyn Fn(&str, &MyNumber) -> bool| rows.iter().filter(|(cell, number)| is_one(cell, number)).count();
    if most(count(&|cell, number| {
        let backwards: Zeroizing<Vec<u8>> = Zeroizing::new(number.expose_digits().iter().rev().copied().collect());
        let digits: Zeroizing<Vec<u8>> = Zeroizing::new(digits(cell).collect());
        memchr::memmem::find(&digits, &backwards).is_some() || memchr::memmem::find(&digits, &backwards[1..]).is_some()
    })) {
        return Some("the number's digits, backwards");
    }
    let radix = if rows.iter().any(|(cell, _)| has_letters_of_hex(cell)) { 16 } else { 10 };
    let read = rows.iter().filter_map(|(cell, number)| Some((millionths(cell, radix)?, of(number))));
    let pairs: Vec<(i128, i128)> = read.collect();
    let near = |(cell, number): &&(i128, i128)| (cell - number * MILLION).abs() <= 1_000 * MILLION;
    if pairs.iter().filter(near).count() * 2 > rows.len() {
        return Some("the number, plus or minus something small");
    }
    if most(count(&|cell, number| is_masked(cell, number))) {
        return Some("the number with one or two digits replaced");
    }
    if pairs.len() * 2 <= rows.len() {
        return None;
    }
    let bodies: Vec<_> = pairs.iter().map(|(cell, number)| (*cell, number / 10)).collect();
    if are_on_one_line(&pairs) || are_on_one_line(&bodies) {
        return Some("the number times a constant, plus a constant");
    }
    let backwards: Vec<_> = pairs.iter().map(|(cell, number)| (*cell, backwards(*number))).collect();
    if are_on_one_line(&backwards) {
        return Some("the number's digits, backwards, times a constant, plus a constant");
    }
    let whole = pairs.iter().filter(|(cell, _)| cell % MILLION == 0);
    let mut masks: Vec<i128> = whole.map(|(cell, number)| (cell / MILLION) ^ number).collect();
    masks.sort_unstable();
    let longest = masks.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
    (longest >= 4 && longest * 2 > rows.len()).then_some("the number, combined with a constant by exclusive or")
}

/// A number as an integer, below 10^12.
pub(super) fn of(number: &MyNumber) -> i128 {
    number.expose_digits().iter().fold(0, |value, digit| value * 10 + i128::from(digit - b'0'))
}

fn backwards(number: i128) -> i128 {
    let (mut rest, mut turned) = (number, 0);
    for _ in 0..MyNumber::LEN {
        turned = turned * 10 + rest % 10;
        rest /= 10;
    }
    turned
}

/// Whether more than half of the points, and at least four, are on one line that is neither horizontal nor vertical.
/// Exact.
pub(super) fn are_on_one_line(points: &[(i128, i128)]) -> bool {
    // If more than half of the points are on the line, two neighbours are, or two points with one point between them.
    let pairs = points.windows(2).chain(points.windows(3)).step_by((points.len() / 16).max(1));
    pairs.map(|pair| (pair[0], pair[pair.len() - 1])).any(|((a, b), (c, d))| {
        let on_line = |(x, y): &(i128, i128)| (y - b) * (c - a) == (d - b) * (x - a);
        let count = if a == c || b == d { 0 } else { points.iter().filter(|point| on_line(point)).count() };
        count >= 4 && count * 2 > points.len()
    })
}

/// Whether a cell has twelve characters, and ten or eleven of them are the number's digits at their positions.
fn is_masked(cell: &str, number: &MyNumber) -> bool {
    let signs: Zeroizing<Vec<char>> =
        Zeroizing::new(cell.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{3000}')).collect());
    let digits = number.expose_digits();
    let same = signs.iter().zip(digits).filter(|(sign, digit)| **sign == char::from(**digit)).count();
    signs.len() == MyNumber::LEN && same >= MyNumber::LEN - 2
}

fn has_letters_of_hex(cell: &str) -> bool {
    let hex = cell.strip_prefix("0x").unwrap_or(cell);
    hex.bytes().all(|byte| byte.is_ascii_hexdigit()) && hex.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The value in millionths of an integer of at most 18 decimal or 16 hexadecimal digits, or of a decimal fraction of at
/// most six places. The sign is ignored. The result is below 2^84, so that products with numbers stay below 2^127.
fn millionths(cell: &str, radix: u32) -> Option<i128> {
    let cell = cell.trim_start_matches(['+', '-']);
    if radix == 16 {
        let hex = cell.strip_prefix("0x").unwrap_or(cell);
        return (hex.len() <= 16).then(|| i128::from_str_radix(hex, 16).ok()).flatten().map(|value| value * MILLION);
    }
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let fraction = fraction.trim_end_matches('0');
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 18 || fraction.len() > 6 || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction: i128 = format!("{fraction:0<6}").parse().ok()?;
    Some(whole.parse::<i128>().ok()? * MILLION + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_exactly_or_not_at_all() {
        for (cell, expected) in [
            ("15", Some(15_000_000)),
            ("-1.5", Some(1_500_000)),
            ("1.123456", Some(1_123_456)),
            ("1.1234560", Some(1_123_456)),
            ("123456789012345678", Some(123_456_789_012_345_678_000_000)),
            ("1234567890123456789", None),
            ("1.1234567", None),
            ("", None),
            (".5", None),
            ("1.x", None),
            ("x.1", None),
            ("12a", None),
        ] {
            assert_eq!(millionths(cell, 10), expected, "{cell}");
        }
        assert_eq!(
            ["0xff", "FF", "0123456789abcdef0", "fg"].map(|cell| millionths(cell, 16)),
            [Some(255_000_000), Some(255_000_000), None, None]
        );
    }

    #[test]
    fn two_digits_may_be_masked_and_not_three() {
        let number = MyNumber::parse("123456789018").unwrap();
        for cell in ["12345678901*", "**3456789018", "1*34-5678-9*18", "123456789000"] {
            assert!(is_masked(cell, &number), "{cell}");
        }
        for cell in ["***456789018", "1234567*****", "1234567890", "1234567890*8x", "234567890181"] {
            assert!(!is_masked(cell, &number), "{cell}");
        }
    }

    #[test]
    fn points_are_on_one_line_if_more_than_half_of_them_and_four_are() {
        let line = |count: i128| (0..count).map(|x| (x, 3 * x + 7));
        let beside = |count: i128| (0..count).map(|x| (1_000 + x, x * x * x));
        let points = |on: i128, off: i128| beside(off).chain(line(on)).collect::<Vec<_>>();
        assert!(are_on_one_line(&points(4, 3)) && are_on_one_line(&points(300, 212)));
        assert!(
            !are_on_one_line(&points(4, 4)) && !are_on_one_line(&points(3, 0)) && !are_on_one_line(&points(256, 256))
        );
        let (level, upright): (Vec<_>, Vec<_>) = ((0..9).map(|x| (x, 5)).collect(), (0..9).map(|y| (5, y)).collect());
        assert!(!are_on_one_line(&level) && !are_on_one_line(&upright));
        assert_eq!((backwards(123_456_789_018), backwards(1)), (810_987_654_321, 100_000_000_000));
    }
}
