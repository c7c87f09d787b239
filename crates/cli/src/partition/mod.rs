//! Rows that are partitioned in bounded memory: `convert` orders them, and `audit` counts equal values.
//!
//! | question | file |
//! |---|---|
//! | When do rows spill? | `pages.rs`; the memory of the pages: `slabs.rs` |
//! | Where are rows that do not fit in memory? | `spill.rs` |
//! | How is a partition read again? | `part.rs` |

mod pages;
mod part;
mod slabs;
mod spill;

pub(crate) use self::{
    pages::{PAGE, PAGES, Pages},
    part::Part,
    spill::{Spill, Spills},
};
