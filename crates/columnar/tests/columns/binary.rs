//! Does Binary hold the same symbols?

use crate::scalar::{digits, key};
use arrow_array::{Array, FixedSizeBinaryArray, StringArray};
use fugo_columnar::{Reading, binary, symbols};

fn sample() -> FixedSizeBinaryArray {
    let numbers: StringArray = (1..=100).map(|i| (i % 3 != 0).then(|| digits(i))).collect();
    symbols(&key("agency/nta/1"), &numbers, Reading::Strict, None).expect("numbers").array
}

#[test]
fn every_row_is_the_symbol_or_null_and_no_symbol_is_copied() {
    for symbols in [sample(), sample().slice(7, 50), sample().slice(3, 0)] {
        let found = binary(symbols.clone()).expect("few rows");
        assert!(found.iter().eq(symbols.iter()));
        assert_eq!(found.null_count(), symbols.null_count());
        assert_eq!(found.values().as_ptr(), symbols.values().as_ptr());
    }
}

#[test]
fn values_of_another_length_are_refused() {
    let wide = FixedSizeBinaryArray::try_from_iter([[0_u8; 20]].iter()).expect("20 bytes");
    assert_eq!(binary(wide).expect_err("no symbols").kind().as_str(), "symbol-length");
}

#[test]
fn more_symbols_than_offsets_reach_are_refused_by_their_number() {
    // 2^31 / 16 rows, one more than allowed. The memory is never touched.
    let rows = (i32::MAX as usize / 16) + 1;
    let symbols = FixedSizeBinaryArray::new(16, arrow_buffer::Buffer::from_vec(vec![0_u8; rows * 16]), None);
    let error = binary(symbols).expect_err("too many");
    assert_eq!((error.kind().as_str(), error.to_string().contains("134217727")), ("binary-length", true));
}
