//! Columns of other codes of twelve digits: whether the codes are really numbers.

use std::collections::BTreeSet;

use fugo::find::{Candidate, Shape, candidates, digits};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Codes of twelve digits in kept cells, and how many of them have the check digit of a number.
///
/// The check digit of a random code matches by chance. The remainders 0 and 1 of eleven both give the digit 0, so a
/// code that ends in 0 matches with probability 2/11 and any other with 1/11. Over random last digits that is 1/10. A
/// code that appears several times counts once, up to [`Codes::DISTINCT`] codes, because repetitions add no evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// The number of codes: twelve digits together or in three groups of four. See [`fugo::find::candidates`].
    pub shapes: u64,
    /// The number of codes with the check digit of a number.
    pub valid: u64,
    /// The smallest digests of the distinct codes, with the properties of each code.
    distinct: BTreeSet<(u64, Code)>,
}

/// Whether a code ends in 0, and whether its check digit matches.
type Code = (bool, bool);

impl Codes {
    /// The most distinct codes that are held. Those with the smallest digests are held: a random choice that does not
    /// depend on the order.
    pub const DISTINCT: usize = 4_096;

    /// The codes in a text. These are not counted: decimal places; a part of 20 or more hexadecimal characters, such as
    /// a UUID or a digest; a minute of the years 1900 to 2099 (`202611281230`), which one number in 10,000 looks like;
    /// digits after `+81`, the telephone prefix of Japan; and groups with more digits before or after them at the same
    /// separator (`1-2345-6789-0123`).
    pub fn of(text: &str) -> Self {
        let mut codes = Self::default();
        // The integer part of a decimal fraction can be a number: floats and decimals of two places are written so.
        let text = if is_a_fraction(text) { text.split('.').next().unwrap_or(text) } else { text };
        for found in candidates(text).filter(|found| matches!(found.shape(), Shape::Whole | Shape::Grouped)) {
            let plain: Zeroizing<Vec<u8>> = Zeroizing::new(digits(&text[found.range()]).collect());
            let is_other = match found.shape() {
                Shape::Whole => {
                    is_a_minute(&plain) || plain.starts_with(b"81") && text[..found.range().start].ends_with('+')
                }
                _ => goes_on(text, &found),
            };
            if is_other || is_in_hex(text, &found) {
                continue;
            }
            let is_valid = found.number().is_some();
            codes.shapes += 1;
            codes.valid += u64::from(is_valid);
            codes.hold((first_bytes(&plain), (plain.last() == Some(&b'0'), is_valid)));
        }
        codes
    }

    /// Adds the codes of other cells.
    pub fn add(&mut self, other: &Self) {
        self.shapes += other.shapes;
        self.valid += other.valid;
        other.distinct.iter().for_each(|code| self.hold(*code));
    }

    /// Whether the codes are numbers: whether so many distinct codes have the check digit of a number that chance gives
    /// as many in only one of 10^12 columns.
    ///
    /// Let p be the share of the n codes that match, and q the share that chance gives. Then chance gives p or more
    /// with a probability of at most exp(−n·D(p‖q)), where D is the relative entropy (Chernoff). Twelve codes that all
    /// match, and do not end in 0, are enough.
    pub fn are_numbers(&self) -> bool {
        let n = self.distinct.len() as f64;
        let valid = self.distinct.iter().filter(|(_, (_, is_valid))| *is_valid).count() as f64;
        let by_chance = self
            .distinct
            .iter()
            .map(|(_, (ends_in_zero, _))| if *ends_in_zero { 2.0 } else { 1.0 } / 11.0)
            .sum::<f64>();
        let (p, q) = (valid / n, by_chance / n);
        // Without codes, p and q are NaN, and the comparison is false.
        p > q && n * relative_entropy(p, q) >= 12.0 * 10_f64.ln()
    }

    fn hold(&mut self, code: (u64, Code)) {
        if self.distinct.len() == Self::DISTINCT && self.distinct.last().is_some_and(|last| code >= *last) {
            return;
        }
        self.distinct.insert(code);
        if self.distinct.len() > Self::DISTINCT {
            self.distinct.pop_last();
        }
    }
}

