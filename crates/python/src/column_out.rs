//! Exports a column of symbols to Python: Arrow capsules, NumPy, pyarrow, lists.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{Array, ArrayRef, BinaryArray, FixedSizeBinaryArray, StringArray, cast::AsArray};
use arrow_buffer::Buffer;
use arrow_schema::{DataType, Field, FieldRef};
use fugo::{KeyTag, Scope, text::TextEncoder};
use fugo_columnar::{SYMBOL_WIDTH, binary, binary_field, of_test_key, symbol_field, text, text_field};
use pyo3::{
    exceptions::{PyIndexError, PyValueError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyBytes, PyCapsule, PyEllipsis, PyIterator, PyList, PySlice, PyString, PyTuple},
};
use pyo3_arrow::{
    buffer::PyArrowBuffer,
    ffi::{ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule},
};

use crate::{
    errors::Failure,
    faults::{Fault, Faults, FaultsTable},
    symbol_key::SymbolKey,
};

/// The form of the symbols in an exported column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Fixed,
    Binary,
    Text,
}

/// Where symbols are from, which the metadata of their field says.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    scope: Scope,
    tag: KeyTag,
    is_test: bool,
}

impl Origin {
    pub(crate) fn of(key: &SymbolKey) -> Self {
        Self { scope: *key.key.scope(), tag: key.key.tag(), is_test: key.is_test }
    }
}

impl Output {
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        match name {
            "fixed" => Ok(Self::Fixed),
            "binary" => Ok(Self::Binary),
            "text" => Ok(Self::Text),
            _ => Err(Failure::wrong_option("output must be \"fixed\", \"binary\" or \"text\"".into())),
        }
    }

    /// The array and the field of one key's symbols.
    pub(crate) fn of(
        self,
        symbols: FixedSizeBinaryArray,
        Origin { scope, tag, is_test }: Origin,
    ) -> Result<(ArrayRef, FieldRef), Failure> {
        let name = "symbol";
        let (array, field): (ArrayRef, Field) = match self {
            Self::Fixed => (Arc::new(symbols), symbol_field(name, &scope, tag, true)),
            Self::Binary => (Arc::new(binary(symbols)?), binary_field(name, &scope, tag, true)),
            Self::Text => {
                let texts = text(&symbols, &TextEncoder::new(scope.purpose(), tag))?;
                (Arc::new(texts), text_field(name, &scope, tag, true))
            }
        };
        Ok((array, Arc::new(if is_test { of_test_key(field) } else { field })))
    }
}

/// The results of a column's rows: `rows = symbols + nulls + faults`.
#[pyclass(frozen, eq, get_all, module = "fugo")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Rows in the column.
    rows: usize,
    /// Rows with a symbol; of a roster's rows, those with a number.
    symbols: usize,
    /// Rows that were null.
    nulls: usize,
    /// Rows that were refused.
    faults: usize,
    /// Rows that normalisation changed before the strict parse.
    normalized: usize,
    /// Rows whose leading zeros were restored.
    zeros_restored: usize,
    /// Rows whose number was re-issued.
    reissued: usize,
}

#[pymethods]
impl Counts {
    #[staticmethod]
    fn _restored(parts: [usize; 7]) -> Self {
        let [rows, symbols, nulls, faults, normalized, zeros_restored, reissued] = parts;
        Self { rows, symbols, nulls, faults, normalized, zeros_restored, reissued }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        (slf.get_type().getattr("_restored")?, (slf.get().parts(),)).into_pyobject(slf.py())
    }

    fn __repr__(&self) -> String {
        let Self { rows, symbols, nulls, faults, normalized, zeros_restored, reissued } = self;
        format!(
            "Counts(rows={rows}, symbols={symbols}, nulls={nulls}, faults={faults}, normalized={normalized}, \
             zeros_restored={zeros_restored}, reissued={reissued})"
        )
    }
}

impl Counts {
    pub(crate) fn new(rows: usize, nulls: usize, faults: usize, counts: fugo_columnar::Counts) -> Self {
        let fugo_columnar::Counts { normalized, zeros_restored, reissued, .. } = counts;
        Self { rows, symbols: rows - nulls - faults, nulls, faults, normalized, zeros_restored, reissued }
    }

    fn parts(self) -> [usize; 7] {
        let Self { rows, symbols, nulls, faults, normalized, zeros_restored, reissued } = self;
        [rows, symbols, nulls, faults, normalized, zeros_restored, reissued]
    }
}

/// A column of one key's symbols, with one row for each row of the input column. It is one Arrow array of type
/// FixedSizeBinary(16), Binary or Utf8. Its field's metadata names purpose, scope id, epoch and tag, and has `fugo.use` =
/// `test` where a key came from the file of a test key.
///
/// Exporting it with `__arrow_c_array__`, `__arrow_c_stream__`, `to_pyarrow` or `to_numpy` copies nothing.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct SymbolColumn {
    array: ArrayRef,
    field: FieldRef,
    faults: Faults,
    counts: Counts,
    listed: PyOnceLock<Py<PyTuple>>,
}

