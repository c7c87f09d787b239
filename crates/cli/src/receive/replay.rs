//! Refuses a delivery that is not newer than those that came before it. The manifests of the earlier ones are the
//! memory: the folder that they are kept in.

use std::{fs, path::Path};

use crate::{
    failure::{Failure, Result},
    manifest::{Manifest, Serial, serial_of},
};

/// The serial of the last delivery of this scope in the folder, if this one is newer than it and than `after`.
pub(super) fn check(folder: &Path, manifest: &Manifest, after: Option<Serial>) -> Result<Option<Serial>> {
    let fail = |error: std::io::Error| Failure::io("read", folder, &error);
    let mut before: Option<Serial> = None;
    for entry in fs::read_dir(folder).map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        before = before.max(name.to_str().and_then(|name| serial_of(&manifest.scope, name)));
    }
    let refused = |last: Serial, of: &str| {
        let same = if last == manifest.serial { "came before" } else { "is older than one that came before" };
        Failure::new(
            format!("the delivery with serial {} of {} {same}: {of} {last}", manifest.serial, manifest.scope),
            "if you need it again, name another --out-dir; if it came unasked, tell the issuer",
        )
    };
    match (before, after) {
        (Some(last), _) if manifest.serial <= last => Err(refused(last, "the last one in the folder has serial")),
        (_, Some(last)) if manifest.serial <= last => Err(refused(last, "--after names")),
        _ => Ok(before),
    }
}
