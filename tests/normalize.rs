//! Does lenient normalisation follow the table of the specification exactly?
//!
//! The table is written a second time in `fuzz/src/plain.rs`, together with a slow model of all steps.
//!
//! **It never turns one valid number into another.** If a text is accepted, the result consists of the zeros that were
//! restored, then the digit characters of the text, in order, each with its own value. So no deleted, trimmed or
//! dropped character is a digit. Without restored zeros, the text contains exactly those twelve digits in that order.
//! So a text that contains a valid number gives that number or is refused. With restored zeros, the text contains at
//! most eleven digits, so it contains no number at all. `the_result_is_the_digits_of_the_text_in_order` checks the
//! first statement.

#[path = "../fuzz/src/plain.rs"]
mod plain;

use fugo::normalize::{LostZeros, NORMALIZE_REVISION, NormalizeError, Reading, normalize, normalize_integer};
use plain::{DASHES_AND_POINTS, ENDS, FULL_WIDTH, INVISIBLES, SPACES};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

const SAMPLE: &str = "123456789018";
const BOTH: [LostZeros; 2] = [LostZeros::Refuse, LostZeros::Restore];

fn characters(list: &[u32]) -> impl Iterator<Item = char> {
    list.iter().map(|code| char::from_u32(*code).expect("a scalar value"))
}

fn separators() -> impl Iterator<Item = char> {
    characters(&SPACES).chain(characters(&DASHES_AND_POINTS))
}

/// The sample with `inserted` before the digit at index `place`.
fn with(place: usize, inserted: &str) -> String {
    format!("{}{inserted}{}", &SAMPLE[..place], &SAMPLE[place..])
}

/// The digits and the names of the changes, or the kind of the error with its offset or count.
fn outcome(text: &str, lost_zeros: LostZeros) -> Result<(String, Vec<&'static str>), plain::Refusal> {
    match normalize(text, lost_zeros) {
        Ok(normalized) => {
            let digits = String::from_utf8(normalized.expose_digits().to_vec()).expect("ASCII");
            let parsed = normalized.parse().map(|_| ()).map_err(|error| error.kind().as_str());
            assert_eq!(parsed, plain::parse(digits.as_bytes()).map_err(|error| error.0));
            Ok((digits, normalized.changes().names().collect()))
        }
        Err(error @ NormalizeError::Character { offset }) => Err((error.kind().as_str(), Some(offset))),
        Err(error @ NormalizeError::Length { found }) => Err((error.kind().as_str(), Some(found))),
        Err(error) => Err((error.kind().as_str(), None)),
    }
}

fn accepted(text: &str, changes: &[&'static str]) {
    for lost_zeros in BOTH {
        assert_eq!(outcome(text, lost_zeros), Ok((SAMPLE.to_owned(), changes.to_vec())), "{text:?}");
    }
}

fn refused(text: &str, kind: &'static str, at: Option<usize>) {
    for lost_zeros in BOTH {
        assert_eq!(outcome(text, lost_zeros), Err((kind, at)), "{text:?}");
    }
}

#[test]
fn this_is_revision_2() {
    assert_eq!(NORMALIZE_REVISION, 2);
}

/// The result for an integer, in the form of `outcome`.
fn outcome_of_integer(value: u64) -> Result<(String, Vec<&'static str>), plain::Refusal> {
    match normalize_integer(value) {
        Ok(normalized) => {
            let digits = String::from_utf8(normalized.expose_digits().to_vec()).expect("ASCII");
            Ok((digits, normalized.changes().names().collect()))
        }
        Err(error @ NormalizeError::Length { found }) => Err((error.kind().as_str(), Some(found))),
        Err(error) => panic!("an integer has digits only: {error}"),
    }
}

#[test]
fn an_integer_is_normalised_as_its_decimal_text_with_restored_zeros() {
    for power in 0..20 {
        let power = 10_u64.pow(power);
        for value in [power - 1, power, power + 1, power.saturating_mul(9), u64::MAX] {
            assert_eq!(outcome_of_integer(value), outcome(&value.to_string(), LostZeros::Restore), "{value}");
        }
    }
    assert_eq!(outcome_of_integer(0), Err(("length", Some(1))));
    assert_eq!(outcome_of_integer(99_999_999), Err(("length", Some(8))));
    assert_eq!(outcome_of_integer(100_000_008), Ok(("000100000008".to_owned(), vec!["zeros-restored"])));
}

#[test]
fn the_table_names_53_characters_once_each() {
    let mut all: Vec<u32> = [&INVISIBLES[..], &ENDS, &SPACES, &DASHES_AND_POINTS, &FULL_WIDTH].concat();
    assert_eq!(all.len(), 53);
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 53);
}

