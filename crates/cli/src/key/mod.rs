//! `fugo key`: makes, derives and inspects keys.

mod derive;
mod import;
mod in_token;
mod inspect;
mod inspect_token;
mod ledger;
mod new;
mod probe;
mod public;
mod signing;

use clap::Subcommand;

use crate::{exit::Exit, failure::Result};

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    New(new::NewArgs),
    Derive(derive::DeriveArgs),
    Import(import::ImportArgs),
    Inspect(inspect::InspectArgs),
    Probe(probe::ProbeArgs),
    Signing(signing::SigningArgs),
    Public(public::PublicArgs),
    Ledger(ledger::LedgerKeyArgs),
}

pub(crate) fn run(command: &KeyCommand) -> Result<Exit> {
    match command {
        KeyCommand::New(args) => new::run(args),
        KeyCommand::Derive(args) => derive::run(args),
        KeyCommand::Import(args) => import::run(args),
        KeyCommand::Inspect(args) => inspect::run(args),
        KeyCommand::Probe(args) => probe::run(args),
        KeyCommand::Signing(args) => signing::run(args),
        KeyCommand::Public(args) => public::run(args),
        KeyCommand::Ledger(args) => ledger::run(args),
    }
}
