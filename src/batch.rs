//! A slice of numbers in, a slice of symbols out: one key, or several keys in one pass.
//!
//! Every function here is the map of its single counterpart in the crate's root over a slice, and gives the
//! same bytes; lengths that differ are the caller's fault and panic, as in `copy_from_slice`.

use core::{array, cell::Cell, fmt};

use crate::{
    key::{KeyTag, ScopeKey},
    lanes::{KEYS, PreparedKey, derive_for_keys},
    my_number::MyNumber,
    scope::{Purpose, Scope},
    symbol::{
        Eligibility, EligibilityKey, EligibilitySymbol, FromNumber, InsurersSymbol, PurposeError, SYMBOL_LEN, Symbol,
        SymbolKey,
    },
};

impl<P: FromNumber> SymbolKey<P> {
    /// `out[i] := self.symbol(&numbers[i])`.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols(&self, numbers: &[MyNumber], out: &mut [Symbol<P>]) {
        assert_eq!(numbers.len(), out.len(), "as many symbols as numbers");
        let message = |i: usize| *numbers[i].expose_digits();
        self.prepared().derive(numbers.len(), message, |i, bytes| out[i] = Symbol::from_bytes(bytes));
    }
}

impl SymbolKey<Eligibility> {
    /// `out[i] := self.symbol_from_insurers(&insurers[i])`: the issuer's bulk path.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols_from_insurers(&self, insurers: &[InsurersSymbol], out: &mut [EligibilitySymbol]) {
        assert_eq!(insurers.len(), out.len(), "as many symbols out as in");
        let message = |i: usize| insurers[i].to_bytes();
        self.prepared().derive(insurers.len(), message, |i, bytes| out[i] = Symbol::from_bytes(bytes));
    }
}

/// A key whose purpose is known only at run time (from a key file, say), ready for numbers in bulk.
///
/// Front doors use it; code that knows its purpose uses [`SymbolKey`], whose symbols the compiler tells apart.
#[derive(Clone)]
pub struct NumberKey(Kind);

// Few exist at a time, and a box would only scatter what is to be wiped.
#[expect(clippy::large_enum_variant)]
#[derive(Clone)]
enum Kind {
    // The purpose of the type is not used: `scope` tells the true one.
    Direct { scope: Scope, tag: KeyTag, prepared: PreparedKey },
    Eligibility(EligibilityKey),
}

impl NumberKey {
    /// A key of any purpose but eligibility.
    pub fn new(key: &ScopeKey) -> Result<Self, PurposeError> {
        if key.scope().purpose() == Purpose::Eligibility {
            return Err(PurposeError::InsurersMissing);
        }
        let prepared = PreparedKey::new(key.expose_bytes());
        Ok(Self(Kind::Direct { scope: *key.scope(), tag: key.tag(), prepared }))
    }

    /// Both keys of the eligibility symbol, as [`EligibilityKey::new`].
    pub fn eligibility(insurers: &ScopeKey, eligibility: &ScopeKey) -> Result<Self, PurposeError> {
        EligibilityKey::new(insurers, eligibility).map(|key| Self(Kind::Eligibility(key)))
    }

    /// The scope of the symbols.
    pub fn scope(&self) -> &Scope {
        match &self.0 {
            Kind::Direct { scope, .. } => scope,
            Kind::Eligibility(key) => key.eligibility().scope(),
        }
    }

    /// The tag of the key that the symbols are named by.
    pub fn tag(&self) -> KeyTag {
        match &self.0 {
            Kind::Direct { tag, .. } => *tag,
            Kind::Eligibility(key) => key.eligibility().tag(),
        }
    }

    /// `out[i] :=` the bytes of the symbol of `numbers[i]`.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols(&self, numbers: &[MyNumber], out: &mut [[u8; SYMBOL_LEN]]) {
        assert_eq!(numbers.len(), out.len(), "as many symbols as numbers");
        // Without the room that eight keys need, which one number would pay for.
        for (numbers, out) in numbers.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
            let message = |i: usize| *numbers[i].expose_digits();
            self.first().derive(numbers.len(), message, |i, symbol| out[i] = symbol);
            self.finish(out);
        }
    }

    /// The key that numbers go through first.
    fn first(&self) -> &PreparedKey {
        match &self.0 {
            Kind::Direct { prepared, .. } => prepared,
            Kind::Eligibility(key) => key.insurers().prepared(),
        }
    }

    /// From what the first key made to symbols, in place.
    fn finish(&self, symbols: &mut [[u8; SYMBOL_LEN]]) {
        if let Kind::Eligibility(key) = &self.0 {
            let symbols = Cell::from_mut(symbols).as_slice_of_cells();
            let second = key.eligibility().prepared();
            second.derive(symbols.len(), |i| symbols[i].get(), |i, bytes| symbols[i].set(bytes));
        }
    }
}

