//! Shows progress: a bar if standard error is a terminal, otherwise a line from time to time.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{counts::thousands, notice};

/// Time between two lines if there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    started: Instant,
    last_line: Instant,
}

impl Progress {
    /// `bytes` is the size of the input, if it is known.
    pub(crate) fn new(bytes: Option<u64>, quiet: bool) -> Self {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let style = match bytes {
                Some(_) => "{msg} [{bar:30}] {percent} % ETA {eta}",
                None => "{spinner} {msg}",
            };
            let bar = bytes.map_or_else(ProgressBar::no_length, ProgressBar::new);
            bar.with_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let now = Instant::now();
        Self { bar, quiet, started: now, last_line: now }
    }

    /// Begins a phase. Without a bar it is printed as a line.
    pub(crate) fn phase(&mut self, name: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(name.to_owned());
        } else if !self.quiet {
            notice::say(name);
        }
    }

    /// Shows how much of the input is read.
    pub(crate) fn read(&mut self, rows: u64, rejects: u64, bytes: u64) {
        let rate = rows as f64 / self.started.elapsed().as_secs_f64().max(1e-3);
        let line =
            || format!("{} rows, {} rows/s, {} rejects", thousands(rows), thousands(rate as u64), thousands(rejects));
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
            bar.set_message(format!("reading: {}", line()));
        } else if !self.quiet && self.last_line.elapsed() >= LINE_EVERY {
            notice::say(format_args!("reading: {}", line()));
            self.last_line = Instant::now();
        }
    }

    /// Shows how many of the partitions are sorted and written.
    pub(crate) fn sorted(&mut self, done: u64, all: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(all);
            bar.set_position(done);
        } else if !self.quiet && self.last_line.elapsed() >= LINE_EVERY {
            notice::say(format_args!("writing: {done} of {all} partitions"));
            self.last_line = Instant::now();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
