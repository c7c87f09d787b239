//! The second phase: parts are sorted by all threads and given on in order, output after output.

use std::{
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use super::{
    parts::{PARTS, Part, Parts, RowFormat, Spill},
    render::RowForm,
    sort::{Sorted, Sorter},
};
use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
};

/// One output's rows, parted.
pub(crate) struct Unsorted<'a> {
    pub(crate) format: RowFormat,
    pub(crate) spill: Spill,
    /// How rows are rendered; none where only duplicates are wanted.
    pub(crate) form: Option<&'a RowForm>,
}

/// Sorts every output. `give(k, sorted)` gets output k's rows piece by piece in symbol order, outputs in order.
pub(crate) fn write_all(
    unsorted: &[Unsorted<'_>],
    parts: Vec<Vec<Parts>>,
    threads: usize,
    part_limit: usize,
    new_spill: &(dyn Fn() -> Spill + Sync),
    interrupt: &Interrupt,
    give: &mut (dyn FnMut(usize, &Sorted) -> Result<()> + Send),
) -> Result<()> {
    // What every thread holds of each part, in the order in which parts are taken.
    let pages = pages_of_parts(unsorted.len(), parts);
    let next = AtomicUsize::new(0);
    let turns = Turns { state: Mutex::new(State { turn: 0, failure: None, give }), changed: Condvar::new() };
    thread::scope(|scope| {
        let sorting = |_| {
            scope.spawn(|| {
                let _watch = Watch(&turns);
                let mut current: Option<(usize, Sorter<'_>)> = None;
                loop {
                    let task = next.fetch_add(1, Ordering::Relaxed);
                    let (k, part) = (task / PARTS, task % PARTS);
                    let Some(output) = unsorted.get(k) else { break };
                    let (_, sorter) = match &mut current {
                        Some(current) if current.0 == k => current,
                        current => current.insert((k, Sorter::new(output.format, output.form, part_limit))),
                    };
                    let taken = std::mem::take(&mut *pages[task].lock().unwrap_or_else(PoisonError::into_inner));
                    let part = Part::new(taken, part, &output.spill);
                    let mut give = |sorted: &Sorted| {
                        interrupt.check()?;
                        turns.wait_for(task).and_then(|mut state| (state.give)(k, sorted))
                    };
                    let sorted = sorter.sort(part, 0, new_spill, &mut give);
                    if turns.pass(task, sorted).is_err() {
                        break;
                    }
                }
            })
        };
        let sorters: Vec<_> = (0..threads).map(sorting).collect();
        // One that panicked has left its failure.
        sorters.into_iter().for_each(|sorter| drop(sorter.join()));
    });
    let state = turns.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    match state.failure {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

fn pages_of_parts(outputs: usize, mut parts: Vec<Vec<Parts>>) -> Vec<Mutex<Vec<Vec<u8>>>> {
    let mut pages = Vec::new();
    for k in 0..outputs {
        for part in 0..PARTS {
            pages.push(Mutex::new(parts.iter_mut().flat_map(|thread| thread[k].take(part)).collect()));
        }
    }
    pages
}

/// Lets tasks give in order, whoever finishes first.
struct Turns<'a> {
    state: Mutex<State<'a>>,
    changed: Condvar,
}

struct State<'a> {
    turn: usize,
    failure: Option<Failure>,
    give: &'a mut (dyn FnMut(usize, &Sorted) -> Result<()> + Send),
}

/// Ends all turns if its thread panics, so that nobody waits for it.
struct Watch<'a, 'b>(&'a Turns<'b>);

impl Drop for Watch<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.fail(Failure::thread());
        }
    }
}

impl<'a> Turns<'a> {
    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for(&self, task: usize) -> Result<MutexGuard<'_, State<'a>>> {
        let waiting = |state: &mut State<'_>| state.turn != task && state.failure.is_none();
        let state = self.changed.wait_while(self.lock(), waiting).unwrap_or_else(PoisonError::into_inner);
        if state.failure.is_some() { Err(Failure::new("another thread failed", "see its error")) } else { Ok(state) }
    }

    /// The first failure ends all.
    fn fail(&self, failure: Failure) {
        self.lock().failure.get_or_insert(failure);
        self.changed.notify_all();
    }

    /// Ends a task: the next may give.
    fn pass(&self, task: usize, sorted: Result<()>) -> Result<()> {
        if let Err(failure) = sorted {
            self.fail(failure);
            return Err(Failure::new("stopped", ""));
        }
        let mut state = self.wait_for(task)?;
        state.turn += 1;
        self.changed.notify_all();
        Ok(())
    }
}
