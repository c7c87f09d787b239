//! Refused rows: one by one, and as a table.

use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray, StructArray, UInt64Array};
use arrow_schema::{DataType, Field, Fields};
use fugo::{Found, Place};
use pyo3::{
    prelude::*,
    types::{PyCapsule, PyTuple},
};
use pyo3_arrow::ffi::{ArrayIterator, to_array_pycapsules, to_schema_pycapsule, to_stream_pycapsule};

use crate::errors::Failure;

/// A row that was refused, with the reason. It holds no value.
#[pyclass(frozen, eq, get_all, module = "fugo")]
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The row, from 0.
    row: usize,
    /// The reason, as one word of a fixed list.
    kind: String,
    /// The UTF-8 byte offset, from 0, if the kind has one.
    offset: Option<usize>,
    /// The length found, if the kind has one.
    found: Option<usize>,
    /// The message, without a value.
    message: String,
}

#[pymethods]
impl Fault {
    fn __repr__(&self) -> String {
        format!("Fault(row={}, kind='{}')", self.row, self.kind)
    }

    #[staticmethod]
    fn _restored(row: usize, kind: String, offset: Option<usize>, found: Option<usize>, message: String) -> Self {
        Self { row, kind, offset, found, message }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let fault = slf.get();
        let parts = (fault.row, &fault.kind, fault.offset, fault.found, &fault.message).into_pyobject(slf.py())?;
        (slf.get_type().getattr("_restored")?, parts).into_pyobject(slf.py())
    }
}

/// The faults of a column, from a derivation or from a pickle.
#[derive(Clone)]
pub(crate) enum Faults {
    Met(Arc<[fugo_columnar::Fault]>),
    Restored(Arc<[Fault]>),
}

impl Faults {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Met(faults) => faults.len(),
            Self::Restored(faults) => faults.len(),
        }
    }

    pub(crate) fn each(&self) -> Box<dyn Iterator<Item = Fault> + '_> {
        match self {
            Self::Met(faults) => Box::new(faults.iter().map(Fault::from)),
            Self::Restored(faults) => Box::new(faults.iter().cloned()),
        }
    }
}

impl From<&fugo_columnar::Fault> for Fault {
    fn from(fault: &fugo_columnar::Fault) -> Self {
        let reason = fault.reason;
        let offset = match reason.place() {
            Some(Place::Offset(offset)) => Some(offset),
            None | Some(Place::Line(_) | Place::Pair(_)) => None,
        };
        let found = match reason.found() {
            Some(Found::Length(found)) => Some(found),
            // The message names purposes and tags.
            None
            | Some(
                Found::Purpose { .. }
                | Found::Tag { .. }
                | Found::Rows { .. }
                | Found::Epoch(_)
                | Found::Work(_)
                | Found::SystemError(_),
            ) => None,
        };
        Self { row: fault.row, kind: reason.kind().to_string(), offset, found, message: reason.to_string() }
    }
}

/// The refused rows as an Arrow table with the columns `row`, `kind`, `offset`, `found` and `message`.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct FaultsTable(StructArray);

impl FaultsTable {
    pub(crate) fn new(faults: &Faults) -> Self {
        let column = |name, data_type, nullable| Field::new(name, data_type, nullable);
        let fields = Fields::from(vec![
            column("row", DataType::UInt64, false),
            column("kind", DataType::Utf8, false),
            column("offset", DataType::UInt64, true),
            column("found", DataType::UInt64, true),
            column("message", DataType::Utf8, false),
        ]);
        let number = |value: Option<usize>| value.map(|value| value as u64);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(faults.each().map(|fault| fault.row as u64).collect::<UInt64Array>()),
            Arc::new(StringArray::from_iter_values(faults.each().map(|fault| fault.kind))),
            Arc::new(faults.each().map(|fault| number(fault.offset)).collect::<UInt64Array>()),
            Arc::new(faults.each().map(|fault| number(fault.found)).collect::<UInt64Array>()),
            Arc::new(StringArray::from_iter_values(faults.each().map(|fault| fault.message))),
        ];
        Self(StructArray::new(fields, columns, None))
    }

    fn field(&self) -> Arc<Field> {
        Arc::new(Field::new("", arrow_array::Array::data_type(&self.0).clone(), false))
    }
}

#[pymethods]
impl FaultsTable {
    fn __len__(&self) -> usize {
        arrow_array::Array::len(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("FaultsTable(rows={})", self.__len__())
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> Result<Bound<'py, PyTuple>, Failure> {
        Ok(to_array_pycapsules(py, self.field(), &self.0, requested_schema).map_err(PyErr::from)?)
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> Result<Bound<'py, PyCapsule>, Failure> {
        let array: ArrayRef = Arc::new(self.0.clone());
        let reader = Box::new(ArrayIterator::new([Ok(array)], self.field()));
        Ok(to_stream_pycapsule(py, reader, requested_schema).map_err(PyErr::from)?)
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyCapsule>, Failure> {
        Ok(to_schema_pycapsule(py, &*self.field()).map_err(PyErr::from)?)
    }
}
