//! The cost of finding the numbers of a million symbols for the holder of the key, who tries all numbers in order.
//!
//! One thread makes numbers, derives their symbols in batches and looks them up. The time for all 10^11 numbers follows
//! from the share that was tried. `cargo bench --bench invert -- 100000000` tries 10^8; without an argument, 20 million
//! are tried.

mod sample;

use std::{env, hint::black_box, time::Instant};

use fugo::{Agency, AgencySymbol, MyNumber, SymbolKey};
use sample::{key, numbers};

const SYMBOLS: usize = 1_000_000;
/// Symbols of tried numbers among the others, so that a search that finds nothing is detected.
const PLANTED: usize = 1_000;
const CHUNK: usize = 1024;
/// Numbers timed together.
const ROUND: u64 = 1 << 20;
const FIRST: u64 = 40_000_000_000;

/// The symbols to find: a bit for each value of 27 leading bits, set if a symbol has them, and then a table.
struct Wanted {
    filter: Vec<u64>,
    table: Vec<u64>,
}

impl Wanted {
    const BITS: u32 = 27;
    const SLOTS: usize = 1 << 21;

    fn new(symbols: impl Iterator<Item = AgencySymbol>) -> Self {
        let mut wanted = Self { filter: vec![0; 1 << (Self::BITS - 6)], table: vec![0; Self::SLOTS] };
        for symbol in symbols {
            let start = start_of(&symbol);
            let bit = start >> (u64::BITS - Self::BITS);
            wanted.filter[(bit / 64) as usize] |= 1 << (bit % 64);
            let slot = wanted.slot(start);
            wanted.table[slot] = start;
        }
        wanted
    }

    fn holds(&self, symbol: &AgencySymbol) -> bool {
        let start = start_of(symbol);
        let bit = start >> (u64::BITS - Self::BITS);
        self.filter[(bit / 64) as usize] >> (bit % 64) & 1 == 1 && self.table[self.slot(start)] == start
    }

    /// The index of the symbol, or the index at which it would be.
    fn slot(&self, start: u64) -> usize {
        let mut slot = start as usize % Self::SLOTS;
        while self.table[slot] != start && self.table[slot] != 0 {
            slot = (slot + 1) % Self::SLOTS;
        }
        slot
    }
}

/// Eight bytes are enough: they confuse another symbol with one of a million only once in 10^13.
fn start_of(symbol: &AgencySymbol) -> u64 {
    let [start @ .., _, _, _, _, _, _, _, _] = symbol.to_bytes();
    u64::from_be_bytes(start)
}

/// The next body, in ASCII digits.
fn advance(body: &mut [u8; MyNumber::BODY_LEN]) {
    for digit in body.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
}

fn body(of: u64) -> [u8; MyNumber::BODY_LEN] {
    format!("{of:011}").into_bytes().try_into().expect("eleven digits")
}

fn number(body: &[u8; MyNumber::BODY_LEN]) -> MyNumber {
    let mut digits = [0; MyNumber::LEN];
    digits[..MyNumber::BODY_LEN].copy_from_slice(body);
    digits[MyNumber::BODY_LEN] = b'0' + MyNumber::check_digit(body).expect("eleven digits");
    MyNumber::parse(digits).expect("a valid number")
}

fn main() {
    let tried = env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(20_000_000_u64);
    let key = SymbolKey::<Agency>::new(&key("agency/nta/1")).expect("an agency key");
    let planted = (0..PLANTED as u64).map(|i| number(&body(FIRST + i * (tried / PLANTED as u64).max(1))));
    let people: Vec<MyNumber> = numbers(SYMBOLS - PLANTED).into_iter().chain(planted).collect();
    let wanted = Wanted::new(people.iter().map(|number| key.symbol(number)));

    let (mut next, mut found) = (body(FIRST), 0);
    let mut chunk = Vec::with_capacity(CHUNK);
    let mut symbols = vec![AgencySymbol::from_bytes([0; 16]); CHUNK];
    // The least time of each step over all rounds, because other work on the machine only adds time.
    let mut least = [f64::MAX; 3];
    let rounds = tried.div_ceil(ROUND);
    for _ in 0..rounds {
        let mut seconds = [0.0; 3];
        for _ in 0..ROUND / CHUNK as u64 {
            let started = Instant::now();
            chunk.clear();
            for _ in 0..CHUNK {
                chunk.push(number(&next));
                advance(&mut next);
            }
            let made = Instant::now();
            key.symbols(black_box(&chunk), &mut symbols);
            let derived = Instant::now();
            found += symbols.iter().filter(|symbol| wanted.holds(symbol)).count();
            let steps = [made - started, derived - made, derived.elapsed()];
            seconds.iter_mut().zip(steps).for_each(|(sum, step)| *sum += step.as_secs_f64());
        }
        least.iter_mut().zip(seconds).for_each(|(least, seconds)| *least = least.min(seconds));
    }
    assert!(found >= PLANTED, "{found} of {PLANTED} planted symbols were found");
    println!("{} numbers tried on one core against {SYMBOLS} symbols, {found} of them found", rounds * ROUND);
    let [making, deriving, looking] = least;
    let whole = making + deriving + looking;
    let steps = [("making", making), ("deriving", deriving), ("looking up", looking), ("the whole search", whole)];
    for (step, seconds) in steps {
        let each = seconds / ROUND as f64;
        println!(
            "{step:<16} {:6.1} ns a number {:5.2} core-hours for 10^11 {:5.2} of the deriving alone",
            each * 1e9,
            each * 1e11 / 3600.0,
            seconds / deriving
        );
    }
}
