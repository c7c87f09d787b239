//! `fugo key inspect`: what a key file says, without the key.

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use fugo_keystore::Key;

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
    #[command(flatten)]
    unlock: UnlockArgs,
}

pub(crate) fn run(args: &InspectArgs) -> Result<Exit> {
    let file = args.unlock.opener()?.open(&args.file)?;
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
