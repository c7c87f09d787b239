//! The directory in which a run keeps its unfinished files: in the folder of each output, readable by its owner
//! alone, and locked during the run. The next run clears the directories of dead runs; the lock shows which runs are
//! alive.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Read},
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, Dir, Mode, OFlags, openat, unlinkat},
    io::retry_on_intr,
};

use super::{
    lock,
    precious::{HEAD, is_precious},
};
use crate::{
    failure::{Failure, Result},
    key::{SHARE_PREFIX, SHARE_SUFFIX},
    manifest::{OUTER_SUFFIX, SEALED_SUFFIX},
    record::{EXTRACT_SUFFIXES, FILES_OF_NEW},
};

const PREFIX: &str = ".fugo-run-";
/// A file that distinguishes the directory of a run from another directory with such a name.
const MARK: &str = "fugo-run";

/// A locked directory. It is removed at the end of the run, with the files that the run put into it.
pub(crate) struct RunDir {
    path: PathBuf,
    /// The lock is on the directory itself. The kernel drops it when the process ends, in any way.
    dir: File,
}

impl RunDir {
    /// Makes a run directory in `parent`, after clearing the directories of dead runs.
    pub(crate) fn new(parent: &Path) -> Result<Self> {
        let fail = |doing: &str, error: &io::Error| Failure::io(doing, parent, error);
        clear_dead(parent).map_err(|error| fail("clear dead runs in", &error))?;
        loop {
            let path = tempfile::Builder::new()
                .prefix(PREFIX)
                .tempdir_in(parent)
                .map_err(|error| fail("make a run directory in", &error))?
                .keep();
            // The owner can open it, whatever the umask removed.
            let made = fs::set_permissions(&path, Permissions::from_mode(0o700)).and_then(|()| open_dir(&path));
            // Another run may consider it dead before it is locked.
            let dir = match made {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                made => made.map_err(|error| fail("open the run directory in", &error))?,
            };
            dir.lock().map_err(|error| fail("lock the run directory in", &error))?;
            if is_still(&dir, &path) {
                let run = Self { path, dir };
                create(&run.path(MARK)).map_err(|error| fail("write to the run directory in", &error))?;
                return Ok(run);
            }
        }
    }

    /// A path in the directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for RunDir {
    fn drop(&mut self) {
        // Uses the open directory: another directory may now have its name.
        let _ = empty(&self.dir);
        let _ = fs::remove_dir(&self.path);
    }
}

fn open_dir(path: &Path) -> io::Result<File> {
    let flags = (OFlags::DIRECTORY | OFlags::NOFOLLOW).bits().cast_signed();
    File::options().read(true).custom_flags(flags).open(path)
}

fn is_still(open: &File, path: &Path) -> bool {
    match (open.metadata(), fs::symlink_metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Removes the run directories and lock files of this user that no process holds.
fn clear_dead(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        if name.as_bytes().starts_with(lock::PREFIX.as_bytes()) && kind.is_file() {
            lock::clear_dead(&entry.path());
        }
        if !name.as_bytes().starts_with(PREFIX.as_bytes()) || !kind.is_dir() {
            continue;
        }
        // A directory that cannot be opened or locked belongs to another user or to a running process.
        if let Ok(dir) = open_dir(&entry.path())
            && dir.metadata().is_ok_and(|metadata| metadata.uid() == rustix::process::geteuid().as_raw())
            && dir.try_lock().is_ok()
            && is_still(&dir, &entry.path())
            && is_of_a_run(&dir).unwrap_or(false)
        {
            let _ = empty(&dir);
            // Only an empty directory is removed.
            let _ = fs::remove_dir(entry.path());
        }
    }
    Ok(())
}

/// The names of the files that a run creates in its directory.
fn is_of_run(name: &OsStr) -> bool {
    let name = name.as_bytes();
    let is_numbered = |prefix: &[u8]| {
        name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
    };
    let numbered: [&[u8]; 5] = [b"output-", FOLDER, b"rows.", b"people-", b"record-"];
    name == MARK.as_bytes() || numbered.into_iter().any(is_numbered)
}

/// An unfinished folder of a delivery, of extracts, of shares or of a new record. A delivery's sealed file begins as a
/// key file does, so its names tell the two apart.
const FOLDER: &[u8] = b"folder-";

fn is_folder(name: &OsStr) -> bool {
    name.as_bytes().starts_with(FOLDER)
}

/// The names in an unfinished folder; `None` if one is of no such folder.
fn unfinished(dir: &File, name: &OsStr) -> io::Result<Option<(File, Vec<OsString>)>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW;
    let folder = File::from(retry_on_intr(|| openat(dir, name, flags, Mode::empty()))?);
    let names = names(&folder)?;
    let is_known = |name: &OsString| {
        let name = name.as_bytes();
        // Shares in an unfinished folder were announced to nobody.
        let is_share = name.starts_with(SHARE_PREFIX.as_bytes()) && name.ends_with(SHARE_SUFFIX.as_bytes());
        let mut suffixes = [SEALED_SUFFIX, OUTER_SUFFIX].into_iter().chain(EXTRACT_SUFFIXES);
        is_share
            || suffixes.any(|suffix| name.ends_with(suffix.as_bytes()))
            || FILES_OF_NEW.iter().any(|file| name == file.as_bytes())
    };
    Ok(names.iter().all(is_known).then_some((folder, names)))
}

