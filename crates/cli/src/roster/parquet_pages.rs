//! The pages of a Parquet column, from their headers. The unpacked size of a page is known before it is unpacked.

use std::{fs::File, io::Read, os::unix::fs::FileExt};

use parquet::{
    basic::{Compression, Type},
    file::metadata::ColumnChunkMetaData,
};

use super::{fault::Fault, lz4, thrift::Thrift};

/// Maximum length of a page header; its statistics hold two values.
const HEADER: usize = 1 << 24;

/// A page of a column.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    kind: i64,
    /// The size in bytes, unpacked and as stored in the file.
    unpacked: u64,
    packed: u64,
    /// The number of values, nulls included: the number of rows, unless the column is nested.
    values: u64,
    encoding: i64,
    /// The bytes of levels before the packed bytes.
    levels: u64,
    is_packed: bool,
}

const DATA_PAGE: i64 = 0;
const DICTIONARY_PAGE: i64 = 2;
const DATA_PAGE_V2: i64 = 3;

const PLAIN_DICTIONARY: i64 = 2;
const DELTA_BYTE_ARRAY: i64 = 7;
const RLE_DICTIONARY: i64 = 8;

impl Page {
    /// Reads a header, and its length; `None` if it is not complete.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        let mut page = Self { kind: -1, is_packed: true, ..Self::default() };
        let size = |thrift: &mut Thrift<'_>| u64::try_from(thrift.integer()?).ok();
        let mut thrift = Thrift::new(bytes);
        thrift.fields(|thrift, id, kind| {
            match id {
                1 => page.kind = thrift.integer()?,
                2 => page.unpacked = size(thrift)?,
                3 => page.packed = size(thrift)?,
                5 | 7 => thrift.fields(|thrift, id, kind| {
                    match id {
                        1 => page.values = size(thrift)?,
                        2 => page.encoding = thrift.integer()?,
                        _ => thrift.skip(kind)?,
                    }
                    Some(())
                })?,
                8 => thrift.fields(|thrift, id, kind| {
                    match id {
                        1 => page.values = size(thrift)?,
                        4 => page.encoding = thrift.integer()?,
                        5 | 6 => page.levels += size(thrift)?,
                        7 => page.is_packed = kind == super::thrift::Kind::True,
                        _ => thrift.skip(kind)?,
                    }
                    Some(())
                })?,
                _ => thrift.skip(kind)?,
            }
            Some(())
        })?;
        Some((page, thrift.read()))
    }

    /// Whether its values are places in the dictionary.
    fn has_places(&self) -> bool {
        matches!(self.encoding, PLAIN_DICTIONARY | RLE_DICTIONARY)
    }
}

/// How the values of a column are held in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// As views of the pages that contain them.
    Views,
    /// As places in the dictionary. If a page has values of its own, they are copied.
    Keys,
    /// Copied, with different lengths.
    Copies,
    /// Copied, with a fixed width.
    Fixed(u64),
}

/// The pages of a column in one row group.
pub(super) struct Pages {
    held: Held,
    data: Vec<Page>,
    dictionary: Page,
    /// The largest page, unpacked and as stored in the file.
    unpacked: u64,
    packed: u64,
    /// The number of values in all data pages.
    pub(super) values: u64,
}

/// The size of a view in bytes.
const VIEW: u64 = 16;

impl Pages {
    /// Reads the headers of all pages, and checks the unpacked size of each. `len` is the length of the file.
    pub(super) fn read(
        file: &File,
        len: u64,
        chunk: &ColumnChunkMetaData,
        held: Held,
        allowed: u64,
    ) -> Result<Self, Fault> {
        let damaged = || Fault::damaged("the header of a page is damaged");
        let name = || chunk.column_path().string();
        let (mut at, size) = chunk.byte_range();
        let end = at.checked_add(size).filter(|end| *end <= len);
        let end = end.ok_or_else(|| Fault::damaged("a column is outside the file"))?;
        let (data, dictionary) = (Vec::new(), Page::default());
        let mut found = Self { held, data, dictionary, unpacked: 0, packed: 0, values: 0 };
        while at < end {
            let (page, header) = read_header(file, at, end)?.ok_or_else(damaged)?;
            at += header as u64;
            if page.packed > end - at || page.unpacked > i32::MAX as u64 || page.levels > page.packed.min(page.unpacked)
            {
                return Err(damaged());
            }
            let what = || format!("a page of the column `{}`, once unpacked,", name());
            Fault::unless_fits(what, page.unpacked.max(page.packed), allowed)?;
            match page.kind {
                DICTIONARY_PAGE => {
                    let width = match chunk.column_type() {
                        Type::BOOLEAN => return Err(damaged()),
                        Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
                        Type::INT64 | Type::DOUBLE => 8,
                        Type::INT96 => 12,
                        Type::FIXED_LEN_BYTE_ARRAY => u64::try_from(chunk.column_descr().type_length()).unwrap_or(1),
                    };
                    // The reader allocates as many values as the header names.
                    if page.values.saturating_mul(width.max(1)) > page.unpacked {
                        return Err(damaged());
                    }
                    found.dictionary = page;
                }
                DATA_PAGE | DATA_PAGE_V2 => {
                    found.values = found.values.saturating_add(page.values);
                    found.data.push(page);
                    found.unpacked = found.unpacked.max(page.unpacked);
                }
                _ => {}
            }
            found.packed = found.packed.max(page.packed);
            if page.is_packed {
                check_unpacked(file, at, &page, chunk.compression(), allowed)?;
            }
            at += page.packed;
        }
        if found.held == Held::Keys && !found.data.iter().all(Page::has_places) {
            found.held = Held::Copies;
        }
        Ok(found)
    }

