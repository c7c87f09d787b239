//! The registry of scopes, a file in the same folder as the root key. It records the tag of each scope, and no secrets.
//!
//! It is CSV with the header `purpose,scope,epoch,tag`, and one line for each scope whose key was derived. Tags
//! identify keys in text forms, so two scopes of one registry never have the same tag.

use std::{
    ffi::OsString,
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use fugo::{ErrorKind, Found, KeyTag, Place, Scope};

use crate::{
    new_file::{folder, make_owner_only, sync_folder},
    secret_file::open_regular,
};

const HEADER: &str = "purpose,scope,epoch,tag";
/// The largest registry in bytes, enough for about 200,000 scopes.
const MAX_LEN: u64 = 16 * 1024 * 1024;

/// A registry, given by the path of its file. The file is created when the first scope is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    path: PathBuf,
}

/// The result of [`Registry::record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// The scope was added.
    Added,
    /// The scope was recorded before, with the same tag.
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

    /// All scopes and their tags, in the order in which they were recorded. Empty if the file does not exist.
    pub fn scopes(&self) -> Result<Vec<(Scope, KeyTag)>, RegistryError> {
        scopes(&self.place()?)
    }

    /// Records the tag of a scope key. Call it before the key is used. Recording the same tag again changes nothing.
    ///
    /// The file `<registry>.lock` is locked during the call, so that simultaneous calls find each other's clashes. The
    /// registry is replaced as a whole, so readers need no lock. If the path is a link, the target is locked and
    /// replaced.
    pub fn record(&self, scope: &Scope, tag: KeyTag) -> Result<Recorded, RegistryError> {
        let place = self.place()?;
        let lock = lock_file().open(with_suffix(&place, ".lock"))?;
        if !lock.metadata()?.is_file() {
            return Err(RegistryError::NotAFile);
        }
        lock.lock()?;
        // If another user could open the lock file, that user could hold the lock and block all derivations.
        let _ = make_owner_only(&lock);
        let mut scopes = scopes(&place)?;
        match clash(&scopes, scope, tag) {
            Some(Clash::Same) => return Ok(Recorded::Known),
            Some(clash) => return Err(clash.refused(scope, tag)),
            None => scopes.push((*scope, tag)),
        }
        replace(&place, &scopes)?;
        Ok(Recorded::Added)
    }

    /// Compares the scope and the tag of a key with the registry. Whoever can write a key file can change its scope,
    /// and the tag stays the same; the registry records the scope of each tag.
    pub fn verify(&self, scope: &Scope, tag: KeyTag) -> Result<(), RegistryError> {
        match clash(&self.scopes()?, scope, tag) {
            Some(Clash::Same) => Ok(()),
            Some(clash) => Err(clash.refused(scope, tag)),
            None => Err(RegistryError::NotRecorded { scope: *scope, tag }),
        }
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

fn scopes(place: &Path) -> Result<Vec<(Scope, KeyTag)>, RegistryError> {
    match open_regular(place) {
        Ok(Some(file)) if has_other_names(&file)? => Err(RegistryError::OtherNames),
        Ok(Some(file)) => parse(file),
        Ok(None) => Err(RegistryError::NotAFile),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
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
        Ok(Some(file)) => file.take(HEADER.len() as u64).read_to_end(&mut head)?,
        Ok(None) => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(HEADER.as_bytes().starts_with(&head))
}

/// Replaces the registry. The lock is held, so the temporary name can be fixed. A temporary file that a killed process
/// left is removed; any other file with this name is an error.
fn replace(place: &Path, scopes: &[(Scope, KeyTag)]) -> io::Result<()> {
    let new = with_suffix(place, ".fugo-new");
    if is_leftover(&new)? {
        fs::remove_file(&new)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(&new)?;
    let mut text = format!("{HEADER}\n");
    for (scope, tag) in scopes {
        let (purpose, id, epoch) = (scope.purpose(), scope.id(), scope.epoch());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{purpose},{id},{epoch},{tag}");
    }
    file.write_all(text.as_bytes())?;
    match place.metadata() {
        Ok(old) => file.set_permissions(old.permissions())?,
        Err(_) => make_owner_only(&file)?,
    }
    file.sync_all()?;
    fs::rename(&new, place)?;
    sync_folder(folder(place))
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

/// How a recorded scope clashes with a new one.
enum Clash {
    Same,
    OtherTag { recorded: KeyTag },
    OtherScope { recorded: Scope },
}

impl Clash {
    fn refused(self, scope: &Scope, tag: KeyTag) -> RegistryError {
        let scope = *scope;
        match self {
            Self::OtherTag { recorded } => RegistryError::OtherRoot { scope, recorded, found: tag },
            Self::OtherScope { recorded } => RegistryError::TagClash { scope, recorded, tag },
            Self::Same => unreachable!("the same scope with the same tag is not a clash"),
        }
    }
}

fn clash(scopes: &[(Scope, KeyTag)], scope: &Scope, tag: KeyTag) -> Option<Clash> {
    if let Some((_, recorded)) = scopes.iter().find(|(known, _)| known == scope) {
        let recorded = *recorded;
        return Some(if recorded == tag { Clash::Same } else { Clash::OtherTag { recorded } });
    }
    let (recorded, _) = scopes.iter().find(|(_, known)| *known == tag)?;
    Some(Clash::OtherScope { recorded: *recorded })
}

fn parse(file: File) -> Result<Vec<(Scope, KeyTag)>, RegistryError> {
    let mut text = String::new();
    if file.take(MAX_LEN + 1).read_to_string(&mut text)? as u64 > MAX_LEN {
        return Err(RegistryError::TooLarge);
    }
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return Err(RegistryError::Line { line: 1 });
    }
    lines.zip(2..).map(|(text, line)| parse_line(text).ok_or(RegistryError::Line { line })).collect()
}

fn parse_line(text: &str) -> Option<(Scope, KeyTag)> {
    let mut fields = text.split(',');
    let (purpose, id) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let (epoch, tag) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let scope = Scope::new(purpose, id, epoch).ok()?;
    fields.next().is_none().then_some((scope, tag))
}

/// The reason why a scope is not recorded. Scopes and tags are not secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two scopes have the same tag by chance, so their symbols could not be told apart in text form.
    #[error("the tag {tag} of the key of {scope} is one that {recorded} has already; choose another epoch or scope id")]
    TagClash {
        /// The new scope.
        scope: Scope,
        /// The scope that has the tag already.
        recorded: Scope,
        /// The tag of both.
        tag: KeyTag,
    },
    /// The scope is recorded with another tag, so the registry belongs to another root key.
    #[error(
        "{scope} is recorded with the tag {recorded}, but this root key gives the tag {found}: the registry belongs to \
     another root key"
    )]
    OtherRoot {
        /// The scope.
        scope: Scope,
        /// Its tag in the registry.
        recorded: KeyTag,
        /// The tag of the key that was derived.
        found: KeyTag,
    },
    /// A line is not valid.
    #[error(
        "line {line} of the registry is not valid; the registry has the header `purpose,scope,epoch,tag`, then lines such as \
     agency,nta,1,7c2cb2a1"
    )]
    Line {
        /// The number of the line, from 1.
        line: usize,
    },
    /// More bytes than a registry may have.
    #[error("the registry is too large; at most 16777216 bytes are allowed")]
    TooLarge,
    /// The scope is not in the registry with this tag.
    #[error(
        "{scope} with the tag {tag} is not recorded: the registry is not that of the key, or the key file was altered"
    )]
    NotRecorded {
        /// The scope in the key file.
        scope: Scope,
        /// The key's tag.
        tag: KeyTag,
    },
    /// A directory, a FIFO, a device or a socket.
    #[error("the registry, or its lock, is not a regular file")]
    NotAFile,
    /// A link to a file that does not exist.
    #[error("the registry is a link to a file that does not exist")]
    DanglingLink,
    /// A file with several names (hard links). If it were replaced, the other names would keep the old file.
    #[error("the registry has other names too (hard links), which would keep the old content")]
    OtherNames,
    /// An error of the operating system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl RegistryError {
    /// The kind of the error, as one word.
    pub fn kind(&self) -> ErrorKind {
        self.details().0
    }

    /// The number of the line.
    pub fn place(&self) -> Option<Place> {
        self.details().1
    }

    /// The key's tag, or the error of the operating system.
    pub fn found(&self) -> Option<Found> {
        self.details().2
    }

    /// Without a wildcard, so that a new variant has to say all three.
    fn details(&self) -> (ErrorKind, Option<Place>, Option<Found>) {
        match self {
            Self::TagClash { .. } => (ErrorKind::TagClash, None, None),
            Self::OtherRoot { recorded, found, .. } => {
                (ErrorKind::OtherRoot, None, Some(Found::Tag { expected: *recorded, found: *found }))
            }
            Self::Line { line } => (ErrorKind::Line, Some(Place::Line(*line)), None),
            Self::TooLarge => (ErrorKind::TooLarge, None, None),
            Self::NotRecorded { .. } => (ErrorKind::NotRecorded, None, None),
            Self::NotAFile => (ErrorKind::NotAFile, None, None),
            Self::DanglingLink => (ErrorKind::DanglingLink, None, None),
            Self::OtherNames => (ErrorKind::OtherNames, None, None),
            Self::Io(error) => (ErrorKind::Io, None, Some(Found::SystemError(error.raw_os_error()))),
        }
    }
}
