//! The paths of the files of a run, and which existing files it may replace.
//!
//! A run replaces a file only if the file begins like an earlier output of the same kind, or if `--overwrite` names
//! it. It never replaces a key, an identity or a registry of scopes. It checks this before the run and again at the
//! rename. Two runs that name the same output exclude each other.

mod lock;
mod new_folder;
mod outputs;
mod own;
mod precious;
mod put;
mod run_dir;
mod seen;

use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use clap::Args;
use fugo::{KeyTag, Purpose};

use self::{lock::OutputLock, own::Found, seen::Seen};
pub(crate) use self::{
    new_folder::{NewFolder, refuse_taken},
    outputs::{Complete, Output, Staging, place},
    run_dir::create,
};
use crate::{
    failure::{Failure, Result},
    roster::open_standard_input,
};

/// The kinds of files that a run writes. Unless it is named, a file is replaced only by a file of the same kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Symbols of one key, in any format.
    Symbols(SymbolsOf),
    Rejects,
    Duplicates,
    Report,
    /// A file of a delivery. It never replaces another.
    Delivery,
    /// A grant. It never replaces another file.
    Grant,
    /// The ledger of a scope.
    Ledger,
    /// A request to a witness of a record.
    Request,
    /// A checkpoint of a record, signed or not.
    Checkpoint,
    /// The findings of an audit.
    Audit,
    /// A file that only tests and demonstrations write.
    #[cfg(feature = "demonstrations")]
    Demonstration {
        /// The first bytes of an earlier file of this kind; `None` if such a file looks like a file of real people.
        head: Option<String>,
        /// The name of the kind in a refusal.
        name: &'static str,
    },
}

/// The key of the symbols in a file, and how they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SymbolsOf {
    /// The header of the symbol column.
    pub(crate) column: String,
    pub(crate) purpose: Purpose,
    pub(crate) tag: KeyTag,
    /// Whether they are written as hexadecimal digits, which do not name a key.
    pub(crate) in_hex: bool,
}

/// The files that may be replaced although they are not earlier outputs.
#[derive(Args, Debug, Default)]
pub(crate) struct OverwriteArgs {
    /// An existing file that this run may replace, whatever it contains, except keys, identities and registries.
    /// Without this option an existing file is replaced only if it is empty, or begins like an earlier output of the
    /// same kind.
    #[arg(long, value_name = "FILE")]
    overwrite: Vec<PathBuf>,
}

/// The paths of a run's files: locked, and with the state of the existing files when the run began.
#[derive(Debug, Default)]
pub(crate) struct Placing {
    targets: Vec<Target>,
    /// Held until the run ends.
    _locks: Vec<OutputLock>,
}

#[derive(Debug)]
struct Target {
    place: PathBuf,
    seen: Option<Seen>,
}

impl Placing {
    /// Checks and locks every path. `inputs` are the files that the run reads.
    pub(crate) fn claim<'a>(
        targets: &[(PathBuf, Kind)],
        inputs: impl Iterator<Item = &'a PathBuf>,
        overwrite: &OverwriteArgs,
    ) -> Result<Self> {
        let inputs = Inputs::of(inputs);
        for (i, (place, _)) in targets.iter().enumerate() {
            check_folder(place)?;
            inputs.refuse(place)?;
            for (other, _) in &targets[..i] {
                refuse_one_file(place, other)?;
            }
        }
        let is_written = |named: &PathBuf| targets.iter().any(|(place, _)| is_one_place(place, named));
        if let Some(named) = overwrite.overwrite.iter().find(|named| !is_written(named)) {
            return Err(Failure::new(
                format_args!("--overwrite names {}, but this run does not write that file", named.display()),
                "give --overwrite the path of an output of this run",
            ));
        }
        // Lock the path before checking it, so that another run of this tool cannot change the file in between.
        let locks = targets.iter().map(|(place, _)| OutputLock::of(place)).collect::<Result<Vec<_>>>()?;
        let looked = targets.iter().map(|(place, kind)| {
            let is_named = overwrite.overwrite.iter().any(|named| is_one_place(place, named));
            Ok(Target { place: place.clone(), seen: look(place, kind, is_named)? })
        });
        Ok(Self { targets: looked.collect::<Result<_>>()?, _locks: locks })
    }

    /// Whether the run replaces a file at this path that is not empty.
    pub(crate) fn replaces(&self, place: &Path) -> bool {
        self.seen(place).is_some_and(|seen| !seen.is_empty())
    }

    fn seen(&self, place: &Path) -> Option<&Seen> {
        self.targets.iter().find(|target| target.place == place)?.seen.as_ref()
    }
}

/// The directory that contains a file; for a bare name the current directory.
pub(crate) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The files that a run reads, identified by the system: a path through another mount or link is the same file.
struct Inputs {
    named: Vec<(u64, u64)>,
    standard: Option<(u64, u64)>,
}

impl Inputs {
    fn of<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> Self {
        let id = |file: Metadata| (file.dev(), file.ino());
        let named = paths.filter_map(|path| fs::metadata(path).ok()).map(id).collect();
        let standard = open_standard_input().and_then(|file| file.metadata()).ok().map(id);
        Self { named, standard }
    }

    fn refuse(&self, place: &Path) -> Result<()> {
        let Ok(there) = fs::metadata(place) else { return Ok(()) };
        let there = (there.dev(), there.ino());
        let what = if self.named.contains(&there) {
            "is an input of this run"
        } else if self.standard == Some(there) {
            "is the input of this run"
        } else {
            return Ok(());
        };
        Err(Failure::new(format_args!("{} {what}", place.display()), "name another file"))
    }
}

