//! A lock in the directory of an output keeps a second run from writing the same output. The kernel drops the lock
//! when the process ends. The lock file of a dead run is reused by the next run of that output, and removed by any
//! run in the directory.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use rustix::fs::OFlags;
use sha2::{Digest, Sha256};

use super::directory_of;
use crate::failure::{Failure, Result};

/// The prefix of the name of a lock file.
pub(super) const PREFIX: &str = ".fugo-lock-";

const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(10);

/// The lock file is removed when the run ends.
#[derive(Debug)]
pub(super) struct OutputLock {
    path: PathBuf,
    lock: File,
}

impl OutputLock {
    /// Locks an output by its name, or fails because another run writes it.
    pub(super) fn of(place: &Path) -> Result<Self> {
        // Names that some file systems treat as the same share a lock.
        let name = place.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let digest = Sha256::digest(name.as_bytes());
        let path = directory_of(place).join(format!("{PREFIX}{}", base16ct::lower::encode_string(&digest[..8])));
        let mut tries = 0;
        loop {
            let lock = open(&path).map_err(|error| Failure::io("lock", place, &error))?;
            match lock.try_lock() {
                Ok(()) => {}
                // A run that clears the directory may hold the lock for a moment.
                Err(fs::TryLockError::WouldBlock) if tries < TRIES => {
                    tries += 1;
                    thread::sleep(PAUSE);
                    continue;
                }
                Err(fs::TryLockError::WouldBlock) => {
                    return Err(Failure::new(
                        format_args!("another run is writing {}", place.display()),
                        "wait until it ends, or name another file",
                    ));
                }
                Err(fs::TryLockError::Error(error)) => return Err(Failure::io("lock", place, &error)),
            }
            // The run that held the lock before may have removed the file in the meantime.
            if is_still(&lock, &path) {
                return Ok(Self { path, lock });
            }
        }
    }
}

impl Drop for OutputLock {
    fn drop(&mut self) {
        if is_still(&self.lock, &self.path) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Removes the lock file of a dead run of the same user.
pub(super) fn clear_dead(path: &Path) {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    if let Ok(lock) = File::options().read(true).custom_flags(flags).open(path)
        && lock
            .metadata()
            .is_ok_and(|file| file.is_file() && file.len() == 0 && file.uid() == rustix::process::geteuid().as_raw())
        && lock.try_lock().is_ok()
        && is_still(&lock, path)
    {
        let _ = fs::remove_file(path);
    }
}

/// Other users must be able to lock it too, so they can read it. It is empty.
fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let own = OpenOptions::new().write(true).create(true).truncate(false).mode(0o644).custom_flags(flags).open(path);
    match own {
        Ok(file) => {
            // Restores the bits that the umask removed. The file of another user cannot be changed, and does not need
            // it.
            let _ = file.set_permissions(fs::Permissions::from_mode(0o644));
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            File::options().read(true).custom_flags(flags).open(path).map_err(|_| error)
        }
        Err(error) => Err(error),
    }
}

fn is_still(open: &File, path: &Path) -> bool {
    match (open.metadata(), fs::symlink_metadata(path)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}
