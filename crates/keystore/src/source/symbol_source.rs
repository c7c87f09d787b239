//! `SymbolSource`: what derives symbols, in this process or at the holder of the key.

use std::{fmt, sync::Arc};

use fugo::{
    AnySymbolKey, Deriver, Epoch, KeyTag, MyNumber, Purpose, PurposeError, SYMBOL_LEN, Scope, batch, mac,
    text::TextEncoder,
};
use zeroize::zeroize_stack;

use super::{
    error::SourceError,
    rate,
    scope_source::{KeptKey, ScopeSource},
};

/// Derives the symbols of one scope. A holder that keeps its key computes each symbol itself.
#[derive(Clone)]
pub struct SymbolSource {
    scope: Scope,
    tag: KeyTag,
    stages: Stages,
}

// Each variant of these two is one box: a variant smaller than another would carry, where it has no fields of its own,
// what its stack held before, which may be a piece of a key.
#[derive(Clone)]
enum Stages {
    /// Every stage is in this process.
    Here(Box<AnySymbolKey>),
    /// A stage is at a holder.
    Kept(Box<KeptStages>),
}

#[derive(Clone)]
enum Stage {
    Here(Box<AnySymbolKey>),
    Kept(Box<Arc<dyn KeptKey>>),
}

/// The first stage takes numbers, the second insurers' symbols.
#[derive(Clone)]
struct KeptStages {
    first: Option<Stage>,
    second: Option<Stage>,
}

impl SymbolSource {
    /// A key of any purpose except eligibility. It takes numbers.
    pub fn new(key: &ScopeSource) -> Result<Self, PurposeError> {
        wiped(|| Self::of_numbers(key))
    }

    fn of_numbers(key: &ScopeSource) -> Result<Self, PurposeError> {
        let stages = match key {
            ScopeSource::Bytes(key, _) => Stages::Here(Box::new(AnySymbolKey::new(key)?)),
            ScopeSource::Kept(_) if key.scope().purpose() == Purpose::Eligibility => {
                return Err(PurposeError::InsurersMissing);
            }
            ScopeSource::Kept(kept) => Stages::kept(Some(Stage::kept(kept)), None),
        };
        Ok(Self::of(key, stages))
    }

    /// Both keys of the eligibility symbol. It takes numbers and insurers' symbols.
    pub fn eligibility(insurers: &ScopeSource, eligibility: &ScopeSource) -> Result<Self, PurposeError> {
        wiped(|| Self::of_both(insurers, eligibility))
    }

    fn of_both(insurers: &ScopeSource, eligibility: &ScopeSource) -> Result<Self, PurposeError> {
        if let (ScopeSource::Bytes(insurers, _), ScopeSource::Bytes(key, _)) = (insurers, eligibility) {
            return Ok(Self::of(eligibility, Stages::Here(Box::new(AnySymbolKey::eligibility(insurers, key)?))));
        }
        if insurers.scope().purpose() != Purpose::Insurers {
            return Err(PurposeError::WrongPurpose { expected: Purpose::Insurers, found: insurers.scope().purpose() });
        }
        if insurers.scope().epoch() != Epoch::FIRST {
            return Err(PurposeError::InsurersEpoch { found: insurers.scope().epoch().number() });
        }
        let second = Self::second(eligibility)?;
        let first = match insurers {
            ScopeSource::Bytes(key, _) => Stage::Here(Box::new(AnySymbolKey::new(key)?)),
            ScopeSource::Kept(kept) => Stage::kept(kept),
        };
        Ok(Self::of(eligibility, Stages::kept(Some(first), Some(second))))
    }

    /// The issuer's key. It takes insurers' symbols, and no numbers.
    pub fn issuer(eligibility: &ScopeSource) -> Result<Self, PurposeError> {
        wiped(|| Self::of_insurers(eligibility))
    }

    fn of_insurers(eligibility: &ScopeSource) -> Result<Self, PurposeError> {
        let second = Self::second(eligibility)?;
        let stages = match second {
            Stage::Here(key) => Stages::Here(key),
            Stage::Kept(_) => Stages::kept(None, Some(second)),
        };
        Ok(Self::of(eligibility, stages))
    }

