//! `Deriver`: what derives the symbols of one scope, in this process or at the holder of the key.

use crate::{
    any_symbol_key::AnySymbolKey,
    my_number::MyNumber,
    symbol::{PurposeError, SYMBOL_LEN},
};

/// Derives the symbols of one scope. [`AnySymbolKey`] holds its keys; another type may ask the holder of a key, who can
/// fail. [`flat`](crate::flat) takes either.
pub trait Deriver {
    /// The reason why there are no symbols.
    type Error: From<PurposeError>;

    /// `Ok` if numbers are taken; otherwise the reason.
    fn takes_numbers(&self) -> Result<(), PurposeError>;

    /// `out[i] :=` the symbol of `numbers[i]`.
    ///
    /// # Panics
    /// If the slices differ in length.
    fn symbols(&self, numbers: &[MyNumber], out: &mut [[u8; SYMBOL_LEN]]) -> Result<(), Self::Error>;

    /// `out[i] :=` the eligibility symbol of `insurers[i]`, an insurers' symbol of epoch 1.
    ///
    /// # Panics
    /// If the slices differ in length.
    fn symbols_from_insurers(
        &self,
        insurers: &[[u8; SYMBOL_LEN]],
        out: &mut [[u8; SYMBOL_LEN]],
    ) -> Result<(), Self::Error>;
}

impl Deriver for AnySymbolKey {
    type Error = PurposeError;

    fn takes_numbers(&self) -> Result<(), PurposeError> {
        self.takes_numbers()
    }

    fn symbols(&self, numbers: &[MyNumber], out: &mut [[u8; SYMBOL_LEN]]) -> Result<(), PurposeError> {
        self.symbols(numbers, out)
    }

    fn symbols_from_insurers(
        &self,
        insurers: &[[u8; SYMBOL_LEN]],
        out: &mut [[u8; SYMBOL_LEN]],
    ) -> Result<(), PurposeError> {
        self.symbols_from_insurers(insurers, out)
    }
}
