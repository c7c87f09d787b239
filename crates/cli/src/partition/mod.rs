//! Rows that are partitioned in bounded memory: `convert` orders them, `audit` counts equal values, and `ledger` does
//! both.
//!
//! | question | file |
//! |---|---|
//! | When do rows spill? | `pages.rs`; the memory of the pages: `slabs.rs` |
//! | Where are rows that do not fit in memory? | `spill.rs` |
//! | How is a partition read again? | `part.rs` |
//! | How often was each value added? | `values.rs` |

mod pages;
mod part;
mod slabs;
mod spill;
mod values;

pub(crate) use self::{
    pages::{PAGE, PAGES, Pages},
    part::Part,
    spill::{Spill, Spills},
    values::{Counted, PARTS, Values},
};
