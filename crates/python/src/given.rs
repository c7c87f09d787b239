//! Text and bytes from Python. Copies that are made here are wiped; Python's own copies are not.

use pyo3::{
    buffer::PyBuffer,
    prelude::*,
    types::{PyBytes, PyString},
};
use zeroize::Zeroizing;

use crate::errors::Failure;

/// Calls `with` with the UTF-8 bytes of a str, or the bytes of a bytes-like object. Returns nothing for other types.
///
/// A lone surrogate becomes three bytes that are not UTF-8. The parsers refuse them and report their offset.
pub(crate) fn bytes<T>(value: &Bound<'_, PyAny>, with: impl FnOnce(&[u8]) -> T) -> Result<Option<T>, Failure> {
    if let Ok(text) = value.cast::<PyString>() {
        if let Ok(text) = text.to_str() {
            return Ok(Some(with(text.as_bytes())));
        }
        let encoded = text.call_method1("encode", ("utf-8", "surrogatepass"))?;
        return Ok(Some(with(encoded.cast::<PyBytes>().map_err(PyErr::from)?.as_bytes())));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(with(bytes.as_bytes())));
    }
    let Ok(buffer) = PyBuffer::<u8>::get(value) else {
        return Ok(None);
    };
    let mut copy = Zeroizing::new(vec![0; buffer.item_count()]);
    buffer.copy_to_slice(value.py(), &mut copy)?;
    Ok(Some(with(&copy)))
}

/// Like [`bytes`], but as text. Bytes that are not UTF-8 become U+FFFD, which all parsers refuse.
pub(crate) fn text<T>(value: &Bound<'_, PyAny>, with: impl FnOnce(&str) -> T) -> Result<Option<T>, Failure> {
    bytes(value, |bytes| match str::from_utf8(bytes) {
        Ok(text) => with(text),
        Err(_) => with(&Zeroizing::new(String::from_utf8_lossy(bytes).into_owned())),
    })
}

/// The 32 bytes of a key.
pub(crate) fn key_bytes(value: &Bound<'_, PyAny>) -> Result<Zeroizing<[u8; fugo::KEY_LEN]>, Failure> {
    if value.is_instance_of::<PyString>() {
        return Err(Failure::wrong_type("a key must be 32 bytes (bytes, bytearray or memoryview), not str".into()));
    }
    let copied = bytes(value, |bytes| {
        let mut key = Zeroizing::new([0; fugo::KEY_LEN]);
        if bytes.len() != key.len() {
            return Err(Failure::key_length(bytes.len()));
        }
        key.copy_from_slice(bytes);
        Ok(key)
    });
    copied?.unwrap_or_else(|| {
        let found = type_name(value);
        Err(Failure::wrong_type(format!("a key must be 32 bytes (bytes, bytearray or memoryview), not {found}")))
    })
}

/// The name of a value's type, for messages.
pub(crate) fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "an object".to_owned(), |name| name.to_string())
}
