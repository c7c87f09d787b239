//! The parsers of a record, and what makes a small record to alter, for the fuzz targets in `fuzz/`.

use std::path::{Path, PathBuf};

use fugo::SYMBOL_LEN;
use fugo_keystore::Note;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    checkpoint::Checkpoint,
    entry::Entry,
    extract::{Extract, extracts},
    leaves::{Leaves, People},
    log::Log,
    tiles::Tiles,
    tree::{self, Hash},
    trust::Trust,
    verify,
    witness::{self, Request},
};
use crate::failure::{Failure, Result};

fn message(error: Failure) -> String {
    error.to_string()
}

/// Reads an entry, and writes it again.
pub fn entry(bytes: &[u8]) -> Option<String> {
    Entry::parse(bytes).map(|entry| entry.text())
}

/// Reads the text of a checkpoint, and writes it again.
pub fn checkpoint(text: &str) -> Option<String> {
    Checkpoint::parse(text).map(|checkpoint| checkpoint.to_string())
}

/// Reads a request to a witness, and writes it again.
pub fn request(bytes: &[u8]) -> Option<String> {
    Request::parse(bytes).map(|request| request.text())
}

/// The key of the log, the number of witnesses that are needed, and the keys of the witnesses.
pub fn trust(text: &str) -> std::result::Result<(String, usize, Vec<String>), String> {
    let trust = Trust::parse(text).map_err(message)?;
    Ok((trust.log.to_string(), trust.needed, trust.witnesses.iter().map(ToString::to_string).collect()))
}

/// Writes the file of an entry's people. Returns the root of their tree. `list` is the path of a temporary file.
pub fn people(symbols: Vec<[u8; SYMBOL_LEN]>, list: PathBuf, path: &Path) -> std::result::Result<Hash, String> {
    let write = || {
        let mut people = People::new()?;
        people.add(Zeroizing::new(symbols), list)?;
        people.write(path)
    };
    write().map(|(_, root)| root).map_err(message)
}

/// Whether the file of so many people is complete; then the index of each of these symbols.
pub fn found(
    dir: &Path,
    place: &Path,
    size: u64,
    root: &Hash,
    symbols: &[[u8; SYMBOL_LEN]],
) -> std::result::Result<Vec<Option<u64>>, String> {
    let find = || {
        let leaves = Leaves::open(dir, place, size)?;
        leaves.check(root)?;
        symbols.iter().map(|symbol| Ok(leaves.find(symbol)?.map(|(index, _)| index))).collect::<Result<_>>()
    };
    find().map_err(message)
}

/// The files that change if an entry is added to a log of this size.
pub fn with(dir: &Path, size: u64, entry: &[u8]) -> std::result::Result<Vec<(PathBuf, Vec<u8>)>, String> {
    Tiles::new(dir, size).with(entry).map_err(message)
}

/// The root of the log's first entries, from its tiles.
pub fn root(dir: &Path, size: u64) -> std::result::Result<Hash, String> {
    tree::root(&Tiles::new(dir, size), size).map_err(message)
}

/// Verifies all of a log by this text of trust. Returns the numbers of its entries and of its people.
pub fn verified(dir: &Path, trust: &str) -> std::result::Result<(u64, u64), String> {
    let verify = || {
        let log = Log::open_with(dir, Trust::parse(trust)?)?;
        let checkpoint = log.trust.witnessed(&log.note)?;
        verify::verify(&log, &checkpoint, &[])
    };
    verify().map(|counts| (counts.entries, counts.people)).map_err(message)
}

/// The request to a witness that has seen so many entries.
pub fn request_of(dir: &Path, trust: &str, old: u64) -> std::result::Result<String, String> {
    let request = || Request::of(&Log::open_with(dir, Trust::parse(trust)?)?, old);
    request().map(|request| request.text()).map_err(message)
}

/// What a witness that saw one checkpoint keeps after this request: the text of the new checkpoint.
pub fn grown(request: &[u8], seen: &str, trust: &str) -> Option<String> {
    let (request, seen) = (Request::parse(request)?, Checkpoint::parse(seen)?);
    let grown = witness::grown(&request, &seen, &Trust::parse(trust).ok()?);
    grown.ok().map(|checkpoint| checkpoint.to_string())
}

/// The extract of a person.
pub fn extract(dir: &Path, trust: &str, symbol: [u8; SYMBOL_LEN]) -> std::result::Result<Value, String> {
    let extract = || {
        let log = Log::open_with(dir, Trust::parse(trust)?)?;
        let found = extracts(&log, (&log.note, &log.checkpoint), &[symbol])?;
        Ok(found[0].json(&log.trust))
    };
    extract().map_err(message)
}

/// Reads an extract and verifies it. Returns what was read.
pub fn verified_extract(bytes: &[u8], trust: &str) -> std::result::Result<Value, String> {
    let read = || {
        let trust = Trust::parse(trust)?;
        Ok(Extract::verified(bytes, &trust)?.json(&trust))
    };
    read().map_err(message)
}

/// A signed checkpoint, as a log signs it.
pub fn signed(origin: &str, size: u64, root: Hash, key: &fugo_keystore::SigningKeyFile) -> String {
    let text = Checkpoint { origin: origin.to_owned(), size, root }.to_string();
    let mut note = Note::new(&text).unwrap_or_else(|error| panic!("{error}"));
    note.sign(origin, key).unwrap_or_else(|error| panic!("{error}"));
    note.to_string()
}
