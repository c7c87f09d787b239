//! An error message of the tool has two lines: what happened, and what to do.

use std::fmt;

use crate::{exit::Exit, redaction::shown};

/// Why a command stopped. It never holds a number, a key or a cell.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    remedy: String,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Refused,
    Interrupted,
    /// The reader of standard output went away. Holds the exit status that the command would have had.
    BrokenPipe(Exit),
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A failure with its cause, and what the operator can do about it.
    pub(crate) fn new(what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { what: what.to_string(), remedy: remedy.to_string(), kind: Kind::Refused }
    }

    /// A signal asked the run to stop.
    pub(crate) fn interrupted() -> Self {
        let remedy = "run the command again; no output was changed";
        Self { kind: Kind::Interrupted, ..Self::new("interrupted", remedy) }
    }

    /// A thread panicked. The panic hook has already printed where.
    pub(crate) fn thread() -> Self {
        Self::new("a thread of the run failed", "report this; no output was changed")
    }

    /// An error of the operating system on a file.
    pub(crate) fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let what = format!("cannot {doing} {}: {error}", path.display());
        let remedy = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
                "free some space, or choose another place; no output was changed"
            }
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check who may read and write there",
            _ => "check the path and the device",
        };
        Self::new(what, remedy)
    }

    /// What happened, without the remedy.
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// Puts a place within a file before the message.
    pub(crate) fn within(self, place: impl fmt::Display) -> Self {
        Self { what: format!("{place}: {}", self.what), ..self }
    }

    /// Puts the path of a file before the message, where a command reads several files.
    pub(crate) fn of(self, path: &std::path::Path) -> Self {
        Self { what: format!("{}: {}", path.display(), self.what), ..self }
    }

    /// Adds what the operator must know to the remedy.
    pub(crate) fn noting(self, note: &str) -> Self {
        Self { remedy: format!("{}; {note}", self.remedy), ..self }
    }

    /// Writing to standard output failed. If the reader closed it, the command ends without a message.
    pub(crate) fn stdout(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self { kind: Kind::BrokenPipe(Exit::Clean), ..Self::new("the reader went away", "") };
        }
        let remedy = "check where standard output goes; a file that the command writes is complete or absent";
        Self::new(format!("cannot write to standard output: {error}"), remedy)
    }

    /// Sets the exit status from the rows or findings so far: a reader that goes away does not change it.
    pub(crate) fn having_found(mut self, exit: Exit) -> Self {
        if let Kind::BrokenPipe(found) = &mut self.kind {
            *found = exit;
        }
        self
    }

    pub(crate) fn is_interrupt(&self) -> bool {
        self.kind == Kind::Interrupted
    }

    /// The exit status of a command whose reader went away.
    pub(crate) fn broken_pipe(&self) -> Option<Exit> {
        match self.kind {
            Kind::BrokenPipe(exit) => Some(exit),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A path may hold line ends. The message must still have exactly two lines.
        write!(f, "fugo: {}\n      {}", shown(&self.what), shown(&self.remedy))
    }
}
