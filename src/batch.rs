//! Derives the symbols of a slice of numbers, under one key or several keys in one pass.
//!
//! Each function gives the same bytes as the function for a single number, applied to each element. It panics if the
//! slices differ in length, as `copy_from_slice` does.

use core::{array, cell::Cell};

use crate::{
    any_symbol_key::AnySymbolKey,
    lanes::{self, CHUNK, KEYS, PreparedKey, derive_for_keys},
    message::Fixed,
    my_number::MyNumber,
    symbol::{
        Eligibility, EligibilityKey, EligibilitySymbol, InsurersSymbol, NumberPurpose, PurposeError, SYMBOL_LEN,
        Symbol, SymbolKey,
    },
};

impl<P: NumberPurpose> SymbolKey<P> {
    /// `out[i] := self.symbol(&numbers[i])`.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols(&self, numbers: &[MyNumber], out: &mut [Symbol<P>]) {
        assert_eq!(numbers.len(), out.len(), "as many symbols as numbers");
        let message = |i: usize| Fixed::number(&numbers[i]);
        self.prepared().derive(numbers.len(), message, |i, bytes| out[i] = Symbol::from_bytes(bytes));
    }
}

impl SymbolKey<Eligibility> {
    /// `out[i] := self.symbol_from_insurers(&insurers[i])`, for issuers.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols_from_insurers(&self, insurers: &[InsurersSymbol], out: &mut [EligibilitySymbol]) {
        assert_eq!(insurers.len(), out.len(), "as many symbols out as in");
        let message = |i: usize| Fixed::insurers(insurers[i].to_bytes());
        self.prepared().derive(insurers.len(), message, |i, bytes| out[i] = Symbol::from_bytes(bytes));
    }
}

impl EligibilityKey {
    /// `out[i] := self.symbol(&numbers[i])`.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols(&self, numbers: &[MyNumber], out: &mut [EligibilitySymbol]) {
        assert_eq!(numbers.len(), out.len(), "as many symbols as numbers");
        let (first, second) = (self.insurers().prepared(), self.eligibility().prepared());
        for (numbers, out) in numbers.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
            let out = Cell::from_mut(out).as_slice_of_cells();
            let set = |i: usize, bytes| out[i].set(Symbol::from_bytes(bytes));
            first.derive(numbers.len(), |i| Fixed::number(&numbers[i]), set);
            second.derive(numbers.len(), |i| Fixed::insurers(out[i].get().to_bytes()), set);
        }
    }
}

/// How this processor derives batches, for reports: `"sha-ni"` with the SHA extensions of x86, `"avx512"` or `"avx2"` with
/// sixteen or eight symbols at a time, and `"portable"` with the block function of the crate `sha2`, which has fast code
/// of its own for other processors. The symbols are the same. A processor that has both of the first two is timed once,
/// by the first large batch or by this function.
///
/// ```
/// assert!(["sha-ni", "avx512", "avx2", "portable"].contains(&fugo::batch::level()));
/// ```
pub fn level() -> &'static str {
    lanes::level()
}

