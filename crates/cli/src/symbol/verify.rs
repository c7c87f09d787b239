//! `fugo symbol verify`: checks whether a symbol belongs to a number under a key.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
};

use clap::Args;
use fugo::{MyNumber, text::TextError};
use fugo_keystore::source::SymbolSource;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::not_read;
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    hex,
    keys::{self, TestKeyArgs, UnlockArgs, load_scope_sources},
    passphrase,
    roster::lines::{Line, Lines},
};

/// Check whether a symbol belongs to a number under a key
///
/// Reads two lines from standard input: the number, then the symbol in text form or in hex. On a terminal it asks for
/// both and does not echo them. Neither is taken as an argument, because other users of the machine could see it.
///
/// Exit status: 0 the symbol belongs to the number, 1 it does not, 2 the number or the symbol is not valid, or the
/// key cannot be used.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The key of the scope: a key file, or another address of a key (docs/custody.md)
    #[arg(long, value_name = "ADDRESS")]
    key: PathBuf,
    /// For eligibility symbols: the key of the insurers, epoch 1
    #[arg(long, value_name = "ADDRESS")]
    insurers_key: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
}

pub(super) fn run(args: &VerifyArgs) -> Result<Exit> {
    let key = number_key(args)?;
    let [number, symbol] = if io::stdin().is_terminal() { typed()? } else { two_lines()? };
    let number = MyNumber::parse(&*number).map_err(|error| {
        Failure::new(format_args!("the number is not a valid MyNumber: {error}"), "check the first line")
    })?;
    let derived = key.symbol(&number).map_err(|error| keys::not_given(&keys::shown(&args.key), &error))?;
    let is_its = match hex::decode(&symbol) {
        Some(symbol) => symbol == derived,
        None => match key.encoder().decode(&*symbol) {
            Ok(symbol) => symbol == derived,
            Err(TextError::WrongPurpose { .. } | TextError::WrongKey { .. }) => false,
            Err(error) => {
                let remedy = "check the second line; it must be a symbol in text form or 32 hex digits";
                return Err(Failure::new(format_args!("the symbol is not valid: {error}"), remedy));
            }
        },
    };
    let answer = if is_its { "yes: this is" } else { "no: this is not" };
    let exit = if is_its { Exit::Clean } else { Exit::Rejects };
    writeln!(io::stdout(), "{answer} the symbol of the number for {}, tag {}", key.scope(), key.tag())
        .map_err(|error| Failure::stdout(&error).having_found(exit))?;
    Ok(exit)
}

fn number_key(args: &VerifyArgs) -> Result<SymbolSource> {
    let paths: Vec<PathBuf> = [&args.key].into_iter().chain(&args.insurers_key).cloned().collect();
    let loaded = load_scope_sources(&paths, &args.unlock, args.test)?;
    match &loaded[..] {
        [key] => SymbolSource::new(key),
        [key, insurers, ..] => SymbolSource::eligibility(insurers, key),
        [] => unreachable!("one key for each path"),
    }
    .map_err(|error| {
        Failure::new(
            error,
            "give the key of the symbols' scope with --key; for eligibility also give the key of insurers/all/1 with \
             --insurers-key",
        )
    })
}

fn typed() -> Result<[Zeroizing<Vec<u8>>; 2]> {
    let instead = "give the number and the symbol on standard input, each on its own line";
    let ask = |prompt| {
        let typed = passphrase::ask(prompt, instead)?;
        Ok(Zeroizing::new(typed.expose_secret().as_bytes().to_vec()))
    };
    Ok([ask("Number: ")?, ask("Symbol: ")?])
}

fn two_lines() -> Result<[Zeroizing<Vec<u8>>; 2]> {
    let mut lines = Lines::new(io::stdin().lock());
    let mut next = || match lines.next().map_err(|error| not_read(&error))? {
        Some(Line::Text(text)) => Ok(Some(Zeroizing::new(text.to_vec()))),
        Some(Line::TooLong) => Err(not_two_lines()),
        None => Ok(None),
    };
    match (next()?, next()?, next()?) {
        (Some(number), Some(symbol), None) => Ok([number, symbol]),
        _ => Err(not_two_lines()),
    }
}

fn not_two_lines() -> Failure {
    Failure::new(
        "standard input does not hold two lines",
        "give the number on the first line and the symbol on the second, and nothing more",
    )
}
