//! The rows of one output on their way into symbol order. They are partitioned by the first bits of the symbol, in
//! memory pages that spill to a temporary file when there are too many. Symbols are uniform, so the partitions have
//! similar sizes.

use std::io;

use fugo::SYMBOL_LEN;

use super::{coarse::DIGEST, division::Division, position::Position};
use crate::{
    partition::{Pages, Spill},
    roster::{Input, csv},
};

/// The layout of a row: symbol (16 bytes) ‖ position (see [`Listed`]) ‖ length of the rest (4 bytes, little-endian) ‖ the
/// kept cells.
#[derive(Clone, Copy)]
pub(crate) struct RowFormat {
    pub(crate) listed: Listed,
    pub(crate) equality: Equality,
}

/// What a row holds of its position: nothing, unless its output is the one whose duplicates are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listed {
    No,
    /// A row of a table: its record alone (5 bytes).
    Record,
    /// A row of CSV (16 bytes).
    Line,
}

impl Listed {
    /// The position of rows of this input.
    pub(crate) fn of(input: &Input) -> Self {
        match input {
            Input::Csv(_) => Self::Line,
            Input::Table(_) => Self::Record,
        }
    }

    const fn len(self) -> usize {
        match self {
            Self::No => 0,
            Self::Record => Position::RECORD_LEN,
            Self::Line => Position::LEN,
        }
    }
}

/// When the kept cells of two rows count as equal.
#[derive(Clone, Copy)]
pub(crate) enum Equality {
    /// Cells of CSV with this delimiter: equal if their values are equal.
    Cells { delimiter: u8 },
    /// Packed cells of a table: equal if their bytes are equal, without this many bytes at the end.
    Packed { bits_len: usize },
    /// Cells that a policy has made coarser, with a digest of those in the roster behind them: equal if the digests
    /// are equal.
    Digest,
}

impl RowFormat {
    pub(crate) fn head_len(self) -> usize {
        SYMBOL_LEN + self.listed.len() + 4
    }

    /// Writes a row into its bytes.
    #[inline]
    fn write(self, row: &mut [u8], symbol: &[u8; SYMBOL_LEN], position: Position, kept: [&[u8]; 2]) {
        let (head, behind) = row.split_at_mut(self.head_len());
        let (symbol_bytes, rest) = head.split_at_mut(SYMBOL_LEN);
        symbol_bytes.copy_from_slice(symbol);
        match self.listed {
            Listed::No => {}
            // Copies of fixed lengths: a call of memcpy for every row takes longer.
            Listed::Record => rest[..Position::RECORD_LEN].copy_from_slice(&position.pack()[..Position::RECORD_LEN]),
            Listed::Line => rest[..Position::LEN].copy_from_slice(&position.pack()),
        }
        let len = rest.len() - 4;
        rest[len..].copy_from_slice(&(behind.len() as u32).to_le_bytes());
        let [cells, digest] = kept;
        behind[..cells.len()].copy_from_slice(cells);
        behind[cells.len()..].copy_from_slice(digest);
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
                Equality::Digest => a[a.len() - DIGEST..] == b[b.len() - DIGEST..],
            }
    }

    /// The kept cells of a row as they are written, without a digest.
    pub(crate) fn cells(self, row: &[u8]) -> &[u8] {
        self.cells_of(self.kept(row))
    }

    /// The same, from all bytes behind the head of a row.
    pub(crate) fn cells_of(self, kept: &[u8]) -> &[u8] {
        match self.equality {
            Equality::Digest => &kept[..kept.len() - DIGEST],
            Equality::Cells { .. } | Equality::Packed { .. } => kept,
        }
    }

    pub(crate) fn position(self, row: &[u8]) -> Position {
        let mut bytes = [0; Position::LEN];
        let listed = self.listed.len();
        bytes[..listed].copy_from_slice(&row[SYMBOL_LEN..SYMBOL_LEN + listed]);
        Position::unpack(bytes)
    }
}

/// The rows of one thread for one output.
pub(crate) struct Parts {
    format: RowFormat,
    division: Division,
    pages: Pages,
}

impl Parts {
    /// Holds at most about `limit` bytes, then spills.
    pub(crate) fn new(format: RowFormat, division: Division, limit: usize) -> Self {
        Self { format, division, pages: Pages::new(division.parts(), limit) }
    }

    /// Fetches the place of a row that will be taken soon.
    #[inline]
    pub(crate) fn prefetch(&self, symbol: &[u8; SYMBOL_LEN]) {
        self.pages.prefetch(self.division.part(symbol));
    }

    /// Takes a row: its kept cells, and their digest if rows are compared by it. Spills all rows if the limit is
    /// exceeded.
    #[inline]
    pub(crate) fn push(
        &mut self,
        symbol: &[u8; SYMBOL_LEN],
        position: Position,
        kept: [&[u8]; 2],
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        let format = self.format;
        let write = |row: &mut [u8]| format.write(row, symbol, position, kept);
        self.pages.push(self.division.part(symbol), format.head_len() + kept[0].len() + kept[1].len(), write, spill)
    }

    /// Moves all rows to the spill file.
    pub(crate) fn spill(&mut self, spill: &Spill<'_>) -> io::Result<()> {
        self.pages.spill(spill)
    }

    /// The rows that are in memory.
    pub(crate) fn pages(&self) -> &Pages {
        &self.pages
    }
}
