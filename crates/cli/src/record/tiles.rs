//! The files of a log, as C2SP specifies them (<https://c2sp.org/tlog-tiles>): tiles of up to 256 hashes, and bundles of
//! up to 256 entries. A file never changes; a tile that is not full has its number of hashes in its name.
//!
//! | file | what is in it |
//! |---|---|
//! | `tile/0/x001/234` | the hashes of the entries 1234 · 256 to 1235 · 256 |
//! | `tile/1/000.p/7` | the roots of the first seven tiles of level 0 |
//! | `tile/entries/000.p/70` | 70 entries, each after its length in two bytes |
//! | `people/x000/123` | the people of entry 123: `leaves.rs` |

use std::{
    cell::RefCell,
    collections::HashMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use fugo_keystore::open_regular;

use super::{
    checkpoint::Checkpoint,
    damaged,
    entry::{Entry, MOST_BYTES},
    tree::{self, Frontier, HASH_LEN, Hash, Nodes},
};
use crate::failure::{Failure, Result};

/// The hashes of a tile, and the entries of a bundle, as a power of two.
pub(super) const TILE_HEIGHT: u32 = 8;
pub(super) const TILE: u64 = 1 << TILE_HEIGHT;

/// The path of a number: groups of three digits, all but the last with an `x`.
pub(super) fn numbered(number: u64) -> PathBuf {
    let (mut path, mut rest) = (format!("{:03}", number % 1000), number / 1000);
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path.into()
}

/// The file of `width` hashes or entries of a tile or bundle.
pub(super) fn tile_path(kind: &str, number: u64, width: u64) -> PathBuf {
    let full = Path::new("tile").join(kind).join(numbered(number));
    if width == TILE {
        return full;
    }
    let mut partial = full.into_os_string();
    partial.push(format!(".p/{width}"));
    partial.into()
}

/// The folder of the bundles.
const ENTRIES: &str = "entries";

/// A file of a record. Another thing in its place is not waited for.
pub(super) fn regular(path: &Path, place: &Path) -> Result<File> {
    match open_regular(path) {
        Ok(Some(file)) => Ok(file),
        Ok(None) => Err(damaged(format!("{} is not a regular file", place.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(damaged(format!("{} is missing: the record was cut", place.display())))
        }
        Err(error) => Err(Failure::io("read", path, &error)),
    }
}

/// The files of a log with so many entries.
pub(super) struct Tiles {
    dir: PathBuf,
    size: u64,
    cache: RefCell<HashMap<(u32, u64), Vec<Hash>>>,
}

/// The most tiles that are kept in memory: 8 MB.
const MOST_CACHED: usize = 1 << 10;

impl Tiles {
    pub(super) fn new(dir: &Path, size: u64) -> Self {
        Self { dir: dir.to_owned(), size, cache: RefCell::default() }
    }

    /// How many hashes of a level are in a tile.
    pub(super) fn width(&self, level: u32, number: u64) -> u64 {
        let hashes = self.size.checked_shr(level * TILE_HEIGHT).unwrap_or(0);
        hashes.saturating_sub(number * TILE).min(TILE)
    }

    /// The hashes of a tile.
    pub(super) fn tile(&self, level: u32, number: u64) -> Result<Vec<Hash>> {
        if let Some(hashes) = self.cache.borrow().get(&(level, number)) {
            return Ok(hashes.clone());
        }
        let width = self.width(level, number);
        let (place, mut bytes) = self.read(&level.to_string(), number, width, HASH_LEN as u64)?;
        let (len, full) = (width * HASH_LEN as u64, TILE * HASH_LEN as u64);
        if ![len, full].contains(&(bytes.len() as u64)) {
            return Err(damaged(format!("{} has {} bytes, and must have {len}", place.display(), bytes.len())));
        }
        bytes.truncate(len as usize);
        let hashes: Vec<Hash> = bytes.as_chunks().0.to_vec();
        let mut cache = self.cache.borrow_mut();
        if cache.len() == MOST_CACHED {
            cache.clear();
        }
        cache.insert((level, number), hashes.clone());
        Ok(hashes)
    }

    /// Reads a tile or a bundle whose items have at most so many bytes. If a partial one is gone, the full one begins
    /// with it.
    fn read(&self, kind: &str, number: u64, width: u64, item: u64) -> Result<(PathBuf, Vec<u8>)> {
        let (partial, full) = (tile_path(kind, number, width), tile_path(kind, number, TILE));
        let (place, width) = if self.dir.join(&partial).exists() || !self.dir.join(&full).exists() {
            (partial, width)
        } else {
            (full, TILE)
        };
        let path = self.dir.join(&place);
        let (mut bytes, most) = (Vec::new(), width * item);
        let read = regular(&path, &place)?.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| Failure::io("read", &path, &error))?;
        if bytes.len() as u64 > most {
            return Err(damaged(format!("{} has more than {most} bytes", place.display())));
        }
        Ok((place, bytes))
    }

    /// The entries of a bundle, as bytes.
    pub(super) fn bundle(&self, number: u64) -> Result<Vec<Vec<u8>>> {
        let width = self.width(0, number);
        let (place, bytes) = self.read(ENTRIES, number, width, MOST_BYTES as u64 + 2)?;
        let (mut entries, mut rest) = (Vec::new(), &bytes[..]);
        while let Some((len, after)) = rest.split_first_chunk() {
            let len = usize::from(u16::from_be_bytes(*len));
            let Some((entry, after)) = after.split_at_checked(len) else { break };
            entries.push(entry.to_vec());
            rest = after;
        }
        let is_full = entries.len() as u64 == TILE && place == tile_path(ENTRIES, number, TILE);
        if is_full {
            entries.truncate(width as usize);
        }
        if !rest.is_empty() || entries.len() as u64 != width {
            return Err(damaged(format!("{} does not hold {width} whole entries", place.display())));
        }
        Ok(entries)
    }

    /// Gives every entry in order, after it was compared with its hash. At the end the hashes are those of the
    /// checkpoint. An older checkpoint ends the entries where it ends.
    pub(super) fn entries(
        &self,
        checkpoint: &Checkpoint,
        mut each: impl FnMut(u64, Entry) -> Result<()>,
    ) -> Result<()> {
        let mut frontier = Frontier::default();
        for number in 0..checkpoint.size.div_ceil(TILE) {
            let (entries, hashes) = (self.bundle(number)?, self.tile(0, number)?);
            for (place, (bytes, hash)) in entries.iter().zip(&hashes).enumerate() {
                let index = number * TILE + place as u64;
                if index == checkpoint.size {
                    break;
                }
                let found = tree::leaf(bytes);
                if found != *hash {
                    let other = hashes.iter().position(|hash| *hash == found);
                    return Err(damaged(match other {
                        Some(other) => format!(
                            "entry {index} is in the place of entry {}: the record was reordered",
                            number * TILE + other as u64
                        ),
                        None => format!("entry {index} was altered"),
                    }));
                }
                frontier.push(found);
                let entry = Entry::parse(bytes);
                each(index, entry.ok_or_else(|| damaged(format!("entry {index} is not an entry of a record")))?)?;
            }
        }
        if frontier.root() != checkpoint.root {
            return Err(damaged(format!(
                "its {} entries are not those that the log has signed: an entry and its hash were altered, or the \
                 record was forked",
                checkpoint.size
            )));
        }
        Ok(())
    }

    /// Compares every tile above the lowest with the tiles below it.
    pub(super) fn check_levels(&self) -> Result<()> {
        let mut level = 1;
        while self.size >> (level * TILE_HEIGHT) > 0 {
            let hashes = self.size >> (level * TILE_HEIGHT);
            for number in 0..hashes.div_ceil(TILE) {
                for (place, hash) in (number * TILE..).zip(self.tile(level, number)?) {
                    if tree::complete(&self.tile(level - 1, place)?) != hash {
                        return Err(damaged(format!(
                            "{} does not fit the tiles below it",
                            tile_path(&level.to_string(), number, self.width(level, number)).display()
                        )));
                    }
                }
            }
            level += 1;
        }
        Ok(())
    }

    /// The files that change if an entry is added: their paths, and their bytes. The tiles that they add to were
    /// compared with the signed root by the caller.
    pub(super) fn with(&self, entry: &[u8]) -> Result<Vec<(PathBuf, Vec<u8>)>> {
        let number = self.size / TILE;
        let mut bundle = Vec::new();
        let before = if self.width(0, number) == 0 { Vec::new() } else { self.bundle(number)? };
        for bytes in before.iter().map(Vec::as_slice).chain([entry]) {
            let len = u16::try_from(bytes.len());
            let len = len.unwrap_or_else(|_| unreachable!("the length of an entry was checked"));
            bundle.extend(len.to_be_bytes());
            bundle.extend(bytes);
        }
        let mut files = vec![(tile_path("entries", number, before.len() as u64 + 1), bundle)];
        let mut hash = tree::leaf(entry);
        for level in 0.. {
            let number = (self.size >> (level * TILE_HEIGHT)) / TILE;
            let mut hashes = if self.width(level, number) == 0 { Vec::new() } else { self.tile(level, number)? };
            hashes.push(hash);
            let width = hashes.len() as u64;
            files.push((tile_path(&level.to_string(), number, width), hashes.concat()));
            if width < TILE {
                break;
            }
            hash = tree::complete(&hashes);
        }
        Ok(files)
    }
}

impl Nodes for Tiles {
    fn node(&self, height: u32, index: u64) -> Result<Hash> {
        let (level, above) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let first = index << above;
        let tile = self.tile(level, first / TILE)?;
        let start = (first % TILE) as usize;
        Ok(tree::complete(&tile[start..start + (1 << above)]))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(numbered(0), Path::new("000"));
        assert_eq!(numbered(1_234_067), Path::new("x001/x234/067"));
        assert_eq!(tile_path("0", 5, TILE), Path::new("tile/0/005"));
        assert_eq!(tile_path("entries", 1_234, 7), Path::new("tile/entries/x001/234.p/7"));
    }

    /// Adds an entry to the files of a log of so many.
    pub(in crate::record) fn add(dir: &Path, size: u64, entry: &[u8]) {
        for (place, bytes) in Tiles::new(dir, size).with(entry).expect("files") {
            write(&dir.join(place), &bytes);
        }
    }

    fn write(path: &Path, bytes: &[u8]) {
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    #[test]
    fn files_of_a_growing_log_give_the_roots_of_its_entries() {
        let dir = tempfile::tempdir().expect("a directory");
        let mut frontier = Frontier::default();
        // Two full tiles of level 0.
        for size in 0..600_u64 {
            let entry = format!("entry {size}").into_bytes();
            add(dir.path(), size, &entry);
            frontier.push(tree::leaf(&entry));
            let tiles = Tiles::new(dir.path(), size + 1);
            assert_eq!(tree::root(&tiles, size + 1).expect("a root"), frontier.root());
            assert_eq!(tiles.bundle(size / TILE).expect("a bundle").last(), Some(&entry));
        }
        // A copy that was made while a tile was filled has the full one.
        fs::remove_dir_all(dir.path().join("tile/0/000.p")).expect("removed");
        fs::remove_dir_all(dir.path().join("tile/entries/000.p")).expect("removed");
        let older = Tiles::new(dir.path(), 200);
        assert_eq!((older.bundle(0).expect("a bundle").len(), older.tile(0, 0).expect("a tile").len()), (200, 200));
        let tiles = Tiles::new(dir.path(), 600);
        tiles.check_levels().expect("they fit");
        // A bundle that is longer or shorter than its entries.
        let path = dir.path().join("tile/entries/002.p/88");
        let bundle = fs::read(&path).expect("read");
        for other in [&[&bundle[..], &[0]].concat(), &bundle[..bundle.len() - "entry 599".len() - 2], &bundle[1..]] {
            fs::write(&path, other).expect("written");
            let failure = Tiles::new(dir.path(), 600).bundle(2).expect_err("altered").to_string();
            assert!(failure.contains("does not hold 88 whole entries"), "{failure}");
        }
        fs::write(&path, &bundle).expect("written");
        for altered in ["tile/0/000", "tile/0/001"] {
            let bytes = fs::read(dir.path().join(altered)).expect("read");
            fs::write(dir.path().join(altered), [0; 256 * 32]).expect("written");
            let failure = Tiles::new(dir.path(), 600).check_levels().expect_err("altered").to_string();
            assert!(failure.contains("tile/1/000.p/2 does not fit"), "{failure}");
            fs::write(dir.path().join(altered), bytes).expect("written");
        }
    }

    fn entry_of(number: u64) -> Vec<u8> {
        format!("entry {number}").into_bytes()
    }

    /// The files of a log with so many entries, as the specification describes them; of the bundles, the last one alone.
    fn files_of(dir: &Path, size: u64) {
        let write = |place: PathBuf, bytes: Vec<u8>| write(&dir.join(place), &bytes);
        let mut hashes: Vec<Hash> = (0..size).map(|number| tree::leaf(&entry_of(number))).collect();
        for level in 0.. {
            for (number, tile) in (0..).zip(hashes.chunks(TILE as usize)) {
                write(tile_path(&format!("{level}"), number, tile.len() as u64), tile.concat());
            }
            hashes = hashes.as_chunks::<{ TILE as usize }>().0.iter().map(|tile| tree::complete(tile)).collect();
            if hashes.is_empty() {
                break;
            }
        }
        let number = (size - 1) / TILE;
        let last = number * TILE..size;
        let bundle: Vec<u8> =
            last.clone().map(entry_of).flat_map(|entry| [&[0, entry.len() as u8], &entry[..]].concat()).collect();
        write(tile_path(ENTRIES, number, last.end - last.start), bundle);
    }

    fn list(dir: &Path) -> Vec<PathBuf> {
        let of = |path: PathBuf| if path.is_dir() { list(&path) } else { vec![path] };
        fs::read_dir(dir).expect("a folder").flat_map(|entry| of(entry.expect("an entry").path())).collect()
    }

    #[test]
    fn a_log_grows_past_the_first_full_tile_of_level_1() {
        // 65,536 entries fill tile/1/000, and 256 more begin tile/1/001.
        for size in [65_535, 65_536, 65_791, 65_792] {
            let (before, after) =
                (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
            files_of(before.path(), size);
            files_of(after.path(), size + 1);
            let new: Vec<_> = Tiles::new(before.path(), size).with(&entry_of(size)).expect("files");
            for (place, bytes) in &new {
                assert!(
                    fs::read(after.path().join(place)).is_ok_and(|expected| expected == *bytes),
                    "{place:?} of {size}"
                );
            }
            for path in list(after.path()) {
                let place = path.strip_prefix(after.path()).expect("inside");
                let is_new = new.iter().any(|(new, _)| new == place);
                assert!(is_new || before.path().join(place).exists(), "{place:?} of {size}");
            }
        }
        let (dir, mut frontier) = (tempfile::tempdir().expect("a directory"), Frontier::default());
        files_of(dir.path(), 66_000);
        (0..66_000).for_each(|number| frontier.push(tree::leaf(&entry_of(number))));
        let tiles = Tiles::new(dir.path(), 66_000);
        assert_eq!(tree::root(&tiles, 66_000).expect("a root"), frontier.root());
        tiles.check_levels().expect("they fit");
        for (altered, named) in [("tile/0/256", "tile/1/001.p/1"), ("tile/0/255", "tile/1/000"), ("tile/1/000", "")] {
            let bytes = fs::read(dir.path().join(altered)).expect("read");
            fs::write(dir.path().join(altered), [0; 256 * 32]).expect("written");
            let failure = Tiles::new(dir.path(), 66_000).check_levels().expect_err("altered").to_string();
            assert!(failure.contains(&format!("{named} does not fit")), "{failure}");
            fs::write(dir.path().join(altered), bytes).expect("written");
        }
    }
}
