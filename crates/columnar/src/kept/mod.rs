//! What a kept column must not hold: numbers, symbols, and what is made of either.
//!
//! Two looks, for every door that lets columns through beside symbols:
//!
//! 1. Cell by cell ([`search`](fn@crate::kept::search), or its parts): the row's own number in whatever shape, any valid number, a symbol in
//!    text form. Every row is looked at.
//! 2. Column by column ([`Sample`](crate::kept::Sample)): whether a column is made of the numbers or symbols of its rows by a transform that
//!    anybody could try: digests, encodings, arithmetic, masks, other digits. A sample of rows is looked at.

mod codes;
mod digests;
mod places;
mod sample;
mod search;
mod values;

pub use codes::Codes;
pub use sample::{Made, Person, Sample};
pub use search::{Cell, KeptFault, Owner, SHORTEST_TEXT, holds_number, holds_symbol, holds_symbol_text, search};
