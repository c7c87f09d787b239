//! Is the text of a column the text form of each symbol?

use crate::scalar::{digits, key};
use arrow_array::{Array, FixedSizeBinaryArray, StringArray};
use fugo::{KeyTag, Purpose, text::TextEncoder};
use fugo_columnar::{Reading, symbols, text};

fn sample() -> FixedSizeBinaryArray {
    let numbers: StringArray = (1..=100).map(|i| (i % 3 != 0).then(|| digits(i))).collect();
    symbols(&key("agency/nta/1"), &numbers, Reading::Strict, None).expect("numbers").array
}

#[test]
fn every_purposes_text_is_that_of_the_scalar_encoder_and_nulls_stay_null() {
    let symbols = sample();
    for purpose in Purpose::all() {
        let encoder = TextEncoder::new(purpose, KeyTag::from_bytes([1, 2, 3, 4]));
        let found = text(&symbols, &encoder).expect("text");
        let expected: Vec<Option<String>> = (0..symbols.len())
            .map(|row| {
                let bytes = symbols.is_valid(row).then(|| symbols.value(row))?;
                Some(encoder.encode(bytes.try_into().expect("16 bytes")).to_string())
            })
            .collect();
        assert_eq!(found, StringArray::from(expected));
    }
}

#[test]
fn the_text_of_a_slice_is_the_slice_of_the_text() {
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([1, 2, 3, 4]));
    let whole = text(&sample(), &encoder).expect("text");
    for (offset, len) in [(0, 0), (1, 7), (50, 50), (99, 1)] {
        assert_eq!(text(&sample().slice(offset, len), &encoder).expect("text"), whole.slice(offset, len));
    }
}

#[test]
fn values_of_another_length_are_refused() {
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([1, 2, 3, 4]));
    let wide = FixedSizeBinaryArray::try_from_iter([[0_u8; 20]].iter()).expect("20 bytes");
    let error = text(&wide, &encoder).expect_err("no symbols");
    assert_eq!((error.kind().as_str(), error.to_string().contains("20 bytes")), ("symbol-length", true));
}
