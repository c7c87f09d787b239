//! Reading the input once, in blocks of whole records, each knowing where it stands.

use std::io::{self, Read};

use arrow_array::RecordBatch;
use zeroize::{Zeroize, Zeroizing};

use super::{csv, foreign};
use crate::failure::{Failure, Result};

/// Most bytes of a block. Large enough that a block's share of locks and system calls vanishes.
pub(crate) const BLOCK: usize = 1 << 18;
/// `read_to_end` looks for the end of its input with a small buffer of its own where less room than this is left.
const PROBE: usize = 64;
/// Longest record in bytes: longer ones are almost surely a quote that nobody closed.
pub(crate) const MAX_RECORD: usize = 1 << 20;

/// Whole records, and where the first of them stands in the input.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Order in the input, from 0.
    pub(crate) index: u64,
    pub(crate) bytes: Vec<u8>,
    /// Records in `bytes`.
    pub(crate) records: u64,
    /// Number of the first record, the header being 0.
    pub(crate) first_record: u64,
    /// Line of the first record, from 1.
    pub(crate) first_line: u64,
    /// Offset of the first byte in the input, from 0.
    pub(crate) offset: u64,
    /// Lines, counted by their ends alone; a last one without an end counts too. 0 for a table.
    pub(crate) lines: u64,
    /// Whether the last record, the input's last, has no line end.
    pub(crate) unended: bool,
    /// Rows of a table instead of bytes; these have numbers, but neither lines nor offsets.
    pub(crate) batch: Option<RecordBatch>,
}

impl Block {
    /// Rows in it.
    pub(crate) fn rows(&self) -> usize {
        self.batch.as_ref().map_or(self.records as usize, RecordBatch::num_rows)
    }

    /// How far the input is read when this block is: in bytes, or in rows of a table.
    pub(crate) fn end(&self) -> u64 {
        match &self.batch {
            Some(batch) => self.first_record - 1 + batch.num_rows() as u64,
            None => self.offset + self.bytes.len() as u64,
        }
    }
}

/// Cuts the input into blocks.
pub(crate) struct BlockReader<R> {
    input: R,
    delimiter: u8,
    /// Bytes of a block.
    size: usize,
    /// What was read behind the last whole record.
    carry: Vec<u8>,
    at_end: bool,
    next: Block,
    header_lines: u64,
}

impl<R> Drop for BlockReader<R> {
    fn drop(&mut self) {
        self.carry.zeroize();
    }
}

impl<R: Read> BlockReader<R> {
    pub(crate) fn new(input: R, delimiter: u8, size: usize) -> Self {
        let next = Block { first_line: 1, ..Block::default() };
        // Room for all it ever holds, so that growing leaves no copy behind.
        let carry = Vec::with_capacity(size + MAX_RECORD);
        Self { input, delimiter, size, carry, at_end: false, next, header_lines: 0 }
    }

    /// Lines of the header.
    pub(crate) fn header_lines(&self) -> u64 {
        self.header_lines
    }

