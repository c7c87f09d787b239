//! Which integers are read as numbers, and as which numbers?

use crate::scalar::{digits, key, rows, symbol};
use arrow_array::{Array, Int64Array, StringArray, UInt64Array};
use fugo::{MyNumber, normalize::LostZeros};
use fugo_columnar::{Reading, numbers, symbols};
use proptest::prelude::*;

const RESTORE: Reading = Reading::Lenient(LostZeros::Restore);

fn kinds(column: &dyn Array) -> Vec<(usize, &'static str)> {
    let found = numbers(column, RESTORE, None).expect("a column of integers");
    found.faults().iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect()
}

#[test]
fn integers_are_read_only_where_lost_zeros_are_restored() {
    let columns: [&dyn Array; 2] =
        [&UInt64Array::from(vec![123_456_789_018]), &Int64Array::from(vec![123_456_789_018])];
    for column in columns {
        for reading in [Reading::Strict, Reading::Lenient(LostZeros::Refuse)] {
            let error = numbers(column, reading, None).expect_err("zeros may be lost");
            assert_eq!(error.kind().as_str(), "lost-zeros");
            assert!(error.to_string().contains("restore lost zeros"), "it says what to do: {error}");
        }
        assert_eq!(numbers(column, RESTORE, None).expect("asked for").as_slice().len(), 1);
    }
}

#[test]
fn an_integer_of_nine_to_eleven_digits_is_padded_and_counted_and_a_shorter_one_is_refused() {
    // Numbers whose integers have two to twelve digits.
    let bodies: Vec<u64> = (0..11).map(|power| 10_u64.pow(power)).collect();
    let integers = bodies.iter().map(|body| digits(*body).parse::<u64>().expect("digits"));
    let column = UInt64Array::from_iter_values(integers);
    let found = numbers(&column, RESTORE, None).expect("a column of integers");
    let expected: Vec<MyNumber> = bodies[7..].iter().map(|body| digits(*body).parse().expect("a number")).collect();
    assert_eq!(found.as_slice(), expected);
    let refused: Vec<_> = (0..7).map(|row| (row, "length")).collect();
    assert_eq!(kinds(&column), refused);
    // The last has twelve digits.
    assert_eq!((found.counts().zeros_restored, found.counts().normalized), (3, 3));
}

#[test]
fn a_column_of_row_numbers_gives_nobody() {
    let column = UInt64Array::from_iter_values(1..=100_000);
    let found = numbers(&column, RESTORE, None).expect("a column of integers");
    assert_eq!((found.as_slice().len(), found.faults().len()), (0, 100_000));
}

#[test]
fn an_integer_is_read_as_its_decimal_text_is_read() {
    let values =
        [0, 19, 99_999_999, 100_000_000, 100_000_008, 1_000_000_007, 123_456_789_018, 1_000_000_000_000, u64::MAX];
    let texts = StringArray::from_iter_values(values.map(|value| value.to_string()));
    let (texts, integers) = (
        numbers(&texts, RESTORE, None).expect("a column of text"),
        numbers(&UInt64Array::from(values.to_vec()), RESTORE, None).expect("a column of integers"),
    );
    assert_eq!((texts.as_slice(), texts.faults()), (integers.as_slice(), integers.faults()));
    assert_eq!(texts.changed(), integers.changed());
}

#[test]
fn integers_at_fault_carry_their_row_and_kind() {
    let signed = [-1, i64::MIN, 0, 1, 999_999_999_999, 1_000_000_000_000, i64::MAX, 123_456_789_018];
    let faults = [
        (0, "negative"),
        (1, "negative"),
        (2, "length"),
        (3, "length"),
        (4, "check-digit"),
        (5, "length"),
        (6, "length"),
    ];
    assert_eq!(kinds(&Int64Array::from(signed.to_vec())), faults);
    assert_eq!(kinds(&UInt64Array::from(vec![u64::MAX, 123_456_789_018, 0])), [(0, "length"), (2, "length")]);
    let found = numbers(&UInt64Array::from(vec![u64::MAX, 1_000_000_000_000]), RESTORE, None).expect("integers");
    let lengths: Vec<String> = found.faults().iter().map(|fault| fault.reason.to_string()).collect();
    let length = |found| fugo::normalize::NormalizeError::Length { found }.to_string();
    assert_eq!(lengths, [length(20), length(13)]);
}

proptest! {
    #[test]
    fn an_integer_of_nine_to_twelve_digits_is_the_strict_parse_of_its_twelve_digits(
        values in prop::collection::vec(prop::option::of(0..1_100_000_000_000_u64), 0..200),
        bodies in prop::collection::vec(1..100_000_000_000_u64, 0..200),
    ) {
        let valid = bodies.iter().map(|body| Some(digits(*body).parse::<u64>().expect("digits")));
        let values: Vec<Option<u64>> = values.into_iter().chain(valid).collect();
        let key = key("agency/nta/1");
        let parse = |value: u64| match value.to_string().len() {
            9..=12 => MyNumber::parse(format!("{value:012}")).map_err(|error| error.kind().as_str()),
            _ => Err("length"),
        };
        let parsed: Vec<_> = values.iter().map(|value| value.map(parse)).collect();
        let expected: Vec<_> = parsed
            .iter()
            .map(|parsed| parsed.as_ref().and_then(|parsed| parsed.as_ref().ok()).map(|number| symbol(&key, number)))
            .collect();
        let faults: Vec<_> = parsed
            .iter()
            .enumerate()
            .filter_map(|(row, parsed)| Some((row, *parsed.as_ref()?.as_ref().err()?)))
            .collect();
        let unsigned = UInt64Array::from(values.clone());
        let signed: Int64Array = values.iter().map(|value| value.map(u64::cast_signed)).collect();
        let columns: [&dyn Array; 2] = [&unsigned, &signed];
        for column in columns {
            let found = symbols(&key, column, RESTORE, None).expect("a column of integers");
            prop_assert_eq!(rows(&found.array), expected.clone());
            prop_assert_eq!(kinds(column), faults.clone());
        }
    }
}
