//! The registry of scopes beside a root key: which scope has which tag. Holds no secret.
//!
//! CSV with the header `purpose,scope,epoch,tag`, one line for each scope that a key was derived for. Tags name
//! keys in text forms, so two scopes of one registry never have the same one.

use std::{
    ffi::OsString,
    fmt::Write as _,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use fugo::{KeyTag, Scope};

use crate::seal::{folder, sync_folder};

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

    /// The registry of a root key file: its path and `.scopes`.
    pub fn beside(root: &Path) -> Self {
        Self { path: with_suffix(root, ".scopes") }
    }

    /// Where the registry is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every scope and its tag, in the order in which they were recorded. No file is no scopes.
    pub fn scopes(&self) -> Result<Vec<(Scope, KeyTag)>, RegistryError> {
        match File::open(&self.path) {
            Ok(file) => parse(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Records the tag of a scope's key, before the key is handed out. Recording it again changes nothing.
    ///
    /// The file `<registry>.lock` is locked meanwhile, so that two derivations at once cannot miss each other's
    /// clash; the registry is replaced as a whole, so a reader needs no lock.
    pub fn record(&self, scope: &Scope, tag: KeyTag) -> Result<Recorded, RegistryError> {
        let lock = with_suffix(&self.path, ".lock");
        let lock = owner_only().create(true).truncate(false).write(true).open(lock)?;
        lock.lock()?;
        let mut scopes = self.scopes()?;
        match clash(&scopes, scope, tag) {
            Some(Clash::Same) => return Ok(Recorded::Known),
            Some(Clash::OtherTag { recorded }) => {
                return Err(RegistryError::OtherRoot { scope: *scope, recorded, found: tag });
            }
            Some(Clash::OtherScope { recorded }) => {
                return Err(RegistryError::TagClash { scope: *scope, recorded, tag });
            }
            None => scopes.push((*scope, tag)),
        }
        self.replace(&scopes)?;
        Ok(Recorded::Added)
    }

    fn replace(&self, scopes: &[(Scope, KeyTag)]) -> io::Result<()> {
        let folder = folder(&self.path);
        let mut file = tempfile::Builder::new().prefix(".fugo-scopes-").tempfile_in(folder)?;
        let mut text = format!("{HEADER}\n");
        for (scope, tag) in scopes {
            let (purpose, id, epoch) = (scope.purpose(), scope.id().as_str(), scope.epoch().number());
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{purpose},{id},{epoch},{tag}");
        }
        file.write_all(text.as_bytes())?;
        if let Ok(old) = self.path.metadata() {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|refused| refused.error)?;
        sync_folder(folder)
    }
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
    let (scope, tag) = text.rsplit_once(',')?;
    if scope.contains('/') {
        return None;
    }
    Some((scope.replace(',', "/").parse().ok()?, tag.parse().ok()?))
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
    /// The system's error.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl RegistryError {
    /// One word of a closed vocabulary, the same in every binding.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TagClash { .. } => "tag-clash",
            Self::OtherRoot { .. } => "other-root",
            Self::Line { .. } => "line",
            Self::TooLarge => "too-large",
            Self::Io(_) => "io",
        }
    }
}
/// Another user who could open the lock could hold it, and nobody could derive.
fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
