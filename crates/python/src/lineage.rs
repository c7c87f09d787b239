//! Re-issued numbers.

use pyo3::{exceptions::PyTypeError, prelude::*};

use crate::{
    errors::Failure,
    number::{self, MyNumber},
    panics::guarded,
};

/// Lineage(pairs): maps a re-issued number to the person's first number (番号法 7条2項).
///
/// `pairs` are (new, previous), each a MyNumber, str or bytes. Raises LineageError, or MyNumberError with `row`, the
/// index of the pair.
#[pyclass(frozen, module = "fugo")]
pub(crate) struct Lineage(pub(crate) fugo::Lineage);

#[pymethods]
impl Lineage {
    #[new]
    #[pyo3(signature = (pairs, /))]
    fn new(pairs: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        // Large enough from the start: growing would leave unwiped copies of numbers. An iterator without a length is
        // made a list first.
        let pairs = match pairs.len() {
            Ok(_) => pairs.clone(),
            Err(_) => PyModule::import(pairs.py(), "builtins")?.call_method1("list", (pairs,))?,
        };
        let mut numbers = Vec::with_capacity(pairs.len()?);
        for (index, pair) in pairs.try_iter()?.enumerate() {
            let (new, previous): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract().map_err(|_| {
                Failure::wrong_type(format!("pair {index} is not a pair of a new and a previous number"))
            })?;
            let parse = |value| number::parse(&value).map_err(|failure| failure.at(index, "pair"));
            numbers.push((parse(new)?, parse(previous)?));
        }
        guarded(|| Ok(Self(fugo::Lineage::new(numbers)?)))
    }

    /// The person's first number, or the number itself if no pair has it as new number. Raises MyNumberError.
    #[pyo3(signature = (number, /))]
    fn first(&self, number: &Bound<'_, PyAny>) -> Result<MyNumber, Failure> {
        Ok(MyNumber(self.0.first(&number::parse(number)?).clone()))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __repr__(&self) -> &'static str {
        "Lineage(..)"
    }

    fn __reduce__(&self) -> PyResult<Py<PyAny>> {
        Err(PyTypeError::new_err("a Lineage holds numbers and cannot be pickled or copied"))
    }
}
