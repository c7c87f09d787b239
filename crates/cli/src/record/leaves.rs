//! The people of one entry: a file with a leaf for each, in ascending order of their record symbols, and behind them
//! the root of each 256 leaves.
//!
//! `leaf := record symbol (16 bytes) ‖ random bytes (16)`. The random bytes keep a proof, which shows hashes of other
//! leaves, from confirming that somebody else is there. The order of the leaves tells nothing: it is that of the symbols.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use fugo::SYMBOL_LEN;
use zeroize::Zeroizing;

use super::{
    damaged,
    tiles::TILE,
    tree::{self, Frontier, HASH_LEN, Hash, Nodes},
};
use crate::{
    failure::{Failure, Result},
    placing::create,
};

type Symbol = [u8; SYMBOL_LEN];

/// The length of the random bytes of a leaf.
pub(super) const NONCE_LEN: usize = 16;
/// The length of a leaf.
pub(super) const LEAF_LEN: usize = SYMBOL_LEN + NONCE_LEN;
/// So many random bytes are fetched at a time.
const NONCES: usize = 1 << 12;

/// The record symbols of a run while it runs: a sorted file for each reading of the roster.
pub(crate) struct People {
    lists: Vec<PathBuf>,
}

impl People {
    pub(crate) fn new() -> Self {
        Self { lists: Vec::new() }
    }

    /// Adds symbols, in any order, to a new file at this path.
    pub(crate) fn add(&mut self, mut symbols: Zeroizing<Vec<Symbol>>, path: PathBuf) -> Result<()> {
        symbols.sort_unstable();
        let written = create(&path).and_then(|mut file| file.write_all(symbols.as_flattened()));
        written.map_err(|error| Failure::io("write", &path, &error))?;
        self.lists.push(path);
        Ok(())
    }

    /// Writes the file of an entry, and flushes it to its device. Returns the number of people and the root.
    pub(super) fn write(&self, path: &Path) -> Result<(u64, Hash)> {
        let lists = self.lists.iter().map(|list| List::open(list)).collect::<Result<Vec<_>>>()?;
        let fail = |error: io::Error| Failure::io("write", path, &error);
        let mut out = BufWriter::with_capacity(1 << 18, create(path).map_err(fail)?);
        let (mut all, mut block, mut blocks) = (Frontier::default(), Frontier::default(), Vec::new());
        let mut random = Random::new();
        for symbol in (Merged { lists, last: None }) {
            let mut data = [0; LEAF_LEN];
            data[..SYMBOL_LEN].copy_from_slice(&symbol?);
            data[SYMBOL_LEN..].copy_from_slice(&random.next()?);
            out.write_all(&data).map_err(fail)?;
            let hash = tree::leaf(&data);
            all.push(hash);
            block.push(hash);
            if block.size() == TILE {
                blocks.push(std::mem::take(&mut block).root());
            }
        }
        out.write_all(blocks.as_flattened()).map_err(fail)?;
        let file = out.into_inner().map_err(|error| fail(error.into_error()))?;
        file.sync_all().map_err(fail)?;
        Ok((all.size(), all.root()))
    }
}

/// Random bytes for leaves.
struct Random {
    bytes: Vec<[u8; NONCE_LEN]>,
}

impl Random {
    fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    fn next(&mut self) -> Result<[u8; NONCE_LEN]> {
        if self.bytes.is_empty() {
            self.bytes.resize(NONCES, [0; NONCE_LEN]);
            getrandom::fill(self.bytes.as_flattened_mut())
                .map_err(|error| Failure::new(format!("no random bytes: {error}"), "report this"))?;
        }
        Ok(self.bytes.pop().unwrap_or_else(|| unreachable!("it was filled")))
    }
}

/// A sorted file of symbols.
struct List {
    path: PathBuf,
    file: BufReader<File>,
    first: Option<Symbol>,
}

