//! What translation costs for each number of the roster, by how many symbols are asked for. The first row is the
//! derivation alone.

mod sample;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fugo::{AnySymbolKey, Translator};
use sample::{key, numbers, settings};

fn translate(criterion: &mut Criterion) {
    const PEOPLE: usize = 1_000_000;
    let numbers = numbers(PEOPLE);
    let prepared = |scope| AnySymbolKey::new(&key(scope)).expect("a key for numbers");
    let (from, to) = (prepared("agency/nta/1"), prepared("agency/pension/1"));
    let mut symbols = vec![[0; 16]; PEOPLE];
    from.symbols(&numbers, &mut symbols).expect("a key for numbers");
    let mut group = criterion.benchmark_group("translate");
    group.throughput(Throughput::Elements(PEOPLE as u64));
    group.bench_function("derivation alone", |bencher| {
        bencher.iter(|| from.symbols(black_box(&numbers), &mut symbols).expect("a key for numbers"));
    });
    for asked in [0, 10_000, 100_000, PEOPLE] {
        let asked_symbols = symbols.iter().step_by(PEOPLE / asked.max(1)).take(asked).copied().collect();
        let translator = Translator::new(&from, [&to], asked_symbols).expect("keys for numbers");
        let mut pairs = Vec::with_capacity(PEOPLE);
        group.bench_function(format!("{asked} of {PEOPLE} asked"), |bencher| {
            bencher.iter(|| {
                pairs.clear();
                translator.translate(black_box(&numbers), &mut pairs);
                assert_eq!(pairs.len(), asked);
            });
        });
    }
    // In a nation, few are asked for, and the asked symbols do not fit in the processor's caches.
    for asked in [10_000_u64, 100_000, 1_000_000, 10_000_000] {
        let uniform =
            |nth: u64| (u128::from(nth).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)).to_be_bytes();
        let translator = Translator::new(&from, [&to], (1..=asked).map(uniform).collect()).expect("keys for numbers");
        let mut pairs = Vec::new();
        group.bench_function(format!("0 of {PEOPLE}, {asked} others asked"), |bencher| {
            bencher.iter(|| translator.translate(black_box(&numbers), &mut pairs));
        });
        assert!(pairs.is_empty());
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = settings();
    targets = translate
}
criterion_main!(benches);
