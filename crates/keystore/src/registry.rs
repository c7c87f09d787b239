//! The registry of scopes beside a root key: which scope has which tag. Holds no secret.
//!
//! CSV with the header `purpose,scope,epoch,tag`, one line for each scope that a key was derived for. Tags name
//! keys in text forms, so two scopes of one registry never have the same one.

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
/// Some 200,000 scopes.
const MAX_LEN: u64 = 16 * 1024 * 1024;

/// A registry file, by its path. It need not exist before the first scope is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    path: PathBuf,
}

/// Whether a scope was in the registry already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// It was added.
    Added,
    /// It was there, with the same tag.
    Known,
}

impl Registry {
    /// The registry at a path.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The registry of a root key file: its path and `.scopes`. Where the path is a link, the file that it leads to
    /// counts, so that a root has one registry whatever it is called.
    pub fn beside(root: &Path) -> Self {
        let is_link = root.symlink_metadata().is_ok_and(|root| root.is_symlink());
        let root = if is_link { root.canonicalize().unwrap_or_else(|_| root.into()) } else { root.into() };
        Self { path: with_suffix(&root, ".scopes") }
    }

    /// Where the registry is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every scope and its tag, in the order in which they were recorded. No file is no scopes.
    pub fn scopes(&self) -> Result<Vec<(Scope, KeyTag)>, RegistryError> {
        scopes(&self.place()?)
    }

    /// Records the tag of a scope's key, before the key is handed out. Recording it again changes nothing.
    ///
    /// The file `<registry>.lock` is locked meanwhile, so that two derivations at once cannot miss each other's
    /// clash; the registry is replaced as a whole, so a reader needs no lock. A link is followed: the file that it leads
    /// to is locked and replaced.
    pub fn record(&self, scope: &Scope, tag: KeyTag) -> Result<Recorded, RegistryError> {
        let place = self.place()?;
        let lock = lock_file().open(with_suffix(&place, ".lock"))?;
        if !lock.metadata()?.is_file() {
            return Err(RegistryError::NotAFile);
        }
        lock.lock()?;
        // Another user who could open the lock could hold it, and nobody could derive.
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

    /// Holds the label of a key against what was recorded. A key file can be given another label by whoever can write it,
    /// and its tag stays the same; the registry knows which scope the tag is of.
    pub fn verify(&self, scope: &Scope, tag: KeyTag) -> Result<(), RegistryError> {
        match clash(&self.scopes()?, scope, tag) {
            Some(Clash::Same) => Ok(()),
            Some(clash) => Err(clash.refused(scope, tag)),
            None => Err(RegistryError::NotRecorded { scope: *scope, tag }),
        }
    }

    /// Where the file is, links followed. A link to nothing would become a file of its own, which nobody else reads.
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

/// Replacing a file leaves its other names with the old one.
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

/// Under the lock, so one name serves. What a killed process left there goes, and nothing else does.
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

/// How the lock is opened: not through a link, and without waiting for a FIFO.
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

/// What a scope and tag have in common with those recorded.
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
            Self::Same => unreachable!("the same scope with the same tag is no clash"),
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

/// Why a scope is not recorded. Scopes and tags are no secrets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// Two scopes with one tag, by chance: their symbols could not be told apart in text.
    #[error("the key of {scope} has the tag {tag}, which {recorded} has already; choose another epoch or id")]
    TagClash {
        /// The new scope.
        scope: Scope,
        /// The scope that has the tag.
        recorded: Scope,
        /// The tag of both.
        tag: KeyTag,
    },
    /// The scope was recorded with another tag: the registry is that of another root key.
    #[error(
        "{scope} is recorded with the tag {recorded}, and this root key gives {found}: the registry is of another root key"
    )]
    OtherRoot {
        /// The scope.
        scope: Scope,
        /// Its tag in the registry.
        recorded: KeyTag,
        /// The tag of the key that was derived.
        found: KeyTag,
    },
    /// A line that does not parse.
    #[error(
        "line {line} of the registry does not parse; a header `purpose,scope,epoch,tag`, then lines such as agency,nta,1,7c2cb2a1"
    )]
    Line {
        /// The number of the line, from 1.
        line: usize,
    },
    /// More bytes than a registry can have.
    #[error("the registry is too large: at most 16777216 bytes are read")]
    TooLarge,
    /// A scope that no key was derived for under this registry.
    #[error(
        "{scope} with the tag {tag} is not recorded: another registry is the key's, or the key was given this label"
    )]
    NotRecorded {
        /// The scope that the key file names.
        scope: Scope,
        /// The key's tag.
        tag: KeyTag,
    },
    /// A directory, a FIFO, a device or a socket.
    #[error("the registry, or its lock, is not a regular file")]
    NotAFile,
    /// A link that leads to no file.
    #[error("the registry is a link that leads to no file")]
    DanglingLink,
    /// A file with several names (hard links), of which replacing it would leave the others behind.
    #[error("the registry has other names too (hard links), which would keep what was recorded before")]
    OtherNames,
    /// The system's error.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl RegistryError {
    /// What is wrong, as one word.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TagClash { .. } => ErrorKind::TagClash,
            Self::OtherRoot { .. } => ErrorKind::OtherRoot,
            Self::Line { .. } => ErrorKind::Line,
            Self::TooLarge => ErrorKind::TooLarge,
            Self::NotRecorded { .. } => ErrorKind::NotRecorded,
            Self::NotAFile => ErrorKind::NotAFile,
            Self::DanglingLink => ErrorKind::DanglingLink,
            Self::OtherNames => ErrorKind::OtherNames,
            Self::Io(_) => ErrorKind::Io,
        }
    }

    /// The line of the registry.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Line { line } => Some(Place::Line(*line)),
            Self::TagClash { .. }
            | Self::OtherRoot { .. }
            | Self::TooLarge
            | Self::NotRecorded { .. }
            | Self::NotAFile
            | Self::DanglingLink
            | Self::OtherNames
            | Self::Io(_) => None,
        }
    }

    /// The key's tag, or the system's error.
    pub fn found(&self) -> Option<Found> {
        match self {
            Self::OtherRoot { recorded, found, .. } => Some(Found::Tag { expected: *recorded, found: *found }),
            Self::Io(error) => Some(Found::SystemError(error.raw_os_error())),
            Self::TagClash { .. }
            | Self::NotRecorded { .. }
            | Self::Line { .. }
            | Self::TooLarge
            | Self::NotAFile
            | Self::DanglingLink
            | Self::OtherNames => None,
        }
    }
}