impl List {
    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Failure::io("read", path, &error))?;
        let mut list = Self { path: path.to_owned(), file: BufReader::with_capacity(1 << 16, file), first: None };
        list.next()?;
        Ok(list)
    }

    /// Returns the first symbol, and reads the next.
    fn next(&mut self) -> Result<Option<Symbol>> {
        let mut symbol = [0; SYMBOL_LEN];
        let next = match self.file.read_exact(&mut symbol) {
            Ok(()) => Some(symbol),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(Failure::io("read", &self.path, &error)),
        };
        Ok(std::mem::replace(&mut self.first, next))
    }
}

/// All lists in ascending order, each symbol once.
struct Merged {
    lists: Vec<List>,
    last: Option<Symbol>,
}

impl Iterator for Merged {
    type Item = Result<Symbol>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // There are as few lists as readings of the roster.
            let list = self.lists.iter_mut().filter(|list| list.first.is_some()).min_by_key(|list| list.first)?;
            match list.next() {
                Ok(symbol) if symbol == self.last => {}
                Ok(symbol) => {
                    self.last = symbol;
                    return symbol.map(Ok);
                }
                Err(failure) => return Some(Err(failure)),
            }
        }
    }
}

/// The file of an entry's people.
pub(super) struct Leaves {
    /// How a message names the file.
    name: String,
    file: File,
    size: u64,
    /// All of the file, if it was loaded.
    loaded: Option<Vec<u8>>,
}

/// Files up to this size are loaded to look for many people.
const MOST_LOADED: u64 = 1 << 24;
/// So many people are many.
const MANY: usize = 8;

impl Leaves {
    /// Opens the file of an entry with so many people.
    pub(super) fn open(dir: &Path, place: &Path, size: u64) -> Result<Self> {
        let (path, name) = (dir.join(place), place.display().to_string());
        let file = File::open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => damaged(format!("{name} is missing: the record was cut")),
            _ => Failure::io("read", &path, &error),
        })?;
        let len = file.metadata().map_err(|error| Failure::io("read", &path, &error))?.len();
        let expected = size * LEAF_LEN as u64 + size / TILE * HASH_LEN as u64;
        if len != expected {
            return Err(damaged(format!("{name} has {len} bytes, and must have {expected} for {size} people")));
        }
        Ok(Self { name, file, size, loaded: None })
    }

    /// Loads the file if so many people are looked for in it that one long read costs less than many short ones.
    pub(super) fn load_for(mut self, people: usize) -> Result<Self> {
        let len = self.size * LEAF_LEN as u64 + self.size / TILE * HASH_LEN as u64;
        if people >= MANY && len <= MOST_LOADED {
            let mut bytes = vec![0; len as usize];
            self.read(0, &mut bytes)?;
            self.loaded = Some(bytes);
        }
        Ok(self)
    }

    fn read(&self, at: u64, bytes: &mut [u8]) -> Result<()> {
        if let Some(loaded) = &self.loaded {
            bytes.copy_from_slice(&loaded[at as usize..at as usize + bytes.len()]);
            return Ok(());
        }
        let read = self.file.read_exact_at(bytes, at);
        read.map_err(|error| Failure::io("read", Path::new(&self.name), &error))
    }

    fn leaf(&self, index: u64) -> Result<[u8; LEAF_LEN]> {
        let mut data = [0; LEAF_LEN];
        self.read(index * LEAF_LEN as u64, &mut data)?;
        Ok(data)
    }

    /// The index of a person and the random bytes of her leaf.
    pub(super) fn find(&self, symbol: &Symbol) -> Result<Option<(u64, [u8; NONCE_LEN])>> {
        let (mut start, mut end) = (0, self.size);
        while start < end {
            let middle = start + (end - start) / 2;
            let data = self.leaf(middle)?;
            let (found, nonce) =
                data.split_first_chunk().unwrap_or_else(|| unreachable!("a leaf begins with a symbol"));
            match found.cmp(symbol) {
                std::cmp::Ordering::Less => start = middle + 1,
                std::cmp::Ordering::Greater => end = middle,
                std::cmp::Ordering::Equal => {
                    let mut bytes = [0; NONCE_LEN];
                    bytes.copy_from_slice(nonce);
                    return Ok(Some((middle, bytes)));
                }
            }
        }
        Ok(None)
    }

    /// Compares all of the file with the root of its entry.
    pub(super) fn check(&self, root: &Hash) -> Result<()> {
        let (mut all, mut block, mut blocks) = (Frontier::default(), Frontier::default(), Vec::new());
        let mut last = None;
        let mut file = BufReader::with_capacity(1 << 18, &self.file);
        let mut data = [0; LEAF_LEN];
        for index in 0..self.size {
            file.read_exact(&mut data).map_err(|error| Failure::io("read", Path::new(&self.name), &error))?;
            let symbol = data.first_chunk::<SYMBOL_LEN>().copied();
            if symbol <= last {
                return Err(damaged(format!("{}: leaf {index} is not in its order", self.name)));
            }
            last = symbol;
            let hash = tree::leaf(&data);
            all.push(hash);
            block.push(hash);
            if block.size() == TILE {
                blocks.push(std::mem::take(&mut block).root());
            }
        }
        let mut behind = Vec::new();
        file.read_to_end(&mut behind).map_err(|error| Failure::io("read", Path::new(&self.name), &error))?;
        if all.root() != *root || blocks.as_flattened() != behind {
            return Err(damaged(format!("{} was altered: it does not have the root that its entry names", self.name)));
        }
        Ok(())
    }
}

