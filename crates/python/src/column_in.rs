//! Reads a column from Python as Arrow arrays. A column in a buffer is not copied.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, FixedSizeBinaryArray, LargeStringArray, new_empty_array, new_null_array};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, FieldRef};
use bytes::Bytes;
use fugo::ErrorKind;
use pyo3::{
    exceptions::{PyException, PyImportError},
    intern,
    prelude::*,
    types::{IntoPyDict, PyList, PyTuple},
};
use pyo3_arrow::{PyArray, PyChunkedArray, buffer::PyArrowBuffer};
use zeroize::Zeroizing;

use crate::{errors::Failure, given, number::MyNumber};

/// A column, in the arrays of its producer. There is at least one.
pub(crate) struct Column {
    chunks: Vec<ArrayRef>,
    /// The producer's field with its metadata. Lists and NumPy arrays have none.
    pub(crate) field: Option<FieldRef>,
}

impl Column {
    pub(crate) fn new(value: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        let py = value.py();
        if value.hasattr(intern!(py, "__arrow_c_array__"))? {
            let (array, field) = value.extract::<PyArray>().map_err(|error| refused(value, &error))?.into_inner();
            return Ok(Self { chunks: vec![typed(array)], field: Some(field) });
        }
        if value.hasattr(intern!(py, "__arrow_c_stream__"))? {
            // Polars does not export a column without a type, which is empty or all null.
            if dtype_name(value).as_deref() == Some("Null") {
                return Ok(Self { chunks: vec![new_null_array(&DataType::Utf8, value.len()?)], field: None });
            }
            let (mut chunks, field) =
                value.extract::<PyChunkedArray>().map_err(|error| refused(value, &error))?.into_inner();
            if chunks.is_empty() {
                chunks.push(new_empty_array(field.data_type()));
            }
            return Ok(Self { chunks: chunks.into_iter().map(typed).collect(), field: Some(field) });
        }
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            return Ok(Self { chunks: vec![texts(value)?], field: None });
        }
        // Before version 3 a pandas Series has neither method. pyarrow reads it, and copies it unless it is Arrow.
        if value.get_type().module()?.to_string().split('.').next() == Some("pandas") {
            let arguments = [("from_pandas", true)].into_py_dict(py)?;
            let array = py.import("pyarrow").map_err(|_| Failure::needs_pyarrow())?.getattr("array")?;
            return Self::new(&array.call((value,), Some(&arguments)).map_err(|error| refused(value, &error))?);
        }
        if value.hasattr(intern!(py, "dtype"))? && value.hasattr(intern!(py, "view"))? {
            // Text and objects are not a buffer of fixed-width values: they are read one by one.
            let kind: String = value.getattr("dtype")?.getattr("kind")?.extract()?;
            let chunk = if matches!(&*kind, "U" | "O" | "T") { texts(&one_dimension(value)?)? } else { numpy(value)? };
            return Ok(Self { chunks: vec![chunk], field: None });
        }
        let found = given::type_name(value);
        Err(Failure::column(
            ErrorKind::ColumnType,
            format_args!(
                "a column must be an object with __arrow_c_array__ or __arrow_c_stream__ (pyarrow, Polars, pandas, …), \
                 a list of str, or a NumPy array of text or of 64-bit integers, not {found}"
            ),
        ))
    }

    pub(crate) fn chunks(&self) -> Vec<&dyn Array> {
        self.chunks.iter().map(|chunk| &**chunk).collect()
    }

    /// Whether the column holds bytes instead of text. Bytes do not name their scope.
    pub(crate) fn is_binary(&self) -> bool {
        self.chunks.iter().any(|chunk| chunk.data_type().is_binary())
    }

    /// Whether the column holds text, in any layout, and not integers.
    pub(crate) fn is_text(&self) -> bool {
        let is_integers = |chunk: &ArrayRef| chunk.data_type().is_integer();
        !self.chunks.iter().all(is_integers)
    }
}

/// The reason why the producer did not export a column. Its own message may quote a value, so the reason is found from
/// the column's type.
fn refused(column: &Bound<'_, PyAny>, error: &PyErr) -> Failure {
    // Such as KeyboardInterrupt, which is the user's.
    if !error.is_instance_of::<PyException>(column.py()) {
        return error.clone_ref(column.py()).into();
    }
    if error.is_instance_of::<PyImportError>(column.py()) {
        return Failure::needs_pyarrow();
    }
    match dtype_name(column).as_deref() {
        Some("object") => Failure::series(),
        Some(name @ ("Int128" | "UInt128")) => Failure::column(
            ErrorKind::ColumnType,
            format_args!("the column is of type {name}; pass it as 64-bit integers, cast(polars.Int64, strict=True)"),
        ),
        _ => Failure::producer(),
    }
}

/// The name of a column's type, if it has one.
fn dtype_name(column: &Bound<'_, PyAny>) -> Option<String> {
    column.getattr(intern!(column.py(), "dtype")).ok()?.str().ok().map(|name| name.to_string())
}

/// A column that is all null and has no type.
fn typed(array: ArrayRef) -> ArrayRef {
    if array.data_type().is_null() { new_null_array(&DataType::Utf8, array.len()) } else { array }
}

