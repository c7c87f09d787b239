//! Does printed text, or a buffer that is used again, reveal a number?

use crate::scalar::{digits, key};
use arrow_array::{BooleanArray, Int64Array, StringArray, UInt64Array};
use arrow_schema::{DataType, Field, TimeUnit};
use fugo::{MyNumberError, normalize::LostZeros, normalize::NormalizeError, text::TextError};
use fugo_columnar::{ColumnError, Fault, FaultReason, Numbers, Reading, numbers, symbols, type_name};

#[test]
fn the_text_of_every_reason_is_that_of_the_fault_behind_it() {
    let number = MyNumberError::Length { found: 11 };
    let normalize = NormalizeError::Character { offset: 3 };
    let texts = [
        (FaultReason::from(number), number.to_string(), "length"),
        (FaultReason::from(normalize), normalize.to_string(), "character"),
        (FaultReason::from(TextError::Corrupted), TextError::Corrupted.to_string(), "corrupted"),
        (FaultReason::Negative, "the integer is negative; a MyNumber has no sign".to_owned(), "negative"),
        (
            FaultReason::NoSymbol,
            "sixteen zero bytes are not a symbol: they mark a row that was refused".to_owned(),
            "no-symbol",
        ),
        (FaultReason::UnknownSymbol, "nobody in the roster has this symbol".to_owned(), "unknown-symbol"),
    ];
    for (reason, text, kind) in texts {
        assert_eq!((reason.to_string(), reason.kind().as_str()), (text.clone(), kind));
        assert_eq!(Fault { row: 9, reason }.to_string(), format!("row 9: {text}"));
    }
}

#[test]
fn the_text_of_every_column_error_names_types_and_lengths_only() {
    let found = || type_name(&DataType::Boolean);
    let texts = [
        (
            ColumnError::NumberType { found: found() },
            "column-type",
            "the column is of type Boolean; numbers are read from Utf8, LargeUtf8, Utf8View and dictionaries of them, from FixedSizeBinary of any width except 16, and from UInt64 and Int64 if lost zeros are restored",
        ),
        (
            ColumnError::NumberType { found: type_name(&DataType::Float64) },
            "column-type",
            "the column is of type Float64; numbers are read from Utf8, LargeUtf8, Utf8View and dictionaries of them, from FixedSizeBinary of any width except 16, and from UInt64 and Int64 if lost zeros are restored; floating-point numbers may have lost digits, so read the source again, as text",
        ),
        (
            ColumnError::NumberType { found: type_name(&DataType::Decimal128(12, 0)) },
            "column-type",
            "the column is of type Decimal128(12, 0); numbers are read from Utf8, LargeUtf8, Utf8View and dictionaries of them, from FixedSizeBinary of any width except 16, and from UInt64 and Int64 if lost zeros are restored; cast it to Int64 or UInt64, with a cast that checks the range, or read the source again, as text",
        ),
        (
            ColumnError::LostZeros { found: type_name(&DataType::UInt64) },
            "lost-zeros",
            "the column is of type UInt64, in which leading zeros are lost; pass it as text, or restore lost zeros if all its values are MyNumbers",
        ),
        (
            ColumnError::SymbolType { found: found() },
            "column-type",
            "the column is of type Boolean; symbols are read from FixedSizeBinary(16), Binary, LargeBinary, BinaryView, Utf8, LargeUtf8, Utf8View and dictionaries of the last three",
        ),
        (
            ColumnError::SymbolLength { found: 20 },
            "symbol-length",
            "the column has values of 20 bytes; a symbol has 16",
        ),
        (
            ColumnError::TextLength { found: 7, most: 5 },
            "text-length",
            "the column has 7 symbols; one Utf8 array holds the text of at most 5",
        ),
        (
            ColumnError::BinaryLength { found: 7, most: 5 },
            "binary-length",
            "the column has 7 symbols; one Binary array holds at most 5",
        ),
    ];
    for (error, kind, text) in texts {
        assert_eq!((error.kind().as_str(), error.to_string().as_str()), (kind, text));
    }
}

