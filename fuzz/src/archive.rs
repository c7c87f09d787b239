//! The archive in a delivery: only the file of rows and the manifest inside come out of it, in their one form.

use std::fs;

use data_encoding::HEXLOWER;
use fugo::{AnySymbolKey, MyNumber, RootKey, Scope};
use fugo_cli::fuzzing::{receive::opened, sign};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::{files, note::key, planted::Fault, report::statement};

thread_local! {
    static DELIVERY: Delivery = Delivery::new();
}

/// Long inputs as an archive; short ones as a description of its entries: four bytes each, and one for its end.
pub fn check(data: &[u8]) {
    DELIVERY.with(|delivery| {
        let Some((entries, archive)) = delivery.described(data) else {
            let Ok(rows) = delivery.opened(data) else { return };
            assert_eq!(rows, delivery.rows);
            // Both are where the first two entries of an archive are.
            let second = 512 + delivery.rows.len().next_multiple_of(512);
            assert!(data[512..].starts_with(&delivery.rows));
            assert!(data[second + 512..].starts_with(delivery.inner.as_bytes()));
            return;
        };
        let mut found = delivery.opened(&archive);
        if Fault::ArchiveNames.is_planted()
            && let [Entry { name: Name::InFolder, .. }, ..] = entries[..]
        {
            found = Ok(delivery.rows.clone());
        }
        let is_delivery = matches!(&entries[..], [rows, inner] if rows.are_rows() && inner.is_inner());
        assert_eq!(found.is_ok(), is_delivery, "{entries:?}: {:?}", found.as_ref().err());
        if let Ok(rows) = found {
            assert_eq!(rows, delivery.rows);
        }
    });
}