impl SymbolColumn {
    pub(crate) fn new(
        (array, field): (ArrayRef, FieldRef),
        faults: Arc<[fugo_columnar::Fault]>,
        counts: fugo_columnar::Counts,
    ) -> Self {
        let (rows, gaps) = (array.len(), array.null_count());
        let counts = Counts::new(rows, gaps - faults.len(), faults.len(), counts);
        Self { array, field, faults: Faults::Met(faults), counts, listed: PyOnceLock::new() }
    }
}

#[pymethods]
impl SymbolColumn {
    /// The refused rows, in order.
    #[getter]
    fn faults(&self, py: Python<'_>) -> PyResult<Py<PyTuple>> {
        let listed = self.listed.get_or_try_init(py, || {
            let faults = self.faults.each().map(|fault| Py::new(py, fault)).collect::<PyResult<Vec<_>>>();
            Ok::<_, PyErr>(PyTuple::new(py, faults?)?.unbind())
        })?;
        Ok(listed.clone_ref(py))
    }

    /// The refused rows as an Arrow table of row, kind, offset, found and message.
    fn faults_table(&self) -> FaultsTable {
        FaultsTable::new(&self.faults)
    }

    /// The number of rows with each result.
    #[getter]
    fn counts(&self) -> Counts {
        self.counts
    }

    /// The field's metadata: `fugo.purpose`, `fugo.scope`, `fugo.epoch` and `fugo.tag`.
    #[getter]
    fn metadata(&self) -> HashMap<String, String> {
        self.field.metadata().clone()
    }

    fn __len__(&self) -> usize {
        self.array.len()
    }

