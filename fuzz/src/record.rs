//! Records of translations. Their texts are compared with a plain reading of them. And of a small record one file, one
//! request or one extract is altered: what was not signed must be found.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use data_encoding::{BASE64, HEXLOWER};
use fugo::{KeyTag, Purpose, Scope};
use fugo_cli::fuzzing::record;
use fugo_keystore::{Note, NoteSigner};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    files,
    grant::{self, second},
    note::{base64, key},
    planted::Fault,
};

/// The first byte chooses: an entry, a checkpoint, a request or trust as text; or an alteration of a small record.
pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    match first {
        0 => SMALL.with(|log| altered_file(log, rest)),
        1 => LARGE.with(|log| altered_file(log, rest)),
        2 => SMALL.with(|log| altered_request(log, rest)),
        3 => LARGE.with(|log| altered_request(log, rest)),
        4 => SMALL.with(|log| altered_extract(log, rest)),
        _ => texts(data),
    }
}

fn texts(data: &[u8]) {
    assert_eq!(record::entry(data).is_some(), entry(data).is_some(), "an entry");
    assert!(record::entry(data).is_none_or(|text| text.as_bytes() == data));
    assert!(record::request(data).is_none_or(|text| text.as_bytes() == data));
    let Ok(text) = std::str::from_utf8(data) else { return };
    assert_eq!(record::checkpoint(text), checkpoint(text).map(|()| text.to_owned()));
    match record::trust(text) {
        Ok((log, needed, witnesses)) => {
            let signers = witnesses.iter().map(|signer| signer.parse::<NoteSigner>().expect("a signer"));
            let signers: Vec<NoteSigner> = signers.collect();
            let log = log.parse::<NoteSigner>().expect("a signer");
            assert!(!log.is_witness() && signers.iter().all(NoteSigner::is_witness));
            // Nobody counts twice.
            assert!(needed <= signers.len());
            let all: Vec<&NoteSigner> = signers.iter().chain([&log]).collect();
            let twice = |nth: usize| all[..nth].iter().any(|other| other.has_key_of(all[nth]));
            assert!(!(0..all.len()).any(twice));
        }
        Err(said) => assert_eq!(said.lines().count(), 2, "what is wrong, and what to do"),
    }
}

/// An entry by its lines.
fn entry(data: &[u8]) -> Option<()> {
    let (head, grant) = std::str::from_utf8(data).ok()?.split_once("\n\n")?;
    let names = "run inquired-at begun-at provided-at withheld asked translated unknown rejected duplicates people \
                 people-root people-key";
    let lines: Vec<&str> = head.split('\n').collect();
    (lines.len() == 14 && lines[0] == "fugo-record-entry 1").then_some(())?;
    let mut values = BTreeMap::new();
    for (line, name) in lines[1..].iter().zip(names.split_whitespace()) {
        values.insert(name, line.strip_prefix(name)?.strip_prefix(": ")?);
    }
    let count = |name: &str| values[name].parse::<u128>().ok().filter(|count| count.to_string() == values[name]);
    let rows = count("translated")? + count("unknown")? + count("rejected")? + count("duplicates")?;
    let (scope, tag) = values["people-key"].split_once(' ')?;
    let is_good = HEXLOWER.decode(values["run"].as_bytes()).is_ok_and(|run| run.len() == 16)
        && ["inquired-at", "begun-at", "provided-at"].iter().all(|name| second(values[name]).is_some())
        && ["no", "yes"].contains(&values["withheld"])
        && rows == count("asked")?
        && rows <= u128::from(u64::MAX)
        && count("people")? <= 1 << 40
        && base64(values["people-root"]).is_some_and(|root| root.len() == 32)
        && scope.parse::<Scope>().is_ok_and(|scope| scope.purpose() == Purpose::Portal)
        && tag.parse::<KeyTag>().is_ok();
    let note = Note::parse(grant.as_bytes()).ok()?;
    (is_good && grant::model(note.text()).is_some()).then_some(())
}

/// A checkpoint by its lines.
fn checkpoint(text: &str) -> Option<()> {
    let lines: Vec<&str> = text.split('\n').collect();
    let [origin, size, root, ""] = lines[..] else { return None };
    let count = size.parse::<u64>().ok().filter(|count| *count <= 1 << 40 && count.to_string() == size);
    let is_root = base64(root).is_some_and(|root| root.len() == 32);
    (count.is_some() && is_root && !origin.ends_with('\r')).then_some(())
}

/// A record that was made here.
struct Log {
    folder: TempDir,
    trust: String,
    /// Its files, as they were signed.
    files: Vec<(PathBuf, Vec<u8>)>,
    /// The checkpoints at each size, without signatures.
    checkpoints: Vec<String>,
    people: u64,
}