#[test]
fn nothing_that_is_printed_of_a_damaged_column_holds_its_digits() {
    let secret = digits(12_345_678_901);
    let damaged =
        [format!("{secret}0"), secret.replace('8', "x"), format!("{}E+11", &secret[..6]), secret[1..].to_owned()];
    let integers: Vec<u64> = damaged.iter().filter_map(|text| text.parse().ok()).collect();
    let signed: Vec<i64> = integers.iter().map(|value| -value.cast_signed()).collect();
    let columns: [&dyn arrow_array::Array; 3] =
        [&StringArray::from_iter_values(&damaged), &UInt64Array::from(integers), &Int64Array::from(signed)];
    for column in columns {
        let reading = Reading::Lenient(LostZeros::Restore);
        let found = numbers(column, reading, None).expect("a column of numbers");
        assert!(!found.faults().is_empty());
        let faults = found.faults().iter().map(ToString::to_string).collect::<String>();
        let printed = format!("{faults}{:?}{found:?}", found.faults());
        assert!(damaged.iter().all(|text| text.as_bytes().windows(4).all(|run| !holds(&printed, run))), "{printed}");
    }
    assert!(holds(&secret, &secret.as_bytes()[4..8]), "the search finds what is there");
    let numbers = numbers(&StringArray::from_iter_values([secret]), Reading::Strict, None).expect("a number");
    assert_eq!(format!("{numbers:?}"), "Numbers(..)");
}

fn holds(text: &str, run: &[u8]) -> bool {
    text.as_bytes().windows(run.len()).any(|window| window == run)
}

#[test]
fn a_refused_column_is_named_by_its_type_and_not_by_its_values() {
    let error = symbols(&key("agency/nta/1"), &BooleanArray::from(vec![true]), Reading::Strict, None);
    assert_eq!(error.expect_err("no numbers"), ColumnError::NumberType { found: "Boolean".to_owned() });
}

#[test]
fn the_name_of_a_nested_type_shows_no_name_of_a_field_and_no_time_zone() {
    let secret = digits(12_345_678_901);
    let field = std::sync::Arc::new(Field::new(&secret, DataType::Utf8, true));
    let nested = DataType::Struct(vec![field.clone()].into());
    let zone = DataType::Timestamp(TimeUnit::Second, Some(secret.as_str().into()));
    let expected = [
        (nested.clone(), "Struct"),
        (DataType::List(field.clone()), "List"),
        (DataType::LargeListView(field.clone()), "List"),
        (DataType::FixedSizeList(field.clone(), 2), "FixedSizeList"),
        (DataType::Map(field.clone(), false), "Map"),
        (DataType::RunEndEncoded(field.clone(), field), "RunEndEncoded"),
        (DataType::Dictionary(Box::new(DataType::Int32), Box::new(nested)), "Dictionary(Int32, Struct)"),
        (zone, "Timestamp(s) with a time zone"),
        (DataType::Date32, "Date32"),
    ];
    for (found, name) in expected {
        assert_eq!(type_name(&found), name);
        let error = ColumnError::NumberType { found: type_name(&found) };
        assert!(!format!("{error} {error:?}").contains(&secret));
    }
}

/// The process reads its own memory at the address of the buffer.
#[cfg(target_os = "linux")]
#[test]
fn a_buffer_that_is_used_again_holds_nothing_of_the_column_before() {
    use std::{fs::File, os::unix::fs::FileExt};

    let column = StringArray::from_iter_values((1..=100).map(digits));
    let mut read = Numbers::default();
    read.read(&column, Reading::Strict, None).expect("a column of numbers");
    let address = read.as_slice().as_ptr().addr() as u64;
    let memory = File::open("/proc/self/mem").expect("a process may read its own memory");
    let mut found = [vec![0; 1200], vec![0; 1200]];
    memory.read_exact_at(&mut found[0], address).expect("the buffer is there");
    read.read(&StringArray::new_null(1), Reading::Strict, None).expect("a column of numbers");
    assert_eq!(read.as_slice().as_ptr().addr() as u64, address, "the buffer is kept");
    memory.read_exact_at(&mut found[1], address).expect("the buffer is there");
    assert_eq!(found[0], (1..=100).map(digits).collect::<String>().as_bytes());
    assert_eq!(found[1], [0; 1200]);
}
