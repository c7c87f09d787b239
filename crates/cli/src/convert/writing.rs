//! The second phase: all threads sort partitions, and the caller gets them in order, one output after the other.

use crossbeam_channel::unbounded;

use super::{
    division::Division,
    parts::{Parts, RowFormat},
    render::RowForm,
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
    /// Rows in order. Before the partition is sorted, the buffers of an earlier one.
    sorted: Sorted,
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
        let PartOf { output, part, sorted } = of;
        let (_, sorter) = match &mut self.current {
            Some(current) if current.0 == output => current,
            current => current.insert((output, Sorter::new(self.sorting[output]))),
        };
        let of = |sorted| PartOf { output, part, sorted };
        let give = &mut |sorted: &mut Sorted| {
            *sorted = turn.give(of(std::mem::take(sorted)))?.sorted;
            Ok(())
        };
        let Unsorted { division, spill, .. } = &self.unsorted[output];
        let in_memory = self.parts.iter().map(|thread| thread[output].pages());
        Ok(of(sorter.sort(Part::new(in_memory, part, spill), *division, sorted, give)?))
    }

    fn end(self) {}
}

/// How many copies of a partition each thread has in memory in [`write_all`]: as read, its sort order, rendered, and the
/// rendered rows of the one before; columns also as packed rows.
pub(crate) fn copies(forms: &[RowForm]) -> usize {
    if forms.iter().all(RowForm::is_direct) { 4 } else { 8 }
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
    let mut hand_out = |again: Sorted| match (all.next(), &queue) {
        (Some((number, (output, part))), Some(queue)) => {
            drop(queue.send(Ok(Task { number, of: PartOf { output, part, sorted: again } })));
        }
        _ => queue = None,
    };
    // Each thread sorts one partition while the one before waits to be collected.
    (0..2 * threads.count).for_each(|_| hand_out(Sorted::default()));
    let new = || PartSorter { unsorted, sorting, parts, current: None };
    let collect = &mut |of: &mut PartOf| give(of.output, &of.sorted);
    threads.in_order(tasks, &new, collect, &mut |of| hand_out(of.sorted))?;
    Ok(())
}

/// The output and the number of each partition, in the order in which they are sorted.
fn parts_of_all(unsorted: &[Unsorted<'_>]) -> impl Iterator<Item = (u64, (usize, usize))> {
    let parts = unsorted.iter().map(|output| output.division.parts()).enumerate();
    (0..).zip(parts.flat_map(|(output, parts)| (0..parts).map(move |part| (output, part))))
}
