//! Writes new files that only their owner can read, and that are never incomplete.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use crate::error::KeyFileError;

/// Writes a new file of mode 0600. It has no name until it is complete and on the device, so a killed process leaves no
/// file. If the file system does not support files without names, the file has a temporary name until then.
pub(crate) fn create_owner_only(path: &Path, bytes: &[u8]) -> Result<(), KeyFileError> {
    create(path, bytes, OWNER_ONLY)
}

const OWNER_ONLY: u32 = 0o600;

/// Writes a new file of this mode in the same way.
pub(crate) fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyFileError> {
    let folder = folder(path);
    let exists = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists,
        _ => KeyFileError::Io(error),
    };
    if !unnamed::create(folder, path, bytes, mode).map_err(exists)? {
        let mut file = tempfile::Builder::new().prefix(".fugo-key-").tempfile_in(folder)?;
        set_mode(file.as_file(), mode)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(path).map_err(|refused| exists(refused.error))?;
    }
    sync_folder(folder).map_err(|error| {
        // The caller hears of a failure, so there must be no file. It was made a moment ago, and never replaces another.
        let _ = fs::remove_file(path);
        KeyFileError::Io(error)
    })
}

/// Sets mode 0600, even if the umask of the process removed some of these rights.
pub(crate) fn make_owner_only(file: &File) -> io::Result<()> {
    set_mode(file, OWNER_ONLY)
}

fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = (file, mode);
    Ok(())
}

/// The folder that a path is in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a rename in the folder survive a loss of power.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(target_os = "linux")]
mod unnamed {
    use std::{
        fs::File,
        io::{self, Write},
        os::fd::AsRawFd,
        path::Path,
    };

    use rustix::{
        fs::{AtFlags, CWD, Mode, OFlags, linkat, open},
        io::Errno,
    };

    /// Writes the file. Returns `false` if the file system does not support files without names.
    pub(super) fn create(folder: &Path, path: &Path, bytes: &[u8], mode: u32) -> io::Result<bool> {
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let mut file = match open(folder, flags, Mode::RUSR | Mode::WUSR) {
            Ok(file) => File::from(file),
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOSYS) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        super::set_mode(&file, mode)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        let unnamed = format!("/proc/self/fd/{}", file.as_raw_fd());
        match linkat(CWD, unnamed, CWD, path, AtFlags::SYMLINK_FOLLOW) {
            Ok(()) => Ok(true),
            // Without /proc, or on a file system without links.
            Err(Errno::NOENT | Errno::PERM | Errno::OPNOTSUPP | Errno::XDEV) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod unnamed {
    use std::{io, path::Path};

    pub(super) fn create(_folder: &Path, _path: &Path, _bytes: &[u8], _mode: u32) -> io::Result<bool> {
        Ok(false)
    }
}
