//! How this library derives on this processor.

use pyo3::prelude::*;

/// How columns are derived on this processor, for reports and bug reports: "sha-ni" with the SHA extensions of x86,
/// "avx512" or "avx2" with sixteen or eight symbols at a time, "portable" otherwise. The symbols are the same.
#[pyfunction]
pub(crate) fn level() -> &'static str {
    fugo::batch::level()
}
