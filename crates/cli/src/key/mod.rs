//! `fugo key`: makes, derives and inspects keys.

mod derive;
mod inspect;
mod new;

use clap::Subcommand;

use crate::{exit::Exit, failure::Result};

#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    New(new::NewArgs),
    Derive(derive::DeriveArgs),
    Inspect(inspect::InspectArgs),
}

pub(crate) fn run(command: &KeyCommand) -> Result<Exit> {
    match command {
        KeyCommand::New(args) => new::run(args),
        KeyCommand::Derive(args) => derive::run(args),
        KeyCommand::Inspect(args) => inspect::run(args),
    }
}
