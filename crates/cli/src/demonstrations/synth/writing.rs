//! Writes the whole roster: the header, the blocks in order, and the truth file.

use std::{
    io::{self, Write},
    num::NonZero,
    sync::mpsc::sync_channel,
    thread,
};

use super::{
    block::{Block, HEADER, ROWS, Typesetter, truth_header},
    line_end::LineEnd,
    mess::Share,
    person::Roster,
    summary::Summary,
};
use crate::{failure::Failure, interrupt::Interrupt, roster::encoding::Encoding};

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
    // More blocks would only wait to be written.
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(4);
    write_blocks(options, workers, rows, truth, interrupt)
}

/// The workers take blocks in turn and send them through one queue each. Receiving from the queues in turn gives the
/// blocks in order. A worker that is ahead waits.
fn write_blocks(
    options: &Options,
    workers: usize,
    rows: &mut dyn Write,
    mut truth: Option<&mut dyn Write>,
    interrupt: &Interrupt,
) -> Result<Summary, WriteError> {
    let mut summary = Summary::default();
    let roster = Roster::new(options.seed);
    let typesetter = &Typesetter::new(&roster, options);
    let blocks = options.rows.div_ceil(ROWS);
    thread::scope(|scope| {
        let queues: Vec<_> = (0..workers as u64)
            .map(|worker| {
                let (send, queue) = sync_channel::<Block>(2);
                scope.spawn(move || {
                    for block in (worker..blocks).step_by(workers) {
                        let first = block * ROWS;
                        let block = typesetter.block(options, first..options.rows.min(first + ROWS));
                        // The receiver is gone if writing has failed.
                        if send.send(block).is_err() {
                            return;
                        }
                    }
                });
                queue
            })
            .collect();
        for queue in queues.iter().cycle() {
            let Ok(block) = queue.recv() else { break };
            interrupt.check().map_err(WriteError::Stopped)?;
            rows.write_all(&block.rows).map_err(WriteError::Rows)?;
            if let Some(truth) = &mut truth {
                truth.write_all(&block.truth).map_err(WriteError::Truth)?;
            }
            summary.add(&block.summary);
        }
        if let Some(truth) = &mut truth {
            truth.flush().map_err(WriteError::Truth)?;
        }
        rows.flush().map_err(WriteError::Rows)?;
        Ok(summary)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        let mess = "10".parse().unwrap();
        Options { rows: 30_000, seed: 1, mess, encoding: Encoding::Utf8, line_end: LineEnd::Lf, bom: false }
    }

    fn write(options: &Options, workers: usize) -> (Vec<u8>, Vec<u8>, Summary) {
        let (mut rows, mut truth) = (Vec::new(), Vec::new());
        let go_on = Interrupt::default();
        let summary = write_blocks(options, workers, &mut rows, Some(&mut truth), &go_on).unwrap();
        (rows, truth, summary)
    }

    #[test]
    fn the_number_of_workers_does_not_show() {
        let alone = write(&options(), 1);
        assert!((2..6).all(|workers| write(&options(), workers) == alone));
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
