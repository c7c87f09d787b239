//! Tasks that run on several threads, and whose results are collected in order.
//!
//! Threads take numbered tasks from a queue. The caller's thread collects the results in the order of these numbers.
//! A result that is early waits, so the number of waiting results is at most the number of tasks in progress. The
//! caller limits it: it queues one new task for each that was collected.
//!
//! A task may have several pieces. A thread that gives a piece waits until it is collected, and then gets it back.

use std::{collections::BTreeMap, thread, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, select, unbounded};

use crate::{failure::Failure, hardening, interrupt::Interrupt};

/// A task and its number. Numbers begin at 0 and have no gaps.
pub(crate) struct Task<T> {
    pub(crate) number: u64,
    pub(crate) of: T,
}

/// Why a task did not finish.
#[derive(Debug)]
pub(crate) enum Ended<E> {
    Failed(E),
    /// Results are no longer collected: another task failed, or its collection failed.
    Stopped,
}

impl<E> From<E> for Ended<E> {
    fn from(error: E) -> Self {
        Self::Failed(error)
    }
}

/// A result on its way to the collector.
struct Piece<T> {
    number: u64,
    of: T,
    /// The channel that returns a piece to its thread after it is collected. The last piece of a task is not
    /// returned.
    back: Option<Sender<T>>,
}

type Pieces<T, E> = Sender<Result<Piece<T>, E>>;

/// Receives the results in the order of their tasks.
type Collect<'a, T, E> = dyn FnMut(&mut T) -> Result<(), E> + 'a;

/// The right of a task to give its results to the collector.
pub(crate) struct Turn<'a, T, E> {
    number: u64,
    pieces: &'a Pieces<T, E>,
    stopped: &'a Receiver<()>,
}

impl<T, E> Turn<'_, T, E> {
    /// Gives a piece of the task that is not the last one. Waits until it is collected, and takes it back.
    pub(crate) fn give(&self, of: T) -> Result<T, Ended<E>> {
        let (back, collected) = bounded(1);
        let piece = Piece { number: self.number, of, back: Some(back) };
        self.pieces.send(Ok(piece)).map_err(|_| Ended::Stopped)?;
        select! {
            recv(collected) -> piece => piece.map_err(|_| Ended::Stopped),
            recv(self.stopped) -> _ => Err(Ended::Stopped),
        }
    }
}

/// The state of one thread.
pub(crate) trait Worker {
    type Task: Send;
    /// The state that remains when all tasks are done.
    type Left: Send;
    type Error: From<Failure> + Send;

    /// Does a task and returns its result.
    fn work(
        &mut self,
        of: Self::Task,
        turn: &Turn<'_, Self::Task, Self::Error>,
    ) -> Result<Self::Task, Ended<Self::Error>>;

    fn end(self) -> Self::Left;
}

/// The threads of a run.
#[derive(Clone, Copy)]
pub(crate) struct Threads<'a> {
    pub(crate) count: usize,
    pub(crate) interrupt: &'a Interrupt,
}

impl Threads<'_> {
    /// Does tasks until their queue is closed. Each thread uses a worker that `new` makes. `collect` gets each
    /// result; `again` gets it afterwards, so that its buffers can be reused. The first failure ends everything.
    /// Returns the number of tasks that were collected, and the state that remains of each worker.
    pub(crate) fn in_order<W: Worker>(
        self,
        tasks: Receiver<Result<Task<W::Task>, W::Error>>,
        new: &(dyn Fn() -> W + Sync),
        collect: &mut Collect<'_, W::Task, W::Error>,
        again: &mut dyn FnMut(W::Task),
    ) -> Result<(u64, Vec<W::Left>), W::Error> {
        let (pieces, made) = unbounded();
        // Dropped when collecting ends, so that no thread waits for a task that never comes.
        let (stop, stopped) = bounded::<()>(0);
        thread::scope(|scope| {
            let work_on = |_| {
                let (tasks, pieces, stopped) = (tasks.clone(), pieces.clone(), stopped.clone());
                scope.spawn(move || {
                    let left = work_all(&tasks, new, &pieces, &stopped);
                    // The stack of a thread is reused by the next thread, so it is wiped.
                    hardening::wipe_stack();
                    left
                })
            };
            let workers: Vec<_> = (0..self.count).map(work_on).collect();
            drop((tasks, pieces));
            let collected = collect_all(made, self.interrupt, collect, again);
            drop(stop);
            let left = workers.into_iter().map(|worker| worker.join().map_err(|_| Failure::thread().into()));
            let left = left.collect::<Result<Vec<_>, W::Error>>();
            Ok((collected?, left?))
        })
    }
}

/// Tells the collector if its thread panics, so that the collector does not wait for the thread's task.
struct Watch<'a, T, E: From<Failure>>(&'a Pieces<T, E>);

impl<T, E: From<Failure>> Drop for Watch<'_, T, E> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(Err(Failure::thread().into()));
        }
    }
}

