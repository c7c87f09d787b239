//! How this library derives on this processor.

use pyo3::prelude::*;

/// How columns are derived on this processor, for reports and bug reports: "sha-ni" with the SHA extensions of x86, "avx2"
/// eight at a time with AVX2, "portable" otherwise. The symbols are the same.
#[pyfunction]
pub(crate) fn level() -> &'static str {
    fugo::batch::level()
}