    fn second(eligibility: &ScopeSource) -> Result<Stage, PurposeError> {
        match eligibility {
            ScopeSource::Bytes(key, _) => Ok(Stage::Here(Box::new(AnySymbolKey::issuer(key)?))),
            ScopeSource::Kept(kept) if kept.scope().purpose() == Purpose::Eligibility => Ok(Stage::kept(kept)),
            ScopeSource::Kept(kept) => {
                Err(PurposeError::WrongPurpose { expected: Purpose::Eligibility, found: kept.scope().purpose() })
            }
        }
    }

    fn of(key: &ScopeSource, stages: Stages) -> Self {
        Self { scope: *key.scope(), tag: key.tag(), stages }
    }

    /// The scope of the symbols.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The tag of the key.
    pub fn tag(&self) -> KeyTag {
        self.tag
    }

    /// Writes and reads the text form of these symbols.
    pub fn encoder(&self) -> TextEncoder {
        TextEncoder::new(self.scope.purpose(), self.tag)
    }

    /// The prepared key, if every stage is in this process.
    pub fn here(&self) -> Option<&AnySymbolKey> {
        match &self.stages {
            Stages::Here(key) => Some(key),
            Stages::Kept(_) => None,
        }
    }

    /// Symbols per second of the holders of the keys, with so many threads, from a trial of a quarter of a second each;
    /// `None` if every stage is in this process.
    pub fn rate(&self, threads: usize) -> Result<Option<f64>, SourceError> {
        let Stages::Kept(stages) = &self.stages else { return Ok(None) };
        let mut seconds = 0.0;
        for stage in [&stages.first, &stages.second].into_iter().flatten() {
            if let Stage::Kept(kept) = stage {
                seconds += 1.0 / rate::of(kept, threads)?;
            }
        }
        Ok(Some(1.0 / seconds))
    }

    /// `Ok` if the source takes numbers; otherwise the reason.
    pub fn takes_numbers(&self) -> Result<(), PurposeError> {
        match &self.stages {
            Stages::Here(key) => key.takes_numbers(),
            Stages::Kept(stages) if stages.first.is_some() => Ok(()),
            Stages::Kept(_) => Err(PurposeError::InsurersMissing),
        }
    }

    /// `Ok` if the source takes insurers' symbols; otherwise the reason.
    pub fn takes_insurers(&self) -> Result<(), PurposeError> {
        match &self.stages {
            Stages::Here(key) => key.takes_insurers(),
            Stages::Kept(stages) if stages.second.is_some() => Ok(()),
            Stages::Kept(_) => {
                Err(PurposeError::WrongPurpose { expected: Purpose::Eligibility, found: self.scope.purpose() })
            }
        }
    }

    /// The prepared key, as [`Self::here`]. `needs` says what the caller needs it for.
    pub fn prepared(&self, needs: &'static str) -> Result<&AnySymbolKey, SourceError> {
        self.here().ok_or(SourceError::NoBytes { needs })
    }

    /// The symbol of an insurers' symbol.
    pub fn symbol_from_insurers(&self, insurers: &[u8; SYMBOL_LEN]) -> Result<[u8; SYMBOL_LEN], SourceError> {
        let mut symbol = [[0; SYMBOL_LEN]];
        self.symbols_from_insurers(std::slice::from_ref(insurers), &mut symbol)?;
        Ok(symbol[0])
    }

    /// `outs[k][i] :=` the symbol of `numbers[i]` from `sources[k]`. Those that are in this process derive in one pass.
    ///
    /// # Panics
    /// If there are not as many outputs as sources, or a length differs.
    pub fn symbols_for_keys(
        sources: &[&Self],
        numbers: &[MyNumber],
        outs: &mut [&mut [[u8; SYMBOL_LEN]]],
    ) -> Result<(), SourceError> {
        assert_eq!(sources.len(), outs.len(), "as many outputs as sources");
        let (mut here, mut dense) = (Vec::new(), Vec::new());
        for (source, out) in sources.iter().zip(outs) {
            match source.here() {
                Some(key) => {
                    here.push(key);
                    dense.push(&mut **out);
                }
                None => source.symbols(numbers, out)?,
            }
        }
        Ok(batch::symbols_for_keys(&here, numbers, &mut dense)?)
    }

