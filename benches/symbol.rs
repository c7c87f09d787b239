//! What does one symbol cost, alone and in a batch, beside the peers that compute the same HMAC?
//!
//! All of them start from a prepared key. The time is per symbol: see `elem/s`.

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use fugo::{Agency, AgencySymbol, EligibilityKey, MyNumber, NumberKey, RootKey, ScopeKey, SymbolKey, batch};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn key(scope: &str) -> ScopeKey {
    RootKey::from_bytes(&[7; 32]).scope_key(&scope.parse().expect("a scope"))
}

fn numbers(count: u64) -> Vec<MyNumber> {
    let number = |i: u64| {
        let body = format!("{i:011}");
        let check = MyNumber::check_digit(&body).expect("eleven digits");
        MyNumber::parse(format!("{body}{check}")).expect("a valid number")
    };
    (1..=count).map(number).collect()
}

fn single(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("symbol/single");
    group.throughput(Throughput::Elements(1));
    let scope_key = key("agency/nta/1");
    let numbers = numbers(1024);
    let mut turn = numbers.iter().cycle();
    let mut next = || turn.next().expect("an endless turn");

    let ours = SymbolKey::<Agency>::new(&scope_key).expect("an agency key");
    group.bench_function("fugo", |bencher| bencher.iter(|| ours.symbol(next())));
    let eligibility = EligibilityKey::new(&key("insurers/all/1"), &key("eligibility/all/1")).expect("both keys");
    group.bench_function("fugo eligibility", |bencher| bencher.iter(|| eligibility.symbol(next())));
    let prepared = Hmac::<Sha256>::new_from_slice(scope_key.expose_bytes()).expect("a key");
    group.bench_function("hmac", |bencher| bencher.iter(|| by_hmac(&prepared, next())));
    let prepared = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, scope_key.expose_bytes());
    group.bench_function("ring", |bencher| bencher.iter(|| by_ring(&prepared, next())));
    group.finish();
}

fn in_batches(criterion: &mut Criterion) {
    let scope_key = key("agency/nta/1");
    let ours = SymbolKey::<Agency>::new(&scope_key).expect("an agency key");
    let hmac = Hmac::<Sha256>::new_from_slice(scope_key.expose_bytes()).expect("a key");
    let ring = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, scope_key.expose_bytes());
    for count in [1, 64, 1_000, 100_000] {
        let numbers = numbers(count);
        let mut symbols = vec![AgencySymbol::from_bytes([0; 16]); numbers.len()];
        let mut bytes = vec![[0; 16]; numbers.len()];
        let mut group = criterion.benchmark_group(format!("symbol/batch of {count}"));
        group.throughput(Throughput::Elements(count));
        group.bench_function("fugo", |bencher| bencher.iter(|| ours.symbols(black_box(&numbers), &mut symbols)));
        group.bench_function("hmac", |bencher| {
            bencher.iter(|| {
                for (number, bytes) in black_box(&numbers).iter().zip(&mut bytes) {
                    *bytes = by_hmac(&hmac, number);
                }
            });
        });
        group.bench_function("ring", |bencher| {
            bencher.iter(|| {
                for (number, bytes) in black_box(&numbers).iter().zip(&mut bytes) {
                    *bytes = by_ring(&ring, number);
                }
            });
        });
        group.finish();
    }
}

fn several_keys(criterion: &mut Criterion) {
    const NUMBERS: usize = 10_000;
    let numbers = numbers(NUMBERS as u64);
    let keys: Vec<NumberKey> = ["agency/nta/1", "agency/nta/2", "insurers/all/1", "portal/p/1"]
        .map(|scope| NumberKey::new(&key(scope)).expect("a key for numbers"))
        .into();
    let keys: Vec<&NumberKey> = keys.iter().collect();
    let mut group = criterion.benchmark_group("symbol/four keys in one pass");
    group.throughput(Throughput::Elements((keys.len() * NUMBERS) as u64));
    group.bench_function("fugo", |bencher| {
        bencher.iter_batched_ref(
            || vec![vec![[0; 16]; NUMBERS]; keys.len()],
            |columns| {
                let mut out: Vec<&mut [[u8; 16]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
                batch::symbols_for_keys(&keys, &numbers, &mut out);
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn by_hmac(prepared: &Hmac<Sha256>, number: &MyNumber) -> [u8; 16] {
    let mut mac = prepared.clone();
    mac.update(number.expose_digits());
    mac.finalize().into_bytes()[..16].try_into().expect("16 bytes")
}

fn by_ring(prepared: &ring::hmac::Key, number: &MyNumber) -> [u8; 16] {
    ring::hmac::sign(prepared, number.expose_digits()).as_ref()[..16].try_into().expect("16 bytes")
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .without_plots();
    targets = single, in_batches, several_keys
}
criterion_main!(benches);