fn check_folder(place: &Path) -> Result<()> {
    if place.as_os_str().as_encoded_bytes().ends_with(b"/") || place.file_name().is_none() {
        return Err(Failure::new(format_args!("{} names a directory", place.display()), "name the file to write"));
    }
    match fs::metadata(directory_of(place)) {
        Ok(folder) if folder.is_dir() => refuse_record(place),
        _ => Err(Failure::new(
            format_args!("the directory of {} does not exist", place.display()),
            "make the directory first; no file was changed",
        )),
    }
}

/// Refuses a place in the directory of a record, which only grows by its own entries.
fn refuse_record(place: &Path) -> Result<()> {
    let folder = fs::canonicalize(directory_of(place)).unwrap_or_default();
    match folder.ancestors().find(|folder| crate::record::is_record(folder)) {
        Some(record) => Err(Failure::new(
            format_args!("{} is in the directory of a record, {}", place.display(), record.display()),
            "name a file elsewhere; nothing but entries is written there",
        )),
        None => Ok(()),
    }
}

/// Refuses a directory that does not exist. Commands ask this before they ask for a passphrase.
pub(crate) fn check_directory(dir: &Path) -> Result<()> {
    match fs::metadata(dir) {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Failure::new(
            format_args!("{} is not a directory", dir.display()),
            "name the directory for the files; no file was changed",
        )),
        Err(_) => Err(Failure::new(
            format_args!("the directory {} does not exist", dir.display()),
            "make the directory first; no file was changed",
        )),
    }
}

/// Whether two paths name the same entry of the same directory.
fn is_one_place(a: &Path, b: &Path) -> bool {
    a.file_name() == b.file_name() && is_one_file(directory_of(a), directory_of(b))
}

fn is_one_file(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

fn refuse_one_file(place: &Path, other: &Path) -> Result<()> {
    let folded = |path: &Path| path.file_name().map(|name| name.to_string_lossy().to_lowercase());
    let is_one_name = folded(place) == folded(other) && is_one_file(directory_of(place), directory_of(other));
    if is_one_name && place.file_name() != other.file_name() {
        return Err(Failure::new(
            format_args!("{} and {} differ only in upper and lower case", other.display(), place.display()),
            "give them names that are different if case is ignored",
        ));
    }
    if is_one_name || is_one_file(place, other) {
        return Err(Failure::new(format_args!("{} would be written twice", place.display()), "name another file"));
    }
    Ok(())
}

/// The file at a path, if the run may replace it.
fn look(place: &Path, kind: &Kind, is_named: bool) -> Result<Option<Seen>> {
    match place.symlink_metadata() {
        Ok(there) if there.is_file() => {
            if !is_replaceable(&there, directory_of(place)) {
                return Err(Failure::new(
                    format_args!(
                        "{} belongs to another user, and only owners may replace files in this directory",
                        place.display()
                    ),
                    "name another file, or ask its owner to remove this one",
                ));
            }
        }
        // A link may lead to another device or to another user's file, and a device must not be replaced.
        Ok(_) => {
            return Err(Failure::new(
                format_args!("{} exists and is not a regular file", place.display()),
                "name a regular file; if this is a link, name its target",
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io("write", place, &error)),
    }
    let unread = |error: &io::Error| {
        Failure::new(
            format_args!("{} exists and cannot be read: {error}", place.display()),
            "name another file; a file that cannot be read may be a key, so it is not replaced",
        )
    };
    let found = Found::open(place).map_err(|error| unread(&error))?;
    if found.is_precious() {
        return Err(Failure::new(
            format_args!("{} is a key file, an identity or a registry of scopes", place.display()),
            "name another file; such files are never replaced",
        ));
    }
    if is_named && found.may_be_a_passphrase() {
        return Err(Failure::new(
            format_args!("{} holds one line that only its owner can read: it may be a passphrase", place.display()),
            "name another file, or remove this one yourself",
        ));
    }
    if !is_named && !found.is_of(kind).map_err(|error| unread(&error))? {
        let what = format!("{} exists and does not begin like an earlier {}", place.display(), kind.name());
        return Err(match kind {
            // Their commands replace nothing else, and have no such option.
            Kind::Delivery | Kind::Ledger | Kind::Grant | Kind::Request | Kind::Checkpoint => {
                Failure::new(what, "name another file or folder, or remove the file yourself")
            }
            _ => {
                Failure::new(what, format_args!("name another file, or allow it with --overwrite {}", place.display()))
            }
        });
    }
    Ok(Some(found.seen()))
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Self::Symbols(_) => "output of this tool under the same key",
            Self::Rejects => "rejects file of this tool",
            Self::Duplicates => "duplicates file of this tool",
            Self::Report => "report of this tool",
            Self::Ledger => "ledger of this tool",
            Self::Request => "request to a witness",
            Self::Checkpoint => "checkpoint of a record",
            Self::Grant => "grant, and grants are never replaced",
            Self::Delivery => "delivery, and deliveries are never replaced",
            Self::Audit => "report of an audit of this tool",
            #[cfg(feature = "demonstrations")]
            Self::Demonstration { name, .. } => name,
        }
    }
}

/// Whether the rename at the end will be allowed: in a sticky directory only the owner may replace a file.
fn is_replaceable(there: &Metadata, parent: &Path) -> bool {
    const STICKY: u32 = 0o1000;
    let user = rustix::process::geteuid();
    let Ok(dir) = fs::metadata(parent) else { return true };
    let owned = [there.uid(), dir.uid()].contains(&user.as_raw());
    user.is_root() || owned || dir.mode() & STICKY == 0
}