/// The rows that come out of an input, if it is accepted.
pub fn rows(data: &[u8]) -> Option<Vec<u8>> {
    DELIVERY.with(|delivery| {
        let described = delivery.described(data);
        delivery.opened(described.as_ref().map_or(data, |(_, archive)| archive)).ok()
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Rows,
    Inner,
    /// The bytes behind the end of the name are not zero.
    RowsAndMore,
    InFolder,
    Above,
    OfFolder,
    Sealed,
    /// With the prefix that the format of POSIX has.
    Prefixed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Rows,
    Inner,
    RowsAltered,
    RowsAndMore,
    Outer,
    /// Signed by another key.
    OthersInner,
    /// Of another serial.
    EarlierInner,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Exact,
    /// In the binary form.
    ExactBinary,
    OneLess,
    Huge,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    name: Name,
    kind: u8,
    content: Content,
    size: Size,
}

impl Entry {
    fn of([name, kind, content, size]: [u8; 4]) -> Self {
        use self::{Content as C, Name as N, Size as S};
        let names = [N::Rows, N::Inner, N::RowsAndMore, N::InFolder, N::Above, N::OfFolder, N::Sealed, N::Prefixed];
        let contents =
            [C::Rows, C::Inner, C::RowsAltered, C::RowsAndMore, C::Outer, C::OthersInner, C::EarlierInner, C::Nothing];
        Self {
            name: names[usize::from(name) % names.len()],
            kind: b"0\x00012567LKxgS"[usize::from(kind) % 13],
            content: contents[usize::from(content) % contents.len()],
            size: [S::Exact, S::ExactBinary, S::OneLess, S::Huge][usize::from(size) % 4],
        }
    }

    fn is_file(self) -> bool {
        matches!(self.kind, b'0' | 0) && matches!(self.size, Size::Exact | Size::ExactBinary)
    }

    fn are_rows(self) -> bool {
        self.is_file() && matches!(self.name, Name::Rows | Name::RowsAndMore) && self.content == Content::Rows
    }

    fn is_inner(self) -> bool {
        self.is_file() && self.name == Name::Inner && self.content == Content::Inner
    }
}

struct Delivery {
    folder: TempDir,
    outer: Value,
    rows: Vec<u8>,
    inner: String,
}

impl Delivery {
    fn new() -> Self {
        let scope: Scope = "agency/nta/1".parse().expect("a scope");
        let key = AnySymbolKey::new(&RootKey::from_bytes(&[0x5a; 32]).scope_key(&scope)).expect("a key of symbols");
        let mut rows = "symbol,a\n".to_owned();
        for number in ["123456789018", "100000000005"] {
            let number = MyNumber::parse(number.as_bytes()).expect("a number");
            let symbol = key.symbol(&number).expect("of an agency");
            rows.extend([key.encoder().encode(&symbol).as_str(), ",1\n"]);
        }
        let outer = outer(&key.tag().to_string(), rows.as_bytes());
        let folder = tempfile::tempdir_in(files::place()).expect("a folder");
        Self { folder, inner: inner(&outer, 1), outer, rows: rows.into_bytes() }
    }

    /// The entries that a short input describes, and their archive.
    fn described(&self, data: &[u8]) -> Option<(Vec<Entry>, Vec<u8>)> {
        (data.len() < 512).then_some(())?;
        let entries: Vec<Entry> = data.as_chunks::<4>().0.iter().map(|entry| Entry::of(*entry)).collect();
        let mut archive: Vec<u8> = entries.iter().flat_map(|entry| self.written(*entry)).collect();
        match data.last().map_or(0, |last| last % 4) {
            0 => archive.extend([0; 1024]),
            1 => archive.extend([0; 512]),
            2 => archive.extend([[0; 1024], [7; 1024]].concat()),
            _ => {}
        }
        Some((entries, archive))
    }

    /// The rows, if the archive is accepted. Nothing else is left of it.
    fn opened(&self, archive: &[u8]) -> Result<Vec<u8>, String> {
        let path = files::file("archive", archive);
        let opened = opened(&path, &self.outer, &key(1).public(), self.folder.path());
        assert_eq!(fs::read_dir(&self.folder).expect("the folder").count(), 0, "something is left");
        if let Err(said) = &opened {
            assert_eq!(said.lines().count(), 2);
        }
        opened
    }

    fn written(&self, entry: Entry) -> Vec<u8> {
        let contents = match entry.content {
            Content::Rows => self.rows.clone(),
            Content::Inner => self.inner.clone().into_bytes(),
            Content::RowsAltered => {
                let mut rows = self.rows.clone();
                *rows.last_mut().expect("rows") = b' ';
                rows
            }
            Content::RowsAndMore => [&self.rows[..], b"\n"].concat(),
            Content::Outer => sign(&self.outer, &key(1)).into_bytes(),
            Content::OthersInner => inner(&self.outer, 2).into_bytes(),
            Content::EarlierInner => {
                let mut earlier = self.outer.clone();
                earlier["predicate"]["serial"] = json!(6);
                earlier["subject"][0]["name"] = json!("agency-nta-1-6.csv");
                inner(&earlier, 1).into_bytes()
            }
            Content::Nothing => Vec::new(),
        };
        let name = match entry.name {
            Name::Rows | Name::Prefixed => "agency-nta-1-7.csv",
            Name::RowsAndMore => "agency-nta-1-7.csv\0more",
            Name::Inner => "agency-nta-1-7.inner.json",
            Name::InFolder => "./agency-nta-1-7.csv",
            Name::Above => "../agency-nta-1-7.csv",
            Name::OfFolder => "agency-nta-1-7.csv/",
            Name::Sealed => "agency-nta-1-7.tar.age",
        };
        let mut archive = header(name, entry, contents.len() as u64);
        archive.extend(&contents);
        archive.resize(archive.len().next_multiple_of(512), 0);
        archive
    }
}

/// The header of an entry: GNU's, or that of POSIX where the name has a prefix.
fn header(name: &str, entry: Entry, len: u64) -> Vec<u8> {
    let mut header = vec![0; 512];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    match entry.size {
        Size::Exact => put(124, format!("{len:011o}\0").as_bytes()),
        Size::OneLess => put(124, format!("{:011o}\0", len.saturating_sub(1)).as_bytes()),
        Size::ExactBinary => put(124, &[&[0x80, 0, 0, 0][..], &len.to_be_bytes()].concat()),
        Size::Huge => put(124, &[0x80, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]),
    }
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[entry.kind]);
    if entry.name == Name::Prefixed {
        put(257, b"ustar\x0000");
        put(345, b"agency");
    } else {
        put(257, b"ustar  \0");
    }
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

/// The statement outside, of these rows.
fn outer(tag: &str, rows: &[u8]) -> Value {
    let mut outer = statement();
    outer["predicate"]["tag"] = json!(tag);
    outer["subject"] = json!([
        { "name": "agency-nta-1-7.csv", "digest": { "sha256": HEXLOWER.encode(&Sha256::digest(rows)) } },
        { "name": "agency-nta-1-7.tar.age", "digest": { "sha256": "cd".repeat(32) } },
    ]);
    outer
}

/// The signed manifest inside, which does not name the sealed file.
fn inner(outer: &Value, signer: u8) -> String {
    let mut statement = outer.clone();
    statement["subject"].as_array_mut().expect("subjects").truncate(1);
    sign(&statement, &key(signer))
}

/// An archive that is accepted: a seed.
pub fn whole() -> Vec<u8> {
    let entries = [[0, 0, 0, 0], [1, 0, 1, 0]].map(Entry::of);
    let mut archive: Vec<u8> =
        DELIVERY.with(|delivery| entries.iter().flat_map(|entry| delivery.written(*entry)).collect());
    archive.extend([0; 1024]);
    archive
}
