//! Prepared keys: one symbol, or a column of them.

use std::sync::Arc;

use fugo::{KeyTag, Purpose, PurposeError, SYMBOL_LEN};
use fugo_columnar::{
    Reading, SymbolMetadata, Symbols, SymbolsForKeys, eligibility_for_chunks_by, symbols_for_chunks_by,
};
use fugo_keystore::{
    Use,
    source::{SourceError, SymbolSource},
};
use pyo3::{prelude::*, types::PyString};

use crate::{
    column_in::Column,
    column_out::{Origin, Output, SymbolColumn},
    errors::Failure,
    given,
    key::{ScopeKey, not_pickled},
    lineage::Lineage,
    number::{self, lost_zeros},
    panics::guarded,
    scope::Scope,
    symbol::{Symbol, not_text},
};

/// SymbolKey(scope_key, *, insurers_key=None): a prepared key, which derives symbols.
///
/// `symbol := HMAC-SHA-256(ScopeKey, twelve ASCII digits)[0..16]`. For purpose eligibility, the insurers' symbol is
/// derived first, with `insurers_key` (epoch 1). Without `insurers_key` it is the issuer's key, which derives from
/// insurers' symbols and never sees a number. Raises PurposeError. It is wiped when it is dropped. Threads may share
/// it. If a token keeps the key, the token derives each symbol, and calls that derive can raise KeyFileError of kind
/// `session-lost` or `token`.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct SymbolKey {
    pub(crate) key: SymbolSource,
    /// Whether a key file says that one of its keys is a test key.
    pub(crate) is_test: bool,
}

impl SymbolKey {
    /// One symbol. Other threads run while a token derives it; a prepared key is faster than letting them run.
    fn derived(
        &self,
        py: Python<'_>,
        derive: impl FnOnce(&SymbolSource) -> Result<[u8; SYMBOL_LEN], SourceError> + Send,
    ) -> Result<[u8; SYMBOL_LEN], Failure> {
        Ok(if self.key.here().is_some() { derive(&self.key)? } else { py.detach(|| derive(&self.key))? })
    }

    fn made(&self, bytes: [u8; SYMBOL_LEN]) -> Symbol {
        Symbol { purpose: self.key.scope().purpose(), bytes }
    }
}

#[pymethods]
impl SymbolKey {
    #[new]
    #[pyo3(signature = (scope_key, *, insurers_key = None))]
    fn new(scope_key: &Bound<'_, ScopeKey>, insurers_key: Option<&Bound<'_, ScopeKey>>) -> Result<Self, Failure> {
        let ScopeKey { key, .. } = scope_key.get();
        let is_eligibility = key.scope().purpose() == Purpose::Eligibility;
        let all = [Some(scope_key), insurers_key];
        let is_test = all.into_iter().flatten().any(|key| key.get().usage == Some(Use::Test));
        let key = match insurers_key {
            Some(insurers) => SymbolSource::eligibility(&insurers.get().key, key)?,
            None if is_eligibility => SymbolSource::issuer(key)?,
            None => SymbolSource::new(key)?,
        };
        Ok(Self { key, is_test })
    }

    /// The scope of the symbols.
    #[getter]
    fn scope(&self) -> Scope {
        Scope(*self.key.scope())
    }

    /// The key tag, 8 hex digits, which identifies the key in text forms and columns.
    #[getter]
    fn tag(&self) -> String {
        self.key.tag().to_string()
    }

    /// The symbol of a number: MyNumber, str or bytes. Raises MyNumberError, PurposeError.
    #[pyo3(signature = (number, /))]
    fn symbol(&self, number: &Bound<'_, PyAny>) -> Result<Symbol, Failure> {
        self.key.takes_numbers()?;
        let (py, number) = (number.py(), number::parse(number)?);
        Ok(self.made(self.derived(py, |key| key.symbol(&number))?))
    }

