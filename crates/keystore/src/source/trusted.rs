//! Whether a file may be started or loaded: the program of a key source, and the module of a token. Both run with the rights
//! of this process.

use std::{io, path::Path};

/// Why a file is not started or loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distrust {
    /// It is not there, or its folder does not show it.
    Missing(io::ErrorKind),
    /// A directory, a FIFO, a device or a socket.
    NotAFile,
    /// The group or others can write it.
    OthersCanWrite,
    /// Its owner is neither root nor the user of this process.
    OtherOwner,
}

/// Refuses a file that somebody else can replace. Links are followed. Who can write its folders is not checked.
pub(super) fn check(path: &Path) -> Result<(), Distrust> {
    let found = path.metadata().map_err(|error| Distrust::Missing(error.kind()))?;
    if !found.is_file() {
        return Err(Distrust::NotAFile);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if found.mode() & 0o022 != 0 {
            return Err(Distrust::OthersCanWrite);
        }
        if !is_own(found.uid(), rustix::process::geteuid().as_raw()) {
            return Err(Distrust::OtherOwner);
        }
    }
    Ok(())
}

/// Whether a user may start a file of this owner.
#[cfg(unix)]
fn is_own(owner: u32, user: u32) -> bool {
    owner == 0 || owner == user
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn only_files_of_root_and_of_the_user_are_trusted() {
        for (owner, user, is_trusted) in
            [(0, 0, true), (0, 1000, true), (1000, 1000, true), (1000, 0, false), (1, 2, false)]
        {
            assert_eq!(is_own(owner, user), is_trusted, "{owner} {user}");
        }
    }

    #[test]
    fn a_file_that_others_can_write_or_own_and_what_is_not_a_file_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, fifo) = (folder.path().join("file"), folder.path().join("fifo"));
        fs::write(&file, "").expect("written");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a FIFO");
        for (mode, expected) in [
            (0o755, Ok(())),
            (0o644, Ok(())),
            (0o720, Err(Distrust::OthersCanWrite)),
            (0o702, Err(Distrust::OthersCanWrite)),
            (0o777, Err(Distrust::OthersCanWrite)),
        ] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("changed");
            assert_eq!(check(&file), expected, "{mode:o}");
        }
        assert_eq!(check(&fifo), Err(Distrust::NotAFile));
        assert_eq!(check(folder.path()), Err(Distrust::NotAFile));
        assert_eq!(check(&folder.path().join("missing")), Err(Distrust::Missing(io::ErrorKind::NotFound)));
        // Only root can give a file away.
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("changed");
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&file, Some(65534), None).expect("given away");
            assert_eq!(check(&file), Err(Distrust::OtherOwner));
        }
    }
}
