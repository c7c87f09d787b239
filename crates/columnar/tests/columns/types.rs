//! Does a column of every type and layout give the same as the scalar functions?

use std::sync::Arc;

use crate::scalar::{digits, key, rows, scalar, symbol};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, DictionaryArray, FixedSizeBinaryArray, Float64Array, Int8Array,
    Int32Array, Int64Array, LargeStringArray, NullArray, StringArray, StringViewArray, UInt32Array, UInt64Array,
    new_empty_array, new_null_array,
    types::{Int8Type, Int32Type, UInt16Type},
};
use arrow_schema::DataType;
use fugo::normalize::LostZeros;
use fugo_columnar::{Reading, numbers, symbols, symbols_for_chunks, symbols_for_keys};

const ROWS: u64 = 3000;

/// More rows than one chunk, with a null in every seventh row.
fn texts() -> Vec<Option<String>> {
    (1..=ROWS).map(|i| (i % 7 != 3).then(|| digits(i * 31_415_927))).collect()
}

/// The same rows in every layout of text.
fn layouts(texts: &[Option<String>]) -> Vec<ArrayRef> {
    let rows = || texts.iter().map(Option::as_deref);
    vec![
        Arc::new(rows().collect::<StringArray>()),
        Arc::new(rows().collect::<LargeStringArray>()),
        Arc::new(rows().collect::<StringViewArray>()),
        Arc::new(rows().collect::<DictionaryArray<Int32Type>>()),
        Arc::new(rows().collect::<DictionaryArray<UInt16Type>>()),
    ]
}

fn expected(texts: &[Option<String>], reading: Reading) -> Vec<Option<[u8; 16]>> {
    let key = key("agency/nta/1");
    let one = |text: &String| scalar(text, reading).ok().map(|number| symbol(&key, &number));
    texts.iter().map(|text| text.as_ref().and_then(one)).collect()
}

fn is_as_scalar(column: &dyn Array, texts: &[Option<String>], reading: Reading) {
    let found = symbols(&key("agency/nta/1"), column, reading, None).expect("a column of numbers");
    assert_eq!(rows(&found.array), expected(texts, reading), "{}", column.data_type());
}

#[test]
fn every_layout_of_text_gives_the_symbols_of_the_scalar_functions() {
    let texts = texts();
    for column in layouts(&texts) {
        is_as_scalar(&*column, &texts, Reading::Strict);
    }
}

#[test]
fn a_different_number_in_one_row_is_seen() {
    let texts = texts();
    let mut other = texts.clone();
    other[2048] = Some(digits(1));
    assert_ne!(texts[2048], other[2048]);
    let column: StringArray = other.iter().map(Option::as_deref).collect();
    let found = symbols(&key("agency/nta/1"), &column, Reading::Strict, None).expect("a column of numbers");
    assert_ne!(rows(&found.array), expected(&texts, Reading::Strict));
}

#[test]
fn a_slice_at_any_offset_gives_the_rows_of_the_slice() {
    let texts = texts();
    for column in layouts(&texts) {
        for (offset, len) in [(1, 2), (3, 1), (8, 1017), (1023, 1025), (17, 2900), (2999, 1), (3000, 0)] {
            is_as_scalar(&*column.slice(offset, len), &texts[offset..offset + len], Reading::Strict);
            // A slice of a slice counts its rows and its nulls from its own start.
            let (inner, rows) = (column.slice(offset / 2, ROWS as usize - offset / 2), offset - offset / 2);
            is_as_scalar(&*inner.slice(rows, len), &texts[offset..offset + len], Reading::Strict);
        }
    }
}

#[test]
fn views_of_inlined_and_of_longer_text_are_read_alike() {
    let number = digits(98_765_432_109);
    let spaced = format!("{}-{}-{}", &number[..4], &number[4..8], &number[8..]);
    let wide: String = number.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).expect("full width")).collect();
    // Views hold up to twelve bytes inline; the second and the third text are longer.
    assert_eq!([number.len(), spaced.len(), wide.len()], [12, 14, 36]);
    let texts = [number, spaced, wide].map(Some);
    for column in layouts(&texts) {
        let reading = Reading::Lenient(LostZeros::Refuse);
        is_as_scalar(&*column, &texts, reading);
        let found = numbers(&*column, reading, None).expect("a column of numbers");
        assert_eq!(found.as_slice().len(), 3);
        assert_eq!((found.counts().normalized, found.counts().zeros_restored), (2, 0));
        let strict = symbols(&key("agency/nta/1"), &*column, Reading::Strict, None).expect("a column of numbers");
        assert_eq!(strict.faults.iter().map(|fault| fault.row).collect::<Vec<_>>(), [1, 2]);
    }
}

