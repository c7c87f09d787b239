//! The rows of one output on their way into symbol order. They are partitioned by the first byte of the symbol, in
//! memory pages that spill to a temporary file when there are too many. Symbols are uniform, so the partitions have
//! similar sizes.

use std::io;

use fugo::SYMBOL_LEN;

use super::{
    memory,
    position::Position,
    spill::{Extent, PARTS, Spill},
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

    fn append(self, page: &mut Vec<u8>, symbol: &[u8; SYMBOL_LEN], position: Position, kept: &[u8]) {
        page.extend_from_slice(symbol);
        if self.listed {
            page.extend_from_slice(&position.pack());
        }
        page.extend_from_slice(&(kept.len() as u32).to_le_bytes());
        page.extend_from_slice(kept);
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
    /// The index of the byte of the symbol by which rows are partitioned.
    depth: usize,
    pages: Vec<Vec<Vec<u8>>>,
    free: Vec<Vec<u8>>,
    page: usize,
    limit: usize,
    allocated: usize,
}

impl Parts {
    /// Holds at most about `limit` bytes, then spills.
    pub(crate) fn new(format: RowFormat, depth: usize, limit: usize) -> Self {
        let page = memory::page(limit);
        let pages = vec![Vec::new(); PARTS];
        Self { format, depth, pages, free: Vec::new(), page, limit, allocated: 0 }
    }

    /// Takes a row. Spills all rows if the limit is exceeded.
    pub(crate) fn push(
        &mut self,
        symbol: &[u8; SYMBOL_LEN],
        position: Position,
        kept: &[u8],
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        let needed = self.format.head_len() + kept.len();
        let part = &mut self.pages[usize::from(symbol[self.depth])];
        match part.last_mut() {
            Some(page) if page.capacity() - page.len() >= needed => {
                self.format.append(page, symbol, position, kept);
            }
            _ => {
                let fitting = if needed <= self.page { self.free.pop() } else { None };
                let mut page = fitting.unwrap_or_else(|| {
                    let page = Vec::with_capacity(self.page.max(needed));
                    self.allocated += page.capacity();
                    page
                });
                self.format.append(&mut page, symbol, position, kept);
                part.push(page);
                // Free the cached empty pages before spilling, so that each spill writes as much as possible.
                while self.allocated > self.limit
                    && let Some(page) = self.free.pop()
                {
                    self.allocated -= page.capacity();
                }
                if self.allocated > self.limit {
                    self.spill(spill)?;
                }
            }
        }
        Ok(())
    }

    /// Moves all rows to the spill file.
    pub(crate) fn spill(&mut self, spill: &Spill<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (part, pages) in self.pages.iter_mut().enumerate() {
            bytes.clear();
            pages.iter().for_each(|page| bytes.extend_from_slice(page));
            spill.append(part, &bytes)?;
            for mut page in pages.drain(..) {
                page.clear();
                // A page that was made for one wide row is not reused.
                if page.capacity() > self.page {
                    self.allocated -= page.capacity();
                } else {
                    self.free.push(page);
                }
            }
        }
        Ok(())
    }

    /// Takes out the rows of one partition.
    pub(crate) fn take(&mut self, part: usize) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.pages[part])
    }
}

/// All rows of one partition, from the pages of all threads and from the spill file.
pub(crate) struct Part<'a> {
    pages: Vec<Vec<u8>>,
    extents: Vec<Extent>,
    spill: &'a Spill<'a>,
}

impl<'a> Part<'a> {
    pub(crate) fn new(pages: Vec<Vec<u8>>, part: usize, spill: &'a Spill<'a>) -> Self {
        Self { pages, extents: spill.take(part), spill }
    }

    /// The size of all rows in bytes.
    pub(crate) fn len(&self) -> u64 {
        let pages = self.pages.iter().map(Vec::len);
        pages.chain(self.extents.iter().map(|extent| extent.len)).map(|len| len as u64).sum()
    }

    /// Reads the whole partition, and frees its pages.
    pub(crate) fn load(mut self, bytes: &mut Vec<u8>) -> Result<()> {
        bytes.clear();
        bytes.reserve_exact(self.len() as usize);
        for page in self.pages.drain(..) {
            bytes.extend_from_slice(&page);
        }
        self.extents.iter().try_for_each(|extent| self.read(*extent, bytes))
    }

    /// Reads the partition in pieces of complete rows and of about `size` bytes.
    pub(crate) fn pieces(
        &self,
        format: RowFormat,
        size: usize,
        mut each: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        for page in &self.pages {
            each(page)?;
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
