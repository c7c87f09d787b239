//! Temporary files for rows that do not fit in memory.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use crate::{
    failure::{Failure, Result},
    placing::{self, Placing, Staging},
};

/// The temporary files of a run: one for each output, and one for each partition that is partitioned again.
pub(crate) struct Spills {
    /// The prefix of the path of each file, in the run directory.
    path: PathBuf,
    /// The directory as the operator named it, for messages.
    dir: PathBuf,
    made: AtomicUsize,
    written: AtomicU64,
}

impl Spills {
    pub(crate) fn new(path: PathBuf, dir: PathBuf) -> Self {
        Self { path, dir, made: AtomicUsize::new(0), written: AtomicU64::new(0) }
    }

    /// Temporary files in a run directory of this directory. It is removed with the staging. If rows cannot spill, it is
    /// not made.
    pub(crate) fn within(temp_dir: &Path, may_spill: bool) -> Result<(Staging, Self)> {
        let mut staging = Staging::new(Placing::default(), false);
        let path = if may_spill { staging.dir(temp_dir)?.path("rows") } else { temp_dir.join("rows") };
        Ok((staging, Self::new(path, temp_dir.to_owned())))
    }

    /// A new temporary file for so many partitions. It is created when the first rows are written.
    pub(crate) fn open(&self, partitions: usize) -> Spill<'_> {
        let extents = (0..partitions).map(|_| Mutex::new(Vec::new())).collect();
        Spill { all: self, file: OnceLock::new(), making: Mutex::new(()), end: AtomicU64::new(0), extents }
    }

    /// The number of bytes that were written to all files.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// The failure if rows could not be written or read.
    pub(crate) fn failure(&self, error: &io::Error) -> Failure {
        Failure::io("keep rows in", &self.dir, error)
    }
}

/// One temporary file. Each range of consecutive bytes belongs to one partition.
pub(crate) struct Spill<'a> {
    all: &'a Spills,
    file: OnceLock<File>,
    making: Mutex<()>,
    end: AtomicU64,
    extents: Vec<Mutex<Vec<Extent>>>,
}

/// Consecutive bytes of the file.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) len: usize,
}

impl Spill<'_> {
    /// See [`Spills::failure`].
    pub(crate) fn failure(&self, error: &io::Error) -> Failure {
        self.all.failure(error)
    }

    /// Appends rows of a partition.
    pub(crate) fn append(&self, part: usize, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let file = self.file()?;
        let offset = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        file.write_all_at(bytes, offset)?;
        self.all.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.extents_of(part).push(Extent { offset, len: bytes.len() });
        Ok(())
    }

    /// The ranges of a partition's rows.
    pub(crate) fn extents(&self, part: usize) -> Vec<Extent> {
        self.extents_of(part).clone()
    }

    /// Reads rows, and appends them to `bytes`.
    pub(crate) fn read(&self, extent: Extent, bytes: &mut Vec<u8>) -> io::Result<()> {
        let file = self.file.get().unwrap_or_else(|| unreachable!("what was written has a file"));
        let start = bytes.len();
        bytes.resize(start + extent.len, 0);
        file.read_exact_at(&mut bytes[start..], extent.offset)
    }

    fn file(&self) -> io::Result<&File> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        // If several threads write first rows at the same time, one of them creates the file.
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let number = self.all.made.fetch_add(1, Ordering::Relaxed);
        let file = placing::create(&self.all.path.with_extension(number.to_string()))?;
        Ok(self.file.get_or_init(|| file))
    }

    fn extents_of(&self, part: usize) -> MutexGuard<'_, Vec<Extent>> {
        self.extents[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
