//! The second phase: all threads sort partitions, and the caller gets them in order, one output after the other.

use crossbeam_channel::unbounded;

use super::{
    division::Division,
    parts::{Parts, RowFormat},
    sort::{Sorted, Sorter, Sorting},
};
use crate::{
    failure::{Failure, Result},
    ordered::{Ended, Task, Threads, Turn, Worker},
    partition::{Part, Spill},
};

/// The partitioned rows of one output.
pub(crate) struct Unsorted<'a> {
    pub(crate) format: RowFormat,
    pub(crate) division: Division,
    /// How many bytes of them a thread may hold in memory.
    pub(crate) limit: usize,
    pub(crate) spill: Spill<'a>,
}

/// A partition on its way through the threads.
struct PartOf {
    output: usize,
    part: usize,
    /// Some of its rows in order; `None` after the last rows.
    sorted: Option<Sorted>,
}

/// Sorts partitions, and reuses its buffers for the partitions of an output.
struct PartSorter<'a> {
    unsorted: &'a [Unsorted<'a>],
    sorting: &'a [Sorting<'a>],
    /// The rows in memory, by thread and output.
    parts: &'a [Vec<Parts>],
    current: Option<(usize, Sorter<'a>)>,
}

impl Worker for PartSorter<'_> {
    type Task = PartOf;
    type Left = ();
    type Error = Failure;

    fn work(&mut self, of: PartOf, turn: &Turn<'_, PartOf, Failure>) -> Result<PartOf, Ended<Failure>> {
        let PartOf { output, part, .. } = of;
        let (_, sorter) = match &mut self.current {
            Some(current) if current.0 == output => current,
            current => current.insert((output, Sorter::new(self.sorting[output]))),
        };
        let of = |sorted| PartOf { output, part, sorted };
        let give = &mut |sorted: &mut Sorted| {
            let collected = turn.give(of(Some(std::mem::take(sorted))))?;
            *sorted = collected.sorted.unwrap_or_else(|| unreachable!("what is given comes back"));
            Ok(())
        };
        let Unsorted { division, spill, .. } = &self.unsorted[output];
        let in_memory = self.parts.iter().map(|thread| thread[output].pages());
        sorter.sort(Part::new(in_memory, part, spill), *division, give)?;
        Ok(of(None))
    }

    fn end(self) {}
}

/// Sorts every output. `give(k, sorted)` gets the rows of output k piece by piece in symbol order, one output after
/// the other.
pub(crate) fn write_all(
    unsorted: &[Unsorted<'_>],
    sorting: &[Sorting<'_>],
    parts: &[Vec<Parts>],
    threads: Threads<'_>,
    give: &mut dyn FnMut(usize, &Sorted) -> Result<()>,
) -> Result<()> {
    let mut all = parts_of_all(unsorted);
    let (queue, tasks) = unbounded();
    let mut queue = Some(queue);
    let mut hand_out = || match (all.next(), &queue) {
        (Some(task), Some(queue)) => drop(queue.send(Ok(task))),
        _ => queue = None,
    };
    // A thread holds one partition at a time, including rows that wait to be collected.
    (0..threads.count).for_each(|_| hand_out());
    let new = || PartSorter { unsorted, sorting, parts, current: None };
    let collect = &mut |of: &mut PartOf| of.sorted.as_ref().map_or(Ok(()), |sorted| give(of.output, sorted));
    threads.in_order(tasks, &new, collect, &mut |_| hand_out())?;
    Ok(())
}

/// All partitions in the order in which they are sorted.
fn parts_of_all(unsorted: &[Unsorted<'_>]) -> impl Iterator<Item = Task<PartOf>> {
    let parts = unsorted.iter().map(|output| output.division.parts()).enumerate();
    let all = parts.flat_map(|(output, parts)| (0..parts).map(move |part| PartOf { output, part, sorted: None }));
    (0..).zip(all).map(|(number, of)| Task { number, of })
}
