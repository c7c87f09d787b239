//! Overwrites and removes the file of a destroyed key.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::new_file::{folder, sync_folder};

/// A file that can be overwritten and removed. It is opened first, so that what cannot be erased is found before
/// anything is recorded.
#[derive(Debug)]
pub struct FileToErase {
    path: PathBuf,
    file: File,
}

impl FileToErase {
    /// Opens a regular file for writing. A link is refused, because its target would stay.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true);
        #[cfg(unix)]
        {
            use rustix::fs::OFlags;
            let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
            std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
        }
        let is_link = path.symlink_metadata()?.is_symlink();
        let not_a_file = || io::Error::other("this is a link or not a regular file; name the file itself");
        if is_link {
            return Err(not_a_file());
        }
        let file = options.open(path)?;
        if !file.metadata()?.is_file() {
            return Err(not_a_file());
        }
        Ok(Self { path: path.to_owned(), file })
    }

    /// Overwrites the file with a text that says so, again and again to its length, waits until the device has it, removes
    /// the name and syncs the folder. Other names of the file (hard links) keep that text.
    ///
    /// This replaces the blocks that the file system writes in place. It does not reach copies: of journals, snapshots,
    /// file systems that never write in place, backups, and the spare cells of flash memory.
    pub fn erase(mut self) -> io::Result<()> {
        let text = ERASED.repeat(128);
        let mut left = self.file.metadata()?.len();
        while left > 0 {
            let now = left.min(text.len() as u64);
            self.file.write_all(&text[..now as usize])?;
            left -= now;
        }
        self.file.sync_all()?;
        fs::remove_file(&self.path)?;
        sync_folder(folder(&self.path))
    }
}

/// What a file that is erased begins with. Zeros would not do: a device leaves them too, in a file that was never a key.
const ERASED: &[u8] = b"fugo: this key is destroyed\n";

/// Whether a file begins as [`FileToErase::erase`] leaves it if the process is killed before the name is removed, or before
/// all of it is overwritten. No key file begins so.
pub fn is_erased(path: &Path) -> io::Result<bool> {
    if !path.symlink_metadata()?.is_file() {
        return Ok(false);
    }
    let mut head = Vec::new();
    File::open(path)?.take(ERASED.len() as u64).read_to_end(&mut head)?;
    Ok(head == ERASED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_is_overwritten_before_the_name_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, other_name) = (folder.path().join("a.key"), folder.path().join("b.key"));
        fs::write(&path, vec![b'k'; 10_000]).expect("written");
        fs::hard_link(&path, &other_name).expect("a second name");
        FileToErase::open(&path).expect("opened").erase().expect("erased");
        assert!(!path.exists());
        let left = fs::read(&other_name).expect("the other name");
        assert_eq!((left.len(), &left[..]), (10_000, &ERASED.repeat(400)[..10_000]));
        assert!(is_erased(&other_name).expect("read"));
    }

    #[test]
    fn an_erased_file_says_so_and_a_file_of_zeros_is_not_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.key");
        for (bytes, erased) in [
            (ERASED.repeat(6), true),
            // Killed between two blocks.
            ([ERASED, b"age-encryption.org/v1"].concat(), true),
            (vec![0; 153], false),
            (vec![], false),
            (ERASED[1..].to_vec(), false),
            ([b"fugo-key 1\n", ERASED].concat(), false),
        ] {
            fs::write(&path, bytes).expect("written");
            assert_eq!(is_erased(&path).expect("read"), erased);
        }
        assert!(!is_erased(folder.path()).expect("a folder"));
        is_erased(&folder.path().join("missing")).expect_err("missing");
    }

    #[cfg(unix)]
    #[test]
    fn links_folders_and_fifos_are_not_erased() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.key");
        fs::write(&path, "content").expect("written");
        let (link, fifo) = (folder.path().join("link"), folder.path().join("fifo"));
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).expect("a FIFO");
        for other in [link.as_path(), fifo.as_path(), folder.path(), &folder.path().join("missing")] {
            assert!(FileToErase::open(other).is_err(), "{}", other.display());
        }
        assert_eq!(fs::read_to_string(&path).expect("kept"), "content");
    }
}
