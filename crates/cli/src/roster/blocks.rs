//! Reads the input once, in blocks of complete records. Each block knows its position in the input.

use std::io::{self, Read};

use arrow_array::RecordBatch;
use zeroize::{Zeroize, Zeroizing};

use super::{csv, foreign};
use crate::failure::{Failure, Result};

/// Maximum size of a block in bytes. It is so large that the cost of locks and system calls per block does not
/// matter.
pub(crate) const BLOCK: usize = 1 << 18;
/// `read_to_end` uses a small buffer of its own to look for the end of the input if less space than this is left.
const PROBE: usize = 64;
/// Maximum length of a record of a roster in bytes. A longer record is almost certainly a quote without its closing
/// quote.
pub(crate) const MAX_RECORD: usize = 1 << 20;
/// The same for a file of symbols, which has longer records than its roster: a symbol has more characters than a
/// number, and a cell with a CR gets quotes.
pub(crate) const MAX_SYMBOL_RECORD: usize = 2 * MAX_RECORD + 64;

/// Complete records, and the position of the first of them in the input.
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
    /// Number of lines, counted by their ends alone; a last line without an end counts too. 0 for a table.
    pub(crate) lines: u64,
    /// Whether the last record of the input is in this block and has no line end.
    pub(crate) unended: bool,
    /// The rows of a table, instead of bytes. They have record numbers, but neither lines nor byte offsets.
    pub(crate) batch: Option<RecordBatch>,
}

impl Block {
    /// Rows in it.
    pub(crate) fn rows(&self) -> usize {
        self.batch.as_ref().map_or(self.records as usize, RecordBatch::num_rows)
    }

    /// How much of the input is read up to the end of this block: in bytes, or in rows of a table.
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
    /// Maximum length of a record in bytes.
    longest: usize,
    /// The bytes after the last complete record.
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
    /// Reads with blocks of `size` bytes, and records of at most `longest`.
    pub(crate) fn new(input: R, delimiter: u8, size: usize, longest: usize) -> Self {
        let next = Block { first_line: 1, ..Block::default() };
        // Allocated at its full size, so that it never grows and leaves a copy behind.
        let carry = Vec::with_capacity(size + longest);
        Self { input, delimiter, size, longest, carry, at_end: false, next, header_lines: 0 }
    }

    /// The number of lines of the header.
    pub(crate) fn header_lines(&self) -> u64 {
        self.header_lines
    }

    /// Takes the first record, which is the header. `None` if the input is empty. Refuses an input that is not CSV.
    pub(crate) fn header(&mut self) -> Result<Option<Vec<u8>>> {
        self.first_record(foreign::refuse)
    }

    /// The same for a file that this run wrote.
    pub(crate) fn own_header(&mut self) -> Result<Option<Vec<u8>>> {
        self.first_record(|_| Ok(()))
    }

    fn first_record(&mut self, check: impl Fn(&[u8]) -> Result<()>) -> Result<Option<Vec<u8>>> {
        // The first rows may be read together with the header.
        let mut bytes = Zeroizing::new(Vec::new());
        loop {
            // Do not wait for more input than is there: a pipe may deliver its rows slowly.
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
                check(&bytes)?;
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

    /// Fills `block` with complete records; false at the end of the input.
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
            // A record of maximum length may lack its line end here, or be the last of the input.
            wanted = (2 * block.bytes.len()).min(self.longest + 1);
        }
    }

    fn advance(&mut self, bytes: usize, records: u64, lines: u64) {
        self.next.index += 1;
        self.next.offset += bytes as u64;
        self.next.first_record += records;
        self.next.first_line += lines;
    }

    /// A record without an end: the input ends, or the record is longer than allowed.
    fn refuse_endless(&self, bytes: &[u8]) -> Result<()> {
        if !self.at_end && bytes.len() <= self.longest {
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
                "record {record} (line {line}, byte {byte}) has no end within {} bytes or before the end of \
                 the input",
                self.longest
            ),
            "add the closing quote of the cell that is open there, or shorten the record, or check --delimiter and \
             --encoding; no output was changed",
        ))
    }

    /// Appends the carry, then input until there are `wanted` bytes or the input ends.
    fn fill(&mut self, bytes: &mut Vec<u8>, wanted: usize) -> Result<()> {
        // Allocate before the first byte is read, so that nothing is moved.
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

/// Makes space for `more` bytes. A buffer that has to grow is wiped first: `Vec` would free the old memory with its
/// contents.
fn reserve_wiping(bytes: &mut Vec<u8>, more: usize) {
    if bytes.capacity() - bytes.len() < more {
        let mut larger = Vec::with_capacity(bytes.len() + more);
        larger.extend_from_slice(bytes);
        std::mem::replace(bytes, larger).zeroize();
    }
}

/// Removes the Ctrl-Z at the end of a text file of DOS.
fn drop_end_marks(bytes: &mut Vec<u8>) {
    let len = bytes.len();
    let marks = bytes.iter().rev().take_while(|byte| **byte == 0x1A).count();
    bytes.truncate(len - marks);
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::io("read", std::path::Path::new("the input"), error)
}