#[test]
fn invisibles_are_deleted_wherever_they_are() {
    for c in characters(&INVISIBLES).map(String::from) {
        for place in 0..=SAMPLE.len() {
            accepted(&with(place, &c), &["invisibles"]);
            accepted(&with(place, &c.repeat(5)), &["invisibles"]);
        }
        accepted(&format!("1234{c}-{c}5678-{c}9018"), &["invisibles", "separators"]);
        accepted(&format!("{c} {c}{SAMPLE}{c} {c}"), &["invisibles", "trimmed"]);
        refused(&c, "empty", None);
        refused(&format!("1{c}.2{c}E{c}+{c}1{c}1"), "scientific-notation", None);
    }
}

#[test]
fn spaces_tabs_and_line_ends_are_trimmed_at_both_ends() {
    for c in characters(&SPACES).chain(characters(&ENDS)).map(String::from) {
        accepted(&format!("{c}{SAMPLE}"), &["trimmed"]);
        accepted(&format!("{SAMPLE}{c}"), &["trimmed"]);
        accepted(&format!("{c}\n{c}{SAMPLE}{c}{c}\r\n"), &["trimmed"]);
        refused(&c.repeat(3), "empty", None);
    }
    refused("", "empty", None);
}

#[test]
fn tabs_and_line_ends_inside_are_refused() {
    for c in characters(&ENDS).map(String::from) {
        for place in 1..SAMPLE.len() {
            refused(&with(place, &c), "character", Some(place));
        }
        refused(&format!("1234-{c}5678-9018"), "character", Some(5));
    }
}

#[test]
fn full_width_digits_count_in_every_place() {
    for place in 0..SAMPLE.len() {
        let value = usize::from(SAMPLE.as_bytes()[place] - b'0');
        let wide = char::from_u32(FULL_WIDTH[value]).expect("a scalar value");
        accepted(&format!("{}{wide}{}", &SAMPLE[..place], &SAMPLE[place + 1..]), &["full-width"]);
    }
    // Each of the ten digits keeps its value at every position.
    for (value, wide) in characters(&FULL_WIDTH).enumerate() {
        for place in 0..12 {
            let mut text = vec!['7'; 12];
            text[place] = wide;
            let mut digits = vec!['7'; 12];
            digits[place] = plain::DIGITS[value];
            let digits: String = digits.into_iter().collect();
            let text: String = text.into_iter().collect();
            assert_eq!(outcome(&text, LostZeros::Refuse), Ok((digits, vec!["full-width"])));
        }
    }
}

#[test]
fn one_to_three_separators_of_any_mix_stand_between_groups_of_four() {
    let all: Vec<char> = separators().collect();
    assert_eq!(all.len(), 34);
    let last = all[all.len() - 1];
    for a in &all {
        for text in [format!("1234{a}5678{last}9018"), format!("1234{last}5678{a}9018")] {
            accepted(&text, &["separators"]);
        }
        for b in &all {
            accepted(&format!("1234{a}{b}5678{b}9018"), &["separators"]);
            accepted(&format!("1234{a}5678{a}{b}9018"), &["separators"]);
            for c in &all {
                accepted(&format!("1234{a}{b}{c}5678{c}{b}{a}9018"), &["separators"]);
            }
        }
    }
}

#[test]
fn separators_elsewhere_or_too_many_are_refused() {
    for c in separators() {
        let c = c.to_string();
        refused(&format!("1234{}5678{c}9018", c.repeat(4)), "grouping", None);
        refused(&format!("1234{c}5678{}9018", c.repeat(4)), "grouping", None);
        for place in 1..SAMPLE.len() {
            refused(&with(place, &c), "grouping", None);
        }
        for text in
            ["12345_678_9018", "123_45678_9018", "1234_5678_90_18", "1_2345678901_8", "123_456_789", "1234_5678"]
        {
            refused(&text.replace('_', &c), "grouping", None);
        }
    }
    for c in characters(&DASHES_AND_POINTS).map(String::from) {
        refused(&format!("{c}{SAMPLE}"), "grouping", None);
        refused(&format!("{SAMPLE}{c}"), "grouping", None);
        refused(&format!("{c}1234{c}5678{c}9018"), "grouping", None);
        refused(&c, "grouping", None);
    }
}

