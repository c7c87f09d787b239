//! Does a field identify the scope of its symbols?

use std::sync::Arc;

use crate::scalar::{digits, key};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use fugo::{Purpose, Scope, text::TextEncoder};
use fugo_columnar::{
    EPOCH_KEY, MetadataError, PURPOSE_KEY, Reading, SCOPE_KEY, SymbolMetadata, TAG_KEY, binary, binary_field,
    is_symbol_field, symbol_field, symbols, text, text_field,
};

fn tag() -> fugo::KeyTag {
    "7c2cb2a1".parse().expect("a tag")
}

fn scope() -> Scope {
    "agency/nta/3".parse().expect("a scope")
}

#[test]
fn the_metadata_has_the_four_keys_of_the_specification() {
    for (field, data_type) in [
        (symbol_field("nta", &scope(), tag(), true), DataType::FixedSizeBinary(16)),
        (binary_field("nta", &scope(), tag(), true), DataType::Binary),
        (text_field("nta", &scope(), tag(), true), DataType::Utf8),
    ] {
        assert_eq!((field.name().as_str(), field.data_type(), field.is_nullable()), ("nta", &data_type, true));
        let mut metadata: Vec<_> = field.metadata().iter().map(|(key, value)| (&key[..], &value[..])).collect();
        metadata.sort_unstable();
        let expected =
            [("fugo.epoch", "3"), ("fugo.purpose", "agency"), ("fugo.scope", "nta"), ("fugo.tag", "7c2cb2a1")];
        assert_eq!(metadata, expected);
    }
    assert!(!symbol_field("nta", &scope(), tag(), false).is_nullable());
}

#[test]
fn the_metadata_of_every_purpose_comes_back_as_it_went_in() {
    for purpose in Purpose::all() {
        for epoch in [1, 2, u32::MAX] {
            let id = purpose.fixed_id().unwrap_or("a-0").parse().expect("an id");
            let scope = Scope::new(purpose, id, epoch.try_into().expect("an epoch")).expect("a scope");
            for field in [symbol_field("x", &scope, tag(), true), text_field("x", &scope, tag(), true)] {
                assert_eq!(SymbolMetadata::of(&field), Ok(Some(SymbolMetadata { scope, tag: tag() })));
                assert!(is_symbol_field(&field));
            }
        }
    }
}

#[test]
fn a_field_without_such_metadata_is_none_of_symbols() {
    let bare = Field::new("x", DataType::FixedSizeBinary(16), true);
    let other = bare.clone().with_metadata([("fugogo".to_owned(), "1".to_owned())].into());
    for field in [bare, other] {
        assert!(!is_symbol_field(&field));
        assert_eq!(SymbolMetadata::of(&field), Ok(None));
    }
}

#[test]
fn metadata_that_is_not_whole_or_not_as_written_is_refused_and_still_seen() {
    let whole = symbol_field("x", &scope(), tag(), true);
    for key in [PURPOSE_KEY, SCOPE_KEY, EPOCH_KEY, TAG_KEY] {
        for value in [None, Some(""), Some("nta/3"), Some("NTA"), Some("03"), Some("0"), Some("7C2CB2A1")] {
            let mut metadata = whole.metadata().clone();
            metadata.remove(key);
            metadata.extend(value.map(|value| (key.to_owned(), value.to_owned())));
            let field = whole.clone().with_metadata(metadata);
            assert!(is_symbol_field(&field));
            // `03` and `0` are valid scope ids. No other value that is tried is valid for any key.
            let is_good = key == SCOPE_KEY && matches!(value, Some("03" | "0"));
            assert_eq!(SymbolMetadata::of(&field).is_ok(), is_good, "{key} {value:?}");
            assert!(is_good || SymbolMetadata::of(&field) == Err(MetadataError));
        }
    }
}

#[test]
fn columns_fit_their_fields_in_a_record_batch() {
    let key = key("agency/nta/3");
    let numbers = StringArray::from(vec![Some(digits(1)), None]);
    let symbols = symbols(&key, &numbers, Reading::Strict, None).expect("numbers").array;
    let texts = text(&symbols, &TextEncoder::new(Purpose::Agency, key.tag())).expect("text");
    let fields = vec![
        symbol_field("symbol", key.scope(), key.tag(), true),
        text_field("text", key.scope(), key.tag(), true),
        binary_field("binary", key.scope(), key.tag(), true),
    ];
    let bytes = binary(symbols.clone()).expect("few rows");
    let columns: Vec<ArrayRef> = vec![Arc::new(symbols), Arc::new(texts), Arc::new(bytes)];
    assert!(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).is_ok());
}
