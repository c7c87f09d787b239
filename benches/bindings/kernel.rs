//! The column kernel, with which the bindings are compared, over the same numbers in one flat buffer.
//!
//! Argument: a plaintext test key file. Commands on stdin, one per line; each is answered with nanoseconds. `one N`:
//! one symbol, N times. `batch SIZE N`: the columnar kernel on SIZE rows, N times. `flat SIZE N`: flat buffers.

use std::{
    env,
    hint::black_box,
    io::{self, BufRead},
    path::Path,
    time::Instant,
};

use arrow_array::{Array, StringArray};
use arrow_buffer::{Buffer, OffsetBuffer};
use fugo::{AnySymbolKey, MyNumber, SYMBOL_LEN, flat};
use fugo_columnar::{Reading, symbols};
use fugo_keystore::{Key, KeyFile, Unlock};

const ROWS: usize = 1_000_000;

fn main() {
    let path = env::args().nth(1).expect("usage: call_cost KEYFILE");
    let file = KeyFile::load(Path::new(&path), &Unlock::default().with_test_keys()).expect("a plaintext test key file");
    let Key::Scope(key) = file.key() else { panic!("the key of a scope is needed") };
    let key = AnySymbolKey::new(key).expect("a key for numbers");

    let digits: Vec<u8> = (1..=ROWS as u64).flat_map(number).collect();
    let (rows, _) = digits.as_chunks::<{ MyNumber::LEN }>();
    let lengths = (0..ROWS).map(|_| MyNumber::LEN);
    let column = StringArray::new(OffsetBuffer::from_lengths(lengths), Buffer::from_vec(digits.clone()), None);
    let mut out = vec![[0; SYMBOL_LEN]; ROWS];

    for line in io::stdin().lock().lines() {
        let line = line.expect("a line");
        let words: Vec<&str> = line.split(' ').collect();
        let count = |at: usize| words[at].parse::<usize>().expect("a count");
        let started = Instant::now();
        match words[0] {
            "one" => (0..count(1)).for_each(|i| {
                let number = MyNumber::parse(black_box(rows[i % ROWS])).expect("a valid number");
                key.symbols(&[number], black_box(&mut out[..1])).expect("a key for numbers");
            }),
            "batch" => {
                let column = column.slice(0, count(1));
                (0..count(2)).for_each(|_| {
                    let made = symbols(&key, black_box(&column), Reading::Strict, None).expect("a column of numbers");
                    assert_eq!(black_box(made).array.null_count(), 0);
                });
            }
            "flat" => (0..count(2)).for_each(|_| {
                let size = count(1);
                flat::symbols(&key, black_box(&rows[..size]), None, black_box(&mut out[..size]), |row, error| {
                    panic!("row {row}: {error}")
                })
                .expect("a key for numbers");
            }),
            "quit" => return,
            _ => panic!("one, batch, flat or quit"),
        }
        println!("{}", started.elapsed().as_nanos());
    }
}

/// Twelve digits: the body `i · 98765431 mod 10^11` and its check digit.
fn number(i: u64) -> Vec<u8> {
    let body = format!("{:011}", i * 98_765_431 % 100_000_000_000);
    let check = MyNumber::check_digit(&body).expect("eleven digits");
    format!("{body}{check}").into_bytes()
}
