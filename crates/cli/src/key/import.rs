//! `fugo key import`: brings a key from a file into a token.

use std::path::PathBuf;

use clap::Args;
use fugo_keystore::Key;

use super::in_token::{ALL_KEYS, ModeArg, open, refused, uri};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    unlock::UnlockArgs,
};

/// Bring the key of a file into a PKCS#11 token
///
/// The token confirms the tag of the key, and its attributes are read back. The file stays: whoever has it has the
/// key. Destroy it and its copies, or keep it as the copy that a lost token needs.
#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The key file
    file: PathBuf,
    /// The token, and the label of the new key: pkcs11:token=...;object=LABEL?module-path=...
    #[arg(long = "in", value_name = "URI")]
    into: PathBuf,
    /// For a root key: what it is for in the token
    #[arg(long, value_enum)]
    mode: Option<ModeArg>,
    #[command(flatten)]
    unlock: UnlockArgs,
}

pub(crate) fn run(args: &ImportArgs) -> Result<Exit> {
    let uri = uri(&args.into, "--in")?;
    let file = args.unlock.opener(ALL_KEYS)?.open(&args.file)?;
    let usage = file.usage();
    let made = match (file.key(), args.mode) {
        (Key::Scope(_), Some(_)) => {
            return Err(Failure::new("--mode is for root keys, and the file holds the key of a scope", "leave it out"));
        }
        (Key::Root(_), None) => {
            return Err(Failure::new(
                "--mode is missing: the file holds a root key",
                "give --mode signed-out or --mode derived-in; docs/custody.md says what each means",
            ));
        }
        (Key::Scope(key), None) => open(&uri)?.import_scope(&uri, key, usage),
        (Key::Root(key), Some(mode)) => open(&uri)?.import_root(&uri, key, usage, mode.into()),
    };
    made.map_err(|error| refused(&uri, &error))?;
    notice::say(format_args!("{uri}: the {usage} key of {}, tag {}", args.file.display(), file.tag()));
    Ok(Exit::Clean)
}
