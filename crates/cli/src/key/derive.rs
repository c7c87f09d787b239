//! `fugo key derive`: derives the key of one scope from a root key.

use clap::Args;
use fugo::{Scope, find};

use super::{
    root::{RootArgs, record},
    scope_key::{Made, ScopeKeyArgs},
};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
};

/// Derive the key of one scope from a root key
///
/// The same scope always gives the same key. The scope's tag is recorded in a registry in the root key's folder,
/// which refuses two scopes with the same tag, and a scope whose key was destroyed. A key that is derived from a test
/// key is a test key.
///
/// The root key can be elsewhere than in a file: docs/custody.md says where, and which command each place needs.
#[derive(Args)]
pub(crate) struct DeriveArgs {
    #[command(flatten)]
    root: RootArgs,
    /// The scope of the key, as purpose/id/epoch: agency/nta/1, insurers/all/1
    #[arg(long)]
    scope: Scope,
    #[command(flatten)]
    place: ScopeKeyArgs,
}

pub(crate) fn run(args: &DeriveArgs) -> Result<Exit> {
    let scope = &args.scope;
    // The registry and every report show the id.
    if find::candidates(scope.id().as_str()).any(|found| found.number().is_some()) {
        return Err(Failure::new(
            "the scope id holds a valid MyNumber",
            "use the name of the organisation; no key was made, and nothing was recorded",
        ));
    }
    let (root, registry) = args.root.open(&args.place)?;
    let Made { place, usage, tag } =
        args.place.make(root, &registry, scope, "the scope", |tag| record(&registry, scope, tag))?;
    notice::say(format_args!("{place}: the {usage} key of {scope}, tag {tag}"));
    Ok(Exit::Clean)
}
