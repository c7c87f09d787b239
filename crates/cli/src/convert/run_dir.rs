//! Where a run keeps what is not finished: a directory of its own beside each output, readable by its owner alone
//! and locked while the run lives. What dead runs left is cleared by the next one; a lock tells dead from alive.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::failure::{Failure, Result};

const PREFIX: &str = ".fugo-run-";

/// A locked directory, removed with all it holds when the run ends.
pub(crate) struct RunDir {
    dir: TempDir,
    /// The lock is on the directory itself; the kernel drops it when the process dies, however it dies.
    _lock: File,
}

impl RunDir {
    /// Makes a run directory in `parent`, after clearing those of dead runs.
    pub(crate) fn new(parent: &Path) -> Result<Self> {
        let fail = |doing: &str, error: &io::Error| Failure::io(doing, parent, error);
        clear_dead(parent).map_err(|error| fail("clear dead runs in", &error))?;
        loop {
            let dir = tempfile::Builder::new()
                .prefix(PREFIX)
                .permissions(Permissions::from_mode(0o700))
                .tempdir_in(parent)
                .map_err(|error| fail("make a run directory in", &error))?;
            // Another run may take it for dead before it is locked.
            let lock = match File::open(dir.path()) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                opened => opened.map_err(|error| fail("open the run directory in", &error))?,
            };
            lock.lock().map_err(|error| fail("lock the run directory in", &error))?;
            if same_file(&lock, dir.path()) {
                return Ok(Self { dir, _lock: lock });
            }
        }
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

fn same_file(open: &File, path: &Path) -> bool {
    match (open.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

/// Removes this user's run directories that nobody holds a lock on.
fn clear_dead(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)? {
        let entry = entry?;
        let is_run = entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.file_type()?.is_dir();
        if !is_run {
            continue;
        }
        // One that cannot be opened or locked is another user's or alive.
        if let Ok(lock) = File::open(entry.path())
            && lock.metadata().is_ok_and(|metadata| metadata.uid() == rustix::process::geteuid().as_raw())
            && lock.try_lock().is_ok()
            && same_file(&lock, &entry.path())
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(())
}

/// Opens a new file for reading and writing, for its owner alone.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_of_dead_runs_are_cleared_and_those_of_live_ones_are_not() {
        let parent = tempfile::tempdir().unwrap();
        let dead = parent.path().join(".fugo-run-dead");
        fs::create_dir(&dead).unwrap();
        fs::write(dead.join("left"), "x").unwrap();
        let other = parent.path().join("not-a-run");
        fs::create_dir(&other).unwrap();
        let alive = RunDir::new(parent.path()).unwrap();
        assert!(!dead.exists());
        let second = RunDir::new(parent.path()).unwrap();
        assert!(alive.dir.path().exists() && second.dir.path().exists() && other.exists());
        drop((alive, second));
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_run_directory_and_its_files_are_their_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let run = RunDir::new(parent.path()).unwrap();
        create(&run.path("rows")).unwrap();
        assert_eq!(fs::metadata(run.dir.path()).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::metadata(run.path("rows")).unwrap().mode() & 0o777, 0o600);
    }
}
