//! The exit policy: 0 all rows, 1 finished with rejects, 2 refused or stopped, 130 interrupted.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{failure::Failure, notice};

/// How a command that ran to its end ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Every row was good.
    Clean,
    /// The command finished, and some rows were not good.
    Rejects,
}

/// Prints a failure and gives the exit status.
pub(crate) fn report(outcome: Result<Exit, Failure>) -> ExitCode {
    if let Err(failure) = &outcome
        && !failure.is_broken_pipe()
    {
        notice::lines(format_args!("{failure}\n"));
    }
    ExitCode::from(status(&outcome))
}

/// Prints what is wrong with the arguments, or the help that was asked for. An argument that was out of place may be
/// a number, so runs of digits as long as one are not repeated.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Help or version, on standard output; a reader that went away is no error.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let _ = write!(io::stderr(), "{}", without_numbers(&error.to_string()));
    ExitCode::from(2)
}

/// Replaces runs of nine and more digits.
fn without_numbers(text: &str) -> String {
    let is_digit = |c: char| c.is_numeric();
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let end = rest[start..].find(|c| !is_digit(c)).map_or(rest.len(), |len| start + len);
        let run = &rest[start..end];
        out.push_str(&rest[..start]);
        out.push_str(if run.chars().count() >= 9 { "[digits]" } else { run });
        rest = &rest[end..];
    }
    out + rest
}

fn status(outcome: &Result<Exit, Failure>) -> u8 {
    match outcome {
        Ok(Exit::Clean) => 0,
        Ok(Exit::Rejects) => 1,
        Err(failure) if failure.is_interrupt() => 130,
        Err(failure) if failure.is_broken_pipe() => 0,
        Err(_) => 2,
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
        assert_eq!(status(&Err(Failure::new("a", "b"))), 2);
        assert_eq!(status(&Err(Failure::interrupted())), 130);
    }

    #[test]
    fn a_number_in_the_wrong_place_is_not_repeated() {
        let text = "unexpected argument '123456789018' at 12, １２３４５６７８９０１８";
        assert_eq!(without_numbers(text), "unexpected argument '[digits]' at 12, [digits]");
    }

    #[test]
    fn a_broken_pipe_is_a_quiet_end() {
        assert_eq!(status(&Err(Failure::stdout(&Error::from(ErrorKind::BrokenPipe)))), 0);
        assert_eq!(status(&Err(Failure::stdout(&Error::from(ErrorKind::StorageFull)))), 2);
    }
}
