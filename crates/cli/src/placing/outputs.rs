//! Files that appear complete or not at all. They are written in a run directory in the folder of the output, flushed
//! to the device, and renamed only when all of them are complete.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use sha2::{Digest, Sha256};

use super::{
    Placing, directory_of,
    put::{PutError, put},
    run_dir::{self, RunDir},
};
use crate::failure::{Failure, Result};

/// The run directories of a run, one for each directory that gets a file.
pub(crate) struct Staging {
    dirs: BTreeMap<PathBuf, RunDir>,
    made: usize,
    placing: Placing,
    digests: bool,
}

/// A file that is not yet put in place.
pub(crate) struct Output {
    place: PathBuf,
    staged: PathBuf,
    file: BufWriter<Digested>,
}

/// A file that is complete and flushed to its device.
pub(crate) struct Complete {
    place: PathBuf,
    staged: PathBuf,
    /// SHA-256 of its bytes, if it was requested.
    sha256: Option<String>,
}

/// A file, and the digest of its bytes if it was requested: the digest costs a pass over every byte.
struct Digested {
    file: File,
    digest: Option<Box<Sha256>>,
}

impl Write for Digested {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        if let Some(digest) = &mut self.digest {
            digest.update(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn begin(staged: &Path, digests: bool) -> io::Result<BufWriter<Digested>> {
    let file = run_dir::create(staged)?;
    Ok(BufWriter::with_capacity(1 << 18, Digested { file, digest: digests.then(Box::default) }))
}

impl Staging {
    /// Allows the files of these paths and no others. `digests` says whether SHA-256 of each is computed.
    pub(crate) fn new(placing: Placing, digests: bool) -> Self {
        Self { dirs: BTreeMap::new(), made: 0, placing, digests }
    }

    /// The run directory in `parent`.
    pub(crate) fn dir(&mut self, parent: &Path) -> Result<&RunDir> {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        if !self.dirs.contains_key(parent) {
            self.dirs.insert(parent.to_owned(), RunDir::new(parent)?);
        }
        Ok(&self.dirs[parent])
    }

    /// Creates the file that will be put at `place`. This is done before the long run, so that a path that cannot be
    /// written fails at once.
    pub(crate) fn output(&mut self, place: &Path) -> Result<Output> {
        self.made += 1;
        let name = format!("output-{}", self.made);
        let staged = self.dir(directory_of(place))?.path(&name);
        Output::begin(place.to_owned(), staged, self.digests)
    }
}

impl Output {
    /// Creates the file `staged`, which will be put at `place`.
    pub(super) fn begin(place: PathBuf, staged: PathBuf, digests: bool) -> Result<Self> {
        let file = begin(&staged, digests).map_err(|error| Failure::io("write", &place, &error))?;
        Ok(Self { place, staged, file })
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| Failure::io("write", &self.place, &error))
    }

    /// The final path of the file.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    /// Returns the bytes that were written so far, as a file to read, and begins a new file in its place.
    pub(crate) fn restart(&mut self) -> Result<File> {
        let fail = |error: io::Error| Failure::io("write", &self.place, &error);
        self.file.flush().map_err(fail)?;
        let written = File::open(&self.staged).map_err(fail)?;
        fs::remove_file(&self.staged).map_err(fail)?;
        let digests = self.file.get_ref().digest.is_some();
        self.file = begin(&self.staged, digests).map_err(fail)?;
        Ok(written)
    }

    /// Flushes the file to its device.
    pub(crate) fn complete(self) -> Result<Complete> {
        self.complete_dated(None)
    }

    /// Also sets the time of its last change, so that it does not show when it was written.
    pub(crate) fn complete_dated(self, time: Option<SystemTime>) -> Result<Complete> {
        let fail = |error: &io::Error| Failure::io("write", &self.place, error);
        let Digested { file, digest } = self.file.into_inner().map_err(|error| fail(error.error()))?;
        if let Some(time) = time {
            let times = fs::FileTimes::new().set_modified(time).set_accessed(time);
            file.set_times(times).map_err(|error| fail(&error))?;
        }
        file.sync_all().map_err(|error| fail(&error))?;
        Ok(Complete {
            place: self.place,
            staged: self.staged,
            sha256: digest.map(|digest| base16ct::lower::encode_string(&digest.finalize())),
        })
    }
}

impl Complete {
    /// The path until it is put in place.
    pub(crate) fn staged(&self) -> &Path {
        &self.staged
    }

    /// SHA-256 of its bytes in hexadecimal digits, if it was requested.
    pub(crate) fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}

/// For the writers of Parquet and Arrow files.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Renames the files one after the other, in the given order. Replaces only files that are unchanged since the run
/// began. At every moment each output is the complete new file or the unchanged old one. A run that is killed between
/// two renames leaves some of each.
pub(crate) fn place(outputs: &[Complete], staging: Staging) -> Result<()> {
    for (i, output) in outputs.iter().enumerate() {
        let put = put(&output.staged, &output.place, staging.placing.seen(&output.place));
        if let Err(error) = put {
            if let PutError::Displaced(_) = error {
                // The run directory now holds the file of another process.
                std::mem::forget(staging);
            }
            return Err(not_placed(&outputs[..i], &output.place, &error));
        }
    }
    for parent in staging.dirs.keys() {
        let synced = File::open(parent).and_then(|dir| dir.sync_all());
        synced.map_err(|error| Failure::io("flush", parent, &error))?;
    }
    Ok(())
}

fn not_placed(placed: &[Complete], to: &Path, error: &PutError) -> Failure {
    if !placed.is_empty() {
        let new: Vec<String> = placed.iter().map(|output| output.place.display().to_string()).collect();
        return Failure::new(
            format!(
                "cannot rename the finished output to {}: {error}; these outputs are already replaced: {}",
                to.display(),
                new.join(", ")
            ),
            "every file is complete, but the others are not from this run; find the cause and run the command again",
        );
    }
    match error {
        PutError::Io(error) => Failure::io("put in place", to, error),
        _ => Failure::new(
            format!("cannot rename the finished output to {}: {error}", to.display()),
            "no output was changed; look at the file, then name another file or run the command again",
        ),
    }
}
