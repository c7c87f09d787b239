//! `AnySymbolKey`: a prepared key whose purpose is known only at run time.

use core::{cell::Cell, fmt};

use crate::{
    key::{KeyTag, ScopeKey},
    lanes::{CHUNK, PreparedKey},
    message::Fixed,
    my_number::MyNumber,
    scope::{Purpose, Scope},
    symbol::{Eligibility, EligibilityKey, PurposeError, SYMBOL_LEN, SymbolKey},
    text::TextEncoder,
};

/// A prepared key whose purpose is known only at run time, for example from a key file. It gives bytes, not typed
/// symbols.
///
/// The tool and the bindings use it. If the purpose is known at compile time, use [`SymbolKey`] or [`EligibilityKey`]:
/// their symbols have a type per purpose. The bytes are the same.
///
/// | made by | takes numbers | takes insurers' symbols |
/// |---|---|---|
/// | [`AnySymbolKey::new`] | yes | no: [`PurposeError::WrongPurpose`] |
/// | [`AnySymbolKey::eligibility`] | yes | yes |
/// | [`AnySymbolKey::issuer`] | no: [`PurposeError::InsurersMissing`] | yes |
///
/// Wiped on drop. `Debug` prints only the type.
#[derive(Clone)]
pub struct AnySymbolKey {
    scope: Scope,
    tag: KeyTag,
    mode: Mode,
    // Both are always initialised. The unused part of an enum would hold bytes of the stack, of a key among them, that
    // no drop wipes.
    first: PreparedKey,
    second: PreparedKey,
}

/// Which of the two prepared keys are keys; the other is [`PreparedKey::unused`].
#[derive(Clone, Copy)]
enum Mode {
    /// The first.
    Numbers,
    /// Both: the insurers' key and the eligibility key.
    Eligibility,
    /// The second.
    Issuer,
}

impl AnySymbolKey {
    /// Prepares a key of any purpose except eligibility. It takes numbers.
    pub fn new(key: &ScopeKey) -> Result<Self, PurposeError> {
        if key.scope().purpose() == Purpose::Eligibility {
            return Err(PurposeError::InsurersMissing);
        }
        Ok(Self::of(key, Mode::Numbers, PreparedKey::new(key.expose_bytes()), PreparedKey::unused()))
    }

    /// Prepares both keys of the eligibility symbol, as [`EligibilityKey::new`]. It takes numbers and insurers'
    /// symbols.
    pub fn eligibility(insurers: &ScopeKey, eligibility: &ScopeKey) -> Result<Self, PurposeError> {
        let both = EligibilityKey::new(insurers, eligibility)?;
        let [first, second] = [both.insurers().prepared(), both.eligibility().prepared()];
        Ok(Self::of(eligibility, Mode::Eligibility, first.clone(), second.clone()))
    }

    /// Prepares the issuer's key. It derives eligibility symbols from insurers' symbols, and does not take numbers.
    pub fn issuer(eligibility: &ScopeKey) -> Result<Self, PurposeError> {
        let key = SymbolKey::<Eligibility>::new(eligibility)?;
        Ok(Self::of(eligibility, Mode::Issuer, PreparedKey::unused(), key.prepared().clone()))
    }

    fn of(key: &ScopeKey, mode: Mode, first: PreparedKey, second: PreparedKey) -> Self {
        Self { scope: *key.scope(), tag: key.tag(), mode, first, second }
    }

    /// The scope of the symbols.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The tag of the key, which identifies the key of the symbols.
    pub fn tag(&self) -> KeyTag {
        self.tag
    }

    /// Writes and reads the text form of this key's symbols.
    pub fn encoder(&self) -> TextEncoder {
        TextEncoder::new(self.scope.purpose(), self.tag)
    }

    /// `Ok` if the key takes numbers; otherwise the reason.
    pub fn takes_numbers(&self) -> Result<(), PurposeError> {
        self.first().map(|_| ())
    }

    /// `Ok` if the key takes insurers' symbols; otherwise the reason.
    pub fn takes_insurers(&self) -> Result<(), PurposeError> {
        self.second().map(|_| ())
    }

    /// The symbol of a number, 16 bytes.
    pub fn symbol(&self, number: &MyNumber) -> Result<[u8; SYMBOL_LEN], PurposeError> {
        let mut symbol = [[0; SYMBOL_LEN]];
        self.symbols(core::slice::from_ref(number), &mut symbol)?;
        Ok(symbol[0])
    }

