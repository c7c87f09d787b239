//! A key, texts of numbers, and the scalar results with which every column is compared.

use arrow_array::{Array, FixedSizeBinaryArray};
use fugo::{AnySymbolKey, MyNumber, RootKey, ScopeKey, normalize::normalize};
use fugo_columnar::Reading;

pub(crate) fn scope_key(scope: &str) -> ScopeKey {
    RootKey::from_bytes(&[7; 32]).scope_key(&scope.parse().expect("a scope"))
}

pub(crate) fn key(scope: &str) -> AnySymbolKey {
    AnySymbolKey::new(&scope_key(scope)).expect("a key for numbers")
}

/// The text of the number whose first eleven digits are `body`, which is at least 1.
pub(crate) fn digits(body: u64) -> String {
    let body = format!("{body:011}");
    let check = MyNumber::check_digit(&body).expect("eleven digits");
    format!("{body}{check}")
}

/// The scalar result for one row: the number, or the kind of the fault.
pub(crate) fn scalar(text: &str, reading: Reading) -> Result<MyNumber, &'static str> {
    match reading {
        Reading::Strict => MyNumber::parse(text).map_err(|error| error.kind().as_str()),
        Reading::Lenient(lost_zeros) => {
            let normalized = normalize(text, lost_zeros).map_err(|error| error.kind().as_str())?;
            normalized.parse().map_err(|error| error.kind().as_str())
        }
    }
}

/// The symbol of one number, from a slice of one element.
pub(crate) fn symbol(key: &AnySymbolKey, number: &MyNumber) -> [u8; 16] {
    let mut out = [[0; 16]];
    key.symbols(std::slice::from_ref(number), &mut out).expect("a key for numbers");
    out[0]
}

/// The rows of a column of symbols. Checks that the bytes under every null are zero.
pub(crate) fn rows(array: &FixedSizeBinaryArray) -> Vec<Option<[u8; 16]>> {
    let row = |row| {
        let bytes: [u8; 16] = array.value(row).try_into().expect("16 bytes");
        assert!(array.is_valid(row) || bytes == [0; 16], "zeros under the null in row {row}");
        array.is_valid(row).then_some(bytes)
    };
    (0..array.len()).map(row).collect()
}
