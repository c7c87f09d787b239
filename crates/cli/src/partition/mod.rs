//! Rows that are partitioned in bounded memory: `convert` orders them, and `audit` counts equal values.
//!
//! | question | file |
//! |---|---|
//! | When do rows spill? | `pages.rs` |
//! | Where are rows that do not fit in memory? | `spill.rs` |
//! | How is a partition read again? | `part.rs` |

mod pages;
mod part;
mod spill;

pub(crate) use self::{
    pages::Pages,
    part::Part,
    spill::{PARTS, Spill, Spills},
};
