//! Finds stretches of text that could be a number: in kept cells, in headers, in messages.
//!
//! It finds every form that [`crate::normalize`] accepts, within longer text, and a few more separators. The text
//! before and after may be anything except digits.

use core::{fmt, ops::Range};

use zeroize::Zeroizing;

use crate::{
    my_number::MyNumber,
    normalize::{digit, is_invisible, is_separator},
};

/// The fewest digits of a number whose leading zeros were lost.
pub const FEWEST_DIGITS: usize = 9;

/// Digits per group, where a number is written in three groups.
const GROUP: usize = 4;
/// The most different separators between two groups.
const MOST_SEPARATORS: usize = 3;
/// The most repetitions of one separator between two groups, such as spaces in columns of fixed width.
const MOST_REPEATED: usize = 64;

/// How a candidate is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Twelve digits without separators.
    Whole,
    /// Three groups of four digits, with one to three separators between the groups.
    Grouped,
    /// 9, 10 or 11 digits without separators: leading zeros may be lost, or, of 11 digits, the check digit.
    Short,
    /// Four groups of four digits, with the same separator between them and the check digit of payment cards.
    Card,
}

/// A stretch of a text that could be a number.
#[derive(Clone)]
pub struct Candidate<'a> {
    text: &'a str,
    start: usize,
    shape: Shape,
}

impl Candidate<'_> {
    /// The bytes of the given text, from the first digit to the last.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// The form of the candidate.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The number, if the check digit matches. A short candidate is padded with leading zeros. A card is never a
    /// number.
    pub fn number(&self) -> Option<MyNumber> {
        if self.shape == Shape::Card {
            return None;
        }
        let mut twelve = Zeroizing::new([b'0'; MyNumber::LEN]);
        let found = digits(self.text).count();
        twelve.iter_mut().skip(MyNumber::LEN - found).zip(digits(self.text)).for_each(|(place, digit)| *place = digit);
        MyNumber::parse(*twelve).ok()
    }
}

impl fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidate(..)")
    }
}

/// The decimal digits of a text as ASCII. Full-width digits (U+FF10–U+FF19) are included, other characters are skipped.
pub fn digits(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.chars().filter_map(digit)
}

/// Every stretch of `text` that could be a number, in order.
///
/// 1. Digits are those of [`crate::normalize`]. A run of digits ends at any other visible character. Invisible
///    characters do not end it: those that normalisation deletes, marks of direction, and variation selectors. So a
///    part of a longer run, such as a time of 14 digits, is never a candidate.
/// 2. A run of 12 digits is a candidate. A run of 9 to 11 digits is a short candidate.
/// 3. Three runs of four digits are a candidate, if one to three separators are between the runs, or one separator up
///    to 64 times. Separators are those of normalisation, every character that is neither a letter nor a digit, and the
///    blank letters of Hangul.
/// 4. Four such runs are one candidate of [`Shape::Card`], which is not a number, if the separators between them are
///    equal and the check digit of payment cards matches.
///
/// ```
/// use fugo::find::candidates;
/// let text = "No.1234-5678-9018, born on 1985-04-01, 090-1234-5678";
/// let found: Vec<_> = candidates(text).collect();
/// assert_eq!(found.len(), 1);
/// assert_eq!(&text[found[0].range()], "1234-5678-9018");
/// assert!(found[0].number().is_some());
/// ```
pub fn candidates(text: &str) -> Candidates<'_> {
    Candidates { text, at: 0, groups: [Run::default(); 3], chain: 0 }
}

/// The iterator of [`candidates`].
#[derive(Clone)]
pub struct Candidates<'a> {
    text: &'a str,
    at: usize,
    /// The last three runs of four digits.
    groups: [Run; 3],
    /// How many of them, from the last, are joined by separators; at most three.
    chain: usize,
}

impl fmt::Debug for Candidates<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Candidates(..)")
    }
}

impl<'a> Iterator for Candidates<'a> {
    type Item = Candidate<'a>;

    fn next(&mut self) -> Option<Candidate<'a>> {
        loop {
            let run = run(self.text, self.at)?;
            self.at = run.end;
            if run.digits != GROUP {
                self.chain = 0;
                let shape = match run.digits {
                    MyNumber::LEN => Shape::Whole,
                    FEWEST_DIGITS..MyNumber::LEN => Shape::Short,
                    _ => continue,
                };
                return Some(self.candidate(run.start, run.end, shape));
            }
            self.chain = if run.joined { (self.chain + 1).min(3) } else { 1 };
            self.groups.rotate_left(1);
            self.groups[2] = run;
            if self.chain == 3 {
                if let Some(last) = self.card() {
                    (self.at, self.chain) = (last, 0);
                    return Some(self.candidate(self.groups[0].start, last, Shape::Card));
                }
                return Some(self.candidate(self.groups[0].start, run.end, Shape::Grouped));
            }
        }
    }
}