    /// `out[i] :=` the symbol of `numbers[i]`.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols(&self, numbers: &[MyNumber], out: &mut [[u8; SYMBOL_LEN]]) -> Result<(), PurposeError> {
        assert_eq!(numbers.len(), out.len(), "as many symbols as numbers");
        let first = self.first()?;
        for (numbers, out) in numbers.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
            first.derive(numbers.len(), |i| Fixed::number(&numbers[i]), |i, symbol| out[i] = symbol);
            self.finish(out);
        }
        Ok(())
    }

    /// The eligibility symbol of an insurers' symbol of epoch 1, as [`SymbolKey::symbol_from_insurers`].
    pub fn symbol_from_insurers(&self, insurers: &[u8; SYMBOL_LEN]) -> Result<[u8; SYMBOL_LEN], PurposeError> {
        let mut symbol = [[0; SYMBOL_LEN]];
        self.symbols_from_insurers(core::slice::from_ref(insurers), &mut symbol)?;
        Ok(symbol[0])
    }

    /// `out[i] :=` the eligibility symbol of `insurers[i]`, an insurers' symbol of epoch 1.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols_from_insurers(
        &self,
        insurers: &[[u8; SYMBOL_LEN]],
        out: &mut [[u8; SYMBOL_LEN]],
    ) -> Result<(), PurposeError> {
        assert_eq!(insurers.len(), out.len(), "as many symbols out as in");
        self.second()?.derive(insurers.len(), |i| Fixed::insurers(insurers[i]), |i, symbol| out[i] = symbol);
        Ok(())
    }

    /// The key of the first stage, which takes numbers.
    pub(crate) fn first(&self) -> Result<&PreparedKey, PurposeError> {
        match self.mode {
            Mode::Numbers | Mode::Eligibility => Ok(&self.first),
            Mode::Issuer => Err(PurposeError::InsurersMissing),
        }
    }

    /// The key of the second stage, which takes insurers' symbols.
    fn second(&self) -> Result<&PreparedKey, PurposeError> {
        match self.mode {
            Mode::Eligibility | Mode::Issuer => Ok(&self.second),
            Mode::Numbers => {
                Err(PurposeError::WrongPurpose { expected: Purpose::Eligibility, found: self.scope.purpose() })
            }
        }
    }

    /// Applies the second stage, if the key has one, to the symbols of the first stage, in place.
    pub(crate) fn finish(&self, symbols: &mut [[u8; SYMBOL_LEN]]) {
        if let Mode::Eligibility = self.mode {
            let symbols = Cell::from_mut(symbols).as_slice_of_cells();
            self.second.derive(symbols.len(), |i| Fixed::insurers(symbols[i].get()), |i, bytes| symbols[i].set(bytes));
        }
    }
}

impl fmt::Debug for AnySymbolKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnySymbolKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RootKey;

    fn key(scope: &str) -> ScopeKey {
        RootKey::from_bytes(&[9; 32]).scope_key(&scope.parse().expect("a scope"))
    }

    #[test]
    fn each_mode_takes_what_the_table_says_and_gives_the_symbols_of_the_typed_keys() {
        let number = MyNumber::parse("123456789018").expect("a valid number");
        let both = EligibilityKey::new(&key("insurers/all/1"), &key("eligibility/all/1")).expect("both keys");
        let insurers = both.insurers().symbol(&number).to_bytes();
        let eligibility = both.symbol(&number).to_bytes();

        let any = AnySymbolKey::new(&key("insurers/all/1")).expect("a key for numbers");
        assert_eq!(any.symbol(&number), Ok(insurers));
        let wrong = PurposeError::WrongPurpose { expected: Purpose::Eligibility, found: Purpose::Insurers };
        assert_eq!((any.symbol_from_insurers(&insurers), any.takes_insurers()), (Err(wrong), Err(wrong)));
        assert_eq!(any.takes_numbers(), Ok(()));

        let any = AnySymbolKey::eligibility(&key("insurers/all/1"), &key("eligibility/all/1")).expect("both keys");
        assert_eq!(any.symbol(&number), Ok(eligibility));
        assert_eq!(any.symbol_from_insurers(&insurers), Ok(eligibility));
        assert_eq!((any.takes_numbers(), any.takes_insurers()), (Ok(()), Ok(())));
        assert_eq!((any.scope(), any.tag()), (both.eligibility().scope(), both.eligibility().tag()));

        let any = AnySymbolKey::issuer(&key("eligibility/all/1")).expect("the issuer's key");
        assert_eq!(any.symbol(&number), Err(PurposeError::InsurersMissing));
        assert_eq!(any.takes_numbers(), Err(PurposeError::InsurersMissing));
        assert_eq!(any.symbol_from_insurers(&insurers), Ok(eligibility));
    }

    #[test]
    fn keys_of_other_purposes_and_epochs_are_refused() {
        assert_eq!(AnySymbolKey::new(&key("eligibility/all/1")).err(), Some(PurposeError::InsurersMissing));
        assert!(matches!(AnySymbolKey::issuer(&key("agency/nta/1")), Err(PurposeError::WrongPurpose { .. })));
        let later = AnySymbolKey::eligibility(&key("insurers/all/2"), &key("eligibility/all/1"));
        assert_eq!(later.err(), Some(PurposeError::InsurersEpoch { found: 2 }));
    }
}
