//! SIGINT, SIGTERM and SIGHUP: a run stops at its next block and changes no output.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use fugo_keystore::source::Program;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::failure::{Failure, Result};

const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Whether a signal ends the process at once, as it does without any handler: not while a program of a key source runs,
/// and not in a run that stops at its next block.
static AT_ONCE: AtomicBool = AtomicBool::new(true);
/// Whether there is such a run.
static LISTENS: AtomicBool = AtomicBool::new(false);

/// Calls something that starts programs of key sources. A signal ends the programs first.
pub(crate) fn with_programs<T>(call: impl FnOnce() -> T) -> Result<T> {
    static HANDLED: OnceLock<()> = OnceLock::new();
    AT_ONCE.store(false, Ordering::SeqCst);
    if HANDLED.set(()).is_ok() {
        for signal in SIGNALS {
            // Without handlers a signal ends the process at once: that is the state before.
            let _ = signal_hook::flag::register_conditional_default(signal, &AT_ONCE)
                .and_then(|_| signal_hook::flag::register(signal, Program::stop()));
        }
    }
    let outcome = call();
    AT_ONCE.store(!LISTENS.load(Ordering::SeqCst), Ordering::SeqCst);
    if Program::stop().load(Ordering::SeqCst) { Err(Failure::interrupted()) } else { Ok(outcome) }
}

/// Set by a signal; a second signal ends the process at once.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub(crate) fn listen() -> Result<Self> {
        let interrupt = Self::default();
        LISTENS.store(true, Ordering::SeqCst);
        AT_ONCE.store(false, Ordering::SeqCst);
        for signal in SIGNALS {
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