impl<'a> Candidates<'a> {
    fn candidate(&self, start: usize, end: usize, shape: Shape) -> Candidate<'a> {
        Candidate { text: &self.text[start..end], start, shape }
    }

    /// The end of a payment card's number that starts with the three groups.
    fn card(&self) -> Option<usize> {
        let [a, b, c] = self.groups;
        let d = run(self.text, c.end).filter(|run| run.joined && run.digits == GROUP)?;
        let between = |left: Run, right: Run| &self.text[left.end..right.start];
        let one_separator = between(a, b) == between(b, c) && between(b, c) == between(c, d);
        let goes_on = run(self.text, d.end).is_some_and(|run| run.joined && run.digits == GROUP);
        (one_separator && !goes_on && a.opens && passes_luhn(&self.text[a.start..d.end])).then_some(d.end)
    }
}

/// A run of digits; invisible characters between the digits are skipped.
#[derive(Clone, Copy, Default)]
struct Run {
    start: usize,
    end: usize,
    digits: usize,
    /// Separators are between this run and the one before: one to three, or one that is repeated.
    joined: bool,
    /// This run is not joined to a run before it.
    opens: bool,
}

/// The first run of digits from `at` on. At `at`, a run ended or the text starts.
fn run(text: &str, at: usize) -> Option<Run> {
    let (mut separators, mut only_separators) = (0, at > 0);
    let (mut last, mut repeated) = (None, true);
    let mut run: Option<Run> = None;
    for (offset, c) in text[at..].char_indices() {
        if digit(c).is_some() {
            let start = at + offset;
            let joined =
                only_separators && (1..=if repeated { MOST_REPEATED } else { MOST_SEPARATORS }).contains(&separators);
            let run = run.get_or_insert(Run { start, end: start, digits: 0, joined, opens: !joined });
            run.digits += 1;
            run.end = start + c.len_utf8();
        } else if is_unseen(c) {
        } else if run.is_some() {
            break;
        } else {
            separators += 1;
            only_separators &= is_separator(c) || !c.is_alphanumeric() || is_blank_letter(c);
            repeated &= last.is_none_or(|last| last == c);
            last = Some(c);
        }
    }
    run
}

/// Whether a character is invisible: one that normalisation deletes, a mark of direction (Unicode's `Bidi_Control`), a
/// variation selector, the combining grapheme joiner, or the Mongolian vowel separator.
fn is_unseen(c: char) -> bool {
    is_invisible(c)
        || matches!(
            c,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2061}'..='\u{2069}' | '\u{34F}' | '\u{180E}'
                | '\u{FE00}'..='\u{FE0F}'
        )
}

/// The letters of Hangul that look like a space.
fn is_blank_letter(c: char) -> bool {
    matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
}

