//! Every level of the kernel that this processor has, and the one that a large batch uses.   cargo bench --bench levels
//!
//! It prints the least time per symbol, under one key and under eight keys in one pass, in nanoseconds and in cycles of
//! the processor's clock. The levels derive in turn. The portable level is the block function of `sha2`, which uses the
//! SHA extensions too where it finds them. The kernel is private, so this program includes its source.
#![forbid(unsafe_code)]

extern crate alloc;

#[path = "../src"]
mod source {
    // The kernel's own tests are compiled here too, but do not run.
    #[allow(dead_code, unused_imports, unused_macros)]
    pub(crate) mod lanes;
}
#[path = "../src/stack.rs"]
mod stack;
mod key {
    pub(crate) const KEY_LEN: usize = 32;
}
/// A message of the kernel, as `src/message.rs` has it.
mod message {
    pub(crate) struct Fixed<const LEN: usize>([u8; LEN]);

    impl<const LEN: usize> Fixed<LEN> {
        pub(crate) fn published(bytes: [u8; LEN]) -> Self {
            Self(bytes)
        }

        pub(crate) fn bytes(&self) -> &[u8; LEN] {
            &self.0
        }
    }
}

use std::{array, hint::black_box, time::Instant};

use message::Fixed;
use source::lanes::{KEYS, Level, PreparedKey, derive, level};

/// Symbols of one round: those of a column kernel's chunk.
const COUNT: usize = 1_024;
const ROUNDS: usize = 1_000;

/// The nanoseconds of a cycle: each step waits for a multiplication, which takes three. An addition of a constant would
/// not do: some processors take no cycle for it.
fn cycle() -> f64 {
    const STEPS: u32 = 10_000;
    let mut x = black_box(0x5851_f42d_4c95_7f2d_u64);
    let started = Instant::now();
    for _ in 0..STEPS {
        x = x.wrapping_mul(x);
    }
    let time = started.elapsed();
    black_box(x);
    time.as_secs_f64() * 1e9 / f64::from(3 * STEPS)
}

fn main() {
    let keys: [PreparedKey; KEYS] = array::from_fn(|k| PreparedKey::new(&[k as u8; key::KEY_LEN]));
    let keys: [&PreparedKey; KEYS] = keys.each_ref();
    let digits = |i: usize| format!("{:012}", i * 98_765_432).into_bytes().try_into().expect("twelve digits");
    let messages: Vec<[u8; 12]> = (0..COUNT).map(digits).collect();
    let message = |i: usize| Fixed::published(black_box(&messages)[i]);
    let mut symbols = vec![[0; 16]; COUNT];

    let all = [Level::Avx512, Level::ShaNi, Level::Avx2, Level::Plain];
    let mut least = all.map(|level| (level, [f64::INFINITY; 2]));
    let mut least_cycle = f64::INFINITY;
    for _ in 0..ROUNDS {
        least_cycle = least_cycle.min(cycle());
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
    println!("A cycle takes {least_cycle:.3} ns.");
    println!("| level | keys | ns | cycles | relative to the chosen level |");
    println!("|---|---:|---:|---:|---:|");
    for (level, times) in least {
        let mark = if level.name() == chosen { ", chosen" } else { "" };
        for (at, keys) in [1, KEYS].into_iter().enumerate() {
            let (time, ratio) = (times[at], times[at] / of_chosen[at]);
            if level.is_available() {
                println!("| {}{mark} | {keys} | {time:.1} | {:.0} | {ratio:.2} |", level.name(), time / least_cycle);
            } else {
                println!("| {} | {keys} | – | – | this processor lacks it |", level.name());
            }
        }
    }
}
