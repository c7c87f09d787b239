//! Chooses which rows are damaged, and how. The truth is known from the damage.

use std::str::FromStr;

use super::{
    kind::{Expected, Kind, Outcome, always, leniently},
    person::{Digits, Person, Roster},
    rng::Draws,
    slips,
};
use crate::{mix::mix, roster::encoding::Encoding};

/// The percentage of damaged rows, with up to six decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share(u32);

impl Share {
    const ALL: usize = 100_000_000;
}

impl FromStr for Share {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const RANGE: &str = "a percentage from 0 to 100 with at most six decimals";
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_plain = (whole.to_owned() + decimals).bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain || whole.is_empty() || whole.len() > 3 || decimals.len() > 6 {
            return Err(RANGE);
        }
        let share = format!("{whole}{decimals:0<6}").parse().map_err(|_| RANGE)?;
        if share as usize > Self::ALL { Err(RANGE) } else { Ok(Self(share)) }
    }
}

/// A damaged row, which replaces a clean one.
pub(super) struct Damaged {
    pub(super) kind: Kind,
    pub(super) expected: Expected,
    pub(super) person: Person,
    /// The cell of the number as it is written, quotes included.
    pub(super) cell: String,
    /// The insurer's cell; `None` if the row ends before it.
    pub(super) insurer: Option<Vec<u8>>,
    /// The index of the row that this row repeats.
    pub(super) of: Option<u64>,
}

pub(super) struct Mess<'a> {
    roster: &'a Roster,
    rows: u64,
    share: Share,
    key: u64,
    look_alikes: Vec<char>,
    invisibles: Vec<char>,
}

const PLAIN: [char; 4] = [' ', '-', '.', '_'];
const LOOK_ALIKES: [char; 17] = [
    '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2043}', '\u{2212}', '\u{FE58}',
    '\u{FE63}', '\u{FF0D}', '\u{30FC}', '\u{FF70}', '\u{FF0E}', '\u{FF3F}', '\u{A0}', '\u{202F}',
];
const INVISIBLES: [char; 6] = ['\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{AD}'];
const TEXTS: [&str; 6] = ["不明", "なし", "未登録", "申請中", "確認中", "N/A"];

/// An even row is repeated by the next row, an odd row by the row that is this far after it. The distance is odd, so
/// a row is repeated at most once.
const FAR: u64 = 10_001;

impl<'a> Mess<'a> {
    pub(super) fn new(roster: &'a Roster, rows: u64, share: Share, encoding: Encoding, seed: u64) -> Self {
        let expressed = |list: &[char]| list.iter().copied().filter(|c| encoding.expresses(*c)).collect();
        let (look_alikes, invisibles) = (expressed(&LOOK_ALIKES), expressed(&INVISIBLES));
        Self { roster, rows, share, key: mix(seed ^ mix(0x6d65_7373)), look_alikes, invisibles }
    }

    pub(super) fn damages(&self, index: u64) -> bool {
        self.share.0 > 0 && self.draws(index).below(Share::ALL) < self.share.0 as usize
    }

    fn draws(&self, index: u64) -> Draws {
        Draws::new(self.key, index)
    }

    /// Draws kinds until one can be applied. Only one number in ten has leading zeros to lose, so these rows lose
    /// them often.
    pub(super) fn damage(&self, index: u64) -> Damaged {
        let person = self.roster.person(index);
        let mut draws = self.draws(index);
        draws.word(); // spent by `damages`
        let mut kind = draws.pick(&Kind::ALL);
        if person.number[0] == b'0' && draws.below(2) == 0 {
            kind = Kind::LostZeros;
        }
        loop {
            if let Some(damaged) = self.attempt(kind, index, &person, &mut draws) {
                return damaged;
            }
            kind = draws.pick(&Kind::ALL);
        }
    }

