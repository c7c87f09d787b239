//! The exceptions of the package: their names, base classes and attributes.

use pyo3::{
    exceptions::{PyException, PyFileNotFoundError, PyPermissionError, PyRuntimeError, PyTypeError, PyValueError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyDict, PyTuple, PyType},
};

/// The exceptions of the package, in the order of `ALL`: each after its base class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Fugo,
    Number,
    Normalize,
    Scope,
    KeyFile,
    KeyFileNotFound,
    KeyFilePermission,
    Text,
    Purpose,
    Lineage,
    Column,
    Length,
    Internal,
}

/// The base class of an exception, in addition to `FugoError`.
#[derive(Clone, Copy)]
enum Base {
    Exception,
    Value,
    Type,
    Runtime,
    Number,
    NotFound,
    Permission,
}

/// The class, its name, its base, its attributes (None where they do not apply) and its docstring.
type Row = (Class, &'static str, Base, &'static [&'static str], &'static str);

const ALL: [Row; 13] = [
    (
        Class::Fugo,
        "FugoError",
        Base::Exception,
        &[],
        "The base class of all exceptions of fugo. `kind` is the reason, as one word of a fixed list, the same in \
         every language. The message says what was allowed and where. It never holds a value.",
    ),
    (
        Class::Number,
        "MyNumberError",
        Base::Value,
        &["row", "offset", "found", "faults"],
        "The text is not a valid MyNumber. `offset`: the UTF-8 byte offset, from 0. `found`: the length. For a column, \
         `row`: the row, from 0, and `faults`: the number of refused rows.",
    ),
    (
        Class::Normalize,
        "NormalizeError",
        Base::Number,
        &[],
        "The text cannot be normalised to twelve digits. It has the attributes of MyNumberError.",
    ),
    (Class::Scope, "ScopeError", Base::Value, &[], "The scope, the purpose or the epoch is not valid."),
    (
        Class::KeyFile,
        "KeyFileError",
        Base::Value,
        &["filename", "line", "found", "errno"],
        "A key file, a passphrase file or an identity file is refused. `line`: the line, from 1. `found`: the scrypt \
         work of the file. `errno`: the system's error number.",
    ),
    (
        Class::KeyFileNotFound,
        "KeyFileNotFoundError",
        Base::NotFound,
        &[],
        "A key file, a passphrase file or an identity file does not exist. It has the attributes of KeyFileError.",
    ),
    (
        Class::KeyFilePermission,
        "KeyFilePermissionError",
        Base::Permission,
        &[],
        "This process may not read a key file, a passphrase file or an identity file. It has the attributes of \
         KeyFileError.",
    ),
    (
        Class::Text,
        "TextError",
        Base::Value,
        &["row", "expected", "found", "faults"],
        "The text is not the expected symbol. `expected` and `found`: purposes or key tags. For a column, `row` and \
         `faults`.",
    ),
    (
        Class::Purpose,
        "PurposeError",
        Base::Value,
        &["expected", "found"],
        "The key or the symbol has the wrong purpose or epoch. `expected`: a purpose. `found`: a purpose or an epoch.",
    ),
    (
        Class::Lineage,
        "LineageError",
        Base::Value,
        &["pair"],
        "The pairs are not a valid lineage. `pair`: the index of the wrong pair, from 0; None for a cycle.",
    ),
    (
        Class::Column,
        "ColumnError",
        Base::Type,
        &["row", "found", "most"],
        "The column as a whole is refused, for its type, its layout or its size. `found` and `most`: lengths. `row`: \
         an element of a list.",
    ),
    (Class::Length, "LengthError", Base::Value, &["found"], "The key or the symbol has the wrong length in bytes."),
    (Class::Internal, "InternalError", Base::Runtime, &[], "fugo has a bug. Please report it, without data."),
];

static CLASSES: PyOnceLock<Vec<Py<PyType>>> = PyOnceLock::new();

/// Makes the classes and adds them to the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let classes = CLASSES.get_or_try_init(py, || make_classes(py))?;
    classes.iter().zip(&ALL).try_for_each(|(class, row)| module.add(row.1, class))
}

impl Class {
    /// The Python class.
    pub(crate) fn bind(self, py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
        let classes = CLASSES.get_or_try_init(py, || make_classes(py))?;
        Ok(classes[self as usize].bind(py).clone())
    }
}

fn make_classes(py: Python<'_>) -> PyResult<Vec<Py<PyType>>> {
    let mut made: Vec<Py<PyType>> = Vec::new();
    for (_, name, base, attributes, doc) in &ALL {
        let bases: Vec<Bound<'_, PyType>> = match base {
            Base::Exception => vec![py.get_type::<PyException>()],
            Base::Number => vec![made[Class::Number as usize].bind(py).clone()],
            Base::NotFound => {
                vec![made[Class::KeyFile as usize].bind(py).clone(), py.get_type::<PyFileNotFoundError>()]
            }
            Base::Permission => {
                vec![made[Class::KeyFile as usize].bind(py).clone(), py.get_type::<PyPermissionError>()]
            }
            Base::Value => vec![made[0].bind(py).clone(), py.get_type::<PyValueError>()],
            Base::Type => vec![made[0].bind(py).clone(), py.get_type::<PyTypeError>()],
            Base::Runtime => vec![made[0].bind(py).clone(), py.get_type::<PyRuntimeError>()],
        };
        let body = PyDict::new(py);
        body.set_item("__module__", "fugo")?;
        body.set_item("__doc__", doc)?;
        if made.is_empty() {
            body.set_item("kind", "")?;
        }
        attributes.iter().try_for_each(|attribute| body.set_item(attribute, py.None()))?;
        let class = py.get_type::<PyType>().call1((*name, PyTuple::new(py, bases)?, body))?;
        made.push(class.cast_into::<PyType>()?.unbind());
    }
    Ok(made)
}