thread_local! {
    static SMALL: Log = Log::new(&[2, 0, 5]);
    /// More than a full tile, and people of more than one block.
    static LARGE: Log = Log::new(&[&[300, 1], &[1; 256][..]].concat());
}

const ORIGIN: &str = "record";
const GRANT: &str = "fugo-grant 1\ngrant: 2026-0001\ninquirer: 年金機構\nprovider: 国税庁\nfrom: agency/nta/1 7c2cb2a1\n\
                     to: agency/nenkin/1 01020304\nitems: 所得\nlegal-basis: 番号法 19条8号\npurpose: 免除の審査\n\
                     not-before: 2026-11-01T00:00:00Z\nnot-after: 2026-11-02T00:00:00Z\nmost-people: 50000\n\
                     break-glass: no\n";

/// The record symbol of a person.
fn symbol(nth: u64) -> [u8; 16] {
    (u128::from(nth) << 64 | 7).to_be_bytes()
}

/// An entry with so many people.
#[must_use]
pub fn entry_text(people: u64, root: &[u8; 32]) -> String {
    format!(
        "fugo-record-entry 1\nrun: {}\ninquired-at: 2026-11-01T09:00:00Z\nbegun-at: 2026-11-01T09:00:00Z\nprovided-at: \
         2026-11-01T09:00:09Z\nwithheld: no\nasked: {people}\ntranslated: {people}\nunknown: 0\nrejected: \
         0\nduplicates: 0\npeople: {people}\npeople-root: {}\npeople-key: portal/record/1 01020304\n\n{GRANT}",
        "07".repeat(16),
        BASE64.encode(root)
    )
}

impl Log {
    /// A record with so many people in each entry. Person 0 is in all that have people.
    fn new(entries: &[u64]) -> Self {
        let folder = tempfile::tempdir_in(files::place()).expect("a folder");
        let dir = folder.path();
        let log = NoteSigner::new(ORIGIN, &key(1).public()).expect("a signer");
        let trust = format!(
            "version = 1\nlog = \"{log}\"\npeople = \"portal/record/1 01020304\"\nwitnesses-needed = 0\n\n[witnesses]\n"
        );
        let mut checkpoints = vec![record::signed(ORIGIN, 0, record::root(dir, 0).expect("a root"), &key(1))];
        for (size, people) in (0..).zip(entries) {
            // As the specification of C2SP numbers tiles, below a million.
            let place = if size < 1000 { format!("people/{size:03}") } else { unreachable!("so many entries") };
            fs::create_dir_all(dir.join("people")).expect("made");
            let symbols = (0..*people).map(|nth| symbol(if nth == 0 { 0 } else { nth + size * 1000 })).collect();
            let list = dir.join("list");
            let root = record::people(symbols, list.clone(), &dir.join(place)).expect("written");
            fs::remove_file(list).expect("removed");
            let files = record::with(dir, size, entry_text(*people, &root).as_bytes()).expect("files");
            for (place, bytes) in &files {
                let path = dir.join(place);
                fs::create_dir_all(path.parent().expect("a folder")).expect("made");
                fs::write(path, bytes).expect("written");
            }
            let root = record::root(dir, size + 1).expect("a root");
            checkpoints.push(record::signed(ORIGIN, size + 1, root, &key(1)));
            for (place, _) in files {
                keep_alone(&dir.join(place));
            }
        }
        fs::write(dir.join("checkpoint"), checkpoints.last().expect("one")).expect("written");
        let mut files = Vec::new();
        read_all(dir, &mut files);
        files.sort();
        let text = |note: &String| note.split_once("\n\n").map(|(text, _)| format!("{text}\n")).expect("a note");
        let checkpoints: Vec<String> = checkpoints.iter().map(text).collect();
        let log = Self { trust, files, checkpoints, people: entries.iter().sum(), folder };
        assert_eq!(record::verified(log.folder.path(), &log.trust), Ok((entries.len() as u64, log.people)));
        log
    }

    fn dir(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the smaller versions of a tile.
fn keep_alone(path: &Path) {
    let folder = path.parent().expect("a folder");
    if folder.extension().is_some_and(|extension| extension == "p") {
        for other in fs::read_dir(folder).expect("a folder") {
            let other = other.expect("an entry").path();
            if other != path {
                fs::remove_file(other).expect("removed");
            }
        }
    } else {
        let mut smaller = path.as_os_str().to_owned();
        smaller.push(".p");
        let _ = fs::remove_dir_all(smaller);
    }
}

fn read_all(dir: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, files);
        } else {
            let bytes = fs::read(&path).expect("a file");
            files.push((path, bytes));
        }
    }
}