    /// The symbol of a number.
    pub fn symbol(&self, number: &MyNumber) -> Result<[u8; SYMBOL_LEN], SourceError> {
        let mut symbol = [[0; SYMBOL_LEN]];
        self.symbols(std::slice::from_ref(number), &mut symbol)?;
        Ok(symbol[0])
    }

    /// `out[i] :=` the symbol of `numbers[i]`.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols(&self, numbers: &[MyNumber], out: &mut [[u8; SYMBOL_LEN]]) -> Result<(), SourceError> {
        assert_eq!(numbers.len(), out.len(), "as many symbols as numbers");
        let (first, second) = match &self.stages {
            Stages::Here(key) => return Ok(key.symbols(numbers, out)?),
            Stages::Kept(stages) => (stages.first.as_ref().ok_or(PurposeError::InsurersMissing)?, &stages.second),
        };
        match first {
            Stage::Here(key) => key.symbols(numbers, out)?,
            Stage::Kept(kept) => {
                let session = kept.session()?;
                for (number, out) in numbers.iter().zip(&mut *out) {
                    *out = mac::symbol(&*session, number)?;
                }
            }
        }
        second.as_ref().map_or(Ok(()), |second| second.finish(out))
    }

    /// `out[i] :=` the eligibility symbol of `insurers[i]`, an insurers' symbol of epoch 1.
    ///
    /// # Panics
    /// If the slices differ in length.
    pub fn symbols_from_insurers(
        &self,
        insurers: &[[u8; SYMBOL_LEN]],
        out: &mut [[u8; SYMBOL_LEN]],
    ) -> Result<(), SourceError> {
        let second = match &self.stages {
            Stages::Here(key) => return Ok(key.symbols_from_insurers(insurers, out)?),
            Stages::Kept(stages) => &stages.second,
        };
        self.takes_insurers()?;
        let Some(second) = second else { unreachable!("this was checked") };
        out.copy_from_slice(insurers);
        second.finish(out)
    }
}

/// Makes a source, and overwrites what was left on the stack: prepared keys are moved into their boxes.
fn wiped(make: impl FnOnce() -> Result<SymbolSource, PurposeError>) -> Result<SymbolSource, PurposeError> {
    let made = apart(make);
    zeroize_stack::<8_192>();
    made
}

/// A function of its own, so that the caller can overwrite its frame.
#[inline(never)]
fn apart<T>(make: impl FnOnce() -> T) -> T {
    make()
}

impl Deriver for SymbolSource {
    type Error = SourceError;

    fn takes_numbers(&self) -> Result<(), PurposeError> {
        self.takes_numbers()
    }

    fn symbols(&self, numbers: &[MyNumber], out: &mut [[u8; SYMBOL_LEN]]) -> Result<(), SourceError> {
        self.symbols(numbers, out)
    }

    fn symbols_from_insurers(
        &self,
        insurers: &[[u8; SYMBOL_LEN]],
        out: &mut [[u8; SYMBOL_LEN]],
    ) -> Result<(), SourceError> {
        self.symbols_from_insurers(insurers, out)
    }
}

impl Stages {
    fn kept(first: Option<Stage>, second: Option<Stage>) -> Self {
        Self::Kept(Box::new(KeptStages { first, second }))
    }
}

impl Stage {
    fn kept(key: &Arc<dyn KeptKey>) -> Self {
        Self::Kept(Box::new(key.clone()))
    }

    /// Replaces insurers' symbols by eligibility symbols.
    fn finish(&self, symbols: &mut [[u8; SYMBOL_LEN]]) -> Result<(), SourceError> {
        match self {
            Self::Here(key) => {
                let insurers = symbols.to_vec();
                key.symbols_from_insurers(&insurers, symbols)?;
            }
            Self::Kept(kept) => {
                let session = kept.session()?;
                for symbol in symbols {
                    *symbol = mac::symbol_from_insurers(&*session, symbol)?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for SymbolSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SymbolSource(..)")
    }
}