    /// `HMAC-SHA-256(ScopeKey[eligibility], InsurersSymbol of epoch 1)[0..16]`. Raises PurposeError.
    ///
    /// The bytes of a symbol do not show their epoch, so read insurers' symbols from text forms of the insurers' key of
    /// epoch 1.
    #[pyo3(signature = (symbol, /))]
    fn symbol_from_insurers(&self, symbol: &Bound<'_, Symbol>) -> Result<Symbol, Failure> {
        self.key.takes_insurers()?;
        let (py, symbol) = (symbol.py(), symbol.get());
        if symbol.purpose != Purpose::Insurers {
            return Err(Failure::symbol_purpose(Purpose::Insurers, symbol.purpose));
        }
        let bytes = self.derived(py, |key| key.symbol_from_insurers(&symbol.bytes))?;
        Ok(self.made(bytes))
    }

    /// The text form of a symbol of this key. Raises PurposeError.
    #[pyo3(signature = (symbol, /))]
    fn text<'py>(&self, symbol: &Bound<'py, Symbol>) -> Result<Bound<'py, PyString>, Failure> {
        let (py, symbol) = (symbol.py(), symbol.get());
        if symbol.purpose != self.key.scope().purpose() {
            return Err(Failure::symbol_purpose(self.key.scope().purpose(), symbol.purpose));
        }
        Ok(PyString::new(py, &self.key.encoder().encode(&symbol.bytes)))
    }

    /// The symbol of a text form, which must belong to this key. Raises TextError.
    #[pyo3(signature = (text, /))]
    fn parse_text(&self, text: &Bound<'_, PyAny>) -> Result<Symbol, Failure> {
        let decoded = guarded(|| given::bytes(text, |text| self.key.encoder().decode(text)))?;
        Ok(self.made(decoded.ok_or_else(|| not_text(text))??))
    }

    /// Derives the symbols of a column of numbers, row for row. Other threads run meanwhile.
    ///
    /// `column`: any object with `__arrow_c_array__` or `__arrow_c_stream__`, a list of str, or a NumPy array of dtype
    /// S12 (do not write to it meanwhile). `number_format`: "strict" or "lenient". `restore_zeros`: read the warning of
    /// `normalize`; integers of 9 to 12 digits need it. `output`: "fixed", "binary" or "text". `errors`: "raise" raises
    /// MyNumberError for the first refused row; "null" writes a null for it and lists it in `faults`. Raises
    /// ColumnError, PurposeError.
    #[pyo3(signature = (
        column, *, number_format = "strict", restore_zeros = false, lineage = None, output = "fixed", errors = "raise"
    ))]
    fn symbols(
        slf: &Bound<'_, Self>,
        column: &Bound<'_, PyAny>,
        number_format: &str,
        restore_zeros: bool,
        lineage: Option<&Bound<'_, Lineage>>,
        output: &str,
        errors: &str,
    ) -> Result<SymbolColumn, Failure> {
        let keys = vec![slf.clone()];
        let mut columns = symbols_for_keys(keys, column, number_format, restore_zeros, lineage, output, errors)?;
        Ok(columns.remove(0))
    }

    /// Derives the eligibility symbols of a column of insurers' symbols, as text or as 16 bytes. No number appears.
    ///
    /// `insurers_tag` is the key tag of the insurers' key of epoch 1. Text forms hold the tag. The metadata of a binary
    /// column's field must have it. A binary column without metadata is refused, unless `trust_untagged` is true: use
    /// it only if you know that the symbols are of that key. Raises TextError, ColumnError, PurposeError.
    #[pyo3(signature = (column, *, insurers_tag, trust_untagged = false, output = "fixed", errors = "raise"))]
    fn symbols_from_insurers(
        &self,
        py: Python<'_>,
        column: &Bound<'_, PyAny>,
        insurers_tag: &str,
        trust_untagged: bool,
        output: &str,
        errors: &str,
    ) -> Result<SymbolColumn, Failure> {
        self.key.takes_insurers()?;
        let (insurers, output) = (insurers_tag.parse::<KeyTag>()?, Output::named(output)?);
        let raises = raises(errors)?;
        let column = guarded(|| Column::new(column))?;
        match column.field.as_ref().map(|field| SymbolMetadata::of(field)).transpose()?.flatten() {
            Some(metadata) => is_of_insurers(&metadata, insurers)?,
            None if column.is_binary() && !trust_untagged => {
                return Err(Failure::untagged("the insurers' key of epoch 1"));
            }
            None => {}
        }
        let chunks = column.chunks();
        let (made, faults, counts) = py.detach(|| {
            guarded(|| {
                let Symbols { array, faults, counts, .. } =
                    eligibility_for_chunks_by::<Failure>(&chunks, insurers, &mut |read, out| {
                        Ok(self.key.symbols_from_insurers(read, out)?)
                    })?;
                Failure::of_faults(&faults).filter(|_| raises).map_or(Ok(()), Err)?;
                Ok((output.of(array, Origin::of(self))?, faults, counts))
            })
        })?;
        Ok(SymbolColumn::new(made, faults.into(), counts))
    }

    fn __repr__(&self) -> &'static str {
        "SymbolKey(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(not_pickled("SymbolKey"))
    }
}

