//! What is said beside the output, on standard error. That nobody reads it is no error. All of it passes here, so no
//! number and no control character of a name reaches a terminal.

use std::{
    fmt,
    io::{self, Write},
};

use crate::redaction::{escape, redact, shown};

/// One line of fact.
pub(crate) fn say(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "fugo: {}", shown(text));
}

/// One line that should be acted on.
pub(crate) fn warn(text: impl fmt::Display) {
    say(format_args!("warning: {text}"));
}

/// Lines of a report. Names in it are [`shown`], so that its line ends are its own.
pub(crate) fn lines(text: impl fmt::Display) {
    let _ = write!(io::stderr(), "{}", escape(&redact(&text.to_string()), "\n"));
}
