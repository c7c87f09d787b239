//! How much memory a run may use, and what for. All of `--memory` is shared out here.
//!
//! | share | used for | when |
//! |---|---|---|
//! | a fifth | blocks of input between the threads, with the rows made of them ([`Memory::block`]) | reading |
//! | up to two fifths | rows on their way into symbol order, before they spill ([`Memory::parts`]) | reading |
//! | up to a half | partitions that are sorted, one for each thread ([`Memory::partition`]) | sorting |
//! | up to an eighth | row groups of Parquet that are encoded ([`Memory::encoders`]) | writing |
//! | a quarter, and as much again | the lineage file and its pairs ([`Memory::lineage`]) | until all is read |
//!
//! What the pages of a table unpack to is checked where they are read: `roster/parquet_table.rs`, `arrow_messages.rs`.

use super::parts::PARTS;
use crate::roster::{Input, blocks::BLOCK};

/// What a row of a table takes when its kept cells are packed, about, in bytes.
const TABLE_ROW: u64 = 128;

/// What a row group takes while it is encoded, as read and as written, in bytes.
const GROUP: usize = 1 << 25;

/// Bounds what is read of a table that the run itself has written: more than its pages and batches take.
pub(super) const OWN_TABLE: usize = 1 << 30;

/// The memory of a run in bytes, and the threads that share it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub(super) total: usize,
    pub(super) threads: usize,
}

/// What rows are in memory while they are sorted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partition {
    /// Most bytes of a partition that a thread sorts as a whole.
    pub(super) limit: usize,
}

impl Memory {
    /// Blocks that are somewhere between the reader and the collector, at most.
    pub(super) fn blocks_in_flight(self) -> usize {
        2 * self.threads + 2
    }

    /// Bytes of a block. Each is held as it was read, and once more for every output.
    pub(super) fn block(self, outputs: usize) -> usize {
        let each = self.total / 5 / self.blocks_in_flight() / (2 + 3 * outputs);
        each.clamp(1 << 13, BLOCK)
    }

    /// Bytes of the longest lineage file.
    pub(super) fn lineage(self) -> usize {
        self.total / 4
    }

    /// Row groups of each Parquet output that are encoded at a time, where so many outputs are written at once.
    pub(super) fn encoders(self, outputs_at_once: usize) -> usize {
        let all = self.total / 8 / GROUP;
        (all / outputs_at_once).clamp(1, self.threads)
    }

    /// The partitions that threads sort, each of which is in memory so many times over. The text of a column in one batch
    /// is below 2 GiB, and so are offsets of rows.
    pub(super) fn partition(self, copies: usize) -> Partition {
        Partition { limit: (self.total / 2 / self.threads / copies).min(1 << 30) }
    }

    /// Bytes of rows that each thread may hold for each of so many outputs while the input is read. What sorting takes
    /// later comes out of it, as far as the size of the input tells, so that memory does not grow with the rows: freed
    /// pages stay with the allocator. `size` is that of the input, see [`crate::roster::Opened::size`].
    pub(super) fn parts(self, input: &Input, size: Option<u64>, copies: usize, outputs: usize) -> usize {
        let size = size.unwrap_or(0);
        let bytes = match input {
            Input::Csv(_) => size.saturating_mul(3) / 2,
            Input::Table(_) => size.saturating_mul(TABLE_ROW),
        };
        let part = usize::try_from(bytes / PARTS as u64).unwrap_or(usize::MAX);
        let sorting = part.min(self.partition(copies).limit).saturating_mul(copies * self.threads);
        let all = (self.total / 5 * 2).saturating_sub(sorting).max(self.total / 8);
        all / self.threads / outputs.max(1)
    }
}

impl Partition {
    /// Bytes of a larger partition that are read at a time.
    pub(super) fn piece(self) -> usize {
        self.limit / 4
    }

    /// Bytes of a larger partition that are held while it is divided again.
    pub(super) fn divided(self) -> usize {
        self.limit / 2
    }
}

/// Bytes of a page, where the pages of all partitions may take so many bytes.
pub(super) fn page(all: usize) -> usize {
    (all / (4 * PARTS)).clamp(1 << 9, 1 << 14)
}
