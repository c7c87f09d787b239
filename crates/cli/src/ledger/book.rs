//! The file of a ledger: which deliveries a scope had, and its people as keyed hashes.
//!
//! It is a line that names the format, a line of JSON, the people (ascending, all numbers big-endian), and the keyed
//! hash of everything before.

use std::{io::Write, path::Path};

use fugo::{KeyTag, Scope};
use fugo_keystore::LedgerKeyFile;
use serde_json::{Value, json};

use super::people::{Events, Person, Set, sets};
use crate::{
    failure::{Failure, Result},
    manifest::{Serial, read_small},
    placing::Output,
};

/// The first line.
pub(crate) const MARK: &[u8] = b"fugo-ledger 1\n";

/// A ledger of one scope.
pub(super) struct Ledger {
    pub(super) scope: Scope,
    pub(super) tag: KeyTag,
    /// The kept columns that were ever delivered, in the order in which they came.
    pub(super) columns: Vec<String>,
    /// Those whose values other organisations receive too.
    pub(super) shared: Vec<String>,
    pub(super) deliveries: Vec<Recorded>,
    pub(super) people: Vec<Person>,
}

/// A delivery that was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) serial: Serial,
    pub(super) rows: u64,
    pub(super) events: Events,
}

impl Ledger {
    pub(super) fn new(scope: Scope, tag: KeyTag, shared: Vec<String>) -> Self {
        Self { scope, tag, columns: Vec::new(), shared, deliveries: Vec::new(), people: Vec::new() }
    }

    pub(super) fn sets(&self) -> Vec<Set> {
        sets(self.columns.len())
    }

    /// Adds columns that were not delivered before. Nobody has a history of them.
    pub(super) fn add_columns(&mut self, names: &[String]) {
        let (before, old) = (self.columns.len(), self.sets());
        let new = names.iter().filter(|name| !self.columns.contains(name)).cloned().collect::<Vec<_>>();
        if new.is_empty() {
            return;
        }
        self.columns.extend(new);
        let all_before: Set = (0..before).collect();
        // Where a set goes on: the same columns as far as they were known.
        let origins: Vec<usize> = self
            .sets()
            .iter()
            .map(|set| {
                let known: Set = set.iter().filter(|column| **column < before).copied().collect();
                let is = |wanted: &Set| old.iter().position(|set| set == wanted);
                is(&known).or_else(|| is(&all_before)).unwrap_or(0)
            })
            .collect();
        for person in &mut self.people {
            person.cells.resize(self.columns.len(), 0);
            person.chains = origins.iter().map(|origin| person.chains[*origin]).collect();
        }
    }

    /// Reads a ledger; `None` if the file does not exist. `key` is that of the scope.
    pub(super) fn read(path: &Path, key: &LedgerKeyFile, memory: usize) -> Result<Option<Self>> {
        if matches!(path.symlink_metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
            return Ok(None);
        }
        let bytes = read_small(path, memory as u64)?;
        if !bytes.starts_with(MARK) {
            return Err(Failure::new(
                format!("{} is not a ledger of this version", path.display()),
                "give the folder of the ledgers with --ledger",
            ));
        }
        let at = bytes.len().saturating_sub(fugo_keystore::LEDGER_HASH_LEN).max(MARK.len());
        let (body, seal) = bytes.split_at(at);
        let mut hash = key.hash(b"file");
        hash.update(body);
        if hash.finish() != *seal {
            return Err(Failure::new(
                format!("{} was altered or cut, or its key is another", path.display()),
                "give the key of this ledger, or restore the file from a copy",
            ));
        }
        Self::parse(&body[MARK.len()..]).map(Some).ok_or_else(|| {
            Failure::new(format!("{} is not a ledger of this version", path.display()), "take a newer fugo")
        })
    }

    fn parse(body: &[u8]) -> Option<Self> {
        let end = body.iter().position(|byte| *byte == b'\n')?;
        let head: Value = serde_json::from_slice(&body[..end]).ok()?;
        let names = |list: &Value| -> Option<Vec<String>> {
            list.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let deliveries = head["deliveries"].as_array()?.iter().map(|delivery| {
            let count = |name: &str| delivery[name].as_u64();
            let events = Events { came: count("came")?, gone: count("gone")?, changed: count("changed")? };
            Some(Recorded { serial: Serial::new(count("serial")?.try_into().ok()?)?, rows: count("rows")?, events })
        });
        let mut ledger = Self {
            scope: head["scope"].as_str()?.parse().ok()?,
            tag: head["tag"].as_str()?.parse().ok()?,
            columns: names(&head["columns"])?,
            shared: names(&head["shared"])?,
            deliveries: deliveries.collect::<Option<_>>()?,
            people: Vec::new(),
        };
        let (columns, sets) = (ledger.columns.len(), ledger.sets().len());
        let person = bytes_of_person(columns, sets);
        let rest = &body[end + 1..];
        if !rest.len().is_multiple_of(person) {
            return None;
        }
        ledger.people = rest.chunks_exact(person).map(|bytes| parse_person(bytes, columns)).collect::<Option<_>>()?;
        Some(ledger)
    }

    /// Writes the ledger.
    pub(super) fn write(&self, to: &mut Output, key: &LedgerKeyFile) -> Result<()> {
        let deliveries = self.deliveries.iter().map(|delivery| {
            let Events { came, gone, changed } = delivery.events;
            let serial = delivery.serial.number();
            json!({ "serial": serial, "rows": delivery.rows, "came": came, "gone": gone, "changed": changed })
        });
        let deliveries: Vec<Value> = deliveries.collect();
        let head = json!({
            "scope": self.scope.to_string(),
            "tag": self.tag.to_string(),
            "columns": self.columns,
            "shared": self.shared,
            "deliveries": deliveries,
        });
        let mut hash = key.hash(b"file");
        let mut put = |bytes: &[u8]| {
            hash.update(bytes);
            to.put(bytes)
        };
        put(MARK)?;
        put(format!("{head}\n").as_bytes())?;
        let mut bytes = Vec::new();
        for person in &self.people {
            bytes.clear();
            bytes.extend_from_slice(&person.tag.to_be_bytes());
            bytes.push(u8::from(person.present));
            person.cells.iter().for_each(|cell| bytes.extend_from_slice(&cell.to_be_bytes()));
            person.chains.iter().for_each(|chain| bytes.extend_from_slice(&chain.to_be_bytes()));
            put(&bytes)?;
        }
        to.put(&hash.finish())?;
        to.flush().map_err(|error| Failure::io("write", to.place(), &error))
    }
}

/// The bytes of a person in the file.
pub(super) fn bytes_of_person(columns: usize, sets: usize) -> usize {
    9 + 2 * columns + 8 * sets
}

fn parse_person(bytes: &[u8], columns: usize) -> Option<Person> {
    let (tag, rest) = bytes.split_first_chunk()?;
    let (present, rest) = rest.split_first()?;
    let (cells, chains) = rest.split_at_checked(2 * columns)?;
    Some(Person {
        tag: u64::from_be_bytes(*tag),
        present: *present == 1,
        cells: cells.as_chunks().0.iter().map(|cell| u16::from_be_bytes(*cell)).collect(),
        chains: chains.as_chunks().0.iter().map(|chain| u64::from_be_bytes(*chain)).collect(),
    })
}
