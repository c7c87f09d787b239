//! Finds numbers, symbols, and values computed from them in kept columns, which must not contain them.
//!
//! There are two searches. Every binding that writes kept columns next to symbols uses both:
//!
//! 1. Cell by cell ([`search`](fn@crate::kept::search), or its parts), in every row: the number of the row in any
//!    spelling, any other valid number, and any symbol in text form.
//! 2. Column by column ([`Sample`](crate::kept::Sample)), in a sample of the rows: whether the column is computed from
//!    the numbers or symbols of its rows, by a transform that anybody could try: digests, encodings, arithmetic, masks,
//!    other digits.
//!
//! A program that has the files and not the numbers of their rows looks for [`Traces`](crate::kept::Traces) of numbers and
//! symbols that it knows.

mod codes;
mod digests;
mod made;
mod places;
mod row;
mod sample;
mod search;
mod traces;
mod values;

pub use codes::Codes;
pub use made::Made;
pub use row::Person;
pub use sample::Sample;
pub use search::{Cell, KeptFault, Owner, SHORTEST_TEXT, holds_number, holds_symbol, holds_symbol_text, search};
pub use traces::Traces;
