//! The cost of a single symbol, compared with crates that compute the same HMAC.
//!
//! All of them start from a prepared key.

mod sample;

use criterion::{Criterion, criterion_group, criterion_main};
use fugo::{Agency, AgencySymbol, EligibilityKey, MyNumber, SymbolKey};
use hmac::{Hmac, KeyInit, Mac};
use sample::{key, numbers, settings};
use sha2::Sha256;

fn one(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one");
    let scope_key = key("agency/nta/1");
    let numbers = numbers(1024);
    let mut turn = numbers.iter().cycle();
    let mut next = || turn.next().expect("an endless turn");

    let ours = SymbolKey::<Agency>::new(&scope_key).expect("an agency key");
    group.bench_function("fugo", |bencher| bencher.iter(|| ours.symbol(next())));
    let mut batch = [AgencySymbol::from_bytes([0; 16])];
    group.bench_function("fugo, as a batch of one", |bencher| {
        bencher.iter(|| {
            ours.symbols(std::slice::from_ref(next()), &mut batch);
            batch[0]
        });
    });
    let eligibility = EligibilityKey::new(&key("insurers/all/1"), &key("eligibility/all/1")).expect("both keys");
    group.bench_function("fugo, eligibility", |bencher| bencher.iter(|| eligibility.symbol(next())));
    let prepared = Hmac::<Sha256>::new_from_slice(scope_key.expose_bytes()).expect("a key");
    group.bench_function("hmac", |bencher| bencher.iter(|| by_hmac(&prepared, next())));
    let prepared = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, scope_key.expose_bytes());
    group.bench_function("ring", |bencher| bencher.iter(|| ring::hmac::sign(&prepared, next().expose_digits())));
    group.finish();
}

fn by_hmac(prepared: &Hmac<Sha256>, number: &MyNumber) -> [u8; 16] {
    let mac = prepared.clone().chain_update(number.expose_digits());
    mac.finalize().into_bytes()[..16].try_into().expect("16 bytes")
}

criterion_group! {
    name = benches;
    config = settings();
    targets = one
}
criterion_main!(benches);
