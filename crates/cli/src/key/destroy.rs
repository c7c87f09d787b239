//! `fugo key destroy`: destroys the key of a scope, and records that it is not made again.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use clap::Args;
use fugo::{Epoch, KeyTag, Purpose, Scope, mac};
use fugo_keystore::{
    Day, FileToErase, Key, RecordedEpoch, Scopes, TestKeys, UntimelyError, is_erased,
    source::{
        Holder, SourceError, TokenError, TokenUri,
        token::{Kind, Token},
    },
};

use super::{
    in_token::{open, refused},
    root::{RegistryArgs, not_recorded},
};
use crate::{
    epoch::{check_clock, read, today},
    exit::Exit,
    failure::{Failure, Result},
    keys, notice,
    unlock::UnlockArgs,
};

/// Destroy the key of a scope, and record the day: the key is not made again
///
/// Opens the key to know its scope and tag, records the day in the registry of scopes, and then destroys the key. A file
/// is overwritten and removed, and the command waits until the device has all of it. In a token the object is destroyed
/// and then looked for. From then on `fugo key derive` and `fugo key rotate` refuse this epoch with this registry. If the
/// command is stopped, the same command finishes it. Destroy every copy with the same command.
///
/// Overwriting does not reach the copies in journals, snapshots, backups and flash memory. So destroy what opens the
/// file too: the identities of its recipients, or every note of its passphrase. Backups of a token keep the key. Whoever
/// has the root key can derive the key again without this registry.
#[derive(Args)]
pub(crate) struct DestroyArgs {
    /// The key file of the scope, or the pkcs11: URI of its key in a token
    #[arg(value_name = "ADDRESS")]
    key: PathBuf,
    #[command(flatten)]
    registry: RegistryArgs,
    /// Destroy the key although the registry says that its symbols are accepted today or later. They are not accepted
    /// from then on
    #[arg(long)]
    although_accepted: bool,
    /// Destroy the key although the registry says that its first day is yet to come. Look at the clock of the machine first:
    /// the day of the destruction stays for ever, and an epoch that ends before it begins replaces no older one
    #[arg(long)]
    before_it_begins: bool,
    /// Destroy a key that the registry does not record, such as one that a stopped `fugo key new --in` left. Nothing is
    /// recorded. A key that the registry records is refused
    #[arg(long, conflicts_with_all = ["although_accepted", "before_it_begins"])]
    not_recorded: bool,
    #[command(flatten)]
    unlock: UnlockArgs,
}

/// Where a key is destroyed. It was opened for that, so what cannot be destroyed is not recorded.
enum Place {
    File(PathBuf, FileToErase),
    Token(Token, TokenUri),
}

pub(crate) fn run(args: &DestroyArgs) -> Result<Exit> {
    let address = keys::address(&args.key)?;
    let (scope, tag, place) = match (address.holder, address.expected) {
        (Holder::File(path), None) if is_erased(&path).unwrap_or(false) => return finish(args, &path),
        (Holder::File(path), None) => in_file(args, path)?,
        (Holder::Token(uri), None) => in_token(uri)?,
        _ => {
            return Err(Failure::new(
                "there is no key to destroy: this address derives the key of a scope each time from its root key",
                "give the file or the URI of a scope's key; `fugo key dates --accept-until` ends an epoch without one",
            ));
        }
    };
    let (registry, today) = (args.registry.registry(), today()?);
    let scopes = read(registry.path())?;
    if args.not_recorded {
        return destroy_unrecorded(&scopes, &scope, tag, place);
    }
    let epoch = scopes.recorded(&scope, tag).map_err(|error| not_recorded(&registry, &error))?;
    if epoch.dates.destroyed.is_none() {
        check_clock(registry.path(), &scopes, today)?;
    }
    if !args.although_accepted {
        check_not_needed(&scopes, epoch, today)?;
    }
    if epoch.dates.destroyed.is_none() && !args.before_it_begins {
        check_began(epoch, today)?;
    }
    // The day first: if the run is stopped in between, a key that still exists is refused, and the same command ends it.
    // The other order could leave a destroyed key that the registry does not know, and that is derived again.
    registry.record_destroyed(&scope, tag, today).map_err(|error| not_recorded(&registry, &error))?;
    let shown = place.to_string();
    place.destroy().map_err(|failure| {
        failure.noting("the registry says already that the key is destroyed: run the same command again")
    })?;
    let on = epoch.dates.destroyed.unwrap_or(today);
    notice::say(format_args!("{shown}: destroyed; {scope}, tag {tag}, destroyed on {on}"));
    Ok(Exit::Clean)
}

