//! The rows of a sample.

use std::fmt;

use fugo::{MyNumber, SYMBOL_LEN, text::TextEncoder};
use zeroize::Zeroizing;

/// The person of a sampled row.
#[derive(Clone)]
pub enum Person {
    /// Identified by the number.
    Number(MyNumber),
    /// Identified by the insurers' symbol, whose text form the encoder writes.
    Insurers([u8; SYMBOL_LEN], TextEncoder),
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Person(..)")
    }
}

/// A row of the sample.
pub(super) struct Row {
    /// Its position among all rows.
    pub(super) at: u64,
    pub(super) person: Person,
    pub(super) symbols: Vec<[u8; SYMBOL_LEN]>,
    /// The kept cells, cut to [`super::Sample::CELL`] bytes.
    pub(super) cells: Vec<Zeroizing<String>>,
}

impl Row {
    pub(super) fn number(&self) -> Option<&MyNumber> {
        match &self.person {
            Person::Number(number) => Some(number),
            Person::Insurers(..) => None,
        }
    }
}
