//! The rename that puts a file in place. It replaces only the file that was seen when the run began.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, RenameFlags, renameat_with},
    io::Errno,
};

use super::seen::Seen;

/// Why a file cannot be put in place.
#[derive(Debug, thiserror::Error)]
pub(super) enum PutError {
    #[error("another file was created there during the run")]
    Appeared,
    #[error("the file there was changed during the run")]
    Changed,
    #[error("the file there was changed during the run; it is now {}", .0.display())]
    Displaced(PathBuf),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Puts the file at `staged` in place. `seen` is the state of the file there when the run began; no other file is
/// replaced.
pub(super) fn put(staged: &Path, place: &Path, seen: Option<&Seen>) -> Result<(), PutError> {
    let there = match fs::symlink_metadata(place) {
        Ok(there) => Seen::of(&there),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return put_new(staged, place),
        Err(error) => return Err(error.into()),
    };
    match seen {
        None => Err(PutError::Appeared),
        Some(seen) if there != *seen => Err(PutError::Changed),
        Some(seen) => exchange(staged, place, seen),
    }
}

fn put_new(staged: &Path, place: &Path) -> Result<(), PutError> {
    match renameat_with(CWD, staged, CWD, place, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => Err(PutError::Appeared),
        Err(error) if is_unsupported(error) => link_new(staged, place),
        Err(error) => Err(io::Error::from(error).into()),
    }
}

/// For file systems without such a rename, for example NFS. A hard link never replaces a file.
fn link_new(staged: &Path, place: &Path) -> Result<(), PutError> {
    match fs::hard_link(staged, place) {
        Ok(()) => {
            // The file is in place. Another name for it stays in the folder of the run, which a later run clears.
            let _ = fs::remove_file(staged);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(PutError::Appeared),
        // Without hard links, the check a moment ago must do.
        Err(_) => Ok(fs::rename(staged, place)?),
    }
}

/// Exchanges the two files in one step, then compares the old file with the one that was seen. So a file that was
/// changed between the check and the rename is not lost.
fn exchange(staged: &Path, place: &Path, seen: &Seen) -> Result<(), PutError> {
    match renameat_with(CWD, staged, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => {}
        Err(error) if is_unsupported(error) => return Ok(fs::rename(staged, place)?),
        // The file was removed in the meantime.
        Err(Errno::NOENT) => return put_new(staged, place),
        Err(error) => return Err(io::Error::from(error).into()),
    }
    let old = fs::symlink_metadata(staged);
    if old.as_ref().is_ok_and(|old| Seen::of(old).is_renamed_from(seen)) {
        // The file is in place. The old one may stay in the folder of the run, which a later run clears.
        let _ = fs::remove_file(staged);
        return Ok(());
    }
    match renameat_with(CWD, staged, CWD, place, RenameFlags::EXCHANGE) {
        Ok(()) => Err(old.map_or_else(PutError::Io, |_| PutError::Changed)),
        Err(_) => Err(PutError::Displaced(staged.to_owned())),
    }
}

pub(super) fn is_unsupported(error: Errno) -> bool {
    matches!(error, Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(path: &Path) -> Seen {
        Seen::of(&fs::symlink_metadata(path).unwrap())
    }

    #[test]
    fn a_file_that_came_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (staged, place) = (folder.path().join("staged"), folder.path().join("place"));
        fs::write(&staged, "new").unwrap();
        fs::write(&place, "a key").unwrap();
        for outcome in [put(&staged, &place, None), put_new(&staged, &place), link_new(&staged, &place)] {
            assert!(matches!(outcome, Err(PutError::Appeared)));
        }
        assert_eq!((fs::read(&staged).unwrap(), fs::read(&place).unwrap()), (b"new".to_vec(), b"a key".to_vec()));
    }

    #[test]
    fn a_file_that_is_as_it_was_seen_is_replaced_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (staged, place) = (folder.path().join("staged"), folder.path().join("place"));
        fs::write(&staged, "new").unwrap();
        fs::write(&place, "old").unwrap();
        let old = seen(&place);
        // Another file with the same name, and the same file with other contents.
        fs::write(folder.path().join("other"), "a key").unwrap();
        fs::rename(folder.path().join("other"), &place).unwrap();
        assert!(matches!(put(&staged, &place, Some(&old)), Err(PutError::Changed)));
        // A change between the check and the rename: both files stay where they were.
        assert!(matches!(exchange(&staged, &place, &old), Err(PutError::Changed)));
        assert_eq!((fs::read(&staged).unwrap(), fs::read(&place).unwrap()), (b"new".to_vec(), b"a key".to_vec()));
        let now = seen(&place);
        put(&staged, &place, Some(&now)).unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"new");
        assert!(!staged.exists());
    }

    #[test]
    fn a_place_that_is_free_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        for (name, link) in [("a", false), ("b", true)] {
            let (staged, place) = (folder.path().join("staged"), folder.path().join(name));
            fs::write(&staged, "new").unwrap();
            if link {
                link_new(&staged, &place).unwrap();
            } else {
                put(&staged, &place, None).unwrap();
            }
            assert!(!staged.exists() && fs::read(&place).unwrap() == b"new");
        }
    }
}