#[test]
fn a_dictionary_whose_values_hold_nulls_and_unused_faults_is_read_through_its_keys() {
    let values = StringArray::from(vec![Some(digits(5)), None, Some("not a number".to_owned()), Some(digits(6))]);
    let keys = Int8Array::from(vec![Some(3), Some(1), None, Some(0), Some(3)]);
    let column = DictionaryArray::<Int8Type>::new(keys, Arc::new(values));
    let texts = [Some(digits(6)), None, None, Some(digits(5)), Some(digits(6))];
    is_as_scalar(&column, &texts, Reading::Strict);
    let found = symbols(&key("agency/nta/1"), &column, Reading::Strict, None).expect("a column of numbers");
    assert_eq!(found.faults, [], "no row has the key of the invalid value");
}

#[test]
fn a_dictionary_without_values_is_all_null() {
    let keys = Int32Array::new_null(4);
    let column = DictionaryArray::<Int32Type>::new(keys, Arc::new(StringArray::new_null(0)));
    is_as_scalar(&column, &[const { None }; 4], Reading::Strict);
}

#[test]
fn empty_and_all_null_columns_of_every_type_are_read() {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let texts = [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View, dictionary];
    for data_type in texts.into_iter().chain([DataType::UInt64, DataType::Int64]) {
        let reading = Reading::Lenient(LostZeros::Restore);
        is_as_scalar(&*new_empty_array(&data_type), &[], reading);
        is_as_scalar(&*new_null_array(&data_type, 1500), &vec![None; 1500], reading);
        let found = numbers(&*new_null_array(&data_type, 1500), reading, None).expect("a column of numbers");
        assert_eq!((found.as_slice().len(), found.rows().count(), found.faults().len()), (0, 0, 0));
        assert_eq!(found.nulls().map(arrow_buffer::NullBuffer::null_count), Some(1500));
    }
}

#[test]
fn a_column_without_nulls_and_faults_has_no_null_buffer() {
    let column = StringArray::from_iter_values((1..=2000).map(digits));
    let found = symbols(&key("agency/nta/1"), &column, Reading::Strict, None).expect("a column of numbers");
    assert!(found.array.nulls().is_none());
}

#[test]
fn several_keys_give_what_each_gives_alone() {
    let mut texts = texts();
    texts[1500] = Some("x".to_owned());
    let column: StringArray = texts.iter().map(Option::as_deref).collect();
    let insurers = crate::scalar::scope_key("insurers/all/1");
    let eligibility = fugo::AnySymbolKey::eligibility(&insurers, &crate::scalar::scope_key("eligibility/all/1"));
    let keys = [key("agency/nta/1"), key("agency/nta/2"), eligibility.expect("both keys")];
    let keys: Vec<&fugo::AnySymbolKey> = keys.iter().collect();
    let together = symbols_for_keys(&keys, &column, Reading::Strict, None).expect("a column of numbers");
    assert_eq!(together.arrays.len(), keys.len());
    for (key, array) in keys.iter().zip(&together.arrays) {
        let alone = symbols(key, &column, Reading::Strict, None).expect("a column of numbers");
        assert_eq!(&alone.array, array);
        assert_eq!((&alone.faults, alone.counts), (&together.faults, together.counts));
    }
    assert_ne!(together.arrays[0], together.arrays[1]);
    assert_eq!(together.faults.len(), 1);
    let none = symbols_for_keys(&[], &column, Reading::Strict, None).expect("a column of numbers");
    assert_eq!((none.arrays.len(), none.faults), (0, together.faults));
}

/// The same rows in fixed-width bytes, padded with zeros.
fn fixed(texts: &[Option<String>], width: u8) -> FixedSizeBinaryArray {
    let cell = |text: &String| {
        let mut bytes = text.clone().into_bytes();
        bytes.resize(width.into(), 0);
        bytes
    };
    let cells = texts.iter().map(|text| text.as_ref().map(cell));
    FixedSizeBinaryArray::try_from_sparse_iter_with_size(cells, width.into()).expect("one width")
}

#[test]
fn fixed_width_bytes_are_read_without_their_padding() {
    let texts = texts();
    for width in [12, 13, 15, 20] {
        is_as_scalar(&fixed(&texts, width), &texts, Reading::Strict);
        is_as_scalar(&fixed(&texts, width).slice(17, 2900), &texts[17..17 + 2900], Reading::Strict);
    }
    let number = digits(9);
    let mess = [&number[..11], "", &format!(" {number}"), "１２３４", "123456789012", &number]
        .map(|text| Some(text.to_owned()));
    for reading in [Reading::Strict, Reading::Lenient(LostZeros::Refuse), Reading::Lenient(LostZeros::Restore)] {
        is_as_scalar(&fixed(&mess, 13), &mess, reading);
    }
    let found = symbols(&key("agency/nta/1"), &fixed(&mess, 12 + 1), Reading::Strict, None).expect("numbers");
    let kinds: Vec<_> = found.faults.iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect();
    assert_eq!(kinds, [(0, "length"), (1, "length"), (2, "non-digit"), (3, "non-digit"), (4, "check-digit")]);
}

