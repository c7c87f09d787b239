//! `fugo symbol verify`: checks whether a symbol belongs to a number under a key.

use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
};

use clap::Args;
use fugo::{KeyTag, MyNumber, Scope, text};
use fugo_keystore::source::SymbolSource;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::not_read;
use crate::{
    epoch::EpochArgs,
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
/// With the keys of two epochs (--key twice) the answer says which epoch the symbol is of. With --registry a key is
/// refused on a day on which its symbols are not accepted.
///
/// Exit status: 0 the symbol belongs to the number, 1 it does not, 2 the number or the symbol is not valid, or the
/// key cannot be used.
#[derive(Args)]
pub(crate) struct VerifyArgs {
    /// The key of the scope: a key file, or another address of a key (docs/custody.md); may be given several times, for
    /// the epochs that are accepted
    #[arg(long = "key", value_name = "ADDRESS", required = true)]
    keys: Vec<PathBuf>,
    /// For eligibility symbols: the key of the insurers, epoch 1
    #[arg(long, value_name = "ADDRESS")]
    insurers_key: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
    #[command(flatten)]
    test: TestKeyArgs,
    #[command(flatten)]
    epochs: EpochArgs,
}

pub(super) fn run(args: &VerifyArgs) -> Result<Exit> {
    let keys = number_keys(args)?;
    let scopes: Vec<(Scope, KeyTag)> = keys.iter().map(|key| (*key.scope(), key.tag())).collect();
    args.epochs.check_accepted(&scopes)?;
    let [number, symbol] = if io::stdin().is_terminal() { typed()? } else { two_lines()? };
    let number = MyNumber::parse(&*number).map_err(|error| {
        Failure::new(format_args!("the number is not a valid MyNumber: {error}"), "check the first line")
    })?;
    let mut of_tag: Vec<usize> = (0..keys.len()).collect();
    let mut other_epoch = None;
    let symbol = if let Some(symbol) = hex::decode(&symbol) {
        symbol
    } else {
        let decoded = text::decode(&*symbol).map_err(|error| {
            let remedy = "check the second line; it must be a symbol in text form or 32 hex digits";
            Failure::new(format_args!("the symbol is not valid: {error}"), remedy)
        })?;
        of_tag.retain(|at| keys[*at].scope().purpose() == decoded.purpose && keys[*at].tag() == decoded.tag);
        if of_tag.is_empty() {
            other_epoch = args.epochs.of_symbol(&decoded)?;
        }
        decoded.symbol
    };
    let mut its_key = None;
    for at in of_tag {
        let derived = keys[at].symbol(&number);
        let derived = derived.map_err(|error| keys::not_given(&keys::shown(&args.keys[at]), &error))?;
        if derived == symbol {
            its_key = Some(&keys[at]);
        }
    }
    let of = |key: &SymbolSource| format!("{}, tag {}", key.scope(), key.tag());
    let (answer, exit) = if let Some(key) = its_key {
        (format!("yes: this is the symbol of the number for {}", of(key)), Exit::Clean)
    } else {
        let keys: Vec<String> = keys.iter().map(of).collect();
        (format!("no: this is not the symbol of the number for {}", keys.join("; ")), Exit::Rejects)
    };
    let note = other_epoch.map(|epoch| format!("; by its tag it is a symbol of {}", epoch.scope)).unwrap_or_default();
    writeln!(io::stdout(), "{answer}{note}").map_err(|error| Failure::stdout(&error).having_found(exit))?;
    Ok(exit)
}

fn number_keys(args: &VerifyArgs) -> Result<Vec<SymbolSource>> {
    let addresses: Vec<PathBuf> = args.keys.iter().chain(&args.insurers_key).cloned().collect();
    let mut loaded = load_scope_sources(&addresses, &args.unlock, args.test)?;
    let insurers = args.insurers_key.as_ref().and_then(|_| loaded.pop());
    let number_key = |key| match &insurers {
        Some(insurers) => SymbolSource::eligibility(insurers, key),
        None => SymbolSource::new(key),
    };
    loaded.iter().map(number_key).collect::<Result<_, _>>().map_err(|error| {
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
