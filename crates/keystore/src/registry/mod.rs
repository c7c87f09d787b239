//! The registry of scopes, a file in the same folder as the root key. It records the tag of each scope and the dates of
//! its epochs, and no secrets.
//!
//! It is CSV (`form.rs`) with one line for each scope whose key was derived. Tags identify keys in text forms, so two
//! scopes of one registry never have the same tag.

mod clash;
mod dates;
mod error;
mod form;
mod window;

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use fugo::{KeyTag, Scope};

use self::{
    clash::{known, place_or_new},
    dates::{check_no_gap, check_order},
    window::check_clock,
};
pub use self::{
    dates::{DateOrderError, Dates, Day, DayError},
    error::RegistryError,
    window::{Scopes, UntimelyError},
};
use crate::{
    new_file::{folder, make_owner_only, sync_folder},
    secret_file::open_regular,
};

/// A scope of a registry, its tag and its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedEpoch {
    /// The scope.
    pub scope: Scope,
    /// The tag of its key.
    pub tag: KeyTag,
    /// The dates of the epoch.
    pub dates: Dates,
}

impl RecordedEpoch {
    /// Whether it has the purpose and the scope id of this scope.
    pub fn is_of_organisation(&self, scope: &Scope) -> bool {
        self.scope.purpose() == scope.purpose() && self.scope.id() == scope.id()
    }

    fn check_exists(&self) -> Result<(), RegistryError> {
        self.dates.destroyed.map_or(Ok(()), |on| Err(RegistryError::Destroyed { scope: self.scope, on }))
    }
}

/// A registry, given by the path of its file. The file is created when the first scope is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    path: PathBuf,
}

/// The result of recording something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// It was added.
    Added,
    /// It was recorded before, and nothing changed.
    Known,
}

