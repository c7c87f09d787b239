//! The first phase. One thread reads blocks, all threads derive their symbols, and the caller collects the blocks in
//! order.

use std::thread;

use crossbeam_channel::bounded;
use zeroize::Zeroize;

use fugo::{Pair, SYMBOL_LEN, Translator};
use fugo_keystore::source::SymbolSource;

use super::{
    derive::derive,
    groups::{Counting, Groups},
    parts::Parts,
    render::{KeptForm, Rendering, RowForm},
    rows::{Layout, RowReader, Rows},
    table_rows::TableReader,
    writing::Unsorted,
};
use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
    ordered::{Ended, Task, Threads, Turn, Worker},
    roster::{Input, blocks::Block, text::unexpected},
};

/// A translation gives two symbols of a person: one for the output, one for the record.
pub(crate) const TRANSLATED: usize = 2;

/// How many rows before it is written the place of a row is fetched: memory takes longer to answer than a few rows take.
const AHEAD: usize = 12;

/// How the rows of a block are handled.
pub(crate) struct Steps<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) keys: &'a [SymbolSource],
    pub(crate) interrupt: &'a Interrupt,
    /// How each output writes its rows.
    pub(crate) forms: &'a [RowForm],
    /// The groups of people of each output, if its policy limits them; or empty.
    pub(crate) groups: &'a [Option<Groups<'a>>],
    /// Whether rows are rendered at once, for input order.
    pub(crate) render: bool,
    /// The translator that gets the numbers of the accepted rows, if symbols are translated.
    pub(crate) translator: Option<&'a Translator<TRANSLATED>>,
    /// The outputs whose rows are partitioned by symbol.
    pub(crate) parted: &'a [Unsorted<'a>],
}

/// A block on its way through the threads. Its buffers are reused.
#[derive(Default)]
pub(crate) struct Work {
    block: Block,
    pub(crate) rows: Rows,
    pub(crate) symbols: Vec<Vec<[u8; SYMBOL_LEN]>>,
    /// The pairs of a translation.
    pub(crate) pairs: Vec<Pair<TRANSLATED>>,
    /// The rendered rows of each output; empty unless rows are rendered at once.
    pub(crate) rendered: Vec<Rendering>,
}

impl Work {
    /// How much of the input is read: see [`Block::end`].
    pub(crate) fn end(&self) -> u64 {
        self.block.end()
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // These bytes are input, numbers included.
        self.block.bytes.zeroize();
    }
}

/// The state of one thread.
struct Reader<'a> {
    steps: &'a Steps<'a>,
    cells: RowReader<'a>,
    columns: TableReader<'a>,
    parts: Vec<Parts>,
    counting: Counting,
}

impl Worker for Reader<'_> {
    type Task = Work;
    type Left = Vec<Parts>;
    type Error = Failure;

    fn work(&mut self, mut work: Work, _: &Turn<'_, Work, Failure>) -> Result<Work, Ended<Failure>> {
        self.step(&mut work)?;
        Ok(work)
    }

    fn end(self) -> Vec<Parts> {
        self.parts
    }
}

/// Reads all input. `collect` gets every block in the order of the input. Returns the partitioned rows of each
/// thread.
pub(crate) fn read_all(
    mut input: Input,
    steps: &Steps<'_>,
    threads: Threads<'_>,
    in_flight: usize,
    collect: &mut dyn FnMut(&mut Work) -> Result<()>,
) -> Result<Vec<Vec<Parts>>> {
    let (to_reader, empty) = bounded::<Work>(in_flight);
    let (queue, blocks) = bounded::<Result<Task<Work>>>(in_flight);
    let (to_end, blocks_read) = bounded::<u64>(1);
    for _ in 0..in_flight {
        let _ = to_reader.send(Work::default());
    }

    // Not joined: when the run stops, the reader may wait for input that never comes.
    let interrupt = threads.interrupt.clone();
    thread::spawn(move || {
        let mut read = 0;
        for mut work in empty {
            match interrupt.check().and_then(|()| input.next(&mut work.block)) {
                Ok(true) if queue.send(Ok(Task { number: work.block.index, of: work })).is_ok() => read += 1,
                Ok(true) => break,
                Ok(false) => {
                    let _ = to_end.send(read);
                    break;
                }
                Err(failure) => {
                    let _ = queue.send(Err(failure));
                    break;
                }
            }
        }
    });

    let new = || Reader {
        steps,
        cells: RowReader::new(steps.layout),
        columns: TableReader::new(steps.layout),
        parts: steps.parted.iter().map(|output| Parts::new(output.format, output.division, output.limit)).collect(),
        counting: Counting::default(),
    };
    let again = &mut |work| drop(to_reader.send(work));
    let (collected, parts) = threads.in_order(blocks, &new, collect, again)?;
    match blocks_read.try_recv() {
        Ok(read) if read == collected => Ok(parts),
        _ => Err(Failure::new("a block of the input was lost", "report this; no output was changed")),
    }
}

impl Reader<'_> {
    /// Handles one block: reads its rows, derives their symbols, then partitions or renders them.
    fn step(&mut self, work: &mut Work) -> Result<()> {
        let steps = self.steps;
        match work.block.batch {
            None => self.cells.read(&work.block, &mut work.rows),
            Some(_) => self.columns.read(&work.block, &mut work.rows)?,
        }
        derive(steps.keys, &work.rows, &mut work.symbols, steps.interrupt)?;
        if let Some(translator) = steps.translator {
            work.pairs.clear();
            translator.translate(&work.rows.numbers, &mut work.pairs);
        }
        if steps.render {
            render_rows(steps, work)?;
        }
        if !steps.parted.is_empty() && work.block.batch.is_some() {
            work.rows.pack(steps.layout, self.columns.seen()).map_err(unexpected)?;
        }
        for (k, groups) in steps.groups.iter().enumerate() {
            if let Some(groups) = groups {
                groups.add(work.rows.len(), |i| work.rows.kept_in(k, i), &mut self.counting);
            }
        }
        part_rows(steps, work, &mut self.parts)
    }
}

fn part_rows(steps: &Steps<'_>, work: &Work, parts: &mut [Parts]) -> Result<()> {
    let outputs = parts.iter_mut().zip(steps.parted).zip(&work.symbols).enumerate();
    for (k, ((parts, Unsorted { spill, .. }), symbols)) in outputs {
        for (i, symbol) in symbols.iter().enumerate() {
            if let Some(soon) = symbols.get(i + AHEAD) {
                parts.prefetch(soon);
            }
            parts
                .push(symbol, work.rows.positions[i], [work.rows.kept_in(k, i), work.rows.digest(i)], spill)
                .map_err(|error| spill.failure(&error))?;
        }
    }
    Ok(())
}

fn render_rows(steps: &Steps<'_>, work: &mut Work) -> Result<()> {
    work.rendered.resize_with(steps.forms.len(), Rendering::default);
    let outputs = work.rendered.iter_mut().zip(steps.forms).zip(&work.symbols).enumerate();
    for (k, ((rendered, form), symbols)) in outputs {
        rendered.clear();
        if let KeptForm::Packed(_) = form.kept {
            rendered.render(form, symbols, work.rows.columns_in(k))?;
            continue;
        }
        for (i, symbol) in symbols.iter().enumerate() {
            rendered.push(form, symbol, work.rows.kept_in(k, i));
        }
        rendered.finish(form)?;
    }
    Ok(())
}
