//! `fugo key import`: brings a key from a file, or a root key from shares, into a token.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use fugo_keystore::Key;

use super::{
    in_token::{ALL_KEYS, ModeArg, open, refused, uri},
    root::join,
};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    unlock::UnlockArgs,
};

/// Bring the key of a file, or a root key from its shares, into a PKCS#11 token
///
/// The token confirms the tag of a key that signs, and its attributes are read back. The file stays: whoever has it has
/// the key. Destroy it and its copies, or keep it as the copy that a lost token needs.
#[derive(Args)]
#[command(group(ArgGroup::new("keys").args(["file", "root_shares"]).required(true).multiple(true)))]
pub(crate) struct ImportArgs {
    /// The key file
    file: Option<PathBuf>,
    /// The files of enough shares of a root key, in place of the key file. The key is joined in memory and written nowhere
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "file")]
    root_shares: Vec<PathBuf>,
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
    let mut opener = args.unlock.opener(ALL_KEYS)?;
    let file = match &args.file {
        Some(path) => opener.open(path)?,
        None => join(&args.root_shares, &mut opener)?,
    };
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
    let from = args.file.as_ref().map_or_else(|| "the shares".to_owned(), |path| path.display().to_string());
    notice::say(format_args!("{uri}: the {usage} key of {from}, tag {}", file.tag()));
    Ok(Exit::Clean)
}
