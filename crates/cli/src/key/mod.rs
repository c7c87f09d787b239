//! `fugo key`: makes, derives, splits, inspects, rotates and destroys keys.

mod dates;
mod derive;
mod destroy;
mod import;
mod in_token;
mod inspect;
mod inspect_token;
mod join;
mod ledger;
mod new;
mod probe;
mod public;
mod root;
mod rotate;
mod scope_key;
mod signing;
mod split;

use clap::Subcommand;

pub(crate) use self::split::{SHARE_PREFIX, SHARE_SUFFIX};
use crate::{exit::Exit, failure::Result};

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    New(new::NewArgs),
    Derive(derive::DeriveArgs),
    Import(import::ImportArgs),
    Inspect(inspect::InspectArgs),
    Probe(probe::ProbeArgs),
    Split(split::SplitArgs),
    Join(join::JoinArgs),
    Rotate(rotate::RotateArgs),
    Dates(dates::DatesArgs),
    Destroy(destroy::DestroyArgs),
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
        KeyCommand::Split(args) => split::run(args),
        KeyCommand::Join(args) => join::run(args),
        KeyCommand::Rotate(args) => rotate::run(args),
        KeyCommand::Dates(args) => dates::run(args),
        KeyCommand::Destroy(args) => destroy::run(args),
        KeyCommand::Signing(args) => signing::run(args),
        KeyCommand::Public(args) => public::run(args),
        KeyCommand::Ledger(args) => ledger::run(args),
    }
}
