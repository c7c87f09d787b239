//! Ledgers of deliveries: what is under a seal compared with a plain reading; and without the seal of its key, nothing is
//! read.

use std::path::Path;

use data_encoding::HEXLOWER;
use fugo::{KeyTag, Scope};
use fugo_cli::fuzzing::ledger::{Read, read};
use fugo_keystore::{LedgerKeyFile, SealedKeyFile, Unlock};
use ring::hmac;
use serde_json::Value;

use crate::{files, planted::Fault};

const MARK: &[u8] = b"fugo-ledger 1\n";
const SEAL: usize = 32;

/// Bytes that begin as a ledger does, as a file. Other bytes as what follows the first line, under a seal; and then with
/// one byte altered, and cut.
pub fn check(data: &[u8]) {
    let keys = [9, 10].map(key);
    if data.starts_with(MARK) {
        let path = files::file("ledger", data);
        let found = read(&path, &keys[0]);
        let is_sealed = data.len() >= MARK.len() + SEAL && data.ends_with(&seal(&data[..data.len() - SEAL]));
        assert!(found.is_err() || is_sealed, "{found:?}");
        return;
    }
    let (mut file, found) = under_a_seal(data);
    match found {
        Ok(found) => assert_eq!(found, Some(model(data).expect("a ledger by its lines too"))),
        Err(said) => assert!(said.lines().count() == 2 && model(data).is_none(), "{said}"),
    }
    let path = files::file("ledger", &file);
    assert!(refused(&path, &keys[1]));
    let at = data.iter().fold(data.len(), |sum, byte| sum.wrapping_mul(31) + usize::from(*byte)) % file.len();
    assert!(refused(&files::file("ledger", &file[..at]), &keys[0]), "cut at {at}");
    file[at] ^= 1 << (data.len() % 8);
    assert!(refused(&files::file("ledger", &file), &keys[0]), "altered at {at}");
}

/// What is read if these bytes are between the first line and the seal.
pub fn sealed(data: &[u8]) -> Option<Read> {
    under_a_seal(data).1.ok().flatten()
}

fn under_a_seal(data: &[u8]) -> (Vec<u8>, Result<Option<Read>, String>) {
    let mut file = [MARK, data].concat();
    file.extend(seal(&file));
    let found = read(&files::file("ledger", &file), &key(9));
    (file, found)
}

/// Whether nothing is read.
fn refused(path: &Path, key: &LedgerKeyFile) -> bool {
    read(path, key).is_err() && !Fault::LedgerSeal.is_planted()
}

fn key(byte: u8) -> LedgerKeyFile {
    let id = HEXLOWER.encode(&hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32]), b"id\0").as_ref()[..16]);
    let lines = format!("fugo-ledger-key 1\nuse: test\nkey-id: {id}\nkey: {}\n", format!("{byte:02x}").repeat(32));
    let file = SealedKeyFile::from_bytes(lines.as_bytes()).expect("a key file");
    LedgerKeyFile::unlock(&file, &Unlock::default().with_test_keys()).expect("a test key")
}

fn seal(file: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &[9; 32]);
    hmac::sign(&key, &[b"file\0", file].concat()).as_ref().to_vec()
}

/// What is between the first line and the seal.
fn model(data: &[u8]) -> Option<Read> {
    let (head, mut people) = data.split_at(data.iter().position(|byte| *byte == b'\n')? + 1);
    let head: Value = serde_json::from_slice(head).ok()?;
    let texts = |list: &Value| -> Option<Vec<String>> {
        list.as_array()?.iter().map(|text| Some(text.as_str()?.to_owned())).collect()
    };
    let scope: Scope = head["scope"].as_str()?.parse().ok()?;
    let tag: KeyTag = head["tag"].as_str()?.parse().ok()?;
    let mut deliveries = Vec::new();
    for delivery in head["deliveries"].as_array()? {
        let counts = ["serial", "rows", "came", "gone", "changed"].map(|name| delivery[name].as_u64());
        let [Some(serial), Some(rows), Some(came), Some(gone), Some(changed)] = counts else { return None };
        (1..1 << 32).contains(&serial).then_some(())?;
        deliveries.push([serial, rows, came, gone, changed]);
    }
    let mut found = Read {
        of: (scope.to_string(), tag.to_string()),
        columns: (texts(&head["columns"])?, texts(&head["shared"])?),
        deliveries,
        people: Vec::new(),
    };
    // A history without columns; of each column, if there are up to eight; of all, if there are more than one.
    let columns = found.columns.0.len();
    let histories = match columns {
        0 | 1 => 1 + columns,
        2..=8 => 2 + columns,
        _ => 2,
    };
    while !people.is_empty() {
        let tag = u64::from_be_bytes(take(&mut people)?);
        let [present] = take(&mut people)?;
        let cells = (0..columns).map(|_| take(&mut people).map(u16::from_be_bytes)).collect::<Option<_>>()?;
        let chains = (0..histories).map(|_| take(&mut people).map(u64::from_be_bytes)).collect::<Option<_>>()?;
        found.people.push((tag, present == 1, cells, chains));
    }
    Some(found)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}
