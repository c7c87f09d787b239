//! Files that no output may replace, whatever its name: keys, identities, registries of scopes.

use std::{fs::File, io::Read, path::Path};

use crate::failure::{Failure, Result};

const BEGINNINGS: [&[u8]; 6] = [
    b"fugo-key ",
    b"age-encryption.org/",
    b"-----BEGIN AGE ENCRYPTED FILE-----",
    b"AGE-SECRET-KEY-",
    b"# created: ",
    b"purpose,scope,epoch,tag",
];

/// Refuses to replace such a file.
pub(crate) fn refuse_to_replace(path: &Path) -> Result<()> {
    let mut head = Vec::new();
    let Ok(file) = File::open(path) else { return Ok(()) };
    if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        file.take(64).read_to_end(&mut head).map_err(|error| Failure::io("read", path, &error))?;
    }
    if BEGINNINGS.iter().any(|beginning| head.starts_with(beginning)) {
        return Err(Failure::new(
            format!("{} is a key file, an identity or a registry of scopes", path.display()),
            "name another file; these are never replaced",
        ));
    }
    Ok(())
}
