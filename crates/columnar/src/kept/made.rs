//! What was found about kept columns.

use std::fmt;

/// The finding: the source of kept columns. `Display` gives the end of a sentence that starts with the names of the
/// columns and "hold".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub(super) columns: Vec<usize>,
    pub(super) what: String,
}

impl Made {
    /// The positions of the kept columns, from 0, in ascending order. Several columns if they give the number only
    /// together.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}