    fn attempt(&self, kind: Kind, index: u64, person: &Person, draws: &mut Draws) -> Option<Damaged> {
        let number = &person.number;
        let (cell, expected) = match kind {
            Kind::Grouped => (grouped(number, &PLAIN, draws), leniently(Outcome::Ok)),
            Kind::GroupedLookAlike => (grouped(number, &self.look_alikes, draws), leniently(Outcome::Ok)),
            Kind::GroupedWideSpace => (grouped(number, &['\u{3000}'], draws), leniently(Outcome::Ok)),
            Kind::Misgrouped => (misgrouped(number, draws), leniently(Outcome::Grouping)),
            Kind::FullWidth => (full_width(number), leniently(Outcome::Ok)),
            Kind::SpacesAround => (spaced(number, draws), leniently(Outcome::Ok)),
            Kind::Invisible => (invisible(number, &self.invisibles, draws)?, leniently(Outcome::Ok)),
            Kind::Quoted => (format!("\"{}\"", text(number)), always(Outcome::Ok)),
            Kind::LostZeros => without_zeros(number)?,
            Kind::Scientific => (scientific(number)?, leniently(Outcome::ScientificNotation)),
            Kind::DigitWrong => (text(&slips::wrong(number, draws)), always(Outcome::CheckDigit)),
            Kind::DigitsSwapped => (text(&slips::swapped(number, draws)?), always(Outcome::CheckDigit)),
            Kind::DigitLost => {
                let in_roster = |number: &Digits| self.roster.index_of(number) < self.rows;
                let (digits, padded) = slips::lost(number, draws, in_roster)?;
                (text(&digits), [Outcome::Length, Outcome::Length, padded])
            }
            Kind::DigitAdded => (text(&slips::added(number, draws)), always(Outcome::Length)),
            Kind::Letter => (lettered(number, draws)?, leniently(Outcome::Character)),
            Kind::Empty => (String::new(), [Outcome::Length, Outcome::Empty, Outcome::Empty]),
            Kind::Text => (draws.pick(&TEXTS).to_owned(), leniently(Outcome::Character)),
            Kind::AllZeros => ("0".repeat(number.len()), always(Outcome::NeverIssued)),
            Kind::DuplicateEqual => {
                let (of, person) = self.repeatable(index)?;
                let (cell, insurer) = (text(&person.number), Some(person.insurer.to_vec()));
                return Some(Damaged { kind, expected: always(Outcome::Equal), person, cell, insurer, of: Some(of) });
            }
            Kind::DuplicateConflict => {
                let (of, repeated) = self.repeatable(index)?;
                if repeated.insurer == person.insurer {
                    return None;
                }
                let (cell, insurer) = (text(&repeated.number), Some(person.insurer.to_vec()));
                let expected = always(Outcome::Differs);
                return Some(Damaged { kind, expected, person: repeated, cell, insurer, of: Some(of) });
            }
            Kind::FieldMissing => (text(number), always(Outcome::Fields)),
            Kind::KeptNumber => (text(number), always(Outcome::KeptNumber)),
        };
        let insurer = match kind {
            Kind::FieldMissing => None,
            Kind::KeptNumber => Some(grouped(number, &[' ', '-'], draws).into_bytes()),
            _ => Some(person.insurer.to_vec()),
        };
        Some(Damaged { kind, expected, person: person.clone(), cell, insurer, of: None })
    }

    /// The earlier row that the row at `index` may repeat, if it is clean.
    fn repeatable(&self, index: u64) -> Option<(u64, Person)> {
        let of = index.checked_sub(if index % 2 == 1 { 1 } else { FAR })?;
        (!self.damages(of)).then(|| (of, self.roster.person(of)))
    }
}

fn text(digits: &[u8]) -> String {
    digits.iter().copied().map(char::from).collect()
}

fn grouped(number: &Digits, separators: &[char], draws: &mut Draws) -> String {
    let mut cell = text(&number[..4]);
    for group in number[4..].chunks(4) {
        // Several separators between two groups are rare.
        let run = [1, 1, 1, 1, 1, 1, 2, 3][draws.below(8)];
        cell.extend((0..run).map(|_| draws.pick(separators)));
        cell += &text(group);
    }
    cell
}

fn misgrouped(number: &Digits, draws: &mut Draws) -> String {
    let size = draws.pick(&[2, 3, 5, 6, 8]);
    let groups: Vec<String> = number.chunks(size).map(text).collect();
    groups.join(draws.pick(&[" ", "-"]))
}