impl Registry {
    /// The registry at a path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The registry of a root key file: the path of the root key with `.scopes` appended. Links are followed, so a root
    /// key has one registry under all its names.
    pub fn beside(root: &Path) -> Self {
        let is_link = root.symlink_metadata().is_ok_and(|root| root.is_symlink());
        let root = if is_link { root.canonicalize().unwrap_or_else(|_| root.into()) } else { root.into() };
        Self { path: with_suffix(&root, ".scopes") }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All scopes with their tags and dates, in the order in which they were recorded. Empty if the file does not exist.
    pub fn scopes(&self) -> Result<Scopes, RegistryError> {
        scopes(&self.place()?)
    }

    /// Makes an empty registry unless the file exists. A place where nothing can be recorded is then known before a key is made.
    pub fn prepare(&self) -> Result<(), RegistryError> {
        let place = self.place()?;
        let _lock = locked(&place)?;
        scopes(&place)?;
        if !place.exists() {
            replace(&place, &[])?;
            sync_folder(folder(&place)).map_err(RegistryError::NotFlushed)?;
        }
        Ok(())
    }

    /// Records the tag of a scope key. Call it before the key is used. Recording the same tag again changes nothing. The
    /// scope of a destroyed key is refused.
    pub fn record(&self, scope: &Scope, tag: KeyTag) -> Result<Recorded, RegistryError> {
        self.change(|epochs| {
            let at = place_or_new(epochs, scope, tag)?;
            epochs[at].check_exists()
        })
    }

    /// Records the key of the next epoch of a scope and both dates of the change, all of it or nothing: the new epoch is
    /// valid from `valid_from` on, and the old one is accepted until `accept_until`. Recording the same again changes
    /// nothing; other dates are refused.
    pub fn rotate(
        &self,
        (old, old_tag): (&Scope, KeyTag),
        (new, new_tag): (&Scope, KeyTag),
        valid_from: Day,
        accept_until: Day,
    ) -> Result<Recorded, RegistryError> {
        if accept_until < valid_from {
            return Err(DateOrderError::Gap { older: *old, accept_until, newer: *new, valid_from }.into());
        }
        self.change(|epochs| {
            let old = known(epochs, old, old_tag)?;
            epochs[old].check_exists()?;
            let new = place_or_new(epochs, new, new_tag)?;
            epochs[new].check_exists()?;
            set(&mut epochs[old], |dates| &mut dates.accept_until, accept_until)?;
            set(&mut epochs[new], |dates| &mut dates.valid_from, valid_from)
        })
    }

    /// Sets the dates that are given, in place of those that are recorded. The dates of a destroyed key stay. A day between
    /// two epochs on which neither is accepted is refused, unless the key of the older one was destroyed.
    pub fn set_dates(
        &self,
        scope: &Scope,
        valid_from: Option<Day>,
        accept_until: Option<Day>,
    ) -> Result<Recorded, RegistryError> {
        self.change(|epochs| {
            let epoch = epochs.iter_mut().find(|epoch| epoch.scope == *scope);
            let epoch = epoch.ok_or(RegistryError::ScopeNotRecorded { scope: *scope })?;
            epoch.check_exists()?;
            epoch.dates.valid_from = valid_from.or(epoch.dates.valid_from);
            epoch.dates.accept_until = accept_until.or(epoch.dates.accept_until);
            Ok(check_no_gap(epochs, scope)?)
        })
    }

    /// Records that the key of a scope is destroyed on this day, unless an earlier day is recorded already. Call it
    /// before the key is destroyed: from then on the key is not made again. A day before a destruction that is recorded is
    /// refused: the day stays for ever, and the clock that gave it is wrong.
    pub fn record_destroyed(&self, scope: &Scope, tag: KeyTag, day: Day) -> Result<Recorded, RegistryError> {
        self.change(|epochs| {
            let at = known(epochs, scope, tag)?;
            if epochs[at].dates.destroyed.is_none() {
                check_clock(epochs, day)?;
                epochs[at].dates.destroyed = Some(day);
            }
            Ok(())
        })
    }

    /// Compares the scope and the tag of a key with the registry. Whoever can write a key file can change its scope,
    /// and the tag stays the same; the registry records the scope of each tag.
    pub fn verify(&self, scope: &Scope, tag: KeyTag) -> Result<(), RegistryError> {
        self.scopes()?.recorded(scope, tag).map(drop)
    }

    /// Changes the registry, if the change succeeds and the dates are in order.
    ///
    /// The file `<registry>.lock` is locked during the call, so that simultaneous calls find each other's clashes. The
    /// registry is replaced as a whole, so readers need no lock. If the path is a link, the target is locked and
    /// replaced.
    fn change(
        &self,
        change: impl FnOnce(&mut Vec<RecordedEpoch>) -> Result<(), RegistryError>,
    ) -> Result<Recorded, RegistryError> {
        let place = self.place()?;
        let _lock = locked(&place)?;
        let before = scopes(&place)?;
        let mut epochs = before.0.clone();
        change(&mut epochs)?;
        let recorded = if epochs == before.0 {
            Recorded::Known
        } else {
            check_order(&epochs)?;
            replace(&place, &epochs)?;
            Recorded::Added
        };
        // Also where nothing changed: an earlier call may have failed here.
        sync_folder(folder(&place)).map_err(RegistryError::NotFlushed)?;
        Ok(recorded)
    }

    /// The path of the file after links. A dangling link is refused, because a new file at its target would be unknown
    /// to others.
    fn place(&self) -> Result<PathBuf, RegistryError> {
        match self.path.symlink_metadata() {
            Ok(found) if found.is_symlink() => self.path.canonicalize().map_err(|_| RegistryError::DanglingLink),
            _ => Ok(self.path.clone()),
        }
    }
}

/// Locks the registry at this place, until the file is dropped. Another process holds it for a moment only, so one that
/// holds it on is named and not waited for.
fn locked(place: &Path) -> Result<File, RegistryError> {
    let path = with_suffix(place, ".lock");
    let failed = |error: io::Error| RegistryError::Lock { path: path.clone(), error };
    let lock = lock_file().open(&path).map_err(failed)?;
    if !lock.metadata().map_err(failed)?.is_file() {
        return Err(failed(io::Error::other("this is not a regular file")));
    }
    let until = Instant::now() + LONGEST_WAIT;
    loop {
        match lock.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(Duration::from_millis(5)),
            Err(TryLockError::WouldBlock) => return Err(RegistryError::Busy { path }),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    // If another user could open the lock file, that user could hold the lock and block all derivations.
    let _ = make_owner_only(&lock);
    if let Ok(registry) = place.metadata() {
        give_to(&lock, &registry);
    }
    Ok(lock)
}

/// The longest time that another process is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Gives a file the owner and the group of another one, as far as this process may: root's change of an operator's registry
/// must leave it to the operator.
fn give_to(file: &File, other: &fs::Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let Ok(found) = file.metadata() else { return };
        if (found.uid(), found.gid()) != (other.uid(), other.gid())
            && fchown(file, Some(other.uid()), Some(other.gid())).is_err()
        {
            let _ = fchown(file, None, Some(other.gid()));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, other);
}

/// Sets a date. Another date that is recorded already is refused.
fn set(
    epoch: &mut RecordedEpoch,
    date: impl FnOnce(&mut Dates) -> &mut Option<Day>,
    day: Day,
) -> Result<(), RegistryError> {
    let scope = epoch.scope;
    let date = date(&mut epoch.dates);
    if date.is_some_and(|recorded| recorded != day) {
        return Err(RegistryError::OtherDates { scope });
    }
    *date = Some(day);
    Ok(())
}

fn scopes(place: &Path) -> Result<Scopes, RegistryError> {
    match open_regular(place) {
        Ok(Some(file)) if has_other_names(&file)? => Err(RegistryError::OtherNames),
        Ok(Some(file)) => form::parse(file),
        Ok(None) => Err(RegistryError::NotAFile),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Scopes::default()),
        Err(error) => Err(error.into()),
    }
}

/// Whether the file has other names (hard links). If it were replaced, the other names would keep the old file.
fn has_other_names(file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    return Ok(std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) > 1);
    #[cfg(not(unix))]
    return file.metadata().map(|_| false);
}

fn is_leftover(new: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    match open_regular(new) {
        Ok(Some(file)) => file.take(form::HEADER.len() as u64).read_to_end(&mut head)?,
        Ok(None) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(form::is_head(&head))
}

/// Replaces the registry. The lock is held, so the temporary name can be fixed. A temporary file that a killed process
/// left is removed; any other file with this name is an error.
fn replace(place: &Path, epochs: &[RecordedEpoch]) -> io::Result<()> {
    let new = with_suffix(place, ".fugo-new");
    if is_leftover(&new)? {
        fs::remove_file(&new)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // The registry is not secret, but nobody else may open it for writing before its rights are set.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = write(&mut options.open(&new)?, place, epochs).and_then(|()| fs::rename(&new, place));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

fn write(file: &mut File, place: &Path, epochs: &[RecordedEpoch]) -> io::Result<()> {
    file.write_all(form::text(epochs).as_bytes())?;
    match place.metadata() {
        Ok(old) => {
            give_to(file, &old);
            file.set_permissions(old.permissions())?;
        }
        Err(_) => make_owner_only(file)?,
    }
    file.sync_all()
}

/// Options that open the lock file: links are not followed, and a FIFO is not waited for.
fn lock_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;

        use rustix::fs::OFlags;
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    options
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
