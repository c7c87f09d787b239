//! `fugo symbol`: converts symbols to and from their text form, and checks whether a symbol belongs to a number.

mod decode;
mod encode;
mod verify;

use std::{
    fmt,
    io::{self, IsTerminal, Write},
    path::Path,
};

use clap::Subcommand;

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    roster::lines::{Line, Lines},
};

#[derive(Subcommand)]
pub(crate) enum SymbolCommand {
    Encode(encode::EncodeArgs),
    Decode(decode::DecodeArgs),
    Verify(verify::VerifyArgs),
}

pub(crate) fn run(command: &SymbolCommand) -> Result<Exit> {
    match command {
        SymbolCommand::Encode(args) => encode::run(args),
        SymbolCommand::Decode(args) => decode::run(args),
        SymbolCommand::Verify(args) => verify::run(args),
    }
}

/// Writes one line to standard output for each line of standard input. A line that is refused gives an empty line, so
/// that line numbers stay the same, and its reason goes to standard error.
fn answer_lines<E: fmt::Display>(prompt: &str, answer: impl Fn(&[u8]) -> Result<String, E>) -> Result<Exit> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        notice::say(prompt);
    }
    let mut lines = Lines::new(input);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut exit = Exit::Clean;
    let mut number = 0u64;
    while let Some(line) = lines.next().map_err(|error| not_read(&error))? {
        number += 1;
        let answered = match line {
            Line::Text(text) => answer(text).map_err(|error| error.to_string()),
            Line::TooLong => Err("the line is too long to be a symbol".to_owned()),
        };
        if let Err(reason) = &answered {
            exit = Exit::Rejects;
            notice::say(format_args!("line {number}: {reason}"));
        }
        let written = writeln!(out, "{}", answered.unwrap_or_default());
        // Another program may wait for the answer to each line.
        written
            .and_then(|()| if lines.is_drained() { out.flush() } else { Ok(()) })
            .map_err(|error| Failure::stdout(&error).having_found(exit))?;
    }
    out.flush().map_err(|error| Failure::stdout(&error).having_found(exit))?;
    Ok(exit)
}

fn not_read(error: &io::Error) -> Failure {
    Failure::io("read", Path::new("standard input"), error)
}
