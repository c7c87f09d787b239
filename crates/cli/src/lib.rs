//! `fugo`, the operator's tool: it reads a roster and writes one file of symbols for each organisation.
//!
//! The program calls [`main`]. Nothing else is public, except for the fuzz targets (feature `fuzzing`).
#![forbid(unsafe_code)]

mod audit;
mod by_hash;
mod calendar;
mod check;
mod convert;
mod counts;
mod deliver;
#[cfg(feature = "demonstrations")]
mod demonstrations;
mod epoch;
mod exit;
mod failure;
/// Parsers that are private otherwise.
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod grant;
mod hardening;
mod hex;
mod interrupt;
mod key;
mod keys;
mod ledger;
mod manifest;
mod mix;
mod notice;
mod options;
mod ordered;
mod partition;
mod passphrase;
mod placing;
mod policy;
mod prefetch;
mod receive;
mod record;
mod redaction;
mod roster;
mod seal;
mod symbol;
mod toml_text;
mod translate;
mod unlock;
mod written;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[cfg(feature = "demonstrations")]
use crate::demonstrations::{demo, synth, vectors};
use crate::exit::Exit;

/// Symbols (符号) for Japan's MyNumber: one per agency, unlinkable without the keys.
///
/// Treat every symbol as 個人番号 (特定個人情報). Whoever holds a scope's key can invert that scope's symbols.
#[derive(Parser)]
#[command(name = "fugo", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make, derive, split, inspect, rotate and destroy keys
    #[command(subcommand)]
    Key(key::KeyCommand),
    Audit(audit::AuditArgs),
    Check(check::CheckArgs),
    Convert(Box<convert::ConvertArgs>),
    Deliver(Box<deliver::DeliverArgs>),
    #[cfg(feature = "demonstrations")]
    Demo(demo::DemoArgs),
    /// Make, sign and verify the grants under which symbols are translated
    #[command(subcommand)]
    Grant(grant::GrantCommand),
    /// Judge a delivery by the history of its scope, and record it
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    Receive(receive::ReceiveArgs),
    /// Keep, verify and show the record of translations
    #[command(subcommand)]
    Record(record::RecordCommand),
    /// Turn symbols into text form and back, and compare a symbol with a number
    #[command(subcommand)]
    Symbol(symbol::SymbolCommand),
    #[cfg(feature = "demonstrations")]
    Synth(synth::SynthArgs),
    Translate(Box<translate::TranslateArgs>),
    #[cfg(feature = "demonstrations")]
    Vectors(vectors::VectorsArgs),
}

/// Runs the command that the arguments of the process name, and returns its exit status.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error),
    };
    hardening::apply();
    exit::report(dispatch(cli.command))
}

fn dispatch(command: Command) -> failure::Result<Exit> {
    match command {
        Command::Key(command) => key::run(&command),
        Command::Audit(args) => audit::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Deliver(args) => deliver::run(&args),
        #[cfg(feature = "demonstrations")]
        Command::Demo(args) => demo::run(&args),
        Command::Grant(command) => grant::run(&command),
        Command::Ledger(command) => ledger::run(&command),
        Command::Receive(args) => receive::run(&args),
        Command::Record(command) => record::run(&command),
        Command::Symbol(command) => symbol::run(&command),
        #[cfg(feature = "demonstrations")]
        Command::Synth(args) => synth::run(&args),
        Command::Translate(args) => translate::run(&args),
        #[cfg(feature = "demonstrations")]
        Command::Vectors(args) => vectors::run(&args),
    }
}