fn full_width(number: &Digits) -> String {
    number
        .iter()
        .map(|digit| ['０', '１', '２', '３', '４', '５', '６', '７', '８', '９'][usize::from(digit - b'0')])
        .collect()
}

fn spaced(number: &Digits, draws: &mut Draws) -> String {
    let mut space = |count| -> String { (0..count).map(|_| draws.pick(&[' ', ' ', '\u{3000}'])).collect() };
    let (one, two) = (space(1), space(2));
    let number = text(number);
    match draws.below(4) {
        0 => one + &number,
        1 => number + &one,
        2 => two + &number,
        _ => one + &number + &two,
    }
}

fn invisible(number: &Digits, invisibles: &[char], draws: &mut Draws) -> Option<String> {
    let mut cell = text(number);
    if invisibles.is_empty() {
        return None;
    }
    cell.insert(draws.below(number.len() + 1), draws.pick(invisibles));
    Some(cell)
}

fn without_zeros(number: &Digits) -> Option<(String, Expected)> {
    let cell = text(number).trim_start_matches('0').to_owned();
    let restored = match cell.len() {
        12 => return None,
        9..=11 => Outcome::Ok,
        _ => Outcome::Length,
    };
    Some((cell, [Outcome::Length, Outcome::Length, restored]))
}

/// Six significant digits, as in 1.23457E+11. A spreadsheet has already dropped leading zeros.
fn scientific(number: &Digits) -> Option<String> {
    let value = number.iter().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'));
    let (mantissa, exponent) = match (value + 500_000) / 1_000_000 {
        0..=99_999 => return None,
        1_000_000 => (100_000, 12),
        mantissa => (mantissa, 11),
    };
    let digits = mantissa.to_string();
    let fraction = digits[1..].trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{}{point}{fraction}E+{exponent}", &digits[..1]))
}

fn lettered(number: &Digits, draws: &mut Draws) -> Option<String> {
    let places: Vec<usize> = (0..number.len()).filter(|place| number[*place] <= b'1').collect();
    if places.is_empty() {
        return None;
    }
    let mut digits = *number;
    let place = draws.pick(&places);
    digits[place] = draws.pick(if digits[place] == b'0' { b"Oo" } else { b"lI" });
    Some(text(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_percentage_with_six_decimals() {
        for (text, parts) in
            [("0", 0), ("1", 1_000_000), ("0.5", 500_000), ("100", 100_000_000), ("12.000001", 12_000_001)]
        {
            assert_eq!(text.parse(), Ok(Share(parts)));
        }
        for text in ["", ".5", "-1", "+1", "100.000001", "1e1", "101", "0.0000001", "1.2.3"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn spreadsheets_show_six_digits_of_twelve() {
        for (number, shown) in [
            (b"123456789018", Some("1.23457E+11")),
            (b"120000000000", Some("1.2E+11")),
            (b"100000400000", Some("1E+11")),
            (b"999999500000", Some("1E+12")),
            (b"023456789012", None),
        ] {
            assert_eq!(scientific(number).as_deref(), shown);
        }
    }

    #[test]
    fn a_row_is_repeated_at_most_once_and_only_if_it_is_clean() {
        let roster = Roster::new(1);
        let mess = Mess::new(&roster, 100_000, "30".parse().unwrap(), Encoding::Utf8, 1);
        let mut repeated = std::collections::HashSet::new();
        for index in 0..100_000 {
            if let Some((of, person)) = mess.repeatable(index) {
                assert!(of < index && !mess.damages(of) && person == roster.person(of));
                assert!(repeated.insert(of));
            }
        }
        assert!(repeated.len() > 50_000);
    }

    #[test]
    fn every_kind_occurs_and_cp932_has_all_but_the_invisible() {
        let roster = Roster::new(1);
        for (encoding, kinds) in [(Encoding::Utf8, Kind::ALL.len()), (Encoding::Cp932, Kind::ALL.len() - 1)] {
            let mess = Mess::new(&roster, 20_000, "50".parse().unwrap(), encoding, 1);
            let damaged = (0..20_000).filter(|index| mess.damages(*index)).map(|index| mess.damage(index));
            let names: std::collections::HashSet<_> = damaged.map(|damaged| damaged.kind.name()).collect();
            assert_eq!(names.len(), kinds);
        }
    }
}