/// Derives the symbols of a column of numbers under several keys in one pass: one SymbolColumn for each key.
///
/// It has the arguments of SymbolKey.symbols.
#[pyfunction]
#[pyo3(signature = (
    keys, column, *, number_format = "strict", restore_zeros = false, lineage = None, output = "fixed", errors = "raise"
))]
pub(crate) fn symbols_for_keys(
    keys: Vec<Bound<'_, SymbolKey>>,
    column: &Bound<'_, PyAny>,
    number_format: &str,
    restore_zeros: bool,
    lineage: Option<&Bound<'_, Lineage>>,
    output: &str,
    errors: &str,
) -> Result<Vec<SymbolColumn>, Failure> {
    let py = column.py();
    let (output, raises) = (Output::named(output)?, raises(errors)?);
    let prepared: Vec<&SymbolSource> = keys.iter().map(|key| &key.get().key).collect();
    let origins: Vec<Origin> = keys.iter().map(|key| Origin::of(key.get())).collect();
    prepared.iter().try_for_each(|key| key.takes_numbers())?;
    let column = guarded(|| Column::new(column))?;
    let reading = reading(number_format, restore_zeros, &column)?;
    let lineage = lineage.map(|lineage| &lineage.get().0);
    let chunks = column.chunks();
    let (made, faults, counts) = py.detach(|| {
        guarded(|| {
            let SymbolsForKeys { arrays, faults, counts, .. } =
                symbols_for_chunks_by::<Failure>(prepared.len(), &chunks, reading, lineage, &mut |numbers, outs| {
                    Ok(SymbolSource::symbols_for_keys(&prepared, numbers, outs)?)
                })?;
            Failure::of_faults(&faults).filter(|_| raises).map_or(Ok(()), Err)?;
            let made = arrays.into_iter().zip(&origins).map(|(array, origin)| output.of(array, *origin));
            Ok((made.collect::<Result<Vec<_>, _>>()?, Arc::from(faults), counts))
        })
    })?;
    Ok(made.into_iter().map(|made| SymbolColumn::new(made, Arc::clone(&faults), counts)).collect())
}

pub(crate) fn reading(number_format: &str, restore_zeros: bool, column: &Column) -> Result<Reading, Failure> {
    match number_format {
        "lenient" => Ok(Reading::Lenient(lost_zeros(restore_zeros))),
        "strict" if !restore_zeros => Ok(Reading::Strict),
        // For an integer, restored zeros are the only lenient step.
        "strict" if !column.is_text() => Ok(Reading::Lenient(lost_zeros(true))),
        "strict" => Err(Failure::wrong_option("restore_zeros needs number_format=\"lenient\"".into())),
        _ => Err(Failure::wrong_option("number_format must be \"strict\" or \"lenient\"".into())),
    }
}

pub(crate) fn raises(errors: &str) -> Result<bool, Failure> {
    match errors {
        "raise" => Ok(true),
        "null" => Ok(false),
        _ => Err(Failure::wrong_option("errors must be \"raise\" or \"null\"".into())),
    }
}

/// A column with metadata must hold symbols of the insurers' key of epoch 1.
fn is_of_insurers(found: &SymbolMetadata, insurers: KeyTag) -> Result<(), Failure> {
    if found.scope.purpose() != Purpose::Insurers {
        return Err(Failure::symbol_purpose(Purpose::Insurers, found.scope.purpose()));
    }
    if found.scope.epoch() != fugo::Epoch::FIRST {
        return Err(PurposeError::InsurersEpoch { found: found.scope.epoch().number() }.into());
    }
    if found.tag != insurers {
        return Err(fugo::text::TextError::WrongKey { expected: insurers, found: found.tag }.into());
    }
    Ok(())
}
