//! SIGINT, SIGTERM and SIGHUP: a run stops at its next block and changes no output.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};

use crate::failure::{Failure, Result};

/// Set by a signal; a second signal ends the process at once.
#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub(crate) fn listen() -> Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
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