/// Whether a directory contains only files that a run creates, and no key. An empty directory does.
fn is_of_a_run(dir: &File) -> io::Result<bool> {
    let names = names(dir)?;
    let is_marked = names.is_empty() || names.iter().any(|name| name.as_bytes() == MARK.as_bytes());
    if !is_marked || !names.iter().all(|name| is_of_run(name)) {
        return Ok(false);
    }
    for name in &names {
        if is_folder(name) {
            if unfinished(dir, name)?.is_none() {
                return Ok(false);
            }
            continue;
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = retry_on_intr(|| openat(dir, &**name, flags, Mode::empty()))?;
        let mut head = Vec::new();
        File::from(file).take(HEAD as u64).read_to_end(&mut head)?;
        if is_precious(&head) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes the mark last: if a run dies half way, its directory can still be recognised.
fn empty(dir: &File) -> io::Result<()> {
    let mut of_run = names(dir)?;
    of_run.retain(|name| is_of_run(name));
    of_run.sort_by_key(|name| name.as_bytes() == MARK.as_bytes());
    for name in &of_run {
        if !is_folder(name) {
            unlinkat(dir, &**name, AtFlags::empty())?;
        } else if let Some((folder, files)) = unfinished(dir, name)? {
            files.iter().try_for_each(|file| unlinkat(&folder, &**file, AtFlags::empty()))?;
            unlinkat(dir, &**name, AtFlags::REMOVEDIR)?;
        }
    }
    Ok(())
}

fn names(dir: &File) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in retry_on_intr(|| Dir::read_from(dir))? {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        if name != "." && name != ".." {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Creates a new file for reading and writing, which only its owner can access, whatever the umask is.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir_with(parent: &Path, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let dir = parent.join(name);
        fs::create_dir(&dir).unwrap();
        files.iter().for_each(|(name, text)| fs::write(dir.join(name), text).unwrap());
        dir
    }

    #[test]
    fn directories_of_dead_runs_are_cleared_and_those_of_live_ones_are_not() {
        let parent = tempfile::tempdir().unwrap();
        let dead = dir_with(parent.path(), ".fugo-run-dead", &[(MARK, ""), ("output-1", "x"), ("rows.3", "x")]);
        dir_with(&dead, "folder-1", &[("a.tar.age", "age-encryption.org/v1\n"), ("a.manifest.json", "{}")]);
        dir_with(&dead, "folder-2", &[("root-7c2cb2a1-share-1-of-3.age", "age-encryption.org/v1\n")]);
        let other = dir_with(parent.path(), "not-a-run", &[]);
        let alive = RunDir::new(parent.path()).unwrap();
        assert!(!dead.exists());
        let second = RunDir::new(parent.path()).unwrap();
        assert!(alive.path.exists() && second.path.exists() && other.exists());
        drop((alive, second));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_whose_removal_ended_half_way_is_still_known_as_one_of_a_run() {
        for rows in 0..40 {
            let parent = tempfile::tempdir().unwrap();
            let run = dir_with(parent.path(), ".fugo-run-dead", &[(MARK, "")]);
            (0..rows).for_each(|i| fs::write(run.join(format!("rows.{i}")), "x").unwrap());
            // A directory where the removal expects a file makes the removal stop there.
            fs::create_dir(run.join("output-0")).unwrap();
            assert!(empty(&open_dir(&run).unwrap()).is_err());
            assert!(run.join(MARK).exists(), "{rows} rows");
        }
    }

    #[test]
    fn a_directory_that_was_given_a_runs_name_is_not_cleared() {
        let parent = tempfile::tempdir().unwrap();
        let kept = [
            dir_with(parent.path(), ".fugo-run-archive", &[("2025.csv", "x"), ("output-1", "x")]),
            dir_with(parent.path(), ".fugo-run-marked", &[(MARK, ""), ("2025.csv", "x")]),
            dir_with(parent.path(), ".fugo-run-key", &[(MARK, ""), ("output-1", "fugo-key 1\n")]),
            dir_with(parent.path(), ".fugo-run-folder", &[(MARK, "")]),
            dir_with(parent.path(), ".fugo-run-keys", &[(MARK, "")]),
        ];
        dir_with(&kept[4], "folder-1", &[("root-7c2cb2a1-share-1-of-3.age", "x"), ("root-7c2cb2a1.key", "x")]);
        dir_with(&kept[3], "folder-1", &[("a.tar.age", "x"), ("root.key", "x")]);
        drop(RunDir::new(parent.path()).unwrap());
        assert!(kept.iter().all(|dir| dir.exists()));
        assert!(kept[0].join("output-1").exists() && kept[1].join(MARK).exists());
    }

    #[test]
    fn a_directory_that_takes_a_live_runs_name_is_not_removed_with_it() {
        let parent = tempfile::tempdir().unwrap();
        let archive = dir_with(parent.path(), "archive", &[("2025.csv", "x"), ("output-1", "x")]);
        let run = RunDir::new(parent.path()).unwrap();
        fs::rename(&run.path, parent.path().join("moved")).unwrap();
        fs::rename(&archive, &run.path).unwrap();
        let path = run.path.clone();
        drop(run);
        assert!(path.join("2025.csv").exists() && path.join("output-1").exists());
    }

    #[test]
    fn a_run_directory_and_its_files_are_their_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let run = RunDir::new(parent.path()).unwrap();
        create(&run.path("rows.1")).unwrap();
        assert_eq!(fs::metadata(&run.path).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(run.path("rows.1")).unwrap().mode() & 0o777, 0o600);
    }
}
