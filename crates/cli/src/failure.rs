//! An error of the tool is two lines: what happened, what to do.

use std::fmt;

use crate::{exit::Exit, redaction::shown};

/// Why a command stopped. Never holds a number, a key or a cell.
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
    /// How the command would have ended, as far as it is known.
    BrokenPipe(Exit),
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// What happened, and what the operator can do about it.
    pub(crate) fn new(what: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        Self { what: what.to_string(), remedy: remedy.to_string(), kind: Kind::Refused }
    }

    /// A signal asked the run to stop.
    pub(crate) fn interrupted() -> Self {
        let remedy = "run the command again; outputs are as they were before";
        Self { kind: Kind::Interrupted, ..Self::new("interrupted", remedy) }
    }

    /// A thread panicked; what it said is on standard error already.
    pub(crate) fn thread() -> Self {
        Self::new("a thread of the run failed", "report this; outputs are as they were before")
    }

    /// An error of the system on a file, named by its path.
    pub(crate) fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let what = format!("cannot {doing} {}: {error}", path.display());
        let remedy = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded | std::io::ErrorKind::FileTooLarge => {
                "make room, or choose another place; outputs are as they were before"
            }
            std::io::ErrorKind::NotFound => "check the path",
            std::io::ErrorKind::PermissionDenied => "check who may read and write there",
            _ => "check the path and the device behind it",
        };
        Self::new(what, remedy)
    }

    /// The same, of one file among several.
    pub(crate) fn of(self, path: &std::path::Path) -> Self {
        Self { what: format!("{}: {}", path.display(), self.what), ..self }
    }

    /// Writing to standard output failed. A reader that went away is a quiet end, not an error.
    pub(crate) fn stdout(error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self { kind: Kind::BrokenPipe(Exit::Clean), ..Self::new("the reader went away", "") };
        }
        Self::io("write to", std::path::Path::new("standard output"), error)
    }

    /// What was found before the reader went away counts, whether or not it was read.
    pub(crate) fn having_found(mut self, exit: Exit) -> Self {
        if let Kind::BrokenPipe(found) = &mut self.kind {
            *found = exit;
        }
        self
    }

    pub(crate) fn is_interrupt(&self) -> bool {
        self.kind == Kind::Interrupted
    }

    /// How the command ends whose reader went away.
    pub(crate) fn broken_pipe(&self) -> Option<Exit> {
        match self.kind {
            Kind::BrokenPipe(exit) => Some(exit),
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names may hold line ends; these two lines are ours.
        write!(f, "fugo: {}\n      {}", shown(&self.what), shown(&self.remedy))
    }
}
