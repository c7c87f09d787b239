//! Says how long a run will take whose symbols a token computes, before it starts.

use std::{fs::File, io::Read, path::Path};

use fugo_keystore::source::SymbolSource;

use crate::{
    counts::thousands,
    failure::{Failure, Result},
    notice,
};

/// How much of a CSV file is read to learn the length of its lines.
const SAMPLE: u64 = 256 * 1024;

/// Measures the keys that stay at their holders, and says how long the rows will take. Says nothing if every key is
/// in this process.
pub(super) fn say(keys: &[SymbolSource], threads: usize, rows: Option<u64>) -> Result<()> {
    let mut seconds_per_row = 0.0;
    for key in keys {
        let rate = key.rate(threads).map_err(|error| {
            Failure::new(format_args!("the key of {}: {error}", key.scope()), "no output was changed")
        })?;
        seconds_per_row += rate.map_or(0.0, |rate| 1.0 / rate);
    }
    if seconds_per_row == 0.0 {
        return Ok(());
    }
    let rate = thousands((1.0 / seconds_per_row) as u64);
    notice::say(match rows {
        Some(rows) => {
            let seconds = rows as f64 * seconds_per_row;
            format!("symbols in the token: about {} rows at {rate} a second: {}", thousands(rows), lasting(seconds))
        }
        None => format!("symbols in the token: {rate} a second; the number of rows is not known"),
    });
    Ok(())
}

/// About how many rows a CSV file of this size has, from the lines at its start.
pub(super) fn rows(path: &Path, size: u64) -> Option<u64> {
    let mut start = Vec::new();
    File::open(path).ok()?.take(SAMPLE).read_to_end(&mut start).ok()?;
    let lines = memchr::memchr_iter(b'\n', &start).count() as u64;
    zeroize::Zeroize::zeroize(&mut start);
    let read = size.clamp(1, SAMPLE);
    // One line is the header.
    Some((lines * size / read).saturating_sub(1))
}

fn lasting(seconds: f64) -> String {
    match seconds {
        ..120.0 => format!("{} seconds", seconds.ceil().max(1.0)),
        ..7200.0 => format!("{} minutes", (seconds / 60.0).round()),
        _ => format!("{} hours", (seconds / 3600.0).round()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_a_unit_that_a_person_reads() {
        let texts = [0.1, 119.0, 125_000_000.0 / 26_000.0, 200_000.0].map(lasting);
        assert_eq!(texts, ["1 seconds", "119 seconds", "80 minutes", "56 hours"]);
    }
}
