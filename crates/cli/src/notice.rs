//! Messages on standard error. All of them pass here, so neither a number nor a control character reaches a terminal.
//! A write that fails is ignored: the run does not depend on its messages.

use std::{
    fmt,
    io::{self, Write},
};

use crate::redaction::{escape, redact, shown};

/// Prints one line of information.
pub(crate) fn say(text: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "fugo: {}", shown(text));
}

/// Prints one line that the operator should act on.
pub(crate) fn warn(text: impl fmt::Display) {
    say(format_args!("warning: {text}"));
}

/// Prints the lines of a report. The names in it have passed [`shown`], so every line end is the report's own.
pub(crate) fn lines(text: impl fmt::Display) {
    let _ = write!(io::stderr(), "{}", escape(&redact(&text.to_string()), "\n"));
}