/// One thread. Not inlined: its stack is wiped after it has returned.
#[inline(never)]
fn work_all<W: Worker>(
    tasks: &Receiver<Result<Task<W::Task>, W::Error>>,
    new: &dyn Fn() -> W,
    pieces: &Pieces<W::Task, W::Error>,
    stopped: &Receiver<()>,
) -> W::Left {
    let _watch = Watch(pieces);
    let mut worker = new();
    while let Some(task) = select! { recv(tasks) -> task => task.ok(), recv(stopped) -> _ => None } {
        let done = task.map_err(Ended::Failed).and_then(|Task { number, of }| {
            let of = worker.work(of, &Turn { number, pieces, stopped })?;
            Ok(Piece { number, of, back: None })
        });
        let done = match done {
            Ok(piece) => Ok(piece),
            Err(Ended::Failed(error)) => Err(error),
            Err(Ended::Stopped) => break,
        };
        let failed = done.is_err();
        if pieces.send(done).is_err() || failed {
            break;
        }
    }
    worker.end()
}

/// Collects pieces in the order of their tasks, and counts the tasks.
fn collect_all<T, E: From<Failure>>(
    made: Receiver<Result<Piece<T>, E>>,
    interrupt: &Interrupt,
    collect: &mut Collect<'_, T, E>,
    again: &mut dyn FnMut(T),
) -> Result<u64, E> {
    let mut early = BTreeMap::new();
    let mut next = 0;
    loop {
        interrupt.check()?;
        let piece = match made.recv_timeout(Duration::from_millis(100)) {
            Ok(piece) => piece?,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => return Ok(next),
        };
        early.insert(piece.number, piece);
        while let Some(mut piece) = early.remove(&next) {
            collect(&mut piece.of)?;
            if let Some(back) = piece.back {
                let _ = back.send(piece.of);
            } else {
                next += 1;
                again(piece.of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    type Outcome = Result<(u64, Vec<u64>), Failure>;

    /// Gives a task in two pieces, and counts the tasks.
    struct Half<'a>(&'a (dyn Fn(u64) -> Result<u64, Failure> + Sync), u64);

    impl Worker for Half<'_> {
        type Task = u64;
        type Left = u64;
        type Error = Failure;

        fn work(&mut self, of: u64, turn: &Turn<'_, u64, Failure>) -> Result<u64, Ended<Failure>> {
            self.1 += 1;
            Ok(turn.give(2 * (self.0)(of)?)? + 1)
        }

        fn end(self) -> u64 {
            self.1
        }
    }

    /// Tasks 0 to `count` − 1, of which at most `under_way` are out at a time.
    fn run(
        count: u64,
        under_way: u64,
        threads: usize,
        work: &(dyn Fn(u64) -> Result<u64, Failure> + Sync),
        collect: &mut dyn FnMut(u64) -> Result<(), Failure>,
    ) -> Outcome {
        let (queue, tasks) = unbounded();
        let (mut queue, mut next) = (Some(queue), 0..count);
        let mut hand_out = |_| match (next.next(), &queue) {
            (Some(number), Some(queue)) => drop(queue.send(Ok(Task { number, of: number }))),
            _ => queue = None,
        };
        (0..under_way).for_each(&mut hand_out);
        let threads = Threads { count: threads, interrupt: &Interrupt::default() };
        threads.in_order(tasks, &|| Half(work, 0), &mut |piece| collect(*piece), &mut hand_out)
    }

    #[test]
    fn pieces_are_collected_in_the_order_of_their_tasks_however_long_each_takes() {
        for (under_way, threads) in [(1, 1), (3, 3), (8, 3), (2, 5)] {
            let mut collected = Vec::new();
            let slow = |task: u64| {
                thread::sleep(Duration::from_micros(50 * (task % 7)));
                Ok(task)
            };
            let collect = &mut |piece| {
                collected.push(piece);
                Ok(())
            };
            let (tasks, done) = run(100, under_way, threads, &slow, collect).expect("all is done");
            assert_eq!((tasks, done.iter().sum::<u64>()), (100, 100));
            assert_eq!(collected, (0..200).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_failure_of_a_task_or_of_its_collection_ends_all_and_is_the_one_that_is_told() {
        let failure = || Failure::new("here", "");
        let told = |outcome: Outcome| outcome.expect_err("it fails").to_string();
        let work = |task| if task == 20 { Err(failure()) } else { Ok(task) };
        assert_eq!(told(run(100, 4, 4, &work, &mut |_| Ok(()))), failure().to_string());
        let collect = &mut |piece| if piece == 41 { Err(failure()) } else { Ok(()) };
        assert_eq!(told(run(100, 4, 4, &Ok, collect)), failure().to_string());
    }

    #[test]
    fn a_thread_that_panics_ends_all() {
        let begun = AtomicUsize::new(0);
        let work = |task| {
            begun.fetch_add(1, Ordering::Relaxed);
            assert_ne!(task, 20, "as a test wants");
            Ok(task)
        };
        let told = run(1_000_000, 4, 4, &work, &mut |_| Ok(())).expect_err("it fails").to_string();
        assert_eq!(told, Failure::thread().to_string());
        assert!(begun.load(Ordering::Relaxed) < 1000);
    }
}
