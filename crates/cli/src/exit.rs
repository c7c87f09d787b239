//! The exit statuses. 0: everything is in order. 1: the command finished, and there are rejects, or files that link.
//! 2: the command refused or stopped. 130: it was interrupted.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{failure::Failure, notice, redaction::escape};

/// How a command ended that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Every row was good.
    Clean,
    /// The command finished, and some rows were rejected or set aside.
    Rejects,
    /// The audit finished, and the files link.
    Linked,
}

/// Prints the result of a command on standard output.
pub(crate) fn print(text: &str) -> Result<Exit, Failure> {
    io::stdout().write_all(escape(text, "\n").as_bytes()).map_err(|error| Failure::stdout(&error))?;
    Ok(Exit::Clean)
}

/// Prints a failure and returns the exit status.
pub(crate) fn report(outcome: Result<Exit, Failure>) -> ExitCode {
    if let Err(failure) = &outcome
        && failure.broken_pipe().is_none()
    {
        notice::lines(format_args!("{failure}\n"));
    }
    ExitCode::from(status(&outcome))
}

/// Prints what is wrong with the arguments, or the help text. An argument may be a number in the wrong place, so text
/// that looks like a number is not repeated.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Help or version, on standard output. It is not an error if the reader goes away.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    // A line end within an argument must not begin a new line of the message.
    let mut text = error.to_string();
    for argument in std::env::args_os().skip(1) {
        let argument = argument.to_string_lossy();
        if argument.contains(['\n', '\r']) {
            text = text.replace(&*argument, &escape(&argument, ""));
        }
    }
    notice::lines(text);
    ExitCode::from(2)
}

fn status(outcome: &Result<Exit, Failure>) -> u8 {
    match outcome {
        Ok(exit) => status_of(*exit),
        Err(failure) if failure.is_interrupt() => 130,
        Err(failure) => failure.broken_pipe().map_or(2, status_of),
    }
}

fn status_of(exit: Exit) -> u8 {
    match exit {
        Exit::Clean => 0,
        Exit::Rejects | Exit::Linked => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn each_end_has_its_status() {
        assert_eq!(status(&Ok(Exit::Clean)), 0);
        assert_eq!(status(&Ok(Exit::Rejects)), 1);
        assert_eq!(status(&Ok(Exit::Linked)), 1);
        assert_eq!(status(&Err(Failure::new("a", "b"))), 2);
        assert_eq!(status(&Err(Failure::interrupted())), 130);
    }

    #[test]
    fn a_broken_pipe_is_a_quiet_end_and_what_was_found_counts() {
        let found = Failure::stdout(&Error::from(ErrorKind::BrokenPipe)).having_found(Exit::Rejects);
        assert_eq!(status(&Err(found)), 1);
        assert_eq!(status(&Err(Failure::stdout(&Error::from(ErrorKind::StorageFull)).having_found(Exit::Rejects))), 2);
        assert_eq!(status(&Err(Failure::stdout(&Error::from(ErrorKind::BrokenPipe)))), 0);
        assert_eq!(status(&Err(Failure::stdout(&Error::from(ErrorKind::StorageFull)))), 2);
    }
}
