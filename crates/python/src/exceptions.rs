//! The exceptions of the package: their names, what they stand under, their attributes.

use pyo3::{
    exceptions::{PyException, PyFileNotFoundError, PyPermissionError, PyRuntimeError, PyTypeError, PyValueError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyDict, PyTuple, PyType},
};

/// The exceptions of the package. `ALL` has them in the order in which they are made: each after its base.
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

/// What an exception stands under beside `FugoError`.
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

/// class, name, base, attributes that are None where they do not apply, docstring
type Row = (Class, &'static str, Base, &'static [&'static str], &'static str);

const ALL: [Row; 13] = [
    (
        Class::Fugo,
        "FugoError",
        Base::Exception,
        &[],
        "What every error of fugo is. `kind` is one word of a closed vocabulary, the same in every language; the \
         message says what was allowed and where, never a value.",
    ),
    (
        Class::Number,
        "MyNumberError",
        Base::Value,
        &["row", "offset", "found", "faults"],
        "A text is no MyNumber. `offset`: UTF-8 byte offset from 0; `found`: a length; of a column, `row`: its row \
         from 0, and `faults`: how many rows are at fault.",
    ),
    (
        Class::Normalize,
        "NormalizeError",
        Base::Number,
        &[],
        "A text is no MyNumber even leniently. Attributes as those of MyNumberError.",
    ),
    (Class::Scope, "ScopeError", Base::Value, &[], "A scope, a purpose or an epoch that is none."),
    (
        Class::KeyFile,
        "KeyFileError",
        Base::Value,
        &["filename", "line", "found", "errno"],
        "A key file, or a file that is to open one, is not taken. `line`: from 1; `found`: the scrypt work asked for; \
         `errno`: the system's error.",
    ),
    (
        Class::KeyFileNotFound,
        "KeyFileNotFoundError",
        Base::NotFound,
        &[],
        "There is no such key file, or no such file that is to open one. Attributes as those of KeyFileError.",
    ),
    (
        Class::KeyFilePermission,
        "KeyFilePermissionError",
        Base::Permission,
        &[],
        "The system does not let this process read a key file, or a file that is to open one. Attributes as those of \
         KeyFileError.",
    ),
    (
        Class::Text,
        "TextError",
        Base::Value,
        &["row", "expected", "found", "faults"],
        "A text is not the symbol that was expected. `expected` and `found`: purposes or key tags; of a column, `row` \
         and `faults`.",
    ),
    (
        Class::Purpose,
        "PurposeError",
        Base::Value,
        &["expected", "found"],
        "A key or a symbol of the wrong purpose or epoch. `expected` and `found`: purposes; `found` may be an epoch.",
    ),
    (
        Class::Lineage,
        "LineageError",
        Base::Value,
        &["pair"],
        "Pairs that are no lineage. `pair`: index of the pair at fault, from 0; a cycle has none.",
    ),
    (
        Class::Column,
        "ColumnError",
        Base::Type,
        &["row", "found", "most"],
        "A column as a whole is not taken or not written: its type, its layout, its size. `found` and `most`: lengths; \
         `row`: an element of a list.",
    ),
    (Class::Length, "LengthError", Base::Value, &["found"], "Bytes of a key or a symbol that are too few or too many."),
    (Class::Internal, "InternalError", Base::Runtime, &[], "A fault of fugo itself. Please report it, without data."),
];

static CLASSES: PyOnceLock<Vec<Py<PyType>>> = PyOnceLock::new();

/// Makes the classes and puts them into the module.
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
