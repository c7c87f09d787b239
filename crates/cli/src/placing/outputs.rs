//! Files that appear whole or not at all: written in a run directory beside their place, flushed to the device,
//! and renamed only when every one of them is complete.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{
    Placing, directory_of,
    put::{PutError, put},
    run_dir::{self, RunDir},
};
use crate::{
    failure::{Failure, Result},
    hex,
};

/// The run directories of a run, one for each directory that gets a file.
pub(crate) struct Staging {
    dirs: BTreeMap<PathBuf, RunDir>,
    made: usize,
    placing: Placing,
    digests: bool,
}

/// A file on its way to its place.
pub(crate) struct Output {
    place: PathBuf,
    staged: PathBuf,
    file: BufWriter<Digested>,
}

/// A file that is written and flushed to its device.
pub(crate) struct Complete {
    place: PathBuf,
    staged: PathBuf,
    /// SHA-256 of its bytes, if it was asked for.
    sha256: Option<String>,
}

/// A file with the digest of what was written to it, if it is asked for: it costs a pass over every byte.
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
    /// For the files of these places, and no others. `digests`: whether SHA-256 of each is wanted.
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

    /// Opens what will be the file at `place`. Done before the long run, so that a place that cannot be written is
    /// known at once.
    pub(crate) fn output(&mut self, place: &Path) -> Result<Output> {
        self.made += 1;
        let name = format!("output-{}", self.made);
        let staged = self.dir(directory_of(place))?.path(&name);
        let file = begin(&staged, self.digests).map_err(|error| Failure::io("write", place, &error))?;
        Ok(Output { place: place.to_owned(), staged, file })
    }
}

impl Output {
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| Failure::io("write", &self.place, &error))
    }

    /// Where it will be.
    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    /// What was written so far, to be read again; a new file is begun in its stead.
    pub(crate) fn restart(&mut self) -> Result<File> {
        let fail = |error: io::Error| Failure::io("write", &self.place, &error);
        self.file.flush().map_err(fail)?;
        let written = File::open(&self.staged).map_err(fail)?;
        fs::remove_file(&self.staged).map_err(fail)?;
        let digests = self.file.get_ref().digest.is_some();
        self.file = begin(&self.staged, digests).map_err(fail)?;
        Ok(written)
    }

    /// Flushes it to its device.
    pub(crate) fn complete(self) -> Result<Complete> {
        let fail = |error: &io::Error| Failure::io("write", &self.place, error);
        let Digested { file, digest } = self.file.into_inner().map_err(|error| fail(error.error()))?;
        file.sync_all().map_err(|error| fail(&error))?;
        Ok(Complete {
            place: self.place,
            staged: self.staged,
            sha256: digest.map(|digest| hex::encode(&digest.finalize())),
        })
    }
}

impl Complete {
    /// SHA-256 of its bytes, in hexadecimal digits, if it was asked for.
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

/// Renames files one after the other, in the order given, over nothing but what was seen when the run began. Each is
/// whole or as it was at every moment; a run that is killed between two renames leaves some new and some old.
pub(crate) fn place(outputs: &[Complete], staging: Staging) -> Result<()> {
    for (i, output) in outputs.iter().enumerate() {
        let put = put(&output.staged, &output.place, staging.placing.seen(&output.place));
        if let Err(error) = put {
            if let PutError::Displaced(_) = error {
                // The run's directory now holds somebody's file.
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
            format!("cannot put in place {}: {error}; already new are {}", to.display(), new.join(", ")),
            "every file is whole, but these are of this run and the others are not: find the cause and run it again",
        );
    }
    match error {
        PutError::Io(error) => Failure::io("put in place", to, error),
        _ => Failure::new(
            format!("cannot put in place {}: {error}", to.display()),
            "nothing was replaced: see what it is, and name another file or run again",
        ),
    }
}
