//! The people of one entry: a file with a leaf for each, behind them the root of each whole 256 leaves, and at the end
//! the 16 random bytes of the entry.
//!
//! `leaf := record symbol (16 bytes) ‖ random bytes (16)`, ascending by `place := SHA-256(random bytes of the entry ‖
//! record symbol)[0..16]`. A proof shows hashes of other leaves and the index of its own. The random bytes of a leaf keep
//! the hashes, and those of the entry the index, from telling whether somebody else is there: in the order of the
//! symbols, an index would count the symbols that are smaller. Neither is in an extract of anyone else.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use fugo::SYMBOL_LEN;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{
    damaged,
    tiles::{TILE, regular},
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
/// The length of the random bytes of an entry, and of a place.
const ORDER_LEN: usize = 16;
/// So many random bytes are fetched at a time.
const NONCES: usize = 1 << 12;

/// The random order of an entry.
#[derive(Clone, Copy)]
struct Order([u8; ORDER_LEN]);

impl Order {
    fn place(&self, symbol: &Symbol) -> [u8; ORDER_LEN] {
        let digest: Hash = Sha256::new().chain_update(self.0).chain_update(symbol).finalize().into();
        let mut place = [0; ORDER_LEN];
        place.copy_from_slice(&digest[..ORDER_LEN]);
        place
    }
}

/// The record symbols of a run while it runs: a file in the entry's order for each reading of the roster.
pub(crate) struct People {
    lists: Vec<PathBuf>,
    order: Order,
}

impl People {
    pub(crate) fn new() -> Result<Self> {
        let mut order = Order([0; ORDER_LEN]);
        random(&mut order.0)?;
        Ok(Self { lists: Vec::new(), order })
    }

    /// Adds symbols, in any order, to a new file at this path.
    pub(crate) fn add(&mut self, mut symbols: Zeroizing<Vec<Symbol>>, path: PathBuf) -> Result<()> {
        symbols.sort_by_cached_key(|symbol| self.order.place(symbol));
        let written = create(&path).and_then(|mut file| file.write_all(symbols.as_flattened()));
        written.map_err(|error| Failure::io("write", &path, &error))?;
        self.lists.push(path);
        Ok(())
    }

    /// Writes the file of an entry, and flushes it to its device. Returns the number of people and the root.
    pub(super) fn write(&self, path: &Path) -> Result<(u64, Hash)> {
        let lists = self.lists.iter().map(|list| List::open(list, self.order)).collect::<Result<Vec<_>>>()?;
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
        out.write_all(blocks.as_flattened()).and_then(|()| out.write_all(&self.order.0)).map_err(fail)?;
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
            random(self.bytes.as_flattened_mut())?;
        }
        Ok(self.bytes.pop().unwrap_or_else(|| unreachable!("it was filled")))
    }
}

fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Failure::new(format!("no random bytes: {error}"), "report this"))
}

/// A file of symbols in the entry's order.
struct List {
    path: PathBuf,
    file: BufReader<File>,
    order: Order,
    /// The next symbol, after its place.
    first: Option<([u8; ORDER_LEN], Symbol)>,
}

impl List {
    fn open(path: &Path, order: Order) -> Result<Self> {
        let file = File::open(path).map_err(|error| Failure::io("read", path, &error))?;
        let file = BufReader::with_capacity(1 << 16, file);
        let mut list = Self { path: path.to_owned(), file, order, first: None };
        list.next()?;
        Ok(list)
    }

    /// Returns the first symbol, and reads the next.
    fn next(&mut self) -> Result<Option<Symbol>> {
        let mut symbol = [0; SYMBOL_LEN];
        let next = match self.file.read_exact(&mut symbol) {
            Ok(()) => Some((self.order.place(&symbol), symbol)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => None,
            Err(error) => return Err(Failure::io("read", &self.path, &error)),
        };
        Ok(std::mem::replace(&mut self.first, next).map(|(_, symbol)| symbol))
    }
}

/// All lists in the entry's order, each symbol once.
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

/// The length of the file of so many people.
fn len_of(people: u64) -> u64 {
    people * LEAF_LEN as u64 + people / TILE * HASH_LEN as u64 + ORDER_LEN as u64
}

/// The file of an entry's people.
pub(super) struct Leaves {
    /// How a message names the file.
    name: String,
    file: File,
    size: u64,
    order: Order,
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
        let file = regular(&path, place)?;
        let len = file.metadata().map_err(|error| Failure::io("read", &path, &error))?.len();
        let expected = len_of(size);
        if len != expected {
            return Err(damaged(format!("{name} has {len} bytes, and must have {expected} for {size} people")));
        }
        let mut leaves = Self { name, file, size, order: Order([0; ORDER_LEN]), loaded: None };
        let mut order = [0; ORDER_LEN];
        leaves.read(expected - ORDER_LEN as u64, &mut order)?;
        leaves.order = Order(order);
        Ok(leaves)
    }

    /// Loads the file if so many people are looked for in it that one long read costs less than many short ones.
    pub(super) fn load_for(mut self, people: usize) -> Result<Self> {
        let len = len_of(self.size);
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
        let (mut start, mut end, wanted) = (0, self.size, self.order.place(symbol));
        while start < end {
            let middle = start + (end - start) / 2;
            let data = self.leaf(middle)?;
            let (found, nonce) =
                data.split_first_chunk().unwrap_or_else(|| unreachable!("a leaf begins with a symbol"));
            match self.order.place(found).cmp(&wanted) {
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
            let symbol = data.first_chunk::<SYMBOL_LEN>().map(|symbol| self.order.place(symbol));
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
        if all.root() != *root || [blocks.as_flattened(), &self.order.0].concat() != behind {
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
            let mut people = People::new().expect("random bytes");
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
            // The order is not that of the symbols, and no two leaves have the same random bytes.
            let bytes = std::fs::read(&place).expect("read");
            let nonces = bytes[..n as usize * LEAF_LEN].chunks(LEAF_LEN).map(|leaf| &leaf[SYMBOL_LEN..]);
            let nonces: std::collections::HashSet<&[u8]> = nonces.collect();
            assert!(nonces.len() == n as usize && !nonces.contains(&[0; NONCE_LEN][..]));
            let symbols: Vec<&[u8]> =
                bytes[..n as usize * LEAF_LEN].chunks(LEAF_LEN).map(|leaf| &leaf[..SYMBOL_LEN]).collect();
            assert!(n < 255 || !symbols.is_sorted());
            // Every byte counts. Those of the order do where there is an order.
            for at in (0..bytes.len() - ORDER_LEN * usize::from(n < 2)).step_by(61) {
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
