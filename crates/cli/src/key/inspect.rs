//! `fugo key inspect`: shows what a key file contains, without the key.

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use fugo_keystore::{Key, Registry, TestKeys};

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    unlock::UnlockArgs,
};

/// Show the kind, purpose, scope id, epoch, use and tag of a key file, but never the key
#[derive(Args)]
pub(crate) struct InspectArgs {
    /// The key file
    file: PathBuf,
    /// Check the scope of the key against this registry of scopes. The file alone does not prove it: its tag
    /// identifies the key, not the scope
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
}

pub(crate) fn run(args: &InspectArgs) -> Result<Exit> {
    let file = args.unlock.opener(TestKeys::Allow)?.open(&args.file)?;
    if let (Some(path), Key::Scope(key)) = (&args.registry, file.key()) {
        Registry::at(path).verify(key.scope(), key.tag()).map_err(|error| {
            let what = format_args!("{}: {error}", args.file.display()).to_string();
            Failure::new(what, "do not use the key until you know which scope it belongs to")
        })?;
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = match file.key() {
        Key::Root(_) => writeln!(text, "kind: root"),
        Key::Scope(key) => {
            let (purpose, id, epoch) = (key.scope().purpose(), key.scope().id(), key.scope().epoch());
            let (id, epoch) = (id.as_str(), epoch.number());
            writeln!(text, "kind: scope\npurpose: {purpose}\nscope: {id}\nepoch: {epoch}")
        }
    };
    let _ = writeln!(text, "use: {}\ntag: {}", file.usage(), file.tag());
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))?;
    Ok(Exit::Clean)
}
