//! The rows of one output on their way into symbol order. They are partitioned by the first bits of the symbol, in
//! memory pages that spill to a temporary file when there are too many. Symbols are uniform, so the partitions have
//! similar sizes.

use std::io;

use fugo::SYMBOL_LEN;

use super::{
    division::Division,
    memory,
    pages::{PageId, Pages},
    position::Position,
    spill::{Extent, Spill},
};
use crate::{failure::Result, roster::csv};

/// The layout of a row: symbol (16 bytes) ‖ position (16 bytes; only in the output whose duplicates are listed) ‖
/// length of the rest (4 bytes, little-endian) ‖ the kept cells.
#[derive(Clone, Copy)]
pub(crate) struct RowFormat {
    pub(crate) listed: bool,
    pub(crate) equality: Equality,
}

/// When the kept cells of two rows count as equal.
#[derive(Clone, Copy)]
pub(crate) enum Equality {
    /// Cells of CSV with this delimiter: equal if their values are equal.
    Cells { delimiter: u8 },
    /// Packed cells of a table: equal if their bytes are equal, without this many bytes at the end.
    Packed { bits_len: usize },
}

impl RowFormat {
    pub(crate) fn head_len(self) -> usize {
        SYMBOL_LEN + if self.listed { Position::LEN } else { 0 } + 4
    }

    /// Writes a row into its bytes.
    #[inline]
    fn write(self, row: &mut [u8], symbol: &[u8; SYMBOL_LEN], position: Position, kept: &[u8]) {
        let (head, cells) = row.split_at_mut(self.head_len());
        let (symbol_bytes, rest) = head.split_at_mut(SYMBOL_LEN);
        symbol_bytes.copy_from_slice(symbol);
        if self.listed {
            rest[..Position::LEN].copy_from_slice(&position.pack());
        }
        let len = rest.len() - 4;
        rest[len..].copy_from_slice(&(kept.len() as u32).to_le_bytes());
        cells.copy_from_slice(kept);
    }

    /// The length of the first row in `bytes`, or `None` if `bytes` does not hold all of it.
    pub(crate) fn row_len(self, bytes: &[u8]) -> Option<usize> {
        let head = self.head_len();
        let len = bytes.get(head - 4..head)?;
        let row = head + u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
        (row <= bytes.len()).then_some(row)
    }

    pub(crate) fn symbol(row: &[u8]) -> &[u8; SYMBOL_LEN] {
        row.first_chunk().unwrap_or_else(|| unreachable!("a row starts with its symbol"))
    }

    pub(crate) fn kept(self, row: &[u8]) -> &[u8] {
        &row[self.head_len()..]
    }

    /// Whether the kept cells of two rows are equal.
    pub(crate) fn same(self, a: &[u8], b: &[u8]) -> bool {
        a == b
            || match self.equality {
                Equality::Cells { delimiter } => csv::same_values(a, b, delimiter),
                Equality::Packed { bits_len } => a[..a.len() - bits_len] == b[..b.len() - bits_len],
            }
    }

    pub(crate) fn position(self, row: &[u8]) -> Position {
        let mut bytes = [0; Position::LEN];
        if self.listed {
            bytes.copy_from_slice(&row[SYMBOL_LEN..SYMBOL_LEN + Position::LEN]);
        }
        Position::unpack(bytes)
    }
}

/// The rows of one thread for one output.
pub(crate) struct Parts {
    format: RowFormat,
    division: Division,
    pages: Pages,
    /// The page of each partition that is being filled.
    open: Vec<Filled>,
    /// The pages of each partition that are full.
    full: Vec<Vec<Filled>>,
    /// The rows of each partition that are wider than a page.
    wide: Vec<Vec<u8>>,
    wide_bytes: usize,
    limit: usize,
}

/// A page and how many of its bytes are filled.
#[derive(Clone, Copy)]
struct Filled {
    page: Option<PageId>,
    len: usize,
}

impl Filled {
    const NONE: Self = Self { page: None, len: 0 };
}

impl Parts {
    /// Holds at most about `limit` bytes, then spills.
    pub(crate) fn new(format: RowFormat, division: Division, limit: usize) -> Self {
        let parts = division.parts();
        Self {
            format,
            division,
            pages: Pages::new(memory::page(limit, parts), limit),
            open: vec![Filled::NONE; parts],
            full: vec![Vec::new(); parts],
            wide: vec![Vec::new(); parts],
            wide_bytes: 0,
            limit,
        }
    }

    /// Takes a row. Spills all rows if the limit is exceeded.
    #[inline]
    pub(crate) fn push(
        &mut self,
        symbol: &[u8; SYMBOL_LEN],
        position: Position,
        kept: &[u8],
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        let needed = self.format.head_len() + kept.len();
        let part = self.division.part(symbol);
        let open = self.open[part];
        if let Some(page) = open.page
            && needed <= self.pages.size() - open.len
        {
            let row = &mut self.pages.bytes_mut(page)[open.len..open.len + needed];
            self.format.write(row, symbol, position, kept);
            self.open[part].len += needed;
            return Ok(());
        }
        self.push_elsewhere(part, symbol, position, kept, spill)
    }

