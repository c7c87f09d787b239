//! The reader of the archive in a delivery, for the fuzz targets in `fuzz/`.

use std::{fs, path::Path};

use fugo_keystore::VerifyingKeyFile;
use serde_json::Value;

use super::opening::{Source, open};
use crate::{
    failure::{Failure, Result},
    fuzzing::message,
    interrupt::Interrupt,
    manifest::Manifest,
    placing::{Kind, OverwriteArgs, Placing, Staging},
};

/// Opens an archive that was decrypted, as the delivery of this statement, with `dir` for what is written meanwhile.
/// Returns the rows.
pub fn opened(
    archive: &Path,
    statement: &Value,
    signer: &VerifyingKeyFile,
    dir: &Path,
) -> std::result::Result<Vec<u8>, String> {
    let manifest = Manifest::parse(statement).ok_or("not a statement")?;
    let place = dir.join(manifest.rows_name());
    let read = || -> Result<Vec<u8>> {
        let placing = Placing::claim(&[(place.clone(), Kind::Delivery)], [].into_iter(), &OverwriteArgs::default())?;
        let mut staging = Staging::new(placing, true);
        let to = staging.output(&place)?;
        let rows = open(Source::Opened(archive.to_owned()), &manifest, signer, to, &Interrupt::default())?;
        fs::read(rows.staged()).map_err(|error| Failure::io("read", rows.staged(), &error))
    };
    read().map_err(message)
}