/// Whether the whole text is a decimal fraction.
fn is_a_fraction(text: &str) -> bool {
    let text = text.trim();
    text.contains('.')
        && !text.contains(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+' | 'e' | 'E'))
        && { text.parse::<f64>().is_ok() }
}

/// Whether more digits are joined to the groups by the separator that is between them.
fn goes_on(text: &str, found: &Candidate<'_>) -> bool {
    let (before, groups, behind) = (&text[..found.range().start], &text[found.range()], &text[found.range().end..]);
    let is_digit = |c: char| digits(c.encode_utf8(&mut [0; 4])).next().is_some();
    let separator: &str = groups.trim_start_matches(is_digit);
    let separator = &separator[..separator.find(is_digit).unwrap_or(0)];
    before.strip_suffix(separator).is_some_and(|before| before.ends_with(is_digit))
        || behind.strip_prefix(separator).is_some_and(|behind| behind.starts_with(is_digit))
}

/// Whether a stretch is part of hexadecimal characters and hyphens, with at least eight hexadecimal characters around
/// it, at least one of them a letter.
fn is_in_hex(text: &str, found: &Candidate<'_>) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b'-';
    let (before, behind) = (&text.as_bytes()[..found.range().start], &text.as_bytes()[found.range().end..]);
    let signs =
        || before.iter().rev().take_while(|byte| is_sign(byte)).chain(behind.iter().take_while(|byte| is_sign(byte)));
    signs().filter(|byte| **byte != b'-').take(HEX_AROUND).count() == HEX_AROUND && signs().any(u8::is_ascii_alphabetic)
}

const HEX_AROUND: usize = 8;

fn is_a_minute(digits: &[u8]) -> bool {
    let value =
        |range: std::ops::Range<usize>| digits[range].iter().fold(0, |sum, digit| 10 * sum + u32::from(digit - b'0'));
    (1900..2100).contains(&value(0..4))
        && (1..=12).contains(&value(4..6))
        && (1..=31).contains(&value(6..8))
        && value(8..10) < 24
        && value(10..12) < 60
}

/// D(p‖q), the relative entropy of two Bernoulli distributions.
fn relative_entropy(p: f64, q: f64) -> f64 {
    let term = |p: f64, q: f64| if p == 0.0 { 0.0 } else { p * (p / q).ln() };
    term(p, q) + term(1.0 - p, 1.0 - q)
}

/// The first eight bytes of a digest. Together with the two bits of [`Code`] they tell codes apart, and reveal a code
/// only to a guess. They are only in memory, and are wiped with the sample.
fn first_bytes(code: &[u8]) -> u64 {
    let digest = Sha256::digest(code);
    u64::from_le_bytes(*digest.first_chunk().unwrap_or(&[0; 8]))
}

#[cfg(test)]
mod tests {
    use fugo::MyNumber;

    use super::*;

    /// Twelve digits from a row's number. The last digit is the given one.
    fn code(row: u64, last: Option<u64>) -> String {
        let body = format!("{:011}", (row + 1).wrapping_mul(6_364_136_223_846_793_005) % 100_000_000_000);
        match last {
            Some(last) => format!("{body}{last}"),
            None => format!("{body}{}", MyNumber::check_digit(&body).unwrap()),
        }
    }

    fn counted(codes: impl Iterator<Item = String>) -> Codes {
        codes.fold(Codes::default(), |mut sum, code| {
            sum.add(&Codes::of(&code));
            sum
        })
    }

    #[test]
    fn columns_of_numbers_stop_and_columns_of_other_codes_do_not() {
        assert!(counted((0..16).map(|row| code(row, None))).are_numbers());
        assert!(!counted((0..8).map(|row| code(row, None))).are_numbers());
        // Three in ten codes are numbers, the others are not.
        assert!(counted((0..1_000).map(|row| code(row, (row % 10 > 2).then_some(row % 10)))).are_numbers());
        assert!(!counted((0..100_000).map(|row| code(row, Some(row % 10)))).are_numbers());
        assert!(!Codes::default().are_numbers());
    }

    #[test]
    fn round_amounts_and_repeated_codes_do_not_stop() {
        let amounts = counted((0..20_000).map(|row| code(row, Some(0))));
        assert!((0.17..0.20).contains(&(amounts.valid as f64 / amounts.shapes as f64)), "2 in 11: {amounts:?}");
        assert!(!amounts.are_numbers());
        let one = counted((0..10_000).map(|_| code(7, None)));
        assert_eq!((one.shapes, one.valid, one.are_numbers()), (10_000, 10_000, false));
    }

    #[test]
    fn digests_times_and_longer_numbers_are_no_codes() {
        for text in [
            "deadbeef123456789018",
            "a3b1c2d4-1234-5678-9018-0123456789ab",
            "A3B1C2D4-AAAA-4BBB-8CCC-123456789018",
            "202611281230",
            "6605.492352312428",
            "0.123456789018",
            "+819012345678",
            "1-2345-6789-0123",
            "1 2345 6789 0123",
            "T1-2345-6789-0123",
            "03-1234-5678-9012",
        ] {
            assert_eq!(Codes::of(text), Codes::default(), "{text}");
        }
        for text in [
            "abc123456789018",
            "123456789018-20261128",
            "face 123456789018 12345678",
            "202613281230",
            "2026-1128-1230",
            "2026-11-28 1234-5678-9018",
            "819012345678",
            "123456789018.00",
        ] {
            assert_eq!(Codes::of(text).shapes, 1, "{text}");
        }
    }

    #[test]
    fn fractions_and_minutes_are_told_from_codes() {
        let fractions = ["1.5", " 1.5e3 ", "-0.25", ".5", "1.5.2", "15", "a.5", "1.5x"].map(is_a_fraction);
        assert_eq!(fractions, [true, true, true, true, false, false, false, false]);
        let minutes = ["202611292359", "190001010000", "202611292400", "202611292360", "210001010000", "202600100000"];
        assert_eq!(minutes.map(|text| is_a_minute(text.as_bytes())), [true, true, false, false, false, false]);
    }

    /// ½ ln 2 + ½ ln ⅔, and ln 4.
    #[test]
    fn the_relative_entropy_of_known_shares() {
        for (p, q, expected) in [(0.5, 0.25, 0.143_841_036_225_890_4), (1.0, 0.25, 4.0_f64.ln()), (0.3, 0.3, 0.0)] {
            assert!((relative_entropy(p, q) - expected).abs() < 1e-12, "{p} {q}");
        }
    }

    #[test]
    fn the_order_of_cells_does_not_matter() {
        let (forth, back) =
            (counted((0..6_000).map(|row| code(row, None))), counted((0..6_000).rev().map(|row| code(row, None))));
        assert_eq!(forth, back);
    }
}
