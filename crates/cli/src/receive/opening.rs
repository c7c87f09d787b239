//! Opens a sealed file, and compares what is in it with its manifest.

use std::{
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use fugo_keystore::{Identities, OpenError, VerifyingKeyFile};

use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
    manifest::{MOST, Manifest, contents::Contents, envelope, open as open_file},
    options::default_memory,
    placing::{Complete, Output},
    roster::blocks::BLOCK,
};

/// What the archive is read from.
pub(super) enum Source {
    /// The sealed file, and the identities that may open it.
    Sealed(PathBuf, Identities),
    /// A file that another program has decrypted.
    Opened(PathBuf),
}

/// Writes the file of rows to `to`, and checks it and the manifest inside.
pub(super) fn open(
    source: Source,
    manifest: &Manifest,
    signer: &VerifyingKeyFile,
    to: Output,
    interrupt: &Interrupt,
) -> Result<Complete> {
    let path = match &source {
        Source::Sealed(path, _) | Source::Opened(path) => path.clone(),
    };
    let file = open_file(&path)?;
    let archive: Box<dyn Read> = match source {
        Source::Opened(_) => Box::new(file),
        Source::Sealed(_, identities) => {
            let opened = identities.open(BufReader::new(file)).map_err(|error| match error {
                OpenError::Io(error) => Failure::io("read", &path, &error),
                error => Failure::new(
                    format!("{}: {error}", path.display()),
                    "the issuer sealed it wrongly: tell them, and ask for the delivery again",
                ),
            })?;
            Box::new(opened)
        }
    };
    let (received, inner) = unpack(archive, &path, manifest, to, interrupt)?;
    let differs = |what: &str| {
        Failure::new(
            format!("{}: {what}", path.display()),
            "the issuer must look into it: tell them, and ask for the delivery again",
        )
    };
    if received.sha256() != Some(&manifest.contents.sha256) {
        return Err(differs("the rows do not have the digest that the manifest states"));
    }
    let statement =
        envelope::open(&inner, signer).map_err(|error| differs(&format!("the manifest inside: {error}")))?;
    if Manifest::parse(&statement).is_none_or(|found| found != manifest.inner()) {
        return Err(differs("the manifest inside says something else than the one outside: one was exchanged"));
    }
    check_rows(&received, manifest, interrupt)?;
    Ok(received)
}

/// Reads the two files of the archive, which have the names that the manifest gives, and nothing else.
fn unpack(
    archive: Box<dyn Read>,
    path: &Path,
    manifest: &Manifest,
    mut to: Output,
    interrupt: &Interrupt,
) -> Result<(Complete, Vec<u8>)> {
    let damaged = |error: &dyn std::fmt::Display| {
        Failure::new(
            format!("{} does not hold a delivery: {error}", path.display()),
            "ask the issuer to send the delivery again; with --opened, give what `age --decrypt` wrote",
        )
    };
    let wrong = || damaged(&"it must be an archive of the file of rows and of a manifest, in this order");
    let mut archive = tar::Archive::new(archive);
    // Raw: an entry that only extends the next one is not read into memory, but refused.
    let mut entries = archive.entries().map_err(|error| damaged(&error))?.raw(true);
    let mut next = |name: &str| {
        let entry = entries.next().ok_or_else(wrong)?.map_err(|error| damaged(&error))?;
        let is_file = entry.header().entry_type() == tar::EntryType::Regular;
        if is_file && *entry.path_bytes() == *name.as_bytes() { Ok(entry) } else { Err(wrong()) }
    };
    let mut rows = next(&manifest.rows_name())?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        interrupt.check()?;
        match rows.read(&mut buffer).map_err(|error| damaged(&error))? {
            0 => break,
            read => to.put(&buffer[..read])?,
        }
    }
    let mut inner = Vec::new();
    next(&manifest.inner_name())?.take(MOST).read_to_end(&mut inner).map_err(|error| damaged(&error))?;
    if entries.next().is_some() {
        return Err(wrong());
    }
    // To the end: the last block of an age file shows that nothing is missing.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(|error| damaged(&error))?;
    Ok((to.complete()?, inner))
}

/// Counts the rows, and compares them and the columns with the manifest.
fn check_rows(received: &Complete, manifest: &Manifest, interrupt: &Interrupt) -> Result<()> {
    let stated = &manifest.contents;
    let form = stated.form(BLOCK, default_memory());
    let (found, of) = Contents::read(received.staged(), form, Some(&stated.symbol_column), interrupt)?;
    let differs =
        |what: String| Failure::new(what, "the issuer must look into it: tell them, and ask for the delivery again");
    if found.rows != stated.rows {
        return Err(differs(format!("the file has {} rows, and its manifest states {}", found.rows, stated.rows)));
    }
    if found.lines != stated.lines {
        return Err(differs("the file has another number of lines than its manifest states".to_owned()));
    }
    if found.columns != stated.columns {
        return Err(differs("the file has other columns than its manifest states".to_owned()));
    }
    if of.whose.is_some_and(|whose| whose != (manifest.scope.purpose(), manifest.tag)) {
        return Err(differs(format!("the file does not hold symbols of {}, tag {}", manifest.scope, manifest.tag)));
    }
    Ok(())
}
