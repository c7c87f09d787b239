//! Writes the whole roster: the header, the blocks in order, and the truth file.

use std::{
    io::{self, Write},
    num::NonZero,
    thread,
};

use crossbeam_channel::unbounded;

use super::{
    block::{Block, HEADER, ROWS, Typesetter, truth_header},
    line_end::LineEnd,
    mess::Share,
    person::Roster,
    summary::Summary,
};
use crate::{
    failure::Failure,
    interrupt::Interrupt,
    ordered::{Ended, Task, Threads, Turn, Worker},
    roster::encoding::Encoding,
};

/// The options on which a roster depends.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// At most 99999999999.
    pub(crate) rows: u64,
    pub(crate) seed: u64,
    pub(crate) mess: Share,
    pub(crate) encoding: Encoding,
    pub(crate) line_end: LineEnd,
    pub(crate) bom: bool,
}

/// Why a roster was not completely written.
#[derive(Debug)]
pub(crate) enum WriteError {
    Rows(io::Error),
    Truth(io::Error),
    Stopped(Failure),
}

impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        Self::Stopped(failure)
    }
}

/// Writes the roster, and the truth about its damaged rows. The bytes do not depend on the number of threads.
pub(crate) fn write_roster(
    options: &Options,
    rows: &mut dyn Write,
    mut truth: Option<&mut dyn Write>,
    interrupt: &Interrupt,
) -> Result<Summary, WriteError> {
    let bom = if options.bom { "\u{FEFF}" } else { "" };
    rows.write_all(bom.as_bytes()).map_err(WriteError::Rows)?;
    rows.write_all(HEADER.as_bytes()).map_err(WriteError::Rows)?;
    rows.write_all(options.line_end.bytes()).map_err(WriteError::Rows)?;
    if let Some(truth) = &mut truth {
        truth.write_all(truth_header().as_bytes()).map_err(WriteError::Truth)?;
    }
    // More threads would only wait for their blocks to be written.
    let count = thread::available_parallelism().map_or(1, NonZero::get).min(4);
    write_blocks(options, Threads { count, interrupt }, rows, truth)
}

/// A block of the roster, before and after it is made.
struct Part {
    first_row: u64,
    block: Block,
}

/// Makes blocks. Each thread has one.
struct BlockMaker<'a> {
    options: &'a Options,
    typesetter: &'a Typesetter<'a>,
}

impl Worker for BlockMaker<'_> {
    type Task = Part;
    type Left = ();
    type Error = WriteError;

    fn work(&mut self, of: Part, _: &Turn<'_, Part, WriteError>) -> Result<Part, Ended<WriteError>> {
        let end = self.options.rows.min(of.first_row + ROWS);
        Ok(Part { block: self.typesetter.block(self.options, of.first_row..end), ..of })
    }

    fn end(self) {}
}

fn write_blocks(
    options: &Options,
    threads: Threads<'_>,
    rows: &mut dyn Write,
    mut truth: Option<&mut dyn Write>,
) -> Result<Summary, WriteError> {
    let mut summary = Summary::default();
    let roster = Roster::new(options.seed);
    let typesetter = &Typesetter::new(&roster, options);
    let (queue, tasks) = unbounded();
    let (mut queue, mut numbers) = (Some(queue), 0..options.rows.div_ceil(ROWS));
    let mut next = || match (numbers.next(), &queue) {
        (Some(number), Some(queue)) => {
            let of = Part { first_row: number * ROWS, block: Block::default() };
            // The receiver is gone if writing has failed.
            let _ = queue.send(Ok(Task { number, of }));
        }
        _ => queue = None,
    };
    // Each thread makes a block while another one waits to be written.
    (0..2 * threads.count).for_each(|_| next());
    let mut write = |Part { block, .. }: &mut Part| {
        rows.write_all(&block.rows).map_err(WriteError::Rows)?;
        if let Some(truth) = &mut truth {
            truth.write_all(&block.truth).map_err(WriteError::Truth)?;
        }
        summary.add(&block.summary);
        Ok(())
    };
    threads.in_order(tasks, &|| BlockMaker { options, typesetter }, &mut write, &mut |_| next())?;
    if let Some(truth) = &mut truth {
        truth.flush().map_err(WriteError::Truth)?;
    }
    rows.flush().map_err(WriteError::Rows)?;
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        let mess = "10".parse().unwrap();
        Options { rows: 30_000, seed: 1, mess, encoding: Encoding::Utf8, line_end: LineEnd::Lf, bom: false }
    }

    fn write(options: &Options, count: usize) -> (Vec<u8>, Vec<u8>, Summary) {
        let (mut rows, mut truth) = (Vec::new(), Vec::new());
        let threads = Threads { count, interrupt: &Interrupt::default() };
        let summary = write_blocks(options, threads, &mut rows, Some(&mut truth)).unwrap();
        (rows, truth, summary)
    }

    #[test]
    fn the_number_of_threads_does_not_show() {
        let alone = write(&options(), 1);
        assert!((2..6).all(|threads| write(&options(), threads) == alone));
    }

    #[test]
    fn a_roster_stays_what_it_was() {
        // FNV-1a. A different value means that every roster that is named by its options has changed.
        let sum = |bytes: &[u8]| {
            let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
        };
        let (rows, truth, _) = write(&options(), 2);
        assert_eq!((sum(&rows), sum(&truth)), (5_186_185_056_993_478_725, 1_891_803_688_837_506_994));
    }
}
