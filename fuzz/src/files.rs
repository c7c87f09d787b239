//! Files for functions that read only files: in memory where there is such a file system.

use std::{
    fs::{self, File},
    io::{Seek, Write},
    path::{Path, PathBuf},
};

use tempfile::TempDir;

thread_local! {
    static FOLDER: TempDir = tempfile::tempdir_in(place()).expect("a folder");
}

pub(crate) fn place() -> PathBuf {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}

/// The path of a file with these bytes, in a folder of this thread.
pub(crate) fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = FOLDER.with(|folder| folder.path().join(name));
    fs::write(&path, bytes).expect("a file");
    path
}

/// An open file without a name.
pub(crate) fn open(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile_in(place()).expect("a file");
    file.write_all(bytes).expect("written");
    file.rewind().expect("rewound");
    file
}
