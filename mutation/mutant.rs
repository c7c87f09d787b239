//! Which mutant this process is. `mutation/run` adds this file to a copy of the sources.

use std::{
    env,
    fs::File,
    io::Write,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

/// The number of a process that is not a mutant, and notes the mutants that it reaches.
const NOTING: usize = 99_999;

/// Whether this process is the mutant of this number.
pub fn is(number: usize) -> bool {
    static MUTANT: OnceLock<usize> = OnceLock::new();
    let variable = || env::var("FUGO_MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    let mutant = *MUTANT.get_or_init(variable);
    if mutant == NOTING {
        note(number);
    }
    mutant == number
}

/// Appends the number to the file of the variable `FUGO_MUTANTS_REACHED`, once in a process.
fn note(number: usize) {
    static NOTED: [AtomicBool; NOTING] = [const { AtomicBool::new(false) }; NOTING];
    static FILE: OnceLock<Option<File>> = OnceLock::new();
    if NOTED[number].swap(true, Ordering::Relaxed) {
        return;
    }
    let open = || File::options().append(true).create(true).open(env::var_os("FUGO_MUTANTS_REACHED")?).ok();
    if let Some(mut file) = FILE.get_or_init(open).as_ref() {
        let _ = file.write_all(format!("{number}\n").as_bytes());
    }
}