    /// Takes a row for which the open page of its partition has no space.
    #[cold]
    #[inline(never)]
    fn push_elsewhere(
        &mut self,
        part: usize,
        symbol: &[u8; SYMBOL_LEN],
        position: Position,
        kept: &[u8],
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        let needed = self.format.head_len() + kept.len();
        if needed > self.pages.size() {
            let wide = &mut self.wide[part];
            let start = wide.len();
            wide.resize(start + needed, 0);
            self.format.write(&mut wide[start..], symbol, position, kept);
            self.wide_bytes += needed;
            return if self.pages.taken() + self.wide_bytes > self.limit { self.spill(spill) } else { Ok(()) };
        }
        let page = if let Some(page) = self.pages.take(self.wide_bytes)? {
            page
        } else {
            self.spill(spill)?;
            self.pages.take(0)?.unwrap_or_else(|| unreachable!("all pages were freed"))
        };
        let filled = std::mem::replace(&mut self.open[part], Filled { page: Some(page), len: needed });
        if filled.page.is_some() {
            self.full[part].push(filled);
        }
        self.format.write(&mut self.pages.bytes_mut(page)[..needed], symbol, position, kept);
        Ok(())
    }

    /// Moves all rows to the spill file.
    pub(crate) fn spill(&mut self, spill: &Spill<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        for part in 0..self.division.parts() {
            bytes.clear();
            self.pieces(part).for_each(|piece| bytes.extend_from_slice(piece));
            spill.append(part, &bytes)?;
            self.open[part] = Filled::NONE;
            self.full[part].clear();
            self.wide[part] = Vec::new();
        }
        self.wide_bytes = 0;
        self.pages.free_all();
        Ok(())
    }

    /// The rows of one partition that are in memory, in pieces of complete rows.
    fn pieces(&self, part: usize) -> impl Iterator<Item = &[u8]> {
        let filled = self.full[part].iter().chain(std::iter::once(&self.open[part]));
        let pages = filled.filter_map(|filled| filled.page.map(|page| &self.pages.bytes(page)[..filled.len]));
        pages.chain(std::iter::once(&self.wide[part][..]).filter(|wide| !wide.is_empty()))
    }
}

/// All rows of one partition, from the memory of all threads and from the spill file.
pub(crate) struct Part<'a> {
    pieces: Vec<&'a [u8]>,
    extents: Vec<Extent>,
    spill: &'a Spill<'a>,
}

impl<'a> Part<'a> {
    /// `parts` are the rows that each thread holds in memory.
    pub(crate) fn new(parts: impl Iterator<Item = &'a Parts>, part: usize, spill: &'a Spill<'a>) -> Self {
        let pieces = parts.flat_map(|parts| parts.pieces(part)).collect();
        Self { pieces, extents: spill.take(part), spill }
    }

    /// The size of all rows in bytes.
    pub(crate) fn len(&self) -> u64 {
        let pieces = self.pieces.iter().map(|piece| piece.len());
        pieces.chain(self.extents.iter().map(|extent| extent.len)).map(|len| len as u64).sum()
    }

    /// Reads the whole partition.
    pub(crate) fn load(&self, bytes: &mut Vec<u8>) -> Result<()> {
        bytes.clear();
        bytes.reserve_exact(self.len() as usize);
        self.pieces.iter().for_each(|piece| bytes.extend_from_slice(piece));
        self.extents.iter().try_for_each(|extent| self.read(*extent, bytes))
    }

    /// Reads the partition in pieces of complete rows and of about `size` bytes.
    pub(crate) fn pieces(
        &self,
        format: RowFormat,
        size: usize,
        mut each: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        for piece in &self.pieces {
            each(piece)?;
        }
        let mut bytes = Vec::new();
        for extent in &self.extents {
            let mut rest = *extent;
            bytes.clear();
            while rest.len > 0 {
                let step = Extent { offset: rest.offset, len: rest.len.min(size) };
                self.read(step, &mut bytes)?;
                rest = Extent { offset: rest.offset + step.len as u64, len: rest.len - step.len };
                let mut whole = 0;
                while let Some(len) = format.row_len(&bytes[whole..]) {
                    whole += len;
                }
                each(&bytes[..whole])?;
                bytes.drain(..whole);
            }
            assert!(bytes.is_empty(), "what was spilled at a time is complete rows");
        }
        Ok(())
    }

    fn read(&self, extent: Extent, bytes: &mut Vec<u8>) -> Result<()> {
        self.spill.read(extent, bytes).map_err(|error| self.spill.failure(&error))
    }
}