#[test]
fn bytes_that_are_no_text_are_faults_by_their_place() {
    let column =
        FixedSizeBinaryArray::try_from_iter([*b"1234\xff5678901", *b"\xe3\x81123456789\0"].iter()).expect("one width");
    for (reading, kind) in [(Reading::Strict, "non-digit"), (Reading::Lenient(LostZeros::Restore), "character")] {
        let found = symbols(&key("agency/nta/1"), &column, reading, None).expect("bytes");
        let faults: Vec<_> = found.faults.iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect();
        assert_eq!(faults, [(0, kind), (1, kind)]);
        assert!(found.faults[0].to_string().contains("offset 4 "), "{}", found.faults[0]);
    }
}

#[test]
fn a_column_in_several_arrays_is_one_column() {
    let mut texts = texts();
    (texts[1], texts[1030], texts[2999]) = (Some("x".to_owned()), Some("1".to_owned()), Some(String::new()));
    let keys = [key("agency/nta/1"), key("insurers/all/1")];
    let keys: Vec<&fugo::AnySymbolKey> = keys.iter().collect();
    for column in layouts(&texts) {
        let whole = symbols_for_keys(&keys, &*column, Reading::Strict, None).expect("a column of numbers");
        assert_eq!(whole.faults.iter().map(|fault| fault.row).collect::<Vec<_>>(), [1, 1030, 2999]);
        for cuts in [vec![0, 3000], vec![0, 0, 1, 2, 2, 1025, 2999, 3000], vec![0, 1500, 3000]] {
            let parts: Vec<_> = cuts.windows(2).map(|cut| column.slice(cut[0], cut[1] - cut[0])).collect();
            let chunks: Vec<&dyn Array> = parts.iter().map(|part| &**part).collect();
            let found = symbols_for_chunks(&keys, &chunks, Reading::Strict, None).expect("a column of numbers");
            assert_eq!(found, whole);
        }
    }
    // Chunks of two layouts, one without nulls.
    let parts: [ArrayRef; 2] = [
        Arc::new(StringArray::from_iter_values([digits(1), digits(2)])),
        Arc::new(StringViewArray::from(vec![None, Some("x"), Some(&*digits(3))])),
    ];
    let found = symbols_for_chunks(&keys, &[&*parts[0], &*parts[1]], Reading::Strict, None).expect("numbers");
    let all = [Some(digits(1)), Some(digits(2)), None, Some("x".to_owned()), Some(digits(3))];
    assert_eq!(rows(&found.arrays[0]), expected(&all, Reading::Strict));
    assert_eq!((found.faults.len(), found.faults[0].row), (1, 3));
    let none = symbols_for_chunks(&keys, &[], Reading::Strict, None).expect("nothing");
    assert_eq!((none.arrays[1].len(), none.faults), (0, vec![]));
    let clean = symbols_for_chunks(&keys, &[&*parts[0], &*parts[0]], Reading::Strict, None).expect("numbers");
    assert!(clean.arrays[0].nulls().is_none());
}

#[test]
fn other_types_are_refused_by_their_name() {
    let integers = Arc::new(UInt64Array::from(vec![5]));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Float64Array::from(vec![1.5])),
        Arc::new(UInt32Array::from(vec![5])),
        Arc::new(BooleanArray::from(vec![true])),
        Arc::new(BinaryArray::from(vec![&b"123456789018"[..]])),
        // Sixteen bytes are a symbol, not a number followed by four zeros.
        Arc::new(fixed(&[Some(digits(5))], 16)),
        Arc::new(NullArray::new(1)),
        Arc::new(DictionaryArray::<Int8Type>::new(Int8Array::from(vec![0]), integers)),
    ];
    for column in columns {
        for reading in [Reading::Strict, Reading::Lenient(LostZeros::Restore)] {
            let error = symbols(&key("agency/nta/1"), &*column, reading, None).expect_err("not a type of numbers");
            assert_eq!(error.kind().as_str(), "column-type");
            assert!(error.to_string().contains(&column.data_type().to_string()), "{error}");
        }
    }
    let accepted: ArrayRef = Arc::new(Int64Array::from(vec![123_456_789_018]));
    assert!(symbols(&key("agency/nta/1"), &*accepted, Reading::Lenient(LostZeros::Restore), None).is_ok());
}
