//! A new folder that appears with all its files or not at all.

use std::{
    fs::{self, File, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{Output, directory_of, put::is_unsupported, run_dir::RunDir};
use crate::failure::{Failure, Result};

/// A folder that is written in a run directory next to its final place, and renamed when its files are complete.
pub(crate) struct NewFolder {
    place: PathBuf,
    staged: PathBuf,
    remedy: &'static str,
    /// Cleared at the end of the run, or by the next run in this directory.
    _run: RunDir,
}

impl NewFolder {
    /// Begins a folder that will be at `place`. `remedy` says what to do if the place is taken.
    pub(crate) fn begin(place: &Path, remedy: &'static str) -> Result<Self> {
        let run = RunDir::new(directory_of(place))?;
        let staged = run.path("folder-1");
        fs::create_dir(&staged).map_err(|error| Failure::io("make the folder", place, &error))?;
        Ok(Self { place: place.to_owned(), staged, remedy, _run: run })
    }

    /// Makes it a folder that only its owner can enter.
    pub(crate) fn private(self) -> Result<Self> {
        let mode = Permissions::from_mode(0o700);
        fs::set_permissions(&self.staged, mode).map_err(|error| Failure::io("make the folder", &self.place, &error))?;
        Ok(self)
    }

    /// The path of a file of the folder until the folder is put in place.
    pub(crate) fn staged(&self, name: &str) -> PathBuf {
        self.staged.join(name)
    }

    /// Creates a file of the folder. SHA-256 of its bytes is computed.
    pub(crate) fn file(&self, name: &str) -> Result<Output> {
        Output::begin(self.place.join(name), self.staged.join(name), true)
    }

    /// Writes a whole file of the folder.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut output = self.file(name)?;
        output.put(bytes)?;
        output.complete()?;
        Ok(())
    }

    /// Puts the folder in place, dated `time`. All its files must be complete. Nothing existing is replaced.
    pub(crate) fn put(self, time: SystemTime) -> Result<()> {
        let times = fs::FileTimes::new().set_modified(time).set_accessed(time);
        File::open(&self.staged)
            .and_then(|folder| {
                folder.sync_all()?;
                folder.set_times(times)
            })
            .and_then(|()| match renameat_with(CWD, &self.staged, CWD, &self.place, RenameFlags::NOREPLACE) {
                // Without this kind of rename (NFS), a rename replaces no folder either, unless it is empty.
                Err(error) if is_unsupported(error) => fs::rename(&self.staged, &self.place),
                outcome => outcome.map_err(io::Error::from),
            })
            .map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => exists(&self.place, self.remedy),
                _ => Failure::io("put in place", &self.place, &error),
            })?;
        File::open(directory_of(&self.place)).and_then(|parent| parent.sync_all()).map_err(|error| {
            // The caller hears of a failure, so there must be no folder. It was put there a moment ago.
            let _ = renameat_with(CWD, &self.place, CWD, &self.staged, RenameFlags::NOREPLACE);
            Failure::io("put in place", &self.place, &error)
        })
    }
}

/// Refuses a place that is taken, before there is work for it. [`NewFolder::put`] refuses it too, if it is taken then.
pub(crate) fn refuse_taken(place: &Path, remedy: &str) -> Result<()> {
    match place.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::io("write", place, &error)),
        Ok(_) => Err(exists(place, remedy)),
    }
}

fn exists(place: &Path, remedy: &str) -> Failure {
    Failure::new(format!("{} exists already, and such a folder is never replaced", place.display()), remedy)
}
