//! Writes one delivery: a new folder that holds the sealed file and its manifest, and nothing else.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use fugo_keystore::{DeliveryRecipient, SealingWriter, SigningKeyFile};
use sha2::{Digest, Sha256};

use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
    manifest::{Manifest, contents::changed, envelope},
    placing::NewFolder,
};

/// A delivery whose file was read and judged.
pub(super) struct Planned {
    pub(super) path: PathBuf,
    /// The manifest inside.
    pub(super) manifest: Manifest,
    pub(super) recipients: Vec<DeliveryRecipient>,
    pub(super) folder: PathBuf,
}

/// 1980-01-01 in UTC, the time of every delivered file: a time of writing would show which files belong together.
const EPOCH: u64 = 315_532_800;

/// The time of every delivered file.
fn neutral_time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH)
}

/// Makes the folder and its two files, or leaves nothing.
pub(super) fn deliver(planned: &Planned, key: &SigningKeyFile, interrupt: &Interrupt) -> Result<()> {
    let manifest = &planned.manifest;
    let folder = NewFolder::begin(&planned.folder, super::LARGER)?;
    let mut file = folder.file(&manifest.sealed_name())?;
    let fail = |error: io::Error| Failure::io("write", &planned.folder, &error);

    let writer = SealingWriter::new(&planned.recipients, &mut file).map_err(fail)?;
    let mut archive = tar::Builder::new(writer);
    append_rows(&mut archive, planned, interrupt)?;
    let inner = envelope::sign(&manifest.statement(), key);
    let header = header(&manifest.inner_name(), inner.len() as u64);
    archive.append(&header, inner.as_bytes()).map_err(fail)?;
    archive.into_inner().and_then(SealingWriter::finish).map_err(fail)?;

    let sealed = file.complete_dated(Some(neutral_time()))?;
    let outer_manifest = Manifest { sealed: sealed.sha256().map(str::to_owned), ..manifest.clone() };
    let mut file = folder.file(&manifest.outer_name())?;
    file.put(envelope::sign(&outer_manifest.statement(), key).as_bytes())?;
    file.complete_dated(Some(neutral_time()))?;
    interrupt.check()?;
    folder.put(neutral_time())
}

/// Copies the file of rows into the archive, if it is still the file that was read.
fn append_rows(archive: &mut tar::Builder<impl io::Write>, planned: &Planned, interrupt: &Interrupt) -> Result<()> {
    let path: &Path = &planned.path;
    let read_fail = |error: io::Error| Failure::io("read", path, &error);
    let file = File::open(path).map_err(read_fail)?;
    let len = file.metadata().map_err(read_fail)?.len();
    let mut rows = Digesting { file: file.take(len), digest: Sha256::new(), interrupt, failed: None };
    let written = archive.append(&header(&planned.manifest.rows_name(), len), &mut rows);
    interrupt.check()?;
    if let Some(error) = rows.failed.take() {
        return Err(read_fail(error));
    }
    written.map_err(|error| Failure::io("write", &planned.folder, &error))?;
    if base16ct::lower::encode_string(&rows.digest.finalize()) != planned.manifest.contents.sha256 {
        return Err(changed(path));
    }
    Ok(())
}

/// A regular file of the archive, without owner and time.
fn header(name: &str, len: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    // A name of a delivery has fewer than the 100 bytes that a header takes.
    let _ = header.set_path(name);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(len);
    header.set_mode(0o600);
    header.set_mtime(EPOCH);
    header.set_uid(0);
    header.set_gid(0);
    header.set_cksum();
    header
}

/// Reads a file, its digest, and the interrupt.
struct Digesting<'a> {
    file: io::Take<File>,
    digest: Sha256,
    interrupt: &'a Interrupt,
    failed: Option<io::Error>,
}

impl Read for Digesting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupt.check().is_err() {
            return Err(io::Error::other("interrupted"));
        }
        match self.file.read(buffer) {
            Ok(read) => {
                self.digest.update(&buffer[..read]);
                Ok(read)
            }
            Err(error) => {
                let shown = io::Error::from(error.kind());
                self.failed = Some(error);
                Err(shown)
            }
        }
    }
}
