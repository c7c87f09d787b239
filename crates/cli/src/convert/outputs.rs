//! Files that appear whole or not at all: written in a run directory beside their place, flushed to the device,
//! and renamed only when every one of them is complete.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{
    places::directory_of,
    run_dir::{self, RunDir},
};
use crate::failure::{Failure, Result};

/// The run directories of a run, one for each directory that gets a file.
pub(crate) struct Staging {
    dirs: BTreeMap<PathBuf, RunDir>,
    made: usize,
}

/// A file on its way to its place.
pub(crate) struct Output {
    place: PathBuf,
    staged: PathBuf,
    file: BufWriter<File>,
}

impl Staging {
    pub(crate) fn new() -> Self {
        Self { dirs: BTreeMap::new(), made: 0 }
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
        let file = run_dir::create(&staged).map_err(|error| Failure::io("write", place, &error))?;
        Ok(Output { place: place.to_owned(), staged, file: BufWriter::with_capacity(1 << 18, file) })
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
        let file = run_dir::create(&self.staged).map_err(fail)?;
        self.file = BufWriter::with_capacity(1 << 18, file);
        Ok(written)
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

/// Flushes every file to its device; then renames them one after the other, in the order given. Each is whole or
/// as it was at every moment; a run that is killed between two renames leaves some new and some old.
pub(crate) fn place(outputs: Vec<Output>, staging: Staging) -> Result<()> {
    let mut staged = Vec::new();
    for output in outputs {
        let fail = |error: &io::Error| Failure::io("write", &output.place, error);
        let file = output.file.into_inner().map_err(|error| fail(error.error()))?;
        file.sync_all().map_err(|error| fail(&error))?;
        staged.push((output.staged, output.place));
    }
    for (i, (from, to)) in staged.iter().enumerate() {
        fs::rename(from, to).map_err(|error| partly_placed(&staged[..i], to, &error))?;
    }
    for parent in staging.dirs.keys() {
        let synced = File::open(parent).and_then(|dir| dir.sync_all());
        synced.map_err(|error| Failure::io("flush", parent, &error))?;
    }
    Ok(())
}

fn partly_placed(placed: &[(PathBuf, PathBuf)], to: &Path, error: &io::Error) -> Failure {
    if placed.is_empty() {
        return Failure::io("put in place", to, error);
    }
    let new: Vec<String> = placed.iter().map(|(_, to)| to.display().to_string()).collect();
    Failure::new(
        format!("cannot put in place {}: {error}; already new are {}", to.display(), new.join(", ")),
        "every file is whole, but these are of this run and the others are not: mend the cause and run it again",
    )
}
