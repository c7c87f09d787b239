//! The cost of a symbol in a batch, by the size of the batch and by the number of keys.
//!
//! The time per symbol is the inverse of `elem/s`. `peers/` measures other libraries at the same task.

mod sample;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fugo::{Agency, AgencySymbol, AnySymbolKey, SymbolKey, batch};
use sample::{key, numbers, settings};

fn sizes(criterion: &mut Criterion) {
    let key = SymbolKey::<Agency>::new(&key("agency/nta/1")).expect("an agency key");
    let mut group = criterion.benchmark_group("batch/size");
    for count in [1, 16, 64, 1_000, 100_000] {
        let numbers = numbers(count);
        let mut symbols = vec![AgencySymbol::from_bytes([0; 16]); count];
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(count.to_string(), |bencher| {
            bencher.iter(|| key.symbols(black_box(&numbers), &mut symbols));
        });
    }
    group.finish();
}

fn keys(criterion: &mut Criterion) {
    const NUMBERS: usize = 10_000;
    let numbers = numbers(NUMBERS);
    let direct = |i: u32| AnySymbolKey::new(&key(&format!("agency/nta/{i}"))).expect("a key for numbers");
    let direct: Vec<AnySymbolKey> = (1..=16).map(direct).collect();
    let both = AnySymbolKey::eligibility(&key("insurers/all/1"), &key("eligibility/all/1")).expect("both keys");
    let all: Vec<&AnySymbolKey> = direct.iter().collect();
    let mixed: Vec<&AnySymbolKey> = direct[..7].iter().chain([&both]).collect();
    let mut group = criterion.benchmark_group("batch/keys");
    let mut row = |name: &str, keys: &[&AnySymbolKey]| {
        let mut columns = vec![vec![[0; 16]; NUMBERS]; keys.len()];
        let mut out: Vec<&mut [[u8; 16]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
        group.throughput(Throughput::Elements((keys.len() * NUMBERS) as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| batch::symbols_for_keys(black_box(keys), &numbers, &mut out));
        });
    };
    for count in [1, 2, 4, 8, 16] {
        row(&count.to_string(), &all[..count]);
    }
    row("8, one of them for eligibility", &mixed);
    group.finish();
}

criterion_group! {
    name = benches;
    config = settings();
    targets = sizes, keys
}
criterion_main!(benches);
