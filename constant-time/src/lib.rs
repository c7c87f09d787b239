//! Does the time of an operation depend on secrets? `taint` asks valgrind, `timing` measures. Both have the same kinds of
//! verdicts, and both have leaks that were planted and must be found.

use fugo::{Agency, AnySymbolKey, KEY_LEN, MyNumber, RootKey, Scope, SymbolKey};

/// What an operation must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Neither a branch nor an address depends on a secret.
    Constant,
    /// It depends on secrets on purpose: docs/constant-time.md says why.
    Variable,
    /// A leak that was planted, which must be found.
    Planted,
}

/// A scope.
#[must_use]
pub fn scope(text: &str) -> Scope {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A prepared key of an agency, from the bytes of a root key.
#[must_use]
pub fn agency(root: &[u8; KEY_LEN]) -> SymbolKey<Agency> {
    let key = RootKey::from_bytes(root).scope_key(&scope("agency/nta/1"));
    SymbolKey::new(&key).unwrap_or_else(|error| panic!("an agency's key: {error}"))
}

/// Keys of several kinds, for one pass over numbers.
#[must_use]
pub fn several(root: &[u8; KEY_LEN]) -> Vec<AnySymbolKey> {
    let root = RootKey::from_bytes(root);
    let key = |text: &str| root.scope_key(&scope(text));
    let eligibility = AnySymbolKey::eligibility(&key("insurers/all/1"), &key("eligibility/all/1"));
    let others = (1..9).map(|nth| AnySymbolKey::new(&key(&format!("agency/a/{nth}"))));
    [eligibility].into_iter().chain(others).map(|key| key.unwrap_or_else(|error| panic!("{error}"))).collect()
}

/// A valid number with this body.
#[must_use]
pub fn number(body: u64) -> MyNumber {
    let body = format!("{:011}", body % 99_999_999_999 + 1);
    let digit = MyNumber::check_digit(&body).unwrap_or_else(|error| panic!("{error}"));
    MyNumber::parse(format!("{body}{digit}")).unwrap_or_else(|error| panic!("{error}"))
}

/// A planted leak: a comparison that stops at the first difference.
#[must_use]
pub fn compares_early(a: &[u8], b: &[u8]) -> bool {
    for (a, b) in a.iter().zip(b) {
        if a != b {
            return false;
        }
    }
    true
}

/// A planted leak: a table that is read at a secret place.
#[must_use]
pub fn looks_up(table: &[u32; 256], secret: &[u8]) -> u32 {
    secret.iter().fold(0, |sum, byte| sum ^ table[usize::from(*byte)])
}

/// A planted leak: as many steps as bits are set.
#[must_use]
pub fn works_by_bits(secret: &[u8]) -> u64 {
    let mut sum = 1_u64;
    for byte in secret {
        for _ in 0..byte.count_ones() {
            // Without it the compiler finds a form without a branch.
            sum = std::hint::black_box(sum.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ sum >> 7);
        }
    }
    sum
}
