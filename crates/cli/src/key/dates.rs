//! `fugo key dates`: shows and sets the dates of the epochs in a registry of scopes.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use clap::Args;
use fugo::Scope;
use fugo_keystore::{Day, RecordedEpoch, Scopes};

use super::root::{RegistryArgs, not_recorded};
use crate::{
    epoch::{check_clock, read, today},
    exit::Exit,
    failure::{Failure, Result},
    notice,
};

/// Show the dates of the epochs in a registry of scopes, or set those of one epoch
///
/// Prints one line for each scope, or for all epochs of --scope. No key is opened. Days begin at 00:00 in Japan
/// (UTC+09:00).
#[derive(Args)]
pub(crate) struct DatesArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// The scope, as purpose/id/epoch. Its purpose and id are shown with all epochs
    #[arg(long)]
    scope: Option<Scope>,
    /// Set the first day on which symbols of the scope are made, YYYY-MM-DD
    #[arg(long, value_name = "DATE", requires = "scope")]
    valid_from: Option<Day>,
    /// Set the last day on which symbols of the scope are made and accepted, YYYY-MM-DD
    #[arg(long, value_name = "DATE", requires = "scope")]
    accept_until: Option<Day>,
}

pub(crate) fn run(args: &DatesArgs) -> Result<Exit> {
    let registry = args.registry.registry();
    if let Some(scope) = &args.scope
        && (args.valid_from.is_some() || args.accept_until.is_some())
    {
        registry
            .set_dates(scope, args.valid_from, args.accept_until)
            .map_err(|error| not_recorded(&registry, &error))?;
    }
    let (scopes, today) = (read(registry.path())?, today()?);
    if let Err(failure) = check_clock(registry.path(), &scopes, today) {
        notice::warn(failure.what());
    }
    let mut text = String::new();
    for epoch in scopes.iter().filter(|epoch| args.scope.is_none_or(|scope| epoch.is_of_organisation(&scope))) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", line(&scopes, epoch, today));
    }
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    Ok(Exit::Clean)
}

fn line(scopes: &Scopes, epoch: &RecordedEpoch, today: Day) -> String {
    let mut text = format!("{}, tag {}", epoch.scope, epoch.tag);
    let dates = epoch.dates;
    for (what, date) in
        [("valid from", dates.valid_from), ("accepted until", dates.accept_until), ("destroyed on", dates.destroyed)]
    {
        let _ = date.map(|date| write!(text, ", {what} {date}"));
    }
    text.push_str(match (scopes.makes(epoch, today), scopes.accepts(epoch, today)) {
        (Ok(()), _) => ": symbols are made and accepted today",
        (Err(_), Ok(())) => ": symbols are accepted today and not made",
        (Err(_), Err(_)) => ": symbols are neither made nor accepted today",
    });
    text
}
