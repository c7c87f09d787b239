//! SIGINT, SIGTERM and SIGHUP: a run stops at its next block and changes no output.

use std::{
    fs::{self, File},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use fugo_keystore::source::Program;
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::failure::{Failure, Result};

const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// The signals that stop a run. One that was ignored when the process began, as `nohup` does, stays ignored.
fn signals() -> impl Iterator<Item = i32> {
    let ignored = fs::read_to_string("/proc/self/status").map_or(0, |status| ignored(&status));
    SIGNALS.into_iter().filter(move |signal| ignored >> (signal - 1) & 1 == 0)
}

/// The ignored signals by the status of a process (proc_pid_status(5)): a bit for each, from signal 1 on.
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Whether a signal ends the process at once, as it does without any handler: not while a program of a key source runs,
/// and not in a run that stops at its next block.
static AT_ONCE: AtomicBool = AtomicBool::new(true);
/// Whether there is such a run.
static LISTENS: AtomicBool = AtomicBool::new(false);

/// The last signal that was caught, or 0.
static CAUGHT: AtomicUsize = AtomicUsize::new(0);

/// Catches signals until the answer is dropped: what they end must be put in order first.
struct Caught;

impl Caught {
    fn begin() -> Self {
        static HANDLED: OnceLock<()> = OnceLock::new();
        AT_ONCE.store(false, Ordering::SeqCst);
        if HANDLED.set(()).is_ok() {
            for signal in signals() {
                // Without handlers a signal ends the process at once: that is the state before.
                let _ = signal_hook::flag::register_conditional_default(signal, &AT_ONCE)
                    .and_then(|_| signal_hook::flag::register(signal, Program::stop()))
                    .and_then(|_| signal_hook::flag::register_usize(signal, &CAUGHT, signal.unsigned_abs() as usize));
            }
        }
        Self
    }
}

impl Drop for Caught {
    fn drop(&mut self) {
        AT_ONCE.store(!LISTENS.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

/// Sets a flag also if there is a panic, so that the thread that reads it ends.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Calls something that starts programs of key sources. A signal ends the programs first.
pub(crate) fn with_programs<T>(call: impl FnOnce() -> T) -> Result<T> {
    let caught = Caught::begin();
    let outcome = call();
    drop(caught);
    if Program::stop().load(Ordering::SeqCst) { Err(Failure::interrupted()) } else { Ok(outcome) }
}

/// Asks on the terminal without echo. A signal ends the process, after the terminal has its echo again.
pub(crate) fn with_echo_again<T>(ask: impl FnOnce() -> T) -> T {
    let Ok(terminal) = File::open("/dev/tty") else { return ask() };
    let Ok(before) = tcgetattr(&terminal) else { return ask() };
    let caught = Caught::begin();
    let end = || {
        let caught = CAUGHT.load(Ordering::SeqCst);
        if let Some(signal) = SIGNALS.into_iter().find(|signal| signal.unsigned_abs() as usize == caught) {
            let _ = tcsetattr(&terminal, OptionalActions::Now, &before);
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    };
    let asked = AtomicBool::new(false);
    let answer = thread::scope(|threads| {
        // A signal does not end the wait for a key that is pressed.
        threads.spawn(|| {
            while !asked.load(Ordering::SeqCst) {
                end();
                thread::sleep(Duration::from_millis(20));
            }
        });
        let _set = SetOnDrop(&asked);
        ask()
    });
    end();
    drop(caught);
    answer
}

/// Set by a signal; a second signal ends the process at once.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub(crate) fn listen() -> Result<Self> {
        let interrupt = Self::default();
        LISTENS.store(true, Ordering::SeqCst);
        AT_ONCE.store(false, Ordering::SeqCst);
        for signal in signals() {
            // The order matters: the second signal must find the flag that the first signal set.
            signal_hook::flag::register_conditional_shutdown(signal, 130, interrupt.0.clone())
                .and_then(|_| signal_hook::flag::register(signal, interrupt.0.clone()))
                .map_err(|error| Failure::new(format!("cannot listen for signals: {error}"), "run it again"))?;
        }
        // A file that exceeds its size limit must fail the write, which cleans up, and not end the process.
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
        Ok(interrupt)
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) { Err(Failure::interrupted()) } else { Ok(()) }
    }

    /// An interrupt that was already requested.
    #[cfg(all(test, feature = "demonstrations"))]
    pub(crate) fn requested() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signals_that_are_ignored_are_known_by_the_status_of_the_process() {
        let status = "Name:\tfugo\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\nSigCgt:\t00000001\n";
        assert_eq!(ignored(status), 1 << 12 | 1 << (SIGHUP - 1));
        assert_eq!(ignored("Name:\tfugo\n"), 0);
    }
}
