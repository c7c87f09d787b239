//! `fugo key rotate`: makes the key of the next epoch of a scope, and records the dates of the change.

use clap::Args;
use fugo::{Epoch, Purpose, Scope};
use fugo_keystore::Day;

use super::{
    root::{RootArgs, not_recorded},
    scope_key::{Made, ScopeKeyArgs},
};
use crate::{
    exit::Exit,
    failure::{Failure, Result},
    notice,
};

/// Make the key of the next epoch of a scope, and record from when on it is valid
///
/// Records both dates in the registry of scopes, or neither: the first day of the new epoch and the last day of the old
/// one. The same command with the same dates makes the same key again. Days begin at 00:00 in Japan (UTC+09:00).
///
/// The root key can be elsewhere than in a file, as for `fugo key derive`.
#[derive(Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    root: RootArgs,
    /// The scope whose key is replaced, with its epoch today: agency/nta/1. The new key has the next epoch
    #[arg(long)]
    scope: Scope,
    /// The first day of the new epoch, YYYY-MM-DD: from then on `fugo convert` refuses the old key
    #[arg(long, value_name = "DATE")]
    valid_from: Day,
    /// The last day on which symbols of the old epoch are accepted, YYYY-MM-DD; not before --valid-from
    #[arg(long, value_name = "DATE")]
    accept_until: Day,
    #[command(flatten)]
    place: ScopeKeyArgs,
}

pub(crate) fn run(args: &RotateArgs) -> Result<Exit> {
    let old = args.scope;
    let new = next(&old)?;
    let (root, registry) = args.root.open(&args.place)?;
    let (from, until) = (args.valid_from, args.accept_until);
    let old_tag = args.place.tag(&root, &old)?;
    let rotate = |tag| {
        let rotated = registry.rotate((&old, old_tag), (&new, tag), from, until);
        rotated.map(|_| ()).map_err(|error| not_recorded(&registry, &error))
    };
    let Made { place, usage, tag } = args.place.make(root, &registry, &new, "the dates", rotate)?;
    notice::say(format_args!("{place}: the {usage} key of {new}, tag {tag}, valid from {from} on"));
    notice::say(format_args!("{old}: accepted until {until}; then destroy its key with `fugo key destroy`"));
    if old.purpose() == Purpose::Insurers && old.epoch() == Epoch::FIRST {
        notice::warn("eligibility symbols are always derived from insurers' symbols of epoch 1: keep that key");
    }
    Ok(Exit::Clean)
}

/// The scope of the next epoch.
fn next(scope: &Scope) -> Result<Scope> {
    let epoch = scope.epoch().number().checked_add(1).and_then(|number| Epoch::new(number).ok());
    let next = epoch.and_then(|epoch| Scope::new(scope.purpose(), *scope.id(), epoch).ok());
    next.ok_or_else(|| {
        Failure::new(format_args!("{scope} has the last epoch that there is"), "begin another scope id with epoch 1")
    })
}
