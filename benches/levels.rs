//! Every level of the kernel that this processor has, and the one that a large batch uses.   cargo bench --bench levels
//!
//! It prints the least nanoseconds per symbol, under one key and under eight keys in one pass. The levels derive in
//! turn. The kernel is private, so this program includes its source.
#![forbid(unsafe_code)]

extern crate alloc;

#[path = "../src"]
mod source {
    // The kernel's own tests are compiled here too, but do not run.
    #[allow(dead_code, unused_imports, unused_macros)]
    pub(crate) mod lanes;
}
mod key {
    pub(crate) const KEY_LEN: usize = 32;
}

use std::{array, hint::black_box, time::Instant};

use source::lanes::{KEYS, Level, PreparedKey, derive, level};

/// Symbols of one round: those of a column kernel's chunk.
const COUNT: usize = 1_024;
const ROUNDS: usize = 1_000;

fn main() {
    let keys: [PreparedKey; KEYS] = array::from_fn(|k| PreparedKey::new(&[k as u8; key::KEY_LEN]));
    let keys: [&PreparedKey; KEYS] = keys.each_ref();
    let digits = |i: usize| format!("{:012}", i * 98_765_432).into_bytes().try_into().expect("twelve digits");
    let messages: Vec<[u8; 12]> = (0..COUNT).map(digits).collect();
    let message = |i: usize| black_box(&messages)[i];
    let mut symbols = vec![[0; 16]; COUNT];

    let all = [Level::Avx512, Level::ShaNi, Level::Avx2, Level::Plain];
    let mut least = all.map(|level| (level, [f64::INFINITY; 2]));
    for _ in 0..ROUNDS {
        for (level, least) in least.iter_mut().filter(|(level, _)| level.is_available()) {
            // The next level would handle messages that this one leaves, but it leaves none of so many.
            let levels = &[*level, Level::Plain];
            let mut time = |with: &mut dyn FnMut(&mut [[u8; 16]]), least: &mut f64| {
                let started = Instant::now();
                with(black_box(&mut symbols));
                *least = least.min(started.elapsed().as_secs_f64() * 1e9 / COUNT as f64);
            };
            let mut one = |out: &mut [[u8; 16]]| {
                derive::<1, 12>(levels, &keys[..1], COUNT, message, |_, i, symbol| out[i] = symbol);
            };
            time(&mut one, &mut least[0]);
            let mut eight = |out: &mut [[u8; 16]]| {
                let count = COUNT / KEYS;
                derive::<KEYS, 12>(levels, &keys, count, message, |k, i, symbol| out[k * count + i] = symbol);
            };
            time(&mut eight, &mut least[1]);
        }
    }

    let chosen = level();
    let of_chosen = least.iter().find(|(level, _)| level.name() == chosen).expect("the level is one of these").1;
    println!("| level | ns, one key | relative to the chosen level | ns, eight keys | relative to the chosen level |");
    println!("|---|---:|---:|---:|---:|");
    for (level, times) in least {
        let mark = if level.name() == chosen { ", chosen" } else { "" };
        if level.is_available() {
            let [one, eight] = times;
            let [of_one, of_eight] = [one / of_chosen[0], eight / of_chosen[1]];
            println!("| {}{mark} | {one:.1} | {of_one:.2} | {eight:.1} | {of_eight:.2} |", level.name());
        } else {
            println!("| {} | this processor lacks it | | | |", level.name());
        }
    }
}
