//! The made-up people, a pure function of seed and index. They are not real people, but a valid number may belong to
//! one, so keep such a roster only on machines that may hold numbers.

use fugo::MyNumber;

use super::{
    permutation::Permutation,
    prefecture::PREFECTURES,
    rng::{Draws, scale},
};
use crate::mix::mix;

/// Bodies 1 to 10^11 − 1: body 0 is never issued.
pub(crate) const NUMBERS: u64 = 99_999_999_999;

pub(super) type Digits = [u8; MyNumber::LEN];

pub(crate) struct Roster {
    bodies: Permutation,
    key: u64,
}

/// The cells of one row, in ASCII; the prefecture is an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) number: Digits,
    /// ISO 8601, 1915-04-01 to 2026-03-31.
    pub(super) birth_date: [u8; 10],
    /// ISO/IEC 5218: 1 male, 2 female.
    pub(super) sex: u8,
    pub(super) prefecture: usize,
    /// 保険者番号: scheme, prefecture, three digits, check digit.
    pub(super) insurer: [u8; 8],
}

impl Roster {
    pub(crate) fn new(seed: u64) -> Self {
        Self { bodies: Permutation::new(NUMBERS, seed), key: mix(seed ^ mix(0x7065_6f70_6c65)) }
    }

    /// The eleven digits of the person at `index`, which is below [`NUMBERS`]. Every index has different digits.
    pub(crate) fn body(&self, index: u64) -> u64 {
        self.bodies.at(index) + 1
    }

    /// The index of a valid number: the inverse of [`Self::person`].
    pub(super) fn index_of(&self, number: &Digits) -> u64 {
        let body = number[..MyNumber::BODY_LEN].iter().fold(0, |body, digit| body * 10 + u64::from(digit - b'0'));
        self.bodies.index_of(body - 1)
    }

    pub(super) fn person(&self, index: u64) -> Person {
        let mut draws = Draws::new(self.key, index);
        let (shape, rest) = (draws.word(), draws.word());
        let age_group = usize::from(AGE_GROUP_OF[shape as usize % SHARES]);
        let prefecture = usize::from(PREFECTURE_OF[(shape >> 12) as usize % SHARES]);
        Person {
            number: number(self.body(index)),
            birth_date: birth_date(age_group, rest),
            sex: if (shape >> 24) % 256 < 131 { b'2' } else { b'1' },
            prefecture,
            insurer: insurer(age_group, prefecture, shape >> 32),
        }
    }
}

/// The digits of the body, and the check digit that the library computes.
fn number(mut body: u64) -> Digits {
    let mut digits = [b'0'; MyNumber::LEN];
    for place in digits[..MyNumber::BODY_LEN].iter_mut().rev() {
        *place += (body % 10) as u8;
        body /= 10;
    }
    digits[MyNumber::BODY_LEN] += MyNumber::check_digit(&digits[..MyNumber::BODY_LEN]).expect("eleven digits");
    digits
}

/// The shares are in units of 1/4096, so that a draw is a table look-up.
const SHARES: usize = 4096;

/// Groups of five years of age, the youngest first; the last has no upper limit. The shape is that of an ageing
/// country, but not a statistic.
const AGE_GROUPS: [u16; 22] =
    [129, 159, 172, 180, 202, 212, 210, 230, 255, 301, 319, 275, 248, 240, 281, 261, 194, 132, 71, 21, 3, 1];
const LATE_STAGE_ELDERLY: usize = 75 / 5;

const AGE_GROUP_OF: [u8; SHARES] = spread(&AGE_GROUPS);
const PREFECTURE_OF: [u8; SHARES] = {
    let mut shares = [0; PREFECTURES.len()];
    let mut i = 0;
    while i < shares.len() {
        shares[i] = PREFECTURES[i].1;
        i += 1;
    }
    spread(&shares)
};

const fn spread(shares: &[u16]) -> [u8; SHARES] {
    let mut table = [0; SHARES];
    let (mut item, mut at) = (0, 0);
    while item < shares.len() {
        let mut left = shares[item];
        while left > 0 {
            table[at] = item as u8;
            at += 1;
            left -= 1;
        }
        item += 1;
    }
    assert!(at == SHARES, "the shares sum to 4096");
    table
}

/// A random birth date for an age group, on 1 April 2026.
fn birth_date(age_group: usize, word: u64) -> [u8; 10] {
    let end = 2026 - 5 * age_group as u64;
    let first = if age_group + 1 == AGE_GROUPS.len() { 1915 } else { end - 5 };
    let (first, end) = (first_of_april(first), first_of_april(end));
    date(first + scale(word, end - first))
}

/// Days since 1 March 1900. Up to February 2100 every fourth year is a leap year.
const fn first_of_april(year: u64) -> u64 {
    (year - 1900) * 1461 / 4 + 31
}

