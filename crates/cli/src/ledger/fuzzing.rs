//! The reader of a ledger, for the fuzz targets in `fuzz/`.

use std::path::Path;

use fugo_keystore::LedgerKeyFile;

use super::{book::Ledger, people::Person};
use crate::fuzzing::message;

/// What a ledger holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The scope and the tag of its key.
    pub of: (String, String),
    /// The columns, and those that others receive too.
    pub columns: (Vec<String>, Vec<String>),
    /// Serial, rows, came, gone and changed of each delivery.
    pub deliveries: Vec<[u64; 5]>,
    /// Tag, presence, cells and chains of each person.
    pub people: Vec<(u64, bool, Vec<u16>, Vec<u64>)>,
}

/// Reads a ledger with the key of its scope; `None` if there is no file.
pub fn read(path: &Path, key: &LedgerKeyFile) -> Result<Option<Read>, String> {
    let Some((ledger, kept)) = Ledger::open(path, key).map_err(message)? else { return Ok(None) };
    let people = kept.people().map_err(message)?.map(|person| {
        person.map(|Person { tag, present, cells, chains }| (tag, present, cells, chains)).map_err(message)
    });
    let deliveries = ledger.deliveries.iter().map(|delivery| {
        let events = delivery.events;
        [delivery.serial.number().into(), delivery.rows, events.came, events.gone, events.changed]
    });
    Ok(Some(Read {
        of: (ledger.scope.to_string(), ledger.tag.to_string()),
        deliveries: deliveries.collect(),
        people: people.collect::<Result<_, _>>()?,
        columns: (ledger.columns, ledger.shared),
    }))
}
