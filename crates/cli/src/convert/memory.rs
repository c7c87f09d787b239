//! Divides `--memory` among the tasks of a run.
//!
//! | share | used for | when |
//! |---|---|---|
//! | a fifth | blocks of input between the threads, with the rows made of them ([`Memory::block`]) | reading |
//! | up to two fifths | rows on their way into symbol order, before they spill ([`Memory::parts`]) | reading |
//! | up to a half | for each thread, the partition that it sorts and the rows of the one before ([`Memory::partition`]) | sorting |
//! | up to an eighth | row groups of Parquet that are encoded ([`Memory::encoders`]) | writing |
//! | up to a sixteenth | dictionaries of kept columns ([`Memory::dictionaries`]) | reading, writing |
//! | an eighth | groups of people, if a policy limits them ([`Memory::groups`]) | reading, sorting |
//! | a quarter, and as much again | the lineage file and its pairs ([`Memory::lineage`]) | until all is read |
//!
//! The unpacked size of a table's pages is checked where they are read: `roster/parquet_table.rs`,
//! `arrow_messages.rs`.

use super::{dictionary, division::Division};
use crate::{
    partition::{PAGE, PAGES},
    roster::{Input, blocks::BLOCK},
};

/// About how many bytes a row of a table takes in addition to its kept cells when it is packed.
const TABLE_ROW: u64 = 128;

/// How many bytes a row group takes while it is encoded: its rows and its encoded pages.
const GROUP: usize = 1 << 25;

/// The size in bytes of a partition that a processor's caches hold while it is sorted.
const SORTED_WELL: u64 = 1 << 20;

/// The bits of the symbol by which rows are divided: at least 256 partitions, at most 4,096.
const FEWEST_BITS: u32 = 8;
const MOST_BITS: u32 = 12;

/// The limit for reading a table that the run itself has written. Its pages and batches take less.
pub(crate) const OWN_TABLE: usize = 1 << 30;

/// The memory of a run in bytes, and the number of threads that share it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) total: usize,
    pub(crate) threads: usize,
}

/// The rows that are in memory during sorting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partition {
    /// The maximum size in bytes of a partition that a thread sorts at once.
    pub(crate) limit: usize,
}

impl Memory {
    /// The maximum number of blocks between the reader and the collector.
    pub(crate) fn blocks_in_flight(self) -> usize {
        2 * self.threads + 2
    }

    /// The size of a block in bytes. Each block is in memory as it was read, and once more for every output.
    pub(crate) fn block(self, outputs: usize) -> usize {
        let each = self.total / 5 / self.blocks_in_flight() / (2 + 3 * outputs);
        each.clamp(1 << 13, BLOCK)
    }

    /// The maximum size in bytes of the lineage file.
    pub(crate) fn lineage(self) -> usize {
        self.total / 4
    }

    /// The number of row groups that each Parquet output encodes at a time, if this many outputs are written at once.
    pub(crate) fn encoders(self, outputs_at_once: usize) -> usize {
        let all = self.total / 8 / GROUP;
        (all / outputs_at_once).clamp(1, self.threads)
    }

    /// The number of kept columns whose texts have codes.
    pub(crate) fn dictionaries(self) -> usize {
        self.total / 16 / dictionary::MEMORY
    }

    /// The bytes for the groups of people of each output that has a limit for them.
    pub(crate) fn groups(self, outputs: usize) -> usize {
        self.total / 8 / outputs.max(1)
    }

    /// The limits of sorting, if each partition is in memory this many times. The text of a column in one batch stays
    /// below 2 GiB, and so do the offsets of rows.
    pub(crate) fn partition(self, copies: usize) -> Partition {
        Partition { limit: (self.total / 2 / self.threads / copies).min(1 << 30) }
    }

    /// How the rows of an output are divided, and how many bytes of them each thread may hold for each of these
    /// outputs while the input is read. If the size of the input is known, the memory that sorting will need is
    /// subtracted, because both are in use at the same time: so memory does not grow with the number of rows. `size`
    /// is the size of the input, see [`crate::roster::Opened::size`].
    pub(crate) fn parts(self, input: &Input, size: Option<u64>, copies: usize, outputs: usize) -> (Division, usize) {
        let bytes = size.map(|size| match input {
            Input::Csv(_) => size.saturating_mul(3) / 2,
            Input::Table(_) => size.saturating_mul(TABLE_ROW),
        });
        let all = self.total / 5 * 2;
        let each = |all: usize| all / self.threads / outputs.max(1);
        // Every partition has a page of at least the least size in every thread.
        let most = (each(self.total / 8) / (PAGES * PAGE.start())).max(1).ilog2();
        let wanted = bytes.map_or(FEWEST_BITS, |bytes| (bytes / SORTED_WELL).max(1).ilog2() + 1);
        let division = Division::first(wanted.min(most).clamp(FEWEST_BITS, MOST_BITS));
        let part = usize::try_from(bytes.unwrap_or(0) / division.parts() as u64).unwrap_or(usize::MAX);
        let sorting = part.min(self.partition(copies).limit).saturating_mul(copies * self.threads);
        (division, each(all.saturating_sub(sorting).max(self.total / 8)))
    }
}

impl Partition {
    /// How many bytes of a larger partition are read at a time.
    pub(crate) fn piece(self) -> usize {
        self.limit / 4
    }

    /// How many bytes of a larger partition are held while it is partitioned again.
    pub(crate) fn divided(self) -> usize {
        self.limit / 2
    }
}