/// The check digit of payment cards (ISO/IEC 7812-1).
fn passes_luhn(text: &str) -> bool {
    let even = digits(text).count() % 2;
    let sum: u32 = digits(text)
        .enumerate()
        .map(|(i, digit)| {
            let value = u32::from(digit - b'0') * if i % 2 == even { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::String, vec::Vec};

    use super::*;
    use crate::normalize::{LostZeros, normalize};

    fn found(text: &str) -> Vec<&str> {
        candidates(text).map(|candidate| &text[candidate.range()]).collect()
    }

    #[test]
    fn wide_gaps_of_one_separator_blank_letters_and_marks_of_direction_hide_nothing() {
        for text in [
            "1234    5678    9018",
            "1234----5678----9018",
            &format!("1234{0}5678{0}9018", " ".repeat(64)),
            "1234\u{3164}5678\u{115F}9018",
            "1234\u{FFA0}\u{1160}5678 9018",
            "123\u{200E}4567\u{202C}89018",
            "1234\u{2066}-5678-90\u{FE0F}18",
        ] {
            let numbers: Vec<_> = candidates(text).filter_map(|candidate| candidate.number()).collect();
            assert_eq!(numbers.len(), 1, "{text:?}");
        }
        for text in [&format!("1234{0}5678{0}9018", " ".repeat(65)), "1234 - - 5678 - - 9018", "1234の5678の9018"] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text:?}");
        }
    }

    #[test]
    fn every_shape_that_normalisation_reads_is_found_within_other_text() {
        for shape in [
            "123456789018",
            "1234-5678-9018",
            "1234 5678 9018",
            "1234\u{3000}5678\u{3000}9018",
            "1234 - 5678 - 9018",
            "1234\u{2010}5678\u{30FC}9018",
            "1234..5678__9018",
            "１２３４５６７８９０１８",
            "１２３４－５６７８－９０１８",
            "1234\u{200B}56789018",
            "12\u{AD}34-5\u{FEFF}678-9018",
        ] {
            assert!(normalize(shape, LostZeros::Refuse).is_ok(), "{shape}");
            for text in
                [String::from(shape), format!("番号{shape}です"), format!("No.{shape}x"), format!("1-{shape}/2")]
            {
                let numbers: Vec<_> = candidates(&text).filter_map(|candidate| candidate.number()).collect();
                assert_eq!(numbers.len(), 1, "{text}");
                assert_eq!(numbers[0].expose_digits(), b"123456789018");
            }
        }
    }

    #[test]
    fn separators_that_normalisation_refuses_are_known_too() {
        for text in
            ["1234/5678/9018", "1234,5678,9018", "[\"1234\",\"5678\",\"9018\"]", "1234・5678・9018", "1234\t5678\t9018"]
        {
            assert_eq!(candidates(text).filter_map(|candidate| candidate.number()).count(), 1, "{text}");
        }
    }

    #[test]
    fn lost_zeros_are_restored() {
        let short: Vec<_> = candidates("12345678901 and 123456789").map(|candidate| candidate.shape()).collect();
        assert_eq!(short, [Shape::Short, Shape::Short]);
        let digit = MyNumber::check_digit("00123456789").unwrap();
        let text = format!("123456789{digit}");
        let number = candidates(&text).next().and_then(|candidate| candidate.number()).unwrap();
        assert_eq!(&number.expose_digits()[..2], b"00");
    }

    #[test]
    fn times_and_longer_codes_are_no_candidates() {
        for text in [
            "20261122093011",
            "20261122-093011",
            "20261122-0930",
            "2026-11-22 09:30:11",
            "1234567890128",
            "090-1234-5678",
            "12345678",
            "1234-5678",
            "1234a5678a9018",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_payment_card_is_a_candidate_and_no_number() {
        let text = "card 4111-1111-1111-1111";
        let all: Vec<_> = candidates(text).collect();
        assert_eq!((all.len(), all[0].shape()), (1, Shape::Card));
        assert_eq!(&text[all[0].range()], "4111-1111-1111-1111");
        assert!(all[0].number().is_none());
    }

    /// Numbers that payment companies publish for tests.
    const CARDS: [&str; 5] = [
        "4111-1111-1111-1111",
        "4012-8888-8888-1881",
        "5105-1051-0510-5100",
        "6011-0009-9013-9424",
        "3530-1113-3330-0000",
    ];

    #[test]
    fn a_card_is_told_by_its_check_digit() {
        for card in CARDS {
            for text in [card, &format!(" {card}"), &format!("{card}-12")] {
                assert_eq!(candidates(text).next().map(|found| found.shape()), Some(Shape::Card), "{text}");
            }
            // A wrong digit is always found.
            for (at, digit) in card.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()) {
                for other in (b'0'..=b'9').filter(|other| *other != digit) {
                    let text = format!("{}{}{}", &card[..at], char::from(other), &card[at + 1..]);
                    assert!(candidates(&text).all(|found| found.shape() == Shape::Grouped), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_written_unlike_a_card_hides_no_number_though_its_digits_pass() {
        for text in [
            // A last group of three digits; another separator; five groups.
            "1234-5678-9018-039",
            "1234-5678-9018 0072",
            "1234 5678-9018-0072",
            "1234-5678-9018-0072-0000",
        ] {
            let first = candidates(text).next().expect("a candidate");
            assert_eq!((first.range(), first.shape()), (0..14, Shape::Grouped), "{text}");
        }
    }

    #[test]
    fn a_group_before_or_behind_does_not_hide_a_number() {
        assert_eq!(found("2026-11-28 1234-5678-9018"), ["1234-5678-9018"]);
        assert_eq!(found("2026/1234-5678-9018"), ["2026/1234-5678", "1234-5678-9018"]);
        assert_eq!(found("1234-5678-9018-01"), ["1234-5678-9018"]);
        // The groups here do not have a card's check digit.
        assert_eq!(found("2026 1234 5678 9018").last(), Some(&"1234 5678 9018"));
    }

    #[test]
    fn nothing_printed_holds_the_text() {
        let mut all = candidates("123456789018");
        assert_eq!(format!("{all:?} {:?}", all.next().unwrap()), "Candidates(..) Candidate(..)");
    }

    proptest::proptest! {
        #[test]
        fn whatever_normalisation_reads_is_a_candidate_as_a_whole(
            text in "[0-9０-９]{4}[-ー 　._\u{200B}]{0,3}[0-9０-９]{4}[-ー 　._\u{200B}]{0,3}[0-9]{1,4}", before in "[a-z年 ]{0,3}",
        ) {
            let Ok(normalized) = normalize(&text, LostZeros::Restore) else { return Ok(()) };
            let text = format!("{before}{text}");
            let found = candidates(&text).any(|candidate| {
                let mut digits: String = digits(&text[candidate.range()]).map(char::from).collect();
                while digits.len() < MyNumber::LEN { digits.insert(0, '0'); }
                digits.as_bytes() == normalized.expose_digits()
            });
            proptest::prop_assert!(found);
        }
    }
}
