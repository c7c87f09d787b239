//! `fugo key inspect`: what a key file says, without the key.

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

/// Show a key file's kind, purpose, scope, epoch, use and tag, and never its bytes
#[derive(Args)]
pub(crate) struct InspectArgs {
    /// The key file
    file: PathBuf,
    /// Hold the label of a scope's key against this registry of scopes: the tag does not bind it
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
            Failure::new(what, "do not use the key before you know whose it is")
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
