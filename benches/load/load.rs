//! Eight threads derive from one key, and every symbol is compared with that of ring.
//!
//!     load SYMBOLS [planted]
//!
//! Prints one line of JSON: how many symbols were derived, how many differ, and the resident memory in bytes after each
//! tenth. `planted` alters one symbol in each batch and keeps 64 KiB of it, which must be noticed.
#![forbid(unsafe_code)]

use std::{
    env, fs,
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};

use fugo::{Agency, AgencySymbol, MyNumber, RootKey, SymbolKey};

const THREADS: u64 = 8;
const BATCH: u64 = 1 << 16;
const BODIES: u64 = 100_000_000_000;
/// Has no divisor in common with 10^11, so that no body comes twice.
const STEP: u64 = 9_876_543_211;
const PAGE: u64 = 4096;

fn number(i: u64) -> MyNumber {
    // Zeros are never issued.
    let body = format!("{:011}", u128::from(i + 1) * u128::from(STEP) % u128::from(BODIES));
    let check = MyNumber::check_digit(&body).expect("eleven digits");
    MyNumber::parse(format!("{body}{check}")).expect("a valid number")
}

fn resident() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("Linux");
    PAGE * statm.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("pages")
}

fn main() {
    let mut arguments = env::args().skip(1);
    let all: u64 = arguments.next().and_then(|count| count.parse().ok()).expect("usage: load SYMBOLS [planted]");
    let is_planted = arguments.next().is_some_and(|word| word == "planted");
    let root = RootKey::from_bytes(&std::array::from_fn(|i| i as u8));
    let scope_key = root.scope_key(&"agency/nta/1".parse().expect("a scope"));
    let key = SymbolKey::<Agency>::new(&scope_key).expect("an agency key");
    let peer = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, scope_key.expose_bytes());
    let (next, derived, differing) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let mut samples = Vec::new();
    thread::scope(|scope| {
        let play = || {
            scope.spawn(|| {
                let mut symbols = vec![AgencySymbol::from_bytes([0; 16]); BATCH as usize];
                loop {
                    let first = next.fetch_add(BATCH, Ordering::Relaxed);
                    if first >= all {
                        break;
                    }
                    let numbers: Vec<MyNumber> = (first..all.min(first + BATCH)).map(number).collect();
                    let symbols = &mut symbols[..numbers.len()];
                    key.symbols(&numbers, symbols);
                    if is_planted {
                        symbols[0] = AgencySymbol::from_bytes([7; 16]);
                        black_box(vec![1_u8; 1 << 16].leak());
                    }
                    let wrong = |(number, symbol): &(&MyNumber, &AgencySymbol)| {
                        let tag = ring::hmac::sign(&peer, number.expose_digits());
                        symbol.to_bytes()[..] != tag.as_ref()[..16]
                    };
                    let wrong = numbers.iter().zip(symbols.iter()).filter(wrong).count() as u64;
                    differing.fetch_add(wrong, Ordering::Relaxed);
                    derived.fetch_add(numbers.len() as u64, Ordering::Relaxed);
                }
            })
        };
        let threads: Vec<_> = (0..THREADS).map(|_| play()).collect();
        while threads.iter().any(|thread| !thread.is_finished()) {
            if derived.load(Ordering::Relaxed) * 10 >= all * (samples.len() as u64 + 1) {
                samples.push(resident());
            }
            thread::sleep(Duration::from_millis(2));
        }
    });
    let (derived, differing) = (derived.into_inner(), differing.into_inner());
    println!("{{\"derived\": {derived}, \"differing\": {differing}, \"resident\": {samples:?}}}");
}