    /// Takes the first record off: the header. `None` if the input is empty.
    pub(crate) fn header(&mut self) -> Result<Option<Vec<u8>>> {
        // The first rows come along with the header.
        let mut bytes = Zeroizing::new(Vec::new());
        loop {
            // What is there and no more: rows may be long in coming.
            let filled = bytes.len();
            reserve_wiping(&mut bytes, BLOCK / 4);
            bytes.resize(filled + BLOCK / 4, 0);
            let read = match self.input.read(&mut bytes[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
                read => read.inspect(|read| self.at_end = *read == 0),
            };
            bytes.truncate(filled + read.map_err(|error| unreadable(&error))?);
            if self.at_end {
                drop_end_marks(&mut bytes);
            }
            if bytes.is_empty() && self.at_end {
                return Ok(None);
            }
            let record = csv::split(&bytes, csv::marks(&bytes), self.delimiter, self.at_end, &mut Vec::new());
            if record.is_some() || self.at_end || bytes.len() >= foreign::ENOUGH {
                foreign::refuse(&bytes)?;
            }
            if let Some(record) = record {
                let header = bytes[..record.next].to_vec();
                reserve_wiping(&mut self.carry, bytes.len() - record.next);
                self.carry.extend_from_slice(&bytes[record.next..]);
                self.advance(record.next, 1, record.lines);
                self.next.index = 0;
                self.header_lines = record.lines + u64::from(!header.ends_with(b"\n"));
                return Ok(Some(header));
            }
            self.refuse_endless(&bytes)?;
        }
    }

    /// Fills `block` with whole records; false at the end of the input.
    pub(crate) fn next(&mut self, block: &mut Block) -> Result<bool> {
        let mut wanted = self.size;
        block.bytes.clear();
        loop {
            self.fill(&mut block.bytes, wanted)?;
            if block.bytes.is_empty() {
                return Ok(false);
            }
            let (end, records, lines) = csv::whole_records(&block.bytes, self.delimiter, self.at_end);
            if end > 0 {
                reserve_wiping(&mut self.carry, block.bytes.len() - end);
                self.carry.extend_from_slice(&block.bytes[end..]);
                block.bytes.truncate(end);
                block.index = self.next.index;
                block.records = records;
                block.first_record = self.next.first_record;
                block.first_line = self.next.first_line;
                block.offset = self.next.offset;
                block.unended = block.bytes.last() != Some(&b'\n');
                block.lines = lines + u64::from(block.unended);
                self.advance(end, records, lines);
                return Ok(true);
            }
            self.refuse_endless(&block.bytes)?;
            // The longest record may lack its line end here, or be the input's last.
            wanted = (2 * block.bytes.len()).min(MAX_RECORD + 1);
        }
    }

    fn advance(&mut self, bytes: usize, records: u64, lines: u64) {
        self.next.index += 1;
        self.next.offset += bytes as u64;
        self.next.first_record += records;
        self.next.first_line += lines;
    }

    /// A record without an end: at the end of the input, or longer than any should be.
    fn refuse_endless(&self, bytes: &[u8]) -> Result<()> {
        if !self.at_end && bytes.len() <= MAX_RECORD {
            return Ok(());
        }
        let mut at = 0;
        let (mut record, mut line) = (self.next.first_record, self.next.first_line);
        while let Some(found) = csv::split(bytes, at, self.delimiter, false, &mut Vec::new()) {
            (at, record, line) = (found.next, record + 1, line + found.lines);
        }
        let byte = self.next.offset + at as u64;
        Err(Failure::new(
            format!(
                "record {record} (line {line}, byte {byte}) has no end within {MAX_RECORD} bytes or before the end of the input"
            ),
            "close the quote that is open there, or check --delimiter and --encoding; nothing was written",
        ))
    }

    /// Appends the carry and then input until `wanted` bytes are there or the input ends.
    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<()> {
        // Room for all of it before the first byte is there, so that nothing moves.
        let lacking = wanted.saturating_sub(bytes.len() + self.carry.len());
        reserve_wiping(bytes, self.carry.len() + lacking + PROBE);
        bytes.append(&mut self.carry);
        if lacking == 0 || self.at_end {
            return Ok(());
        }
        let read = (&mut self.input).take(lacking as u64).read_to_end(bytes);
        let read = read.map_err(|error| unreadable(&error))?;
        self.at_end = read < lacking;
        if self.at_end {
            drop_end_marks(bytes);
        }
        Ok(())
    }
}

/// Room for `more` bytes behind those that are there. A buffer that has to grow for it is wiped: `Vec` would leave it as it
/// is to the allocator.
fn reserve_wiping(bytes: &mut Vec<u8>, more: usize) {
    if bytes.capacity() - bytes.len() < more {
        let mut larger = Vec::with_capacity(bytes.len() + more);
        larger.extend_from_slice(bytes);
        std::mem::replace(bytes, larger).zeroize();
    }
}

/// Takes the Ctrl-Z off that ends a text file of DOS.
fn drop_end_marks(bytes: &mut Vec<u8>) {
    let len = bytes.len();
    let marks = bytes.iter().rev().take_while(|byte| **byte == 0x1A).count();
    bytes.truncate(len - marks);
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::io("read", std::path::Path::new("the input"), error)
}
