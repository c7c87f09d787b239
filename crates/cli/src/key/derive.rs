//! `fugo key derive`: derives the key of one scope from a root key.

use std::path::PathBuf;

use clap::Args;
use fugo::{Scope, find};

use super::root::{RootArgs, not_recorded};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
    seal::{self, SealArgs},
};

/// Derive the key of one scope from a root key
///
/// The same scope always gives the same key. The scope's tag is recorded in a registry in the root key's folder,
/// which refuses two scopes with the same tag, and a scope whose key was destroyed. A key that is derived from a test key is a test key.
#[derive(Args)]
pub(crate) struct DeriveArgs {
    #[command(flatten)]
    root: RootArgs,
    /// The scope of the key, as purpose/id/epoch: agency/nta/1, insurers/all/1
    #[arg(long)]
    scope: Scope,
    /// The key file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    seal: SealArgs,
}

pub(crate) fn run(args: &DeriveArgs) -> Result<Exit> {
    let root = args.root.open()?;
    let file = args.root.derive(&root, &args.scope)?;
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
    let registry = args.root.registry();
    registry.record(&args.scope, file.tag()).map_err(|error| not_recorded(&registry, &error))?;
    seal::create(&file, &args.out, &seal).map_err(|failure| {
        failure.noting("no key file was made, and the registry has the scope already: run the same command again")
    })?;
    let (out, scope, usage, tag) = (args.out.display(), args.scope, file.usage(), file.tag());
    notice::say(format_args!("{out}: the {usage} key of {scope}, tag {tag}"));
    Ok(Exit::Clean)
}
