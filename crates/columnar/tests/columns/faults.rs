//! Is every faulty row reported with its position and its reason, without an effect on other rows?

use crate::scalar::{digits, key, rows, scalar, symbol};
use arrow_array::{Array, DictionaryArray, StringArray, StringViewArray, types::Int32Type};
use fugo::normalize::LostZeros;
use fugo_columnar::{Counts, Numbers, Reading, numbers, symbols};
use proptest::{collection::vec, prelude::*};

const READINGS: [Reading; 3] =
    [Reading::Strict, Reading::Lenient(LostZeros::Refuse), Reading::Lenient(LostZeros::Restore)];

/// Valid, null, with separators, shortened, damaged, or any text.
fn row() -> impl Strategy<Value = Option<String>> {
    let number = || (1..100_000_000_000_u64).prop_map(digits);
    let damaged = (number(), 0..12_usize, any::<char>()).prop_map(|(mut text, at, c)| {
        text.replace_range(at..=at, &c.to_string());
        text
    });
    let dressed = number().prop_map(|text| format!(" {}-{}ー{}\u{3000}", &text[..4], &text[4..8], &text[8..]));
    let wide = number().prop_map(|text| {
        text.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).expect("full width")).collect::<String>()
    });
    let short = (1..1_000_000_000_u64).prop_map(|body| digits(body).trim_start_matches('0').to_owned());
    prop_oneof![
        6 => number().prop_map(Some),
        1 => Just(None),
        1 => damaged.prop_map(Some),
        1 => dressed.prop_map(Some),
        1 => wide.prop_map(Some),
        1 => short.prop_map(Some),
        1 => any::<String>().prop_map(Some),
        1 => "[0-9]{12}".prop_map(Some),
        1 => Just(Some("1.23457E+11".to_owned())),
        1 => Just(Some("000000000000".to_owned())),
    ]
}

/// Compares the symbols, the faults with their kinds, and the numbers of a column with the scalar functions, row by
/// row.
fn is_as_scalar(column: &dyn Array, texts: &[Option<String>], reading: Reading) {
    let key = key("agency/nta/1");
    let found = symbols(&key, column, reading, None).expect("a column of numbers");
    let read = numbers(column, reading, None).expect("a column of numbers");
    let (mut expected, mut faults, mut present) = (Vec::new(), Vec::new(), Vec::new());
    for (row, text) in texts.iter().enumerate() {
        let outcome = text.as_ref().map(|text| scalar(text, reading));
        expected.push(outcome.as_ref().and_then(|outcome| outcome.as_ref().ok()).map(|number| symbol(&key, number)));
        match outcome {
            Some(Ok(number)) => present.push((row, number)),
            Some(Err(kind)) => faults.push((row, kind)),
            None => {}
        }
    }
    let kinds: Vec<_> = found.faults.iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect();
    assert_eq!(kinds, faults);
    assert_eq!(rows(&found.array), expected);
    assert_eq!((read.faults(), read.counts()), (&found.faults[..], found.counts));
    assert_eq!(read.nulls(), found.array.nulls());
    assert_eq!(read.rows().zip(read.as_slice().iter().cloned()).collect::<Vec<_>>(), present);
    assert_eq!(read.rows().count(), read.as_slice().len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_mess_gives_the_symbols_and_the_faults_of_the_scalar_functions(
        texts in vec(row(), 0..1400),
        reading in prop::sample::select(&READINGS[..]),
        offset in 0..50_usize,
    ) {
        let all: StringArray = texts.iter().map(Option::as_deref).collect();
        is_as_scalar(&all, &texts, reading);
        let offset = offset.min(texts.len());
        let views: StringViewArray = texts.iter().map(Option::as_deref).collect();
        is_as_scalar(&views.slice(offset, texts.len() - offset), &texts[offset..], reading);
        let dictionary: DictionaryArray<Int32Type> = texts.iter().map(Option::as_deref).collect();
        is_as_scalar(&dictionary.slice(offset, texts.len() - offset), &texts[offset..], reading);
    }
}

#[test]
fn each_fault_carries_its_row_and_its_reason() {
    let good = digits(77);
    let texts = [&good, "12345678901", "12345678901x", "", &good, "123456789012", "000000000000", "1.2E+11", &good];
    let column = StringArray::from_iter_values(texts);
    let kinds = |reading| -> Vec<(usize, &str)> {
        let found = symbols(&key("agency/nta/1"), &column, reading, None).expect("a column of numbers");
        found.faults.iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect()
    };
    let strict = [(1, "length"), (2, "non-digit"), (3, "length")];
    let behind = [(5, "check-digit"), (6, "never-issued")];
    assert_eq!(kinds(Reading::Strict), [&strict[..], &behind, &[(7, "non-digit")]].concat());
    let lenient = [(1, "length"), (2, "character"), (3, "empty")];
    let scientific = (7, "scientific-notation");
    assert_eq!(kinds(Reading::Lenient(LostZeros::Refuse)), [&lenient[..], &behind, &[scientific]].concat());
}

#[test]
fn a_column_of_faults_alone_is_read_to_its_end() {
    let column = StringArray::from_iter_values((0..2500).map(|row| format!("row {row}")));
    let found = symbols(&key("agency/nta/1"), &column, Reading::Strict, None).expect("a column of numbers");
    assert_eq!(found.faults.iter().map(|fault| fault.row).collect::<Vec<_>>(), (0..2500).collect::<Vec<_>>());
    assert_eq!(rows(&found.array), vec![None; 2500]);
}

#[test]
fn a_reader_used_again_tells_of_the_last_column_only() {
    let first = StringArray::from(vec![Some(digits(1)), None, Some("x".to_owned()), Some(format!(" {}", digits(2)))]);
    let second = StringArray::from_iter_values([digits(3), digits(4)]);
    let reading = Reading::Lenient(LostZeros::Refuse);
    let mut read = Numbers::default();
    read.read(&first, reading, None).expect("a column of numbers");
    assert_eq!((read.as_slice().len(), read.faults().len(), read.counts().normalized), (2, 1, 1));
    assert_eq!(read.rows().collect::<Vec<_>>(), [0, 3]);
    read.read(&second, reading, None).expect("a column of numbers");
    assert_eq!((read.as_slice().len(), read.faults().len(), read.counts()), (2, 0, Counts::default()));
    assert_eq!(read.rows().collect::<Vec<_>>(), [0, 1]);
    assert!(read.nulls().is_none());
    let refused = arrow_array::BooleanArray::from(vec![true]);
    read.read(&refused, reading, None).expect_err("no type of numbers");
    assert_eq!((read.as_slice().len(), read.rows().count()), (0, 0));
}
