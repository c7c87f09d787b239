//! How many symbols per second the holder of a key gives, from a short trial.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use fugo::mac;

use super::{error::SourceError, scope_source::KeptKey};

/// The trial of one key.
const TRIAL: Duration = Duration::from_millis(250);

/// Symbols per second of a key, with so many threads. The trial asks for the tag of the key again and again, so the
/// holder computes nothing new.
pub(super) fn of(kept: &Arc<dyn KeptKey>, threads: usize) -> Result<f64, SourceError> {
    let started = Instant::now();
    let count = || {
        let session = kept.session()?;
        let mut count = 0u32;
        while count == 0 || started.elapsed() < TRIAL {
            mac::tag(&*session)?;
            count += 1;
        }
        Ok(count)
    };
    let counts = thread::scope(|scope| {
        let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(count)).collect();
        let joined = |running: thread::ScopedJoinHandle<'_, Result<u32, SourceError>>| {
            running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().map(joined).collect::<Result<Vec<u32>, SourceError>>()
    })?;
    Ok(f64::from(counts.iter().sum::<u32>()) / started.elapsed().as_secs_f64())
}
