//! Do insurers' symbols give the same eligibility symbols as numbers?

use std::sync::Arc;

use crate::scalar::{digits, key, rows, scope_key};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BinaryViewArray, DictionaryArray, FixedSizeBinaryArray, LargeBinaryArray,
    LargeStringArray, StringArray, StringViewArray, UInt64Array, new_empty_array, types::Int32Type,
};
use fugo::{AnySymbolKey, KeyTag, Purpose, text::TextEncoder};
use fugo_columnar::{Reading, eligibility_for_chunks, eligibility_from_insurers, symbols, text};

fn eligibility() -> AnySymbolKey {
    AnySymbolKey::issuer(&scope_key("eligibility/all/1")).expect("the eligibility key")
}

fn encoder(key: &AnySymbolKey) -> TextEncoder {
    TextEncoder::new(key.scope().purpose(), key.tag())
}

/// Insurers' symbols as bytes and as text in every layout, and the eligibility symbols of the same numbers.
fn columns() -> (Vec<ArrayRef>, Vec<Option<[u8; 16]>>, KeyTag) {
    let numbers: StringArray = (1..=2500).map(|i| (i % 5 != 0).then(|| digits(i * 27_182_818))).collect();
    let insurers = key("insurers/all/1");
    let both = AnySymbolKey::eligibility(&scope_key("insurers/all/1"), &scope_key("eligibility/all/1"));
    let expected = symbols(&both.expect("both keys"), &numbers, Reading::Strict, None).expect("numbers");
    let bytes = symbols(&insurers, &numbers, Reading::Strict, None).expect("numbers").array;
    let texts = text(&bytes, &encoder(&insurers)).expect("text");
    let columns: Vec<ArrayRef> = vec![
        Arc::new(texts.iter().collect::<LargeStringArray>()),
        Arc::new(texts.iter().collect::<StringViewArray>()),
        Arc::new(texts.iter().collect::<DictionaryArray<Int32Type>>()),
        Arc::new(texts),
        Arc::new(bytes.iter().collect::<BinaryArray>()),
        Arc::new(bytes.iter().collect::<LargeBinaryArray>()),
        Arc::new(bytes.iter().collect::<BinaryViewArray>()),
        Arc::new(bytes),
    ];
    (columns, rows(&expected.array), insurers.tag())
}

#[test]
fn the_issuers_path_gives_what_the_numbers_give_from_every_type() {
    let (columns, expected, tag) = columns();
    for column in columns {
        let found = eligibility_from_insurers(&eligibility(), &*column, tag).expect("insurers' symbols");
        assert_eq!(rows(&found.array), expected, "{}", column.data_type());
        assert_eq!(found.faults, []);
        let slice = eligibility_from_insurers(&eligibility(), &*column.slice(777, 1500), tag);
        assert_eq!(rows(&slice.expect("insurers' symbols").array), expected[777..777 + 1500]);
    }
}

#[test]
fn sixteen_zero_bytes_are_a_refused_row_and_become_nobody() {
    let (zeros, symbol) = ([0_u8; 16], [7_u8; 16]);
    let values = [Some(&zeros[..]), Some(&symbol[..]), None, Some(&zeros[..])];
    let columns: [ArrayRef; 4] = [
        Arc::new(FixedSizeBinaryArray::try_from_sparse_iter_with_size(values.into_iter(), 16).expect("16 bytes")),
        Arc::new(values.into_iter().collect::<BinaryArray>()),
        Arc::new(values.into_iter().collect::<LargeBinaryArray>()),
        Arc::new(values.into_iter().collect::<BinaryViewArray>()),
    ];
    for column in columns {
        let tag = key("insurers/all/1").tag();
        let found = eligibility_from_insurers(&eligibility(), &*column, tag).expect("insurers' symbols");
        let at_fault: Vec<_> = found.faults.iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect();
        assert_eq!(at_fault, [(0, "no-symbol"), (3, "no-symbol")]);
        let given: Vec<bool> = (0..4).map(|row| found.array.is_valid(row)).collect();
        assert_eq!(given, [false, true, false, false]);
    }
}

#[test]
fn text_of_another_key_or_purpose_and_damaged_text_are_faults() {
    let insurers = key("insurers/all/1");
    let good = encoder(&insurers).encode(&[7; 16]);
    let later = encoder(&key("insurers/all/2")).encode(&[7; 16]);
    let agency = TextEncoder::new(Purpose::Agency, insurers.tag()).encode(&[7; 16]);
    let damaged = good.replace('1', "2");
    let column = StringArray::from(vec![&*good, &later, &agency, &damaged, "123456789018", &good]);
    let found = eligibility_from_insurers(&eligibility(), &column, insurers.tag()).expect("text");
    let kinds: Vec<_> = found.faults.iter().map(|fault| (fault.row, fault.reason.kind().as_str())).collect();
    assert_eq!(kinds, [(1, "wrong-key"), (2, "wrong-purpose"), (3, "corrupted"), (4, "corrupted")]);
    let rows = rows(&found.array);
    assert_eq!(rows[1..5], [None; 4]);
    assert!(rows[0].is_some() && rows[0] == rows[5]);
}

#[test]
fn a_column_in_several_arrays_counts_its_rows_through_all_of_them() {
    let (columns, expected, tag) = columns();
    for column in columns {
        let parts = [column.slice(0, 1), column.slice(1, 0), column.slice(1, 1500), column.slice(1501, 999)];
        let chunks: Vec<&dyn Array> = parts.iter().map(|part| &**part).collect();
        let found = eligibility_for_chunks(&eligibility(), &chunks, tag).expect("insurers' symbols");
        assert_eq!(rows(&found.array), expected, "{}", column.data_type());
    }
    let good = StringArray::from_iter_values([&*encoder(&key("insurers/all/1")).encode(&[7; 16])]);
    let bad = BinaryArray::from_iter_values([&[7; 16][..], &[7; 15], &[7; 17], b"", &[7; 16]]);
    let found = eligibility_for_chunks(&eligibility(), &[&good, &bad, &good, &bad], tag).expect("insurers' symbols");
    let faults: Vec<_> = found.faults.iter().map(|fault| fault.row).collect();
    assert_eq!(faults, [2, 3, 4, 8, 9, 10]);
    assert!(found.faults.iter().all(|fault| fault.reason.kind().as_str() == "symbol-length"));
    assert_eq!(found.faults[1].reason.to_string(), "the length is 17 bytes; a symbol has 16");
    let found = rows(&found.array);
    assert!([0, 1, 5, 6, 7, 11].iter().all(|row| found[*row] == found[0]) && found[0].is_some());
}

#[test]
fn no_array_and_empty_arrays_give_no_rows() {
    let empty = new_empty_array(&arrow_schema::DataType::BinaryView);
    for chunks in [&[][..], &[&*empty], &[&*empty, &*empty]] {
        let found = eligibility_for_chunks(&eligibility(), chunks, key("insurers/all/1").tag()).expect("nothing");
        assert_eq!((found.array.len(), found.faults), (0, vec![]));
    }
}

#[test]
fn types_without_insurers_symbols_are_refused() {
    let wide = FixedSizeBinaryArray::try_from_iter([[0_u8; 32]].iter()).expect("32 bytes");
    let columns: [&dyn Array; 2] = [&UInt64Array::from(vec![1]), &wide];
    for column in columns {
        let tag = key("insurers/all/1").tag();
        let error = eligibility_from_insurers(&eligibility(), column, tag).expect_err("no symbols");
        assert_eq!(error.kind().as_str(), "column-type");
        assert!(error.to_string().contains("; symbols are read from"), "{error}");
    }
}
