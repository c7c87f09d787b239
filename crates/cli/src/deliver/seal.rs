//! Writes one delivery: a new folder that holds the sealed file and its manifest, and nothing else.

use std::{
    fs::{self, File},
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
    placing::{self, Kind, OverwriteArgs, Placing, Staging},
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
pub(super) fn deliver<'a>(
    planned: &Planned,
    key: &SigningKeyFile,
    inputs: impl Iterator<Item = &'a PathBuf>,
    interrupt: &Interrupt,
) -> Result<()> {
    let folder = &planned.folder;
    match fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(Failure::io("make the folder", folder, &error));
        }
        // It holds nothing except what a killed run left, or another run has just made it and locks its files.
        _ => {}
    }
    let done = write(planned, key, inputs, interrupt);
    if done.is_err() {
        // Only an empty folder is removed.
        let _ = fs::remove_dir(folder);
        return done;
    }
    let times = fs::FileTimes::new().set_modified(neutral_time()).set_accessed(neutral_time());
    let dated = File::open(folder).and_then(|folder| folder.set_times(times));
    dated.map_err(|error| Failure::io("set the time of", folder, &error))
}

fn write<'a>(
    planned: &Planned,
    key: &SigningKeyFile,
    inputs: impl Iterator<Item = &'a PathBuf>,
    interrupt: &Interrupt,
) -> Result<()> {
    let manifest = &planned.manifest;
    let (sealed, outer) = (planned.folder.join(manifest.sealed_name()), planned.folder.join(manifest.outer_name()));
    let targets = [&sealed, &outer].map(|place| (place.clone(), Kind::Delivery));
    let placing = Placing::claim(&targets, inputs, &OverwriteArgs::default())?;
    let mut staging = Staging::new(placing, true);
    let mut file = staging.sealed(&sealed)?;
    let fail = |error: io::Error| Failure::io("write", &sealed, &error);

    let writer = SealingWriter::new(&planned.recipients, &mut file).map_err(fail)?;
    let mut archive = tar::Builder::new(writer);
    append_rows(&mut archive, planned, interrupt)?;
    let inner = envelope::sign(&manifest.statement(), key);
    let header = header(&manifest.inner_name(), inner.len() as u64);
    archive.append(&header, inner.as_bytes()).map_err(fail)?;
    archive.into_inner().and_then(SealingWriter::finish).map_err(fail)?;

    let sealed = file.complete_dated(Some(neutral_time()))?;
    let outer_manifest = Manifest { sealed: sealed.sha256().map(str::to_owned), ..manifest.clone() };
    let mut file = staging.output(&outer)?;
    file.put(envelope::sign(&outer_manifest.statement(), key).as_bytes())?;
    let outer = file.complete_dated(Some(neutral_time()))?;
    interrupt.check()?;
    // The manifest is renamed last, so a folder with a manifest is complete.
    placing::place(&[sealed, outer], staging)
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