/// Destroys a key that has no line in the registry.
fn destroy_unrecorded(scopes: &Scopes, scope: &Scope, tag: KeyTag, place: Place) -> Result<Exit> {
    if scopes.recorded(scope, tag).is_ok() {
        return Err(Failure::new(
            format_args!("the key of {scope} with the tag {tag} is recorded"),
            "leave out --not-recorded, so that the day is recorded too; nothing was destroyed",
        ));
    }
    let shown = place.to_string();
    place.destroy()?;
    notice::say(format_args!("{shown}: destroyed; {scope}, tag {tag}, was not recorded, and nothing was recorded"));
    Ok(Exit::Clean)
}

fn in_file(args: &DestroyArgs, path: PathBuf) -> Result<(Scope, KeyTag, Place)> {
    let key = args.unlock.opener(TestKeys::Allow)?.open(&path)?;
    let tag = key.tag();
    let Key::Scope(key) = key.into_key() else { return Err(is_root(&path.display())) };
    let file = FileToErase::open(&path).map_err(|error| Failure::io("overwrite", &path, &error))?;
    Ok((*key.scope(), tag, Place::File(path, file)))
}

fn in_token(uri: TokenUri) -> Result<(Scope, KeyTag, Place)> {
    let failed = |error| match error {
        SourceError::Token(TokenError::NoKey) => {
            refused(&uri, &error).noting("`fugo key dates` shows whether the key is recorded as destroyed")
        }
        error => refused(&uri, &error),
    };
    let token = open(&uri)?;
    let key = token.key(&uri).map_err(failed)?;
    let Kind::Scope(scope) = key.identity().kind else { return Err(is_root(&uri)) };
    let tag = mac::tag(&key).map_err(failed)?;
    token.check_destroyable(&uri).map_err(failed)?;
    Ok((scope, tag, Place::Token(token, uri)))
}

fn is_root(shown: &dyn fmt::Display) -> Failure {
    Failure::new(
        format_args!("{shown} is a root key; the registry has the keys of scopes only"),
        "give the key of a scope; nothing was destroyed",
    )
}

impl Place {
    /// Removes the key for good from the place where it is.
    fn destroy(self) -> Result<()> {
        match self {
            Self::File(path, file) => erase(&path, file),
            Self::Token(token, uri) => token.destroy(&uri).map_err(|error| refused(&uri, &error)),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, _) => path.display().fmt(f),
            Self::Token(_, uri) => uri.fmt(f),
        }
    }
}

/// An earlier run recorded the day and overwrote the file, and was stopped before it removed the name. Which key it was
/// can no longer be read. The registry must have a key that was destroyed: it is not that of the file otherwise.
fn finish(args: &DestroyArgs, path: &Path) -> Result<Exit> {
    let registry = args.registry.registry();
    if read(registry.path())?.iter().all(|epoch| epoch.dates.destroyed.is_none()) {
        return Err(Failure::new(
            format_args!("{} was overwritten by a destruction, and the registry records none", path.display()),
            "give the registry in which the day of that destruction is",
        ));
    }
    let file = FileToErase::open(path).map_err(|error| Failure::io("overwrite", path, &error))?;
    erase(path, file)?;
    notice::say(format_args!(
        "{}: removed; a run that was stopped had overwritten it. See in `fugo key dates` that its key is recorded as \
         destroyed",
        path.display()
    ));
    Ok(Exit::Clean)
}

fn erase(path: &Path, file: FileToErase) -> Result<()> {
    file.erase().map_err(|error| Failure::io("destroy", path, &error))
}

/// A key is destroyed after its first day. If it is not, the clock is the likelier reason.
fn check_began(epoch: &RecordedEpoch, today: Day) -> Result<()> {
    match epoch.dates.valid_from.filter(|from| *from > today) {
        Some(from) => Err(Failure::new(
            format_args!("{} is valid from {from} on, and the clock of this machine says {today}", epoch.scope),
            "set the clock if it is wrong; if it is right, and the key must end before it begins, give \
             --before-it-begins; nothing was destroyed",
        )),
        None => Ok(()),
    }
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