impl fmt::Debug for NumberKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberKey(..)")
    }
}

/// A chunk of numbers stays in the first-level cache while every key reads it.
const CHUNK: usize = 1024;

/// `out[k][i] :=` the symbol of `numbers[i]` under `keys[k]`, in one pass over the numbers; up to eight keys share what
/// does not depend on the key, so that each symbol costs less than under one key.
///
/// # Panics
/// If there are not as many slices as keys, or one differs from `numbers` in length.
pub fn symbols_for_keys(keys: &[&NumberKey], numbers: &[MyNumber], out: &mut [&mut [[u8; SYMBOL_LEN]]]) {
    assert_eq!(keys.len(), out.len(), "as many columns as keys");
    assert!(out.iter().all(|column| column.len() == numbers.len()), "as many symbols as numbers");
    for (chunk, numbers) in numbers.chunks(CHUNK).enumerate() {
        let start = chunk * CHUNK;
        for (keys, out) in keys.chunks(KEYS).zip(out.chunks_mut(KEYS)) {
            let first: [&PreparedKey; KEYS] = array::from_fn(|k| keys[k.min(keys.len() - 1)].first());
            let message = |i: usize| *numbers[i].expose_digits();
            derive_for_keys(&first[..keys.len()], numbers.len(), message, |k, i, bytes| out[k][start + i] = bytes);
            for (key, out) in keys.iter().zip(out) {
                key.finish(&mut out[start..start + numbers.len()]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, vec, vec::Vec};

    use super::*;
    use crate::RootKey;

    #[test]
    fn more_keys_than_go_together_have_a_column_each_with_eligibility_among_them() {
        let root = RootKey::from_bytes(&[9; 32]);
        let key = |scope: &str| root.scope_key(&scope.parse::<Scope>().expect("a scope"));
        let both = (key("insurers/all/1"), key("eligibility/all/1"));
        let keys: Vec<NumberKey> = (1..=2 * KEYS + 1)
            .map(|i| {
                if i % 6 == 0 {
                    NumberKey::eligibility(&both.0, &both.1)
                } else {
                    NumberKey::new(&key(&format!("agency/a/{i}")))
                }
            })
            .map(|key| key.expect("a key for numbers"))
            .collect();
        let number = |i: usize| {
            let body = format!("{i:011}");
            let check = MyNumber::check_digit(&body).expect("eleven digits");
            MyNumber::parse(format!("{body}{check}")).expect("a valid number")
        };
        for count in [0, 1, 3, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5] {
            let numbers: Vec<MyNumber> = (1..=count).map(number).collect();
            let mut columns = vec![vec![[0; SYMBOL_LEN]; count]; keys.len()];
            let mut out: Vec<&mut [[u8; SYMBOL_LEN]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
            symbols_for_keys(&keys.iter().collect::<Vec<_>>(), &numbers, &mut out);
            for (key, column) in keys.iter().zip(columns) {
                let mut alone = vec![[0; SYMBOL_LEN]; count];
                key.symbols(&numbers, &mut alone);
                assert_eq!(alone, column);
                for (number, symbol) in numbers.iter().zip(column) {
                    assert_eq!(symbol, one(key, number, &root));
                }
            }
        }
    }

    /// The symbol by its single counterpart.
    fn one(key: &NumberKey, number: &MyNumber, root: &RootKey) -> [u8; SYMBOL_LEN] {
        match &key.0 {
            Kind::Direct { scope, .. } => {
                let key = SymbolKey::<crate::Agency>::new(&root.scope_key(scope)).expect("an agency key");
                key.symbol(number).to_bytes()
            }
            Kind::Eligibility(key) => key.symbol(number).to_bytes(),
        }
    }
}
