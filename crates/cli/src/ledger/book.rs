//! The file of a ledger: which deliveries a scope had, and its people as keyed hashes.
//!
//! It is a line that names the format, a line of JSON, the people (ascending, all numbers big-endian), and the keyed
//! hash of everything before.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use fugo::{KeyTag, Scope};
use fugo_keystore::LedgerKeyFile;
use serde_json::{Value, json};

use super::people::{Events, Person, Set, sets};
use crate::{
    failure::{Failure, Result},
    manifest::{Serial, open as open_file},
    placing::Output,
};

/// The first line.
pub(crate) const MARK: &[u8] = b"fugo-ledger 1\n";

/// The longest line of JSON in bytes.
const LONGEST: u64 = 1 << 24;

/// What a ledger of one scope holds before its people.
pub(super) struct Ledger {
    pub(super) scope: Scope,
    pub(super) tag: KeyTag,
    /// The kept columns that were ever delivered, in the order in which they came.
    pub(super) columns: Vec<String>,
    /// Those whose values other organisations receive too.
    pub(super) shared: Vec<String>,
    pub(super) deliveries: Vec<Recorded>,
}

/// The people of a ledger. They are read from its file as often as needed.
pub(super) struct Kept {
    file: File,
    path: PathBuf,
    /// Where they are in the file.
    start: u64,
    bytes: u64,
    columns: usize,
    /// The bytes of a person.
    each: usize,
}

/// How people become those of a ledger with more columns.
pub(super) struct Widening {
    columns: usize,
    /// For each set, the set where its histories go on.
    origins: Vec<usize>,
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
        Self { scope, tag, columns: Vec::new(), shared, deliveries: Vec::new() }
    }

    pub(super) fn sets(&self) -> Vec<Set> {
        sets(self.columns.len())
    }

    /// Adds columns that were not delivered before. Nobody has a history of them.
    pub(super) fn add_columns(&mut self, names: &[String]) -> Widening {
        let (before, old) = (self.columns.len(), self.sets());
        let new = names.iter().filter(|name| !self.columns.contains(name)).cloned().collect::<Vec<_>>();
        self.columns.extend(new);
        let all_before: Set = (0..before).collect();
        // A set goes on as the same columns as far as they were known.
        let origin = |set: &Set| {
            let known: Set = set.iter().filter(|column| **column < before).copied().collect();
            let is = |wanted: &Set| old.iter().position(|set| set == wanted);
            is(&known).or_else(|| is(&all_before)).unwrap_or(0)
        };
        Widening { columns: self.columns.len(), origins: self.sets().iter().map(origin).collect() }
    }

    /// Opens a ledger; `None` if the file does not exist. `key` is that of the scope. The whole file is verified before
    /// anything in it is believed.
    pub(super) fn open(path: &Path, key: &LedgerKeyFile) -> Result<Option<(Self, Kept)>> {
        let fail = |error: io::Error| Failure::io("read", path, &error);
        if matches!(path.symlink_metadata(), Err(error) if error.kind() == io::ErrorKind::NotFound) {
            return Ok(None);
        }
        let file = open_file(path)?;
        let len = file.metadata().map_err(fail)?.len();
        let body = len.saturating_sub(fugo_keystore::LEDGER_HASH_LEN as u64).max(MARK.len() as u64);
        let mut reader = BufReader::new(&file);
        let mut mark = Vec::new();
        (&mut reader).take(MARK.len() as u64).read_to_end(&mut mark).map_err(fail)?;
        if mark != MARK {
            return Err(Failure::new(
                format!("{} is not a ledger of this version", path.display()),
                "give the folder of the ledgers with --ledger",
            ));
        }
        let mut hash = key.hash(b"file");
        hash.update(MARK);
        let (mut bytes, mut rest) = (vec![0; 1 << 16], body - MARK.len() as u64);
        while rest > 0 {
            let step = bytes.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
            reader.read_exact(&mut bytes[..step]).map_err(fail)?;
            hash.update(&bytes[..step]);
            rest -= step as u64;
        }
        let mut seal = Vec::new();
        reader.read_to_end(&mut seal).map_err(fail)?;
        if hash.finish() != *seal {
            return Err(Failure::new(
                format!("{} was altered or cut, or its key is another", path.display()),
                "give the key of this ledger, or restore the file from a copy",
            ));
        }
        reader.seek(SeekFrom::Start(MARK.len() as u64)).map_err(fail)?;
        let mut head = Vec::new();
        reader.take(LONGEST).read_until(b'\n', &mut head).map_err(fail)?;
        let start = (MARK.len() + head.len()) as u64;
        let found = Self::parse(&head).and_then(|ledger| {
            let (columns, each) = (ledger.columns.len(), bytes_of_person(ledger.columns.len(), ledger.sets().len()));
            let bytes = body.checked_sub(start).filter(|bytes| bytes.is_multiple_of(each as u64))?;
            Some((ledger, Kept { file, path: path.to_owned(), start, bytes, columns, each }))
        });
        found.map(Some).ok_or_else(|| {
            Failure::new(format!("{} is not a ledger of this version", path.display()), "take a newer fugo")
        })
    }

    fn parse(head: &[u8]) -> Option<Self> {
        let head: Value = serde_json::from_slice(head).ok()?;
        let names = |list: &Value| -> Option<Vec<String>> {
            list.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let deliveries = head["deliveries"].as_array()?.iter().map(|delivery| {
            let count = |name: &str| delivery[name].as_u64();
            let events = Events { came: count("came")?, gone: count("gone")?, changed: count("changed")? };
            Some(Recorded { serial: Serial::new(count("serial")?.try_into().ok()?)?, rows: count("rows")?, events })
        });
        Some(Self {
            scope: head["scope"].as_str()?.parse().ok()?,
            tag: head["tag"].as_str()?.parse().ok()?,
            columns: names(&head["columns"])?,
            shared: names(&head["shared"])?,
            deliveries: deliveries.collect::<Option<_>>()?,
        })
    }

    /// Writes the ledger. `people` gives everybody, ascending.
    pub(super) fn write(
        &self,
        to: &mut Output,
        key: &LedgerKeyFile,
        people: impl FnOnce(&mut dyn FnMut(&Person) -> Result<()>) -> Result<Events>,
    ) -> Result<()> {
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
        people(&mut |person| {
            bytes.clear();
            bytes.extend_from_slice(&person.tag.to_be_bytes());
            bytes.push(u8::from(person.present));
            person.cells.iter().for_each(|cell| bytes.extend_from_slice(&cell.to_be_bytes()));
            person.chains.iter().for_each(|chain| bytes.extend_from_slice(&chain.to_be_bytes()));
            put(&bytes)
        })?;
        to.put(&hash.finish())?;
        to.flush().map_err(|error| Failure::io("write", to.place(), &error))
    }
}

impl Kept {
    /// Everybody, ascending.
    pub(super) fn people(&self) -> Result<impl Iterator<Item = Result<Person>>> {
        let fail = |error: io::Error| Failure::io("read", &self.path, &error);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(self.start)).map_err(fail)?;
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let (mut bytes, mut left) = (vec![0; self.each], self.bytes / self.each as u64);
        Ok(std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let read = reader.read_exact(&mut bytes).map_err(fail);
            let person = read.map(|()| parse_person(&bytes, self.columns));
            person.transpose()
        }))
    }
}

impl Widening {
    /// A person of the ledger as it was.
    pub(super) fn of(&self, mut person: Person) -> Person {
        person.cells.resize(self.columns, 0);
        person.chains = self.origins.iter().map(|origin| person.chains[*origin]).collect();
        person
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
