//! Translations between scopes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fugo::{AnySymbolKey, ErrorKind, text::TextError};
use fugo_columnar::{SymbolMetadata, Symbols, Translation as Columns};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyTuple};

use crate::{
    column_in::Column,
    column_out::{Counts, Origin, Output, SymbolColumn},
    errors::Failure,
    faults::Fault,
    lineage::Lineage,
    panics::guarded,
    symbol_key::{SymbolKey, raises, reading},
};

/// Translation(from_key, to_key, asked, *, trust_untagged=False, errors="raise"): translates a column of symbols of one
/// key into symbols of another (情報連携), by way of the numbers of a roster.
///
/// `symbols[i] := to_key.symbol(n)`, where `n` is the number of the roster with `from_key.symbol(n) == asked[i]`. Give
/// the whole roster to `add`, in as many calls as you like, then call `symbols`. `asked` is a column of symbols, as text
/// or as 16 bytes. Text and metadata must be of `from_key`. A binary column without metadata is refused, unless
/// `trust_untagged` is true. `errors` as in `SymbolKey.symbols`. A symbol may be asked for twice. Raises PurposeError
/// (of kind `same-key` if both keys have one tag), TextError, ColumnError, and KeyFileError of kind `no-bytes` for a key
/// that a token keeps.
///
/// A translation links the two scopes for its people. `fugo translate` asks for a grant, and records each run (番号法
/// 23条). This class does neither: the caller must. It needs about 50 bytes for each asked row, whatever the roster has,
/// and wipes them when it is dropped. Threads may share it, and wait for each other.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct Translation {
    columns: Mutex<Columns>,
    to: Origin,
}

impl Translation {
    /// Also after a panic: what was found until then is right.
    fn locked(&self) -> MutexGuard<'_, Columns> {
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Translation {
    #[new]
    #[pyo3(signature = (from_key, to_key, asked, *, trust_untagged = false, errors = "raise"))]
    fn new(
        from_key: &Bound<'_, SymbolKey>,
        to_key: &Bound<'_, SymbolKey>,
        asked: &Bound<'_, PyAny>,
        trust_untagged: bool,
        errors: &str,
    ) -> Result<Self, Failure> {
        let needs = "a token would be asked for every person of the roster";
        let (from, to) = (from_key.get().key.prepared(needs)?, to_key.get().key.prepared(needs)?);
        let raises = raises(errors)?;
        let column = guarded(|| Column::new(asked))?;
        match column.field.as_ref().map(|field| SymbolMetadata::of(field)).transpose()?.flatten() {
            Some(metadata) => is_of(&metadata, from)?,
            None if column.is_binary() && !trust_untagged => return Err(Failure::untagged("the key from_key")),
            None => {}
        }
        let chunks = column.chunks();
        let columns = asked.py().detach(|| {
            guarded(|| {
                let columns = Columns::new(from, to, &chunks)?;
                Failure::of_faults(columns.faults()).filter(|_| raises).map_or(Ok(columns), Err)
            })
        })?;
        Ok(Self { columns: Mutex::new(columns), to: Origin::of(to_key.get()) })
    }

    /// Finds the people of a column of numbers of the roster, with the arguments of `SymbolKey.symbols`. Returns the counts
    /// of the rows and the refused rows. Other threads run meanwhile.
    ///
    /// The other rows are added also if a row is refused; `errors="raise"` then raises MyNumberError for the first one. A
    /// symbol whose person is in a refused row stays unknown. A row that is added twice changes nothing. Raises ColumnError.
    #[pyo3(signature = (column, *, number_format = "strict", restore_zeros = false, lineage = None, errors = "raise"))]
    fn add<'py>(
        &self,
        column: &Bound<'py, PyAny>,
        number_format: &str,
        restore_zeros: bool,
        lineage: Option<&Bound<'py, Lineage>>,
        errors: &str,
    ) -> Result<(Counts, Bound<'py, PyTuple>), Failure> {
        let (py, raises) = (column.py(), raises(errors)?);
        let column = guarded(|| Column::new(column))?;
        let reading = reading(number_format, restore_zeros, &column)?;
        let lineage = lineage.map(|lineage| &lineage.get().0);
        let chunks = column.chunks();
        let added = py.detach(|| {
            guarded(|| {
                let added = self.locked().add(&chunks, reading, lineage)?;
                Failure::of_faults(&added.faults).filter(|_| raises).map_or(Ok(added), Err)
            })
        })?;
        let faults = added.faults.iter().map(|fault| Py::new(py, Fault::from(fault))).collect::<PyResult<Vec<_>>>()?;
        Ok((Counts::new(added.rows, added.nulls, faults.len(), added.counts), PyTuple::new(py, faults)?))
    }

    /// The new symbols, one row for each asked row, in their order. A row that was asked as null is null. A row without a
    /// symbol is null too, and one of the `faults`: of kind `unknown-symbol` if its person was not found so far, otherwise
    /// the fault of the asked row. More numbers may be added afterwards. `output`: "fixed", "binary" or "text".
    ///
    /// An order links scopes: sort the rows by the new symbols before anybody gets them who has the old ones.
    #[pyo3(signature = (*, output = "fixed"))]
    fn symbols(&self, py: Python<'_>, output: &str) -> Result<SymbolColumn, Failure> {
        let output = Output::named(output)?;
        let (made, faults, counts) = py.detach(|| {
            guarded(|| {
                let Symbols { array, faults, counts, .. } = self.locked().symbols();
                Ok((output.of(array, self.to)?, faults, counts))
            })
        })?;
        Ok(SymbolColumn::new(made, faults.into(), counts))
    }

    fn __repr__(&self) -> &'static str {
        "Translation(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(PyTypeError::new_err("a Translation holds symbols and keys, and cannot be pickled or copied"))
    }
}

/// A column with metadata must hold symbols of this key.
fn is_of(found: &SymbolMetadata, key: &AnySymbolKey) -> Result<(), Failure> {
    if found.scope.purpose() != key.scope().purpose() {
        return Err(Failure::symbol_purpose(key.scope().purpose(), found.scope.purpose()));
    }
    if found.tag != key.tag() {
        return Err(TextError::WrongKey { expected: key.tag(), found: found.tag }.into());
    }
    if found.scope != *key.scope() {
        return Err(Failure::column(
            ErrorKind::Metadata,
            "the metadata of the column name another scope than that of the key",
        ));
    }
    Ok(())
}
