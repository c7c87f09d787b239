//! The state of a file when it was checked.

use std::{fs::Metadata, os::unix::fs::MetadataExt};

/// Which file it was, and when it was last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    device: u64,
    inode: u64,
    len: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Seen {
    pub(super) fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            len: file.len(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }

    /// Whether this is the same file with the same contents after a rename. A rename changes the ctime of the file.
    pub(super) fn is_renamed_from(&self, before: &Self) -> bool {
        Self { changed: before.changed, ..*self } == *before
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }
}
