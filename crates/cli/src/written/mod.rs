//! Values as people write them, for the audit and for policies.
//!
//! | question | file |
//! |---|---|
//! | When are two texts equal? | `text.rs` |
//! | Which texts are dates and times? | `moment.rs` |

pub(crate) mod moment;
pub(crate) mod text;