    /// The bytes that are held while the column is read, independent of the rows of a batch: a page as stored and
    /// unpacked, and the dictionary with a view of each of its values.
    pub(super) fn at_least(&self) -> u64 {
        let dictionary = self.dictionary.unpacked + VIEW * self.dictionary.values;
        self.packed + self.unpacked + dictionary
    }

    /// The maximum size in bytes of a batch of `rows` rows; the column has `all` rows.
    pub(super) fn of_batches(&self, rows: u64, all: u64) -> u64 {
        if let Held::Fixed(width) = self.held {
            return rows.saturating_mul(width);
        }
        let (mut most, mut batch, mut first, mut end) = (0, 0_u64, 0_u64, rows);
        for page in &self.data {
            // A nested column: assume that its values are spread evenly over the rows.
            let spread = u128::from(page.values) * u128::from(all) / u128::from(self.values.max(1));
            let last = first + if self.values == all { page.values } else { spread as u64 };
            while first < last {
                let stop = last.min(end);
                batch = batch.saturating_add(self.of_page(page, stop - first));
                first = stop;
                if first == end {
                    most = most.max(batch);
                    (batch, end) = (0, end + rows);
                }
            }
        }
        most.max(batch).saturating_add(VIEW * rows)
    }

    /// The maximum size in bytes of this many rows of a page.
    fn of_page(&self, page: &Page, rows: u64) -> u64 {
        match (page.encoding, self.held) {
            // Each value may repeat the beginning of the one before, and be as long as the whole page.
            (DELTA_BYTE_ARRAY, _) => rows.saturating_mul(page.unpacked),
            _ if page.has_places() && self.held == Held::Copies => rows.saturating_mul(self.dictionary.unpacked),
            _ if page.has_places() => 0,
            _ => page.unpacked,
        }
    }
}

/// A header and its length; `None` if it is not complete.
fn read_header(file: &File, at: u64, end: u64) -> Result<Option<(Page, usize)>, Fault> {
    let mut window = 1 << 10;
    loop {
        let len = usize::try_from(end - at).unwrap_or(usize::MAX).min(window);
        let mut bytes = vec![0; len];
        file.read_exact_at(&mut bytes, at)?;
        let header = Page::read(&bytes);
        if header.is_some() || len < window || window >= HEADER {
            return Ok(header);
        }
        window *= 16;
    }
}

/// Checks that a page unpacks to the size in its header, for codecs whose decoder does not check it and would unpack
/// everything.
fn check_unpacked(file: &File, at: u64, page: &Page, compression: Compression, allowed: u64) -> Result<(), Fault> {
    let unbounded = matches!(compression, Compression::GZIP(_) | Compression::BROTLI(_) | Compression::LZ4);
    if !unbounded {
        return Ok(());
    }
    let mut packed = vec![0; (page.packed - page.levels) as usize];
    file.read_exact_at(&mut packed, at + page.levels)?;
    let claimed = page.unpacked - page.levels;
    let is_right = match compression {
        _ if packed.is_empty() => true,
        Compression::GZIP(_) => unpacks_within(flate2::read::MultiGzDecoder::new(&packed[..]), claimed),
        Compression::BROTLI(_) => unpacks_within(brotli::Decompressor::new(&packed[..], 1 << 12), claimed),
        _ => !packed.starts_with(&lz4::MAGIC) || lz4::fits(&packed, claimed, allowed),
    };
    if is_right { Ok(()) } else { Err(Fault::damaged("a page unpacks to more than its header says")) }
}

/// Whether there are at most `claimed` bytes. An error is left to the reader of the page.
fn unpacks_within(mut unpacked: impl Read, claimed: u64) -> bool {
    let (mut bytes, mut all) = ([0; 1 << 14], 0);
    while all <= claimed {
        match unpacked.read(&mut bytes) {
            Ok(0) => return true,
            Ok(read) => all += read as u64,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return true,
        }
    }
    false
}