    /// As a list: bytes, str for text, None for null.
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.to_pylist(py)?.try_iter()
    }

    /// One row, counted from the end if negative, or the rows of a slice as a list.
    fn __getitem__<'py>(&self, py: Python<'py>, row: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if row.is_instance_of::<PySlice>() {
            return self.to_pylist(py)?.as_any().get_item(row);
        }
        let row: isize = row.call_method0("__index__")?.extract()?;
        let len = self.array.len();
        let at = if row < 0 { len.checked_add_signed(row) } else { Some(row.cast_unsigned()) };
        let at = at.filter(|at| *at < len).ok_or_else(|| PyIndexError::new_err("the row does not exist"))?;
        Self::rows(py, &self.array.slice(at, 1))?.get_item(0)
    }

    /// The first row that holds this value. Raises ValueError if no row does.
    #[pyo3(signature = (value, start = 0, stop = isize::MAX, /))]
    fn index(&self, value: &Bound<'_, PyAny>, start: isize, stop: isize) -> PyResult<usize> {
        // The value may be the text or bytes of a symbol, so the message does not hold it.
        let py = value.py();
        let found = self.to_pylist(py)?.call_method1("index", (value, start, stop));
        found.map_err(|_| PyValueError::new_err("no row holds this value"))?.extract()
    }

    /// The number of rows that hold this value.
    #[pyo3(signature = (value, /))]
    fn count(&self, value: &Bound<'_, PyAny>) -> PyResult<usize> {
        self.to_pylist(value.py())?.call_method1("count", (value,))?.extract()
    }

    #[staticmethod]
    fn _restored(
        values: Vec<Option<Vec<u8>>>,
        form: &str,
        metadata: HashMap<String, String>,
        faults: Vec<PyRef<'_, Fault>>,
        counts: PyRef<'_, Counts>,
    ) -> Result<Self, Failure> {
        let damaged = |_| Failure::wrong_option("this is not a pickle of a SymbolColumn".into());
        let values = values.iter().map(Option::as_deref);
        let array: ArrayRef = match Output::named(form)? {
            Output::Fixed => {
                let array = FixedSizeBinaryArray::try_from_sparse_iter_with_size(values, SYMBOL_WIDTH);
                Arc::new(array.map_err(damaged)?)
            }
            Output::Binary => Arc::new(values.collect::<BinaryArray>()),
            Output::Text => {
                let texts =
                    values.map(|value| value.map(str::from_utf8).transpose()).collect::<Result<StringArray, _>>();
                Arc::new(texts.map_err(|_| Failure::wrong_option("this is not a pickle of a SymbolColumn".into()))?)
            }
        };
        let field = Arc::new(Field::new("symbol", array.data_type().clone(), true).with_metadata(metadata));
        let faults = Faults::Restored(faults.iter().map(|fault| (*fault).clone()).collect());
        Ok(Self { array, field, faults, counts: *counts, listed: PyOnceLock::new() })
    }

    /// A pickle holds symbols, metadata, faults and counts, but no key and no number.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, column) = (slf.py(), slf.get());
        let form = match column.array.data_type() {
            DataType::FixedSizeBinary(_) => "fixed",
            DataType::Binary => "binary",
            _ => "text",
        };
        let values = PyList::empty(py);
        for value in Self::rows(py, &column.array)?.iter() {
            let text = value.cast::<PyString>().ok().map(|text| text.call_method0("encode")).transpose()?;
            values.append(text.unwrap_or(value))?;
        }
        let state = (values, form, column.metadata(), column.faults(py)?, column.counts);
        (slf.get_type().getattr("_restored")?, state).into_pyobject(py)
    }

    /// For `numpy.array(column)` and pandas: an array of objects, because NumPy's bytes type drops trailing zeros.
    #[pyo3(signature = (dtype = None, copy = None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if copy == Some(false) {
            return Err(PyValueError::new_err("an array of objects is always a copy; to_numpy() does not copy"));
        }
        let objects = py.import("numpy")?.call_method1("empty", (self.array.len(), "O"))?;
        objects.set_item(PyEllipsis::get(py), self.to_pylist(py)?)?;
        match dtype {
            None => Ok(objects),
            Some(dtype) => objects.call_method1("astype", (dtype,)),
        }
    }

    fn __repr__(&self) -> String {
        format!("SymbolColumn(rows={}, faults={})", self.array.len(), self.faults.len())
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> Result<Bound<'py, PyTuple>, Failure> {
        Ok(to_array_pycapsules(py, self.field.clone(), &self.array, requested_schema).map_err(PyErr::from)?)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> Result<Bound<'py, PyCapsule>, Failure> {
        let reader = Box::new(ArrayIterator::new([Ok(self.array.clone())], self.field.clone()));
        Ok(to_stream_pycapsule(py, reader, requested_schema).map_err(PyErr::from)?)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyCapsule>, Failure> {
        Ok(to_schema_pycapsule(py, &*self.field).map_err(PyErr::from)?)
    }

    /// A `pyarrow.Array` over the same buffers. An array has no metadata: give `metadata` to its field.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("pyarrow")?.getattr("array")?.call1((slf,))
    }

    /// A read-only NumPy array over the same buffer. The dtype is V16, because S16 would drop a symbol's trailing zero
    /// bytes; for text it is S44 to S47.
    ///
    /// NumPy has no nulls: `nulls="raise"` raises ColumnError if the column has any, `"zeros"` writes zero bytes for
    /// them.
    #[pyo3(signature = (*, nulls = "raise"))]
    fn to_numpy<'py>(&self, py: Python<'py>, nulls: &str) -> Result<Bound<'py, PyAny>, Failure> {
        match nulls {
            "raise" if self.array.null_count() > 0 => return Err(Failure::nulls(self.array.null_count())),
            "raise" | "zeros" => {}
            _ => return Err(Failure::wrong_option("nulls must be \"raise\" or \"zeros\"".into())),
        }
        let numpy = py.import("numpy")?;
        let (buffer, dtype) = self.flat();
        if self.array.is_empty() {
            return Ok(numpy.call_method1("empty", (0, dtype))?);
        }
        let buffer = Py::new(py, PyArrowBuffer::new(buffer))?;
        Ok(numpy.call_method1("frombuffer", (buffer, dtype))?)
    }

    /// The rows as a list: bytes, or str for text; None for null.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        Self::rows(py, &self.array)
    }
}

impl SymbolColumn {
    fn rows<'py>(py: Python<'py>, array: &dyn Array) -> PyResult<Bound<'py, PyList>> {
        let bytes = |value: Option<&[u8]>| value.map(|value| PyBytes::new(py, value));
        match array.data_type() {
            DataType::FixedSizeBinary(_) => {
                PyList::new(py, array.as_fixed_size_binary().iter().map(bytes).collect::<Vec<_>>())
            }
            DataType::Binary => PyList::new(py, array.as_binary::<i32>().iter().map(bytes).collect::<Vec<_>>()),
            _ => {
                let texts = array.as_string::<i32>().iter().map(|text| text.map(|text| PyString::new(py, text)));
                PyList::new(py, texts.collect::<Vec<_>>())
            }
        }
    }

    /// The values as one buffer of fixed-width rows, and their NumPy dtype.
    fn flat(&self) -> (Buffer, String) {
        let any = self.array.as_any();
        if let Some(array) = any.downcast_ref::<FixedSizeBinaryArray>() {
            return (array.values().clone(), "V16".into());
        }
        if let Some(array) = any.downcast_ref::<BinaryArray>() {
            return (array.values().clone(), "V16".into());
        }
        let array: &StringArray = self.array.as_string();
        let width = array.iter().flatten().next().map_or(1, str::len);
        if array.null_count() == 0 {
            return (array.values().clone(), format!("S{width}"));
        }
        let mut bytes = vec![0; width * array.len()];
        for (text, out) in array.iter().zip(bytes.chunks_exact_mut(width)) {
            if let Some(text) = text {
                out.copy_from_slice(text.as_bytes());
            }
        }
        (Buffer::from_vec(bytes), format!("S{width}"))
    }
}
