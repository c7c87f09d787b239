//! What is said beside the output, on standard error. That nobody reads it is no error.

use std::{
    fmt,
    io::{self, Write},
};

/// One line of fact.
pub(crate) fn say(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "fugo: {text}");
}

/// One line that should be acted on.
pub(crate) fn warn(text: impl fmt::Display) {
    say(format_args!("warning: {text}"));
}

/// Lines of a report, as they are.
pub(crate) fn lines(text: impl fmt::Display) {
    let _ = write!(io::stderr(), "{text}");
}