/// `out[k][i] :=` the symbol of `numbers[i]` under `keys[k]`, in one pass over the numbers. Groups of up to eight keys
/// share the work that does not depend on the key, so a symbol costs less than under a single key.
///
/// Error: a key does not take numbers. Then nothing is written.
///
/// # Panics
/// If the number of slices is not the number of keys, or if a slice and `numbers` differ in length.
pub fn symbols_for_keys(
    keys: &[&AnySymbolKey],
    numbers: &[MyNumber],
    out: &mut [&mut [[u8; SYMBOL_LEN]]],
) -> Result<(), PurposeError> {
    assert_eq!(keys.len(), out.len(), "as many columns as keys");
    assert!(out.iter().all(|column| column.len() == numbers.len()), "as many symbols as numbers");
    keys.iter().try_for_each(|key| key.takes_numbers())?;
    for (chunk, numbers) in numbers.chunks(CHUNK).enumerate() {
        let start = chunk * CHUNK;
        for (keys, out) in keys.chunks(KEYS).zip(out.chunks_mut(KEYS)) {
            let first: [&PreparedKey; KEYS] = array::from_fn(|k| {
                keys[k.min(keys.len() - 1)].first().unwrap_or_else(|_| unreachable!("each key takes numbers"))
            });
            let message = |i: usize| Fixed::number(&numbers[i]);
            derive_for_keys(&first[..keys.len()], numbers.len(), message, |k, i, bytes| out[k][start + i] = bytes);
            for (key, out) in keys.iter().zip(out) {
                key.finish(&mut out[start..start + numbers.len()]);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec, vec::Vec};

    use super::*;
    use crate::{Purpose, RootKey, Scope};

    #[test]
    fn more_keys_than_go_together_have_a_column_each_with_eligibility_among_them() {
        let root = RootKey::from_bytes(&[9; 32]);
        let key = |scope: &str| root.scope_key(&scope.parse::<Scope>().expect("a scope"));
        let both = (key("insurers/all/1"), key("eligibility/all/1"));
        let keys: Vec<AnySymbolKey> = (1..=2 * KEYS + 1)
            .map(|i| {
                if i % 6 == 0 {
                    AnySymbolKey::eligibility(&both.0, &both.1)
                } else {
                    AnySymbolKey::new(&key(&format!("agency/a/{i}")))
                }
            })
            .map(|key| key.expect("a key for numbers"))
            .collect();
        let typed = EligibilityKey::new(&both.0, &both.1).expect("both keys");
        let number = |i: usize| {
            let body = format!("{i:011}");
            let check = MyNumber::check_digit(&body).expect("eleven digits");
            MyNumber::parse(format!("{body}{check}")).expect("a valid number")
        };
        for count in [0, 1, 3, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5] {
            let numbers: Vec<MyNumber> = (1..=count).map(number).collect();
            let mut columns = vec![vec![[0; SYMBOL_LEN]; count]; keys.len()];
            let mut out: Vec<&mut [[u8; SYMBOL_LEN]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
            symbols_for_keys(&keys.iter().collect::<Vec<_>>(), &numbers, &mut out).expect("keys for numbers");
            for (key, column) in keys.iter().zip(columns) {
                let mut alone = vec![[0; SYMBOL_LEN]; count];
                key.symbols(&numbers, &mut alone).expect("a key for numbers");
                assert_eq!(alone, column);
                for (number, symbol) in numbers.iter().zip(column) {
                    assert_eq!(symbol, by_another_hmac(&root, key.scope(), number));
                }
            }
            let mut symbols = vec![EligibilitySymbol::from_bytes([0; SYMBOL_LEN]); count];
            typed.symbols(&numbers, &mut symbols);
            for (number, symbol) in numbers.iter().zip(symbols) {
                assert_eq!(symbol, typed.symbol(number));
            }
        }
    }

    #[test]
    fn a_key_that_takes_no_numbers_stops_the_call_before_anything_is_written() {
        let root = RootKey::from_bytes(&[9; 32]);
        let issuer = AnySymbolKey::issuer(&root.scope_key(&"eligibility/all/1".parse().expect("a scope")));
        let agency = AnySymbolKey::new(&root.scope_key(&"agency/a/1".parse().expect("a scope")));
        let (issuer, agency) = (issuer.expect("the issuer's key"), agency.expect("a key for numbers"));
        let number = MyNumber::parse("123456789018").expect("a valid number");
        let mut columns = [[[0xff; SYMBOL_LEN]]; 2];
        let [first, second] = &mut columns;
        let refused = symbols_for_keys(&[&agency, &issuer], &[number], &mut [first, second]);
        assert_eq!((refused, columns), (Err(PurposeError::InsurersMissing), [[[0xff; SYMBOL_LEN]]; 2]));
    }

    /// The symbol by `ring`'s HMAC, from the keys that the root key gives.
    fn by_another_hmac(root: &RootKey, scope: &Scope, number: &MyNumber) -> [u8; SYMBOL_LEN] {
        let mac = |scope: &Scope, message: &[u8]| -> [u8; SYMBOL_LEN] {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, root.scope_key(scope).expose_bytes());
            ring::hmac::sign(&key, message).as_ref()[..SYMBOL_LEN].try_into().expect("sixteen bytes")
        };
        if scope.purpose() != Purpose::Eligibility {
            return mac(scope, number.expose_digits());
        }
        mac(scope, &mac(&"insurers/all/1".parse().expect("a scope"), number.expose_digits()))
    }
}
