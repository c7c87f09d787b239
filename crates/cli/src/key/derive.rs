//! `fugo key derive`: derives the key of one scope from a root key.

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
/// The same scope always gives the same key. The scope's tag is recorded in a registry in the root key's folder,
/// which refuses two scopes with the same tag. A key that is derived from a test key is a test key.
#[derive(Args)]
pub(crate) struct DeriveArgs {
    /// The file of the root key
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The scope of the key, as purpose/id/epoch: agency/nta/1, insurers/all/1
    #[arg(long)]
    scope: Scope,
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The registry of scopes [default: the root key's path with .scopes appended]
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
            format_args!("{} is a scope key; keys are derived from root keys only", args.root.display()),
            "give --root the file that `fugo key new` made",
        ));
    };
    drop(root);
    // The registry and every report show the id.
    if find::candidates(args.scope.id().as_str()).any(|found| found.number().is_some()) {
        return Err(Failure::new(
            "the scope id holds a valid MyNumber",
            "use the name of the organisation; no key was made, and nothing was recorded",
        ));
    }
    let seal = args.seal.seal(&args.out, file.usage())?;
    // Record the scope before the key is written: a key whose tag belongs to another scope must not be handed out.
    let registry = args.registry.as_ref().map_or_else(|| Registry::beside(&args.root), Registry::at);
    registry.record(&args.scope, file.tag()).map_err(|error| not_recorded(&registry, &error))?;
    seal::create(&file, &args.out, &seal).map_err(|failure| {
        failure.noting("no key file was made, and the registry has the scope already: run the same command again")
    })?;
    let (out, scope, usage, tag) = (args.out.display(), args.scope, file.usage(), file.tag());
    notice::say(format_args!("{out}: the {usage} key of {scope}, tag {tag}"));
    Ok(Exit::Clean)
}

fn not_recorded(registry: &Registry, error: &RegistryError) -> Failure {
    if let RegistryError::Io(error) = error {
        return Failure::io("record the scope in", registry.path(), error);
    }
    let remedy = match error {
        RegistryError::TagClash { .. } => "no key was made; derive the scope with another epoch or another id",
        RegistryError::OtherRoot { .. } => "no key was made; give --registry the registry of this root key",
        _ => "no key was made; correct the registry, or restore it from a copy",
    };
    Failure::new(format_args!("{}: {error}", registry.path().display()), remedy)
}
