//! Reading the input once, in blocks of whole records, each knowing where it stands.

use std::io::{self, Read};

use arrow_array::RecordBatch;
use zeroize::Zeroize;

use super::csv;
use crate::failure::{Failure, Result};

/// Most bytes of a block. Large enough that a block's share of locks and system calls vanishes.
pub(crate) const BLOCK: usize = 1 << 18;
/// Longest record in bytes: longer ones are almost surely a quote that nobody closed.
pub(crate) const MAX_RECORD: usize = 1 << 20;

/// Whole records, and where the first of them stands in the input.
#[derive(Debug, Default)]
pub(crate) struct Block {
    /// Order in the input, from 0.
    pub(crate) index: u64,
    pub(crate) bytes: Vec<u8>,
    /// Number of the first record, the header being 0.
    pub(crate) first_record: u64,
    /// Line of the first record, from 1.
    pub(crate) first_line: u64,
    /// Offset of the first byte in the input, from 0.
    pub(crate) offset: u64,
    /// Rows of a table instead of bytes; these have numbers, but neither lines nor offsets.
    pub(crate) batch: Option<RecordBatch>,
}

impl Block {
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
        Self { input, delimiter, size, carry, at_end: false, next }
    }

    /// Takes the first record off: the header. `None` if the input is empty.
    pub(crate) fn header(&mut self) -> Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        loop {
            // What is there and no more: rows may be long in coming.
            let filled = bytes.len();
            bytes.resize(filled + BLOCK / 4, 0);
            let read = match self.input.read(&mut bytes[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
                read => read.inspect(|read| self.at_end = *read == 0),
            };
            bytes.truncate(filled + read.map_err(|error| unreadable(&error))?);
            if bytes.is_empty() && self.at_end {
                return Ok(None);
            }
            let start = if bytes.starts_with(csv::MARK) { csv::MARK.len() } else { 0 };
            if let Some(record) = csv::split(&bytes, start, self.delimiter, self.at_end, &mut Vec::new()) {
                let header = bytes[..record.next].to_vec();
                self.carry.extend_from_slice(&bytes[record.next..]);
                bytes.zeroize();
                self.advance(record.next, 1, record.lines);
                self.next.index = 0;
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
                self.carry.extend_from_slice(&block.bytes[end..]);
                block.bytes.truncate(end);
                block.index = self.next.index;
                block.first_record = self.next.first_record;
                block.first_line = self.next.first_line;
                block.offset = self.next.offset;
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
        bytes.append(&mut self.carry);
        if bytes.len() >= wanted || self.at_end {
            return Ok(());
        }
        // Room for all of it, so that growing leaves no copy behind.
        let lacking = wanted - bytes.len();
        bytes.reserve(lacking);
        let read = (&mut self.input).take(lacking as u64).read_to_end(bytes);
        let read = read.map_err(|error| unreadable(&error))?;
        self.at_end = read < lacking;
        Ok(())
    }
}

fn unreadable(error: &io::Error) -> Failure {
    Failure::io("read", std::path::Path::new("the input"), error)
}
