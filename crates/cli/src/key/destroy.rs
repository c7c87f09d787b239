//! `fugo key destroy`: destroys the key of a scope, and records that it is not made again.

use std::path::{Path, PathBuf};

use clap::Args;
use fugo::{Epoch, Purpose, Scope};
use fugo_keystore::{Day, FileToErase, Key, RecordedEpoch, Scopes, TestKeys, UntimelyError, is_erased};

use super::root::{RegistryArgs, not_recorded};
use crate::{
    epoch::{read, today},
    exit::Exit,
    failure::{Failure, Result},
    notice,
    unlock::UnlockArgs,
};

/// Destroy the key of a scope, and record the day: the key is not made again
///
/// Opens the key file to know its scope and tag, records the day in the registry of scopes, overwrites the file, removes
/// it, and waits until the device has all of it. From then on `fugo key derive` and `fugo key rotate` refuse this epoch
/// with this registry. Destroy every copy with the same command.
///
/// Overwriting does not reach the copies in journals, snapshots, backups and flash memory. So destroy what opens the
/// file too: the identities of its recipients, or every note of its passphrase. Whoever has the root key can derive the
/// key again without this registry.
#[derive(Args)]
pub(crate) struct DestroyArgs {
    /// The key file of the scope
    file: PathBuf,
    #[command(flatten)]
    registry: RegistryArgs,
    /// Destroy the key although the registry says that its symbols are accepted today or later. They are not accepted
    /// from then on
    #[arg(long)]
    although_accepted: bool,
    #[command(flatten)]
    unlock: UnlockArgs,
}

pub(crate) fn run(args: &DestroyArgs) -> Result<Exit> {
    if is_erased(&args.file).unwrap_or(false) {
        return finish(args);
    }
    let key = args.unlock.opener(TestKeys::Allow)?.open(&args.file)?;
    let tag = key.tag();
    let Key::Scope(key) = key.into_key() else {
        return Err(Failure::new(
            format_args!("{} is a root key; the registry has the keys of scopes only", args.file.display()),
            "give the key file of a scope; nothing was destroyed",
        ));
    };
    let scope = *key.scope();
    drop(key);
    let (registry, today) = (args.registry.registry(), today()?);
    let scopes = read(registry.path())?;
    let epoch = scopes.recorded(&scope, tag).map_err(|error| not_recorded(&registry, &error))?;
    if !args.although_accepted {
        check_not_needed(&scopes, epoch, today)?;
    }
    let file = FileToErase::open(&args.file).map_err(|error| Failure::io("overwrite", &args.file, &error))?;
    registry.record_destroyed(&scope, tag, today).map_err(|error| not_recorded(&registry, &error))?;
    remove(&args.file, file).map_err(|failure| {
        failure.noting("the registry says already that the key is destroyed: run the same command again")
    })?;
    let on = epoch.dates.destroyed.unwrap_or(today);
    notice::say(format_args!("{}: destroyed; {scope}, tag {tag}, destroyed on {on}", args.file.display()));
    Ok(Exit::Clean)
}

/// An earlier run recorded the day and overwrote the file, and was stopped before it removed the name. Which key it was
/// can no longer be read. The registry must have a key that was destroyed: a device can leave zeros too.
fn finish(args: &DestroyArgs) -> Result<Exit> {
    let registry = args.registry.registry();
    if read(registry.path())?.iter().all(|epoch| epoch.dates.destroyed.is_none()) {
        return Err(Failure::new(
            format_args!("{} holds zeros only, and the registry records no destroyed key", args.file.display()),
            "find out what overwrote the file; if its key must end, destroy another copy of it",
        ));
    }
    let file = FileToErase::open(&args.file).map_err(|error| Failure::io("overwrite", &args.file, &error))?;
    remove(&args.file, file)?;
    notice::say(format_args!(
        "{}: removed; it held zeros only, as a run that was stopped leaves it. See in `fugo key dates` that its key is \
         recorded as destroyed",
        args.file.display()
    ));
    Ok(Exit::Clean)
}

/// Removes a key for good from the place where it is. The place was opened before anything was recorded.
fn remove(path: &Path, file: FileToErase) -> Result<()> {
    file.erase().map_err(|error| Failure::io("destroy", path, &error))
}

fn check_not_needed(scopes: &Scopes, epoch: &RecordedEpoch, today: Day) -> Result<()> {
    let all_the_same = "or destroy it all the same with --although-accepted; nothing was destroyed";
    if is_first_of_insurers(&epoch.scope) && epoch.dates.destroyed.is_none() {
        return Err(Failure::new(
            format_args!("eligibility symbols of every epoch are derived with the key of {}", epoch.scope),
            format_args!("keep it as long as there are eligibility symbols, {all_the_same}"),
        ));
    }
    let until = match (scopes.accepts(epoch, today), epoch.dates.accept_until) {
        (Ok(()) | Err(UntimelyError::NotYet { .. }), Some(until)) => format!("until {until}"),
        (Ok(()) | Err(UntimelyError::NotYet { .. }), None) => "without an end".to_owned(),
        _ => return Ok(()),
    };
    Err(Failure::new(
        format_args!("symbols of {} are accepted {until}", epoch.scope),
        format_args!("wait until then, set another day with `fugo key dates`, {all_the_same}"),
    ))
}

fn is_first_of_insurers(scope: &Scope) -> bool {
    scope.purpose() == Purpose::Insurers && scope.epoch() == Epoch::FIRST
}
