//! The first phase: blocks are read by one thread, turned into symbols by all, and collected in order by the caller.

use std::{collections::BTreeMap, thread, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, select, unbounded};
use zeroize::Zeroize;

use super::{
    derive::{Keys, SymbolBytes},
    parts::{Parts, RowFormat, Spill},
    render::{Rendering, RowForm},
    rows::{Layout, RowReader, Rows},
    sort::spill_failure,
    table_rows::TableReader,
};
use crate::{
    failure::{Failure, Result},
    hardening,
    interrupt::Interrupt,
    roster::{Input, blocks::Block},
};

/// What is done with the rows of a block.
pub(crate) struct Steps<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) keys: &'a Keys,
    /// How each output writes its rows.
    pub(crate) forms: &'a [RowForm],
    /// Whether rows are rendered as they come: input order.
    pub(crate) render: bool,
    /// The outputs whose rows are parted by symbol, and where they spill.
    pub(crate) parted: Vec<(RowFormat, Spill)>,
    pub(crate) threads: usize,
    /// Bytes that all parts together may hold in memory.
    pub(crate) parts_memory: usize,
}

/// A block on its way through the threads; its buffers are used again.
#[derive(Default)]
pub(crate) struct Work {
    block: Block,
    pub(crate) rows: Rows,
    pub(crate) symbols: Vec<Vec<SymbolBytes>>,
    /// For each output, its rows; empty unless rendered.
    pub(crate) rendered: Vec<Rendering>,
}

impl Work {
    /// How far the input is read: see [`Block::end`].
    pub(crate) fn end(&self) -> u64 {
        self.block.end()
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // The input as it was read, numbers included.
        self.block.bytes.zeroize();
    }
}

/// Blocks that are somewhere between the reader and the collector, at most.
pub(crate) fn in_flight(threads: usize) -> usize {
    2 * threads + 2
}

/// Reads all input. `collect` gets every block, in the order of the input. Returns, for every thread, its parts.
pub(crate) fn read_all(
    mut input: Input,
    steps: &Steps<'_>,
    interrupt: &Interrupt,
    collect: &mut dyn FnMut(&mut Work) -> Result<()>,
) -> Result<Vec<Vec<Parts>>> {
    let in_flight = in_flight(steps.threads);
    let (to_reader, empty) = bounded::<Work>(in_flight);
    let (to_workers, full) = bounded::<Work>(in_flight);
    let (to_collector, done) = unbounded::<Result<Work>>();
    let (to_end, blocks_read) = bounded::<u64>(1);
    // Dropped when nothing more is collected, so that no thread waits for a reader that waits for input.
    let (stop, stopped) = bounded::<()>(0);
    for _ in 0..in_flight {
        let _ = to_reader.send(Work::default());
    }

    // Not joined: it may be waiting for input that never comes when the run is to stop.
    let (reader_done, reader_interrupt) = (to_collector.clone(), interrupt.clone());
    thread::spawn(move || {
        let mut read = 0;
        for mut work in empty {
            match reader_interrupt.check().and_then(|()| input.next(&mut work.block)) {
                Ok(true) if to_workers.send(work).is_ok() => read += 1,
                Ok(true) => break,
                Ok(false) => {
                    let _ = to_end.send(read);
                    break;
                }
                Err(failure) => {
                    let _ = reader_done.send(Err(failure));
                    break;
                }
            }
        }
    });

    thread::scope(|scope| {
        let workers: Vec<_> = (0..steps.threads)
            .map(|_| {
                let (full, stopped, to_collector) = (full.clone(), stopped.clone(), to_collector.clone());
                scope.spawn(move || {
                    let parts = work_on(steps, &full, &stopped, &to_collector);
                    // A thread's stack is kept for the next thread.
                    hardening::wipe_stack();
                    parts
                })
            })
            .collect();
        drop((full, to_collector));
        let collected = in_order(done, to_reader, interrupt, collect);
        drop(stop);
        let parts = workers.into_iter().map(|worker| worker.join().map_err(|_| Failure::thread()));
        let parts = parts.collect::<Result<Vec<_>>>();
        match (collected?, blocks_read.try_recv()) {
            (collected, Ok(read)) if collected == read => parts,
            _ => Err(Failure::new("a block of the input was lost", "report this; outputs are as they were before")),
        }
    })
}

