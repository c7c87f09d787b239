//! A slice of numbers in, a slice of symbols out: one key, or several keys in one pass.
//!
//! Every function here is the map of its single counterpart in the crate's root over a slice, and gives the
//! same bytes; lengths that differ are the caller's fault and panic, as in `copy_from_slice`.

use core::fmt;

use zeroize::Zeroize;

use crate::{
    key::{KeyTag, ScopeKey},
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
    Direct { scope: Scope, tag: KeyTag, prepared: crate::lanes::PreparedKey },
    Eligibility(EligibilityKey),
}

impl NumberKey {
    /// A key of any purpose but eligibility.
    pub fn new(key: &ScopeKey) -> Result<Self, PurposeError> {
        if key.scope().purpose() == Purpose::Eligibility {
            return Err(PurposeError::InsurersMissing);
        }
        let prepared = crate::lanes::PreparedKey::new(key.expose_bytes());
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
        let message = |i: usize| *numbers[i].expose_digits();
        match &self.0 {
            Kind::Direct { prepared, .. } => prepared.derive(numbers.len(), message, |i, bytes| out[i] = bytes),
            Kind::Eligibility(key) => {
                key.insurers().prepared().derive(numbers.len(), message, |i, bytes| out[i] = bytes);
                // The insurers' symbols lie in `out` until each is replaced by what is made of it.
                let mut stage = [[0; SYMBOL_LEN]; 256];
                for out in out.chunks_mut(stage.len()) {
                    stage[..out.len()].copy_from_slice(out);
                    let second = key.eligibility().prepared();
                    second.derive(out.len(), |i| stage[i], |i, bytes| out[i] = bytes);
                }
                stage.as_flattened_mut().zeroize();
            }
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

/// `out[k][i] :=` the symbol of `numbers[i]` under `keys[k]`, in one pass over the numbers.
///
/// # Panics
/// If there are not as many slices as keys, or one differs from `numbers` in length.
pub fn symbols_for_keys(keys: &[&NumberKey], numbers: &[MyNumber], out: &mut [&mut [[u8; SYMBOL_LEN]]]) {
    assert_eq!(keys.len(), out.len(), "as many columns as keys");
    assert!(out.iter().all(|column| column.len() == numbers.len()), "as many symbols as numbers");
    for (chunk, numbers) in numbers.chunks(CHUNK).enumerate() {
        let range = chunk * CHUNK..chunk * CHUNK + numbers.len();
        for (key, out) in keys.iter().zip(out.iter_mut()) {
            key.symbols(numbers, &mut out[range.clone()]);
        }
    }
}
