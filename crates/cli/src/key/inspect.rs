//! `fugo key inspect`: shows what a key file contains, without the key.

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use fugo_keystore::{Key, Registry, TestKeys, source::Holder};

use super::inspect_token;
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    keys,
    unlock::UnlockArgs,
};

/// Show the kind, purpose, scope id, epoch, use and tag of a key, but never the key
///
/// Of a key in a token it also shows every attribute that the token gives back, and says which of them the token
/// enforces: what an attribute forbids is tried where it leaves no trace. The others are the word of the token.
#[derive(Args)]
pub(crate) struct InspectArgs {
    /// The key file, or the pkcs11: URI of a key in a token
    #[arg(value_name = "ADDRESS")]
    file: PathBuf,
    /// Check the scope of the key against this registry of scopes. The file alone does not prove it: its tag
    /// identifies the key, not the scope
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    unlock: UnlockArgs,
}

pub(crate) fn run(args: &InspectArgs) -> Result<Exit> {
    let address = keys::address(&args.file)?;
    let path = match &address.holder {
        Holder::File(path) => path,
        Holder::Token(uri) => {
            let registry = args.registry.as_ref().map(Registry::at);
            let text = inspect_token::describe(uri, address.expected.as_ref(), registry.as_ref())?;
            io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::stdout(&error))?;
            return Ok(Exit::Clean);
        }
        Holder::Program(_) => {
            return Err(Failure::new(
                "a program shows nothing of its key",
                "`fugo key derive --record-only` gives the tag of a scope's key",
            ));
        }
    };
    let file = args.unlock.opener(TestKeys::Allow)?.open(path)?;
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