/// Tells the collector if its thread panics, so that nobody waits for the block in it.
struct Watch<'a>(&'a Sender<Result<Work>>);

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(Err(Failure::thread()));
        }
    }
}

/// One thread: blocks in, symbols out.
#[inline(never)]
fn work_on(
    steps: &Steps<'_>,
    full: &Receiver<Work>,
    stopped: &Receiver<()>,
    done: &Sender<Result<Work>>,
) -> Vec<Parts> {
    let _watch = Watch(done);
    let limit = steps.parts_memory / steps.threads / steps.parted.len().max(1);
    let mut parts: Vec<Parts> = steps.parted.iter().map(|(format, _)| Parts::new(*format, 0, limit)).collect();
    let (mut cells, mut columns) = (RowReader::new(steps.layout), TableReader::new(steps.layout));
    while let Some(mut work) = select! { recv(full) -> work => work.ok(), recv(stopped) -> _ => None } {
        let outcome = step(steps, &mut work, &mut cells, &mut columns, &mut parts).map(|()| work);
        let stop = outcome.is_err();
        if done.send(outcome).is_err() || stop {
            break;
        }
    }
    parts
}

/// One block: rows, symbols, and then into parts or rendered.
fn step(
    steps: &Steps<'_>,
    work: &mut Work,
    cells: &mut RowReader<'_>,
    columns: &mut TableReader<'_>,
    parts: &mut [Parts],
) -> Result<()> {
    match work.block.batch {
        None => cells.read(&work.block, &mut work.rows),
        Some(_) => columns.read(&work.block, &mut work.rows)?,
    }
    steps.keys.derive(&work.rows, &mut work.symbols);
    part_rows(steps, work, parts)?;
    if steps.render { render_rows(steps, work) } else { Ok(()) }
}

fn part_rows(steps: &Steps<'_>, work: &Work, parts: &mut [Parts]) -> Result<()> {
    for ((parts, (_, spill)), symbols) in parts.iter_mut().zip(&steps.parted).zip(&work.symbols) {
        for (i, symbol) in symbols.iter().enumerate() {
            parts
                .push(symbol, work.rows.positions[i], work.rows.kept(i), spill)
                .map_err(|error| spill_failure(&error))?;
        }
    }
    Ok(())
}

fn render_rows(steps: &Steps<'_>, work: &mut Work) -> Result<()> {
    work.rendered.resize_with(steps.forms.len(), Rendering::default);
    for ((rendered, form), symbols) in work.rendered.iter_mut().zip(steps.forms).zip(&work.symbols) {
        rendered.clear();
        for (i, symbol) in symbols.iter().enumerate() {
            rendered.push(form, symbol, work.rows.kept(i));
        }
        rendered.finish(form)?;
    }
    Ok(())
}

/// Hands blocks on in the order of the input, and counts them; those that are early wait. All that can wait are the
/// blocks in flight.
fn in_order(
    done: Receiver<Result<Work>>,
    to_reader: Sender<Work>,
    interrupt: &Interrupt,
    collect: &mut dyn FnMut(&mut Work) -> Result<()>,
) -> Result<u64> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    loop {
        interrupt.check()?;
        let work = match done.recv_timeout(Duration::from_millis(100)) {
            Ok(work) => work?,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(next),
        };
        early.insert(work.block.index, work);
        while let Some(mut work) = early.remove(&next) {
            collect(&mut work)?;
            next += 1;
            let _ = to_reader.send(work);
        }
    }
}