#[test]
fn every_other_character_of_unicode_is_refused_in_every_role() {
    let mut known: Vec<char> = characters(&INVISIBLES).chain(characters(&ENDS)).chain(separators()).collect();
    known.extend(characters(&FULL_WIDTH).chain(plain::DIGITS));
    known.sort_unstable();
    let mut tried = 0;
    let mut text = String::new();
    let mut refused_with = |head: &str, c: char, tail: &str, expected: NormalizeError| {
        text.clear();
        text.push_str(head);
        text.push(c);
        text.push_str(tail);
        for lost_zeros in BOTH {
            assert_eq!(normalize(&text, lost_zeros), Err(expected), "{c:?} between {head} and {tail}");
        }
    };
    for c in ('\0'..=char::MAX).filter(|c| known.binary_search(c).is_err()) {
        let character = |offset| NormalizeError::Character { offset };
        // Only `e` between digits has its own reason.
        let middle = if matches!(c, 'e' | 'E') { NormalizeError::ScientificNotation } else { character(6) };
        refused_with("", c, "", character(0));
        // Between the twelve digits.
        refused_with("", c, SAMPLE, character(0));
        refused_with(&SAMPLE[..6], c, &SAMPLE[6..], middle);
        refused_with(SAMPLE, c, "", character(12));
        // In place of one of the digits.
        refused_with("", c, &SAMPLE[1..], character(0));
        refused_with(&SAMPLE[..6], c, &SAMPLE[7..], middle);
        refused_with(&SAMPLE[..11], c, "", character(11));
        // As a separator, alone and next to an accepted separator.
        refused_with("1234", c, "5678-9018", character(4));
        refused_with("1234-", c, "5678-9018", character(5));
        tried += 1;
    }
    // All scalar values, except 53 of the table and ten digits.
    assert_eq!(tried, 0x11_0000 - 0x800 - 53 - 10);
}

#[test]
fn lost_zeros_come_back_only_when_asked_and_only_to_9_10_or_11_ungrouped_digits() {
    for len in 0..=30 {
        let text = "9".repeat(len);
        let refusal = if len == 0 { ("empty", None) } else { ("length", Some(len)) };
        let digits = format!("{text:0>12}");
        let (refuse, restore) = match len {
            12 => (Ok((digits.clone(), vec![])), Ok((digits, vec![]))),
            9..=11 => (Err(refusal), Ok((digits, vec!["zeros-restored"]))),
            _ => (Err(refusal), Err(refusal)),
        };
        assert_eq!(outcome(&text, LostZeros::Refuse), refuse);
        assert_eq!(outcome(&text, LostZeros::Restore), restore);
    }
    refused("234-5678-9018", "grouping", None);
    refused("0234-5678-901", "grouping", None);
}