/// The texts of a list, in a buffer that is wiped; None is null.
fn texts(list: &Bound<'_, PyAny>) -> Result<ArrayRef, Failure> {
    let mut len = 0;
    each(list, |text| len += text.map_or(0, str::len))?;
    // Large enough from the start: growing would leave an unwiped copy.
    let mut bytes = Zeroizing::new(Vec::with_capacity(len));
    let (mut lengths, mut valid) = (Vec::new(), Vec::new());
    each(list, |text| {
        bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
        lengths.push(text.map_or(0, str::len));
        valid.push(text.is_some());
    })?;
    let nulls = Some(NullBuffer::from(valid)).filter(|nulls| nulls.null_count() > 0);
    let offsets = OffsetBuffer::from_lengths(lengths);
    let values = Buffer::from(Bytes::from_owner(bytes));
    let array = LargeStringArray::try_new(offsets, values, nulls);
    Ok(Arc::new(array.map_err(|_| Failure::column(ErrorKind::ColumnType, "the list changed while it was read"))?))
}

fn each(list: &Bound<'_, PyAny>, mut with: impl FnMut(Option<&str>)) -> Result<(), Failure> {
    for (row, value) in list.try_iter()?.enumerate() {
        let value = value?;
        if value.is_none() {
            with(None);
        } else if let Ok(number) = value.cast::<MyNumber>() {
            with(str::from_utf8(number.get().0.expose_digits()).ok());
        } else if given::text(&value, |text| with(Some(text)))?.is_none() {
            let found = given::type_name(&value);
            let message = format!("a list may hold str, bytes, MyNumber or None, not {found}");
            return Err(Failure::column(ErrorKind::ColumnType, message).at(row, "row"));
        }
    }
    Ok(())
}

/// The values of a one-dimensional array of text or of objects, as a list.
fn one_dimension<'py>(array: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Failure> {
    if array.hasattr("mask")? {
        return Err(Failure::column(
            ErrorKind::ColumnType,
            "a masked array is read without its mask, so pass it as an Arrow array",
        ));
    }
    if array.getattr("ndim")?.extract::<usize>()? != 1 {
        return Err(Failure::column(ErrorKind::ColumnType, "the NumPy array has several dimensions; a column has one"));
    }
    Ok(array.call_method0("tolist")?)
}

/// A one-dimensional NumPy array: fixed-width bytes, or 64-bit integers.
fn numpy(array: &Bound<'_, PyAny>) -> Result<ArrayRef, Failure> {
    let dtype = array.getattr("dtype")?;
    let refused = |kind, why: &str| -> Failure {
        // The names of fields may be cells of a file that was read without its header line.
        let has_fields = dtype.getattr("names").is_ok_and(|names| !names.is_none());
        let name = if has_fields { None } else { dtype.str().ok().map(|name| name.to_string()) };
        let name = name.unwrap_or_else(|| "of several fields".to_owned());
        Failure::column(kind, format_args!("the NumPy array is of dtype {name}; {why}"))
    };
    if array.hasattr("mask")? {
        return Err(refused(
            ErrorKind::ColumnType,
            "a masked array is read without its mask, so pass it as an Arrow array",
        ));
    }
    if array.getattr("ndim")?.extract::<usize>()? != 1 {
        return Err(refused(ErrorKind::ColumnType, "a column has one dimension"));
    }
    let kind: String = dtype.getattr("kind")?.extract()?;
    let width: usize = dtype.getattr("itemsize")?.extract()?;
    let is_native: bool = dtype.getattr("isnative")?.extract()?;
    let len = array.len()?;
    let not_contiguous =
        || refused(ErrorKind::NotContiguous, "its rows are not contiguous; numpy.ascontiguousarray copies them");
    match (&*kind, width) {
        ("S", 1..) => {
            let size = i32::try_from(width).map_err(|_| refused(ErrorKind::ColumnType, "its values are too wide"))?;
            if len == 0 {
                return Ok(new_empty_array(&DataType::FixedSizeBinary(size)));
            }
            let bytes = array.call_method1("view", ("u1",)).map_err(|_| not_contiguous())?;
            let buffer = bytes.extract::<PyArrowBuffer>().map_err(|_| not_contiguous())?.into_inner();
            let array = FixedSizeBinaryArray::try_new(size, buffer, None);
            Ok(Arc::new(array.map_err(|_| not_contiguous())?))
        }
        ("u" | "i", 8) if is_native => {
            if len == 0 {
                return Ok(new_empty_array(if kind == "u" { &DataType::UInt64 } else { &DataType::Int64 }));
            }
            Ok(array.extract::<PyArray>().map_err(|_| not_contiguous())?.into_inner().0)
        }
        ("f", _) => Err(refused(
            ErrorKind::ColumnType,
            "floating-point numbers may have lost digits; read the numbers from their source again, as text",
        )),
        _ => Err(refused(
            ErrorKind::ColumnType,
            "numbers must be text (U, S, T or a list), or native int64 or uint64 if lost zeros are restored",
        )),
    }
}
