//! The rows of one output on their way into symbol order. They are partitioned by the first byte of the symbol. Symbols
//! are uniform, so the partitions have similar sizes.

use std::io;

use fugo::SYMBOL_LEN;

use super::position::Position;
use crate::{
    partition::{Pages, Spill},
    roster::csv,
};

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
    pages: Pages,
}

impl Parts {
    /// Holds at most about `limit` bytes, then spills.
    pub(crate) fn new(format: RowFormat, depth: usize, limit: usize) -> Self {
        Self { format, depth, pages: Pages::new(limit) }
    }

    /// Takes a row. Spills all rows if the limit is exceeded.
    pub(crate) fn push(
        &mut self,
        symbol: &[u8; SYMBOL_LEN],
        position: Position,
        kept: &[u8],
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        let format = self.format;
        let append = |page: &mut Vec<u8>| format.append(page, symbol, position, kept);
        self.pages.push(usize::from(symbol[self.depth]), format.head_len() + kept.len(), append, spill)
    }

    /// Moves all rows to the spill file.
    pub(crate) fn spill(&mut self, spill: &Spill<'_>) -> io::Result<()> {
        self.pages.spill(spill)
    }

    /// Takes out the rows of one partition.
    pub(crate) fn take(&mut self, part: usize) -> Vec<Vec<u8>> {
        self.pages.take(part)
    }
}