/// Changes bytes as the input says: where, how, and to what.
fn altered(bytes: &[u8], how: &[u8]) -> Vec<u8> {
    let [kind, at, more, new @ ..] = how else { return bytes.to_vec() };
    let mut out = bytes.to_vec();
    let at = usize::from(u16::from_be_bytes([*at, *more])) % (out.len() + 1);
    match kind % 6 {
        0 => out.truncate(at),
        1 => drop(out.splice(at..at, new.iter().copied())),
        2 => drop(out.splice(at..(at + new.len()).min(bytes.len()), new.iter().copied())),
        3 if at < out.len() => out[at] ^= new.first().copied().unwrap_or(1),
        4 => drop(out.drain(at..(at + new.len()).min(bytes.len()))),
        _ => out = new.to_vec(),
    }
    out
}

/// Every change of a file of the record is found, or it changes nothing that was signed.
fn altered_file(log: &Log, data: &[u8]) {
    let [high, low, how @ ..] = data else { return };
    let nth = usize::from(u16::from_be_bytes([*high, *low])) % log.files.len();
    let (path, before) = &log.files[nth];
    let after = altered(before, how);
    fs::write(path, &after).expect("written");
    let mut found = record::verified(log.dir(), &log.trust);
    if Fault::RecordLevels.is_planted() && path.parent().is_some_and(|folder| folder.ends_with("tile/1/000.p")) {
        found = Ok((log.checkpoints.len() as u64 - 1, log.people));
    }
    fs::write(path, before).expect("written");
    let is_checkpoint = path.ends_with("checkpoint");
    match found {
        Ok(counts) => {
            assert_eq!(counts, (log.checkpoints.len() as u64 - 1, log.people));
            // The random bytes at the end of a file of people say in which order they are, and are not signed. Others may
            // give the same order of few people.
            let signed =
                before.len() - if path.parent().is_some_and(|folder| folder.ends_with("people")) { 16 } else { 0 };
            let is_same = after.len() == before.len() && after[..signed] == before[..signed];
            assert!(is_checkpoint || is_same, "{}: an altered record is verified", path.display());
        }
        Err(said) => {
            assert!(after != *before, "{}: {said}", path.display());
            assert_eq!(said.lines().count(), 2, "what is wrong, and what to do");
        }
    }
}

/// A witness accepts only the checkpoint that the log signed, and only from what it has seen.
fn altered_request(log: &Log, data: &[u8]) {
    let [high, low, seen, how @ ..] = data else { return };
    let sizes = log.checkpoints.len();
    let old = usize::from(u16::from_be_bytes([*high, *low])) % sizes;
    let request = record::request_of(log.dir(), &log.trust, old as u64).expect("a request");
    let after = altered(request.as_bytes(), how);
    // What it has seen: this size, another one, or another root.
    let (other, mut state) = ((old + usize::from(*seen)) % sizes, String::new());
    state.push_str(&log.checkpoints[other]);
    let is_forked = seen.is_multiple_of(5) && *seen > 0;
    if is_forked {
        let root = state.trim_end().rsplit_once('\n').expect("a root").1;
        let mut bytes = BASE64.decode(root.as_bytes()).expect("Base64");
        bytes[0] ^= 1;
        state = state.replace(root, &BASE64.encode(&bytes));
    }
    match record::grown(&after, &state, &log.trust) {
        Some(new) => {
            assert_eq!(&new, log.checkpoints.last().expect("one"), "a checkpoint that the log did not sign");
            assert!(!is_forked && after.starts_with(format!("old {other}\n").as_bytes()), "another past");
        }
        None => assert!(is_forked || other != old || after != request.as_bytes(), "an honest growth is refused"),
    }
}

/// An extract that is verified says nothing else than the record.
fn altered_extract(log: &Log, data: &[u8]) {
    let [who, how @ ..] = data else { return };
    let person = [0, 1, 2001, 5][usize::from(who % 4)];
    let extract = record::extract(log.dir(), &log.trust, symbol(person)).expect("an extract");
    let before = extract.to_string();
    let after = altered(before.as_bytes(), how);
    let Ok(found) = record::verified_extract(&after, &log.trust) else {
        return assert_ne!(after, before.as_bytes(), "an honest extract is refused");
    };
    let lines = |value: &Value| value["entries"].as_array().expect("entries").clone();
    let known = lines(&extract);
    assert!(lines(&found).iter().all(|line| known.contains(line)), "an entry that the record does not have");
    assert!(lines(&found).is_empty() || found["symbol"] == extract["symbol"], "another person's entry");
    let text = |value: &Value| value["checkpoint"].as_str().expect("text").split("\n\n").next().map(str::to_owned);
    assert_eq!(text(&found), text(&extract));
}