fn date(days: u64) -> [u8; 10] {
    let years = (4 * days + 3) / 1461;
    let day_of_year = days - years * 1461 / 4;
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let (year, month) = if months < 10 { (1900 + years, months + 3) } else { (1901 + years, months - 9) };
    let mut text = *b"0000-00-00";
    for (place, value) in [(0, year / 100), (2, year % 100), (5, month), (8, day)] {
        text[place] += (value / 10) as u8;
        text[place + 1] += (value % 10) as u8;
    }
    text
}

/// 国保 (written with 00 in front), 協会けんぽ, 健保組合 and 共済, and 後期高齢者 from 75 on. The numbers are made up.
fn insurer(age_group: usize, prefecture: usize, word: u64) -> [u8; 8] {
    const SCHEMES: [[u8; 2]; 8] = [*b"00", *b"00", *b"01", *b"01", *b"01", *b"06", *b"06", *b"34"];
    let scheme = if age_group >= LATE_STAGE_ELDERLY { *b"39" } else { SCHEMES[word as usize % 8] };
    let (prefecture, serial) = (prefecture as u64 + 1, 1 + (word >> 3) % 128);
    let digit = |value: u64| b'0' + (value % 10) as u8;
    let mut code = [b'0'; 8];
    code[..2].copy_from_slice(&scheme);
    code[2..7].copy_from_slice(&[
        digit(prefecture / 10),
        digit(prefecture),
        digit(serial / 100),
        digit(serial / 10),
        digit(serial),
    ]);
    code[7] += insurer_check_digit(&code[..7]);
    code
}

/// Modulus 10, weights 2 and 1 from the right, two-digit products added by digit.
fn insurer_check_digit(body: &[u8]) -> u8 {
    const DOUBLED: [u8; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let value = |digit: u8| usize::from(digit - b'0');
    let sum: u8 = body
        .rchunks(2)
        .map(|pair| match *pair {
            [single, doubled] => value(single) as u8 + DOUBLED[value(doubled)],
            [doubled] => DOUBLED[value(doubled)],
            _ => 0,
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_number_parses() {
        let roster = Roster::new(1);
        for index in (0..100_000).chain(NUMBERS - 1000..NUMBERS) {
            let person = roster.person(index);
            assert!(MyNumber::parse(person.number).is_ok());
            assert_eq!(roster.index_of(&person.number), index);
        }
    }

    #[test]
    fn ten_million_bodies_are_distinct_and_none_is_zero() {
        let roster = Roster::new(2);
        let mut bodies: Vec<u64> = (0..10_000_000).map(|index| roster.body(index)).collect();
        bodies.sort_unstable();
        assert!(bodies[0] > 0 && bodies[bodies.len() - 1] <= NUMBERS);
        assert!(bodies.is_sorted_by(|a, b| a < b));
        // If n values are uniform, the k-th of them is near k/n.
        for tenth in 1..10 {
            let expected = NUMBERS / 10 * tenth;
            assert!(bodies[bodies.len() / 10 * tenth as usize].abs_diff(expected) < NUMBERS / 1000);
        }
    }

    #[test]
    fn people_are_spread_over_ages_sexes_prefectures_and_insurers() {
        let roster = Roster::new(3);
        let people: Vec<Person> = (0..200_000).map(|index| roster.person(index)).collect();
        let years: HashSet<&[u8]> = people.iter().map(|person| &person.birth_date[..4]).collect();
        assert!(years.len() > 105, "{}", years.len());
        let oldest = people.iter().map(|person| &person.birth_date).min().unwrap();
        let youngest = people.iter().map(|person| &person.birth_date).max().unwrap();
        assert!(oldest >= b"1915-04-01" && oldest < b"1921-04-01");
        assert!(youngest <= b"2026-03-31" && youngest > b"2026-03-01");
        let women = people.iter().filter(|person| person.sex == b'2').count();
        assert!((101_000..104_000).contains(&women), "{women}");
        let prefectures: HashSet<usize> = people.iter().map(|person| person.prefecture).collect();
        assert_eq!(prefectures.len(), 47);
        let elderly = |person: &&Person| person.birth_date < *b"1951-04-01";
        assert!(people.iter().filter(elderly).all(|person| person.insurer.starts_with(b"39")));
    }

    #[test]
    fn days_are_days_of_the_calendar() {
        assert_eq!(&date(0), b"1900-03-01");
        assert_eq!(&date(first_of_april(1915)), b"1915-04-01");
        assert_eq!(&date(first_of_april(2026) - 1), b"2026-03-31");
        assert_eq!(&date(first_of_april(2024) - 32), b"2024-02-29");
        assert_eq!(&date(first_of_april(2000) - 32), b"2000-02-29");
        assert_eq!(&date(first_of_april(1990) - 91), b"1989-12-31");
    }

    #[test]
    fn an_insurers_check_digit_follows_the_published_rule() {
        assert_eq!(insurer_check_digit(b"0113001"), 2);
        assert_eq!(insurer_check_digit(b"0000000"), 0);
        assert_eq!(insurer_check_digit(b"0000005"), 9);
    }
}
