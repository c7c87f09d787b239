//! A file that appears under its name only when it is whole.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{
    failure::{Failure, Result},
    precious,
};

/// Written beside its place, readable by its owner only, removed if it is not kept.
pub(super) struct Output {
    file: NamedTempFile,
    path: PathBuf,
}

impl Output {
    pub(super) fn create(path: &Path) -> Result<Self> {
        if path.exists() && !path.is_file() {
            return Err(Failure::new(format_args!("{} is not a file", path.display()), "give the name of a file"));
        }
        precious::refuse_to_replace(path)?;
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new().prefix(".fugo-synth-").tempfile_in(folder);
        let file = file.map_err(|error| Failure::io("create a file for", path, &error))?;
        Ok(Self { file, path: path.to_owned() })
    }

    pub(super) fn file(&self) -> &File {
        self.file.as_file()
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn keep(self) -> Result<()> {
        self.file().sync_all().map_err(|error| Failure::io("write", &self.path, &error))?;
        match self.file.persist(&self.path) {
            Ok(_) => Ok(()),
            Err(refused) => Err(Failure::io("rename a file to", &self.path, &refused.error)),
        }
    }
}
