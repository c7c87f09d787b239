//! Checks whether a file is still the one that was opened.

use std::{
    fs::{self, File, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use crate::failure::{Failure, Result};

/// Device, inode, length, and the times of the last change of the contents and of the inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    place: (u64, u64),
    len: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Identity {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            place: (metadata.dev(), metadata.ino()),
            len: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// A regular file that is being read.
pub(crate) struct Watched {
    path: Option<PathBuf>,
    file: File,
    before: Identity,
}

impl Watched {
    /// Records the state of an open file, and of the file at its path. `None` if it is not a regular file.
    pub(crate) fn of(path: Option<&Path>, file: &File) -> io::Result<Option<Self>> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        let before = Identity::of(&metadata);
        Ok(Some(Self { path: path.map(Path::to_owned), file: file.try_clone()?, before }))
    }

    /// The state of the file when it was opened.
    pub(crate) fn identity(&self) -> Identity {
        self.before
    }

    /// The length in bytes when the file was opened.
    pub(crate) fn len(&self) -> u64 {
        self.before.len
    }

    /// Called when everything is read. Rows from two states of a file are not one roster.
    pub(crate) fn check_unchanged(&self) -> Result<()> {
        let name = self.path.as_deref().unwrap_or(Path::new("standard input"));
        let fail = |error: io::Error| Failure::io("read", name, &error);
        let mut same = Identity::of(&self.file.metadata().map_err(fail)?) == self.before;
        if let Some(path) = &self.path {
            same &= match fs::metadata(path) {
                Ok(now) => Identity::of(&now) == self.before,
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                Err(error) => return Err(fail(error)),
            };
        }
        if same {
            return Ok(());
        }
        Err(Failure::new(
            format!("{} changed while it was read", name.display()),
            "read a file that nobody writes to, for example a copy; no output was changed",
        ))
    }
}