impl Nodes for Leaves {
    fn node(&self, height: u32, index: u64) -> Result<Hash> {
        let (start, len) = (index << height, 1_u64 << height);
        if len < TILE {
            let mut data = vec![0; len as usize * LEAF_LEN];
            self.read(start * LEAF_LEN as u64, &mut data)?;
            let hashes: Vec<Hash> = data.chunks(LEAF_LEN).map(tree::leaf).collect();
            return Ok(tree::complete(&hashes));
        }
        let mut roots = vec![[0; HASH_LEN]; (len / TILE) as usize];
        let at = self.size * LEAF_LEN as u64 + start / TILE * HASH_LEN as u64;
        self.read(at, roots.as_flattened_mut())?;
        Ok(tree::complete(&roots))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbol(n: u32) -> Symbol {
        let mut symbol = [3; SYMBOL_LEN];
        symbol[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
        symbol
    }

    #[test]
    fn lists_are_merged_each_person_once_and_every_person_is_proved() {
        for n in [0_u32, 1, 2, 255, 256, 257, 700] {
            let dir = tempfile::tempdir().expect("a directory");
            let mut people = People::new();
            let lists = [(0..n / 2).map(symbol).collect(), (n / 3..n).map(symbol).collect::<Vec<_>>()];
            for (nth, list) in lists.into_iter().enumerate() {
                people.add(Zeroizing::new(list), dir.path().join(format!("list{nth}"))).expect("written");
            }
            let place = dir.path().join("people");
            let (size, root) = people.write(&place).expect("written");
            assert_eq!(size, u64::from(n));
            for many in [1, MANY] {
                let opened = Leaves::open(dir.path(), Path::new("people"), size).expect("opened");
                let leaves = opened.load_for(many).expect("read");
                assert_eq!(leaves.loaded.is_some(), many == MANY);
                leaves.check(&root).expect("whole");
                for of in (0..n).step_by(7) {
                    let (index, nonce) = leaves.find(&symbol(of)).expect("read").expect("there");
                    let proof = tree::prove_inclusion(&leaves, index, size).expect("a proof");
                    let data = [&symbol(of)[..], &nonce].concat();
                    assert!(tree::is_included(&data, index, &proof, (size, &root)));
                }
                assert_eq!(leaves.find(&symbol(n)).expect("read"), None);
            }
            // Every byte counts.
            let bytes = std::fs::read(&place).expect("read");
            for at in (0..bytes.len()).step_by(61) {
                let mut altered = bytes.clone();
                altered[at] ^= 1;
                std::fs::write(&place, altered).expect("written");
                let leaves = Leaves::open(dir.path(), Path::new("people"), size).expect("opened");
                assert!(leaves.check(&root).is_err(), "byte {at} of {n} people");
            }
            assert!(Leaves::open(dir.path(), Path::new("people"), size + 1).is_err());
        }
    }
}