/// Texts similar to accepted texts: each character of the table in each of its roles, and some other characters.
fn messy() -> impl Strategy<Value = String> {
    let digit = prop_oneof![
        6 => prop::char::range('0', '9'),
        2 => prop::char::range('\u{FF10}', '\u{FF19}'),
    ];
    let any_of = |lists: &[&[u32]]| prop::sample::select(characters(&lists.concat()).collect::<Vec<_>>());
    let invisible = prop_oneof![8 => Just(String::new()), 1 => any_of(&[&INVISIBLES]).prop_map(String::from)];
    let end = prop::collection::vec(any_of(&[&SPACES, &ENDS, &INVISIBLES]), 0..3);
    let gap = prop::collection::vec(any_of(&[&SPACES, &DASHES_AND_POINTS]), 0..5);
    let odd = prop_oneof![
        30 => Just(String::new()),
        1 => any::<char>().prop_map(String::from),
        1 => prop::sample::select(vec!["e", "E+", "E-", ".", "\t", "+", "e1", "१", "٣"]).prop_map(String::from),
    ];
    let place = (digit, invisible, odd);
    let four = prop::collection::vec(place.clone(), 4);
    let group = prop_oneof![10 => four, 3 => prop::collection::vec(place, 0..=13)];
    let three = prop::collection::vec((group.clone(), gap.clone()), 3);
    let groups = prop_oneof![6 => three, 2 => prop::collection::vec((group, gap), 0..=4)];
    (end.clone(), groups, end).prop_map(|(head, groups, tail)| {
        let mut text: String = head.into_iter().collect();
        let last = groups.len().saturating_sub(1);
        for (at, (group, gap)) in groups.into_iter().enumerate() {
            for (digit, invisible, odd) in group {
                text.extend([digit.to_string(), invisible, odd]);
            }
            if at != last {
                text.extend(gap);
            }
        }
        text.extend(tail);
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_step_is_the_slow_plain_model(text in prop_oneof![9 => messy(), 1 => any::<String>()]) {
        for (lost_zeros, restore) in [(LostZeros::Refuse, false), (LostZeros::Restore, true)] {
            prop_assert_eq!(outcome(&text, lost_zeros), plain::normalize(&text, restore));
        }
    }

    #[test]
    fn the_result_is_the_digits_of_the_text_in_order(text in messy()) {
        for lost_zeros in BOTH {
            let Ok((digits, changes)) = outcome(&text, lost_zeros) else { continue };
            let value = |c: char| c.to_digit(10).or_else(|| FULL_WIDTH.iter().zip(0..).find(|w| *w.0 == c as u32).map(|w| w.1));
            let written: String = text.chars().filter_map(value).map(|v| v.to_string()).collect();
            prop_assert_eq!(&digits, &format!("{written:0>12}"));
            prop_assert_eq!(written.len() != 12, changes.contains(&"zeros-restored"));
            prop_assert!(written.len() == 12 || lost_zeros == LostZeros::Restore);
        }
    }

    #[test]
    fn what_it_gives_it_takes_unchanged(text in messy()) {
        for lost_zeros in BOTH {
            let Ok((digits, _)) = outcome(&text, lost_zeros) else { continue };
            for again in BOTH {
                prop_assert_eq!(outcome(&digits, again), Ok((digits.clone(), vec![])));
            }
        }
    }

    #[test]
    fn asking_for_zeros_changes_nothing_but_the_refusal_of_9_to_11_digits(text in messy()) {
        let (refuse, restore) = (outcome(&text, LostZeros::Refuse), outcome(&text, LostZeros::Restore));
        if refuse != restore {
            let Err(("length", Some(9..=11))) = refuse else { panic!("{refuse:?} became {restore:?}") };
            prop_assert!(restore.is_ok());
        }
    }

    #[test]
    fn an_offset_points_at_the_first_foreign_character_of_the_text_as_given(text in messy()) {
        for lost_zeros in BOTH {
            let Err(("character", Some(offset))) = outcome(&text, lost_zeros) else { continue };
            prop_assert!(text.is_char_boundary(offset));
            let c = text[offset..].chars().next().expect("a character is there");
            let fits = |c: char| {
                c.is_ascii_digit()
                    || [&INVISIBLES[..], &SPACES, &DASHES_AND_POINTS, &FULL_WIDTH].concat().contains(&(c as u32))
            };
            prop_assert!(!fits(c));
            prop_assert!(text[..offset].chars().all(|c| fits(c) || ENDS.contains(&(c as u32))));
        }
    }
}

/// The properties above are meaningful only if texts of every result occur.
#[test]
fn the_messy_texts_reach_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..4000 {
        let text = messy().new_tree(&mut runner).expect("a text").current();
        match outcome(&text, LostZeros::Restore) {
            Ok((_, changes)) => changes.into_iter().chain(["ok"]).for_each(|name| *seen.entry(name).or_insert(0) += 1),
            Err((kind, _)) => *seen.entry(kind).or_insert(0) += 1,
        }
    }
    for name in ["ok", "invisibles", "trimmed", "full-width", "separators", "zeros-restored"] {
        assert!(seen.get(name) > Some(&20), "{name} in {seen:?}");
    }
    for name in ["empty", "scientific-notation", "character", "grouping", "length"] {
        assert!(seen.get(name) > Some(&5), "{name} in {seen:?}");
    }
}

#[test]
fn two_results_are_equal_if_digits_and_changes_are() {
    let of = |text: &str| normalize(text, LostZeros::Restore).expect("twelve digits");
    assert_eq!(of(SAMPLE), of(SAMPLE));
    // The same digits after other changes; other digits after the same.
    assert_ne!(of(SAMPLE), of("1234-5678-9018"));
    assert_ne!(of(SAMPLE), of("123456789019"));
    assert_ne!(of(SAMPLE), of("1234-5678-9019"));
}

#[test]
fn only_a_lenient_reading_that_was_asked_to_restores_zeros() {
    assert!(Reading::Lenient(LostZeros::Restore).restores_zeros());
    assert!(!Reading::Lenient(LostZeros::Refuse).restores_zeros());
    assert!(!Reading::Strict.restores_zeros());
}
