//! `fugo key derive`: the key of one scope from a root key.

use std::path::PathBuf;

use clap::Args;
use fugo::{Scope, find};
use fugo_keystore::{Registry, RegistryError};

use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    seal::{self, SealArgs},
    unlock::RootUnlockArgs,
};

/// Derive the key of one scope from a root key
///
/// Deriving the same scope again gives the same key. The scope's tag is recorded in a registry beside the root key,
/// which refuses two scopes of one tag. A key derived from a test key is a test key.
#[derive(Args)]
pub(crate) struct DeriveArgs {
    /// The root key's file
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// Whom the key is for, as purpose/id/epoch: agency/nta/1, insurers/all/1
    #[arg(long)]
    scope: Scope,
    /// The key file to make
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The registry of scopes [default: the root key's path and .scopes]
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    unlock: RootUnlockArgs,
    #[command(flatten)]
    seal: SealArgs,
}

pub(crate) fn run(args: &DeriveArgs) -> Result<Exit> {
    let root = args.unlock.opener()?.open(&args.root)?;
    let Some(file) = root.derive(&args.scope) else {
        return Err(Failure::new(
            format_args!("{} is the key of a scope; only a root key derives", args.root.display()),
            "give --root the file that `fugo key new` made",
        ));
    };
    drop(root);
    // It would stand in the registry and in every report.
    if find::candidates(args.scope.id().as_str()).any(|found| found.number().is_some()) {
        return Err(Failure::new(
            "the id of the scope holds a valid MyNumber",
            "name the organisation; no key was made, and nothing was recorded",
        ));
    }
    let seal = args.seal.seal(&args.out, file.usage())?;
    // First, so that no key is handed out whose tag is another scope's already.
    let registry = args.registry.as_ref().map_or_else(|| Registry::beside(&args.root), Registry::at);
    registry.record(&args.scope, file.tag()).map_err(|error| not_recorded(&registry, &error))?;
    seal::create(&file, &args.out, &seal)?;
    let (out, scope, usage, tag) = (args.out.display(), args.scope, file.usage(), file.tag());
    notice::say(format_args!("{out}: the {usage} key of {scope}, tag {tag}"));
    Ok(Exit::Clean)
}

fn not_recorded(registry: &Registry, error: &RegistryError) -> Failure {
    if let RegistryError::Io(error) = error {
        return Failure::io("record the scope in", registry.path(), error);
    }
    let remedy = match error {
        RegistryError::TagClash { .. } => "no key was made; derive this scope at another epoch or under another id",
        RegistryError::OtherRoot { .. } => "no key was made; give --registry the one of this root key",
        _ => "no key was made; mend the registry, or take the copy that was kept",
    };
    Failure::new(format_args!("{}: {error}", registry.path().display()), remedy)
}
