//! The cost of a symbol, compared with libraries that compute the same HMAC.
//!
//! All of them start from a prepared key and derive from the same 1,024 numbers. Each must first give the known result.
//! The time is for all 1,024; `run` makes a table of it.
#![forbid(unsafe_code)]

use std::{hint::black_box, time::Duration};

use aws_lc_rs::hmac as aws;
use criterion::{Criterion, criterion_group, criterion_main};
use fugo::{Agency, AgencySymbol, AnySymbolKey, MyNumber, RootKey, ScopeKey, SymbolKey, batch};
use hmac::{Hmac, KeyInit, Mac};
use openssl::{hash::MessageDigest, pkey::PKey, sha::Sha256 as OpensslSha256, sign::Signer};
use sha2::Sha256;

const COUNT: usize = 1_024;
const KNOWN: u128 = 0xaca8_b7a2_ad97_9b29_0c59_0b24_6418_3640;

fn key(scope: &str) -> ScopeKey {
    let root: [u8; 32] = std::array::from_fn(|i| i as u8);
    RootKey::from_bytes(&root).scope_key(&scope.parse().expect("a scope"))
}

/// The number of the known result, then others.
fn numbers() -> Vec<MyNumber> {
    let number = |i: u64| {
        let body = format!("{:011}", (12_345_678_901 + i * 9_876_543) % 100_000_000_000);
        let check = MyNumber::check_digit(&body).expect("eleven digits");
        MyNumber::parse(format!("{body}{check}")).expect("a valid number")
    };
    (0..COUNT as u64).map(number).collect()
}

/// A row of a library that takes one message at a time.
fn row(criterion: &mut Criterion, name: &str, numbers: &[MyNumber], symbol: impl Fn(&[u8; 12]) -> [u8; 16]) {
    assert_eq!(symbol(numbers[0].expose_digits()), KNOWN.to_be_bytes(), "{name}");
    let mut out = vec![[0; 16]; COUNT];
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| {
            for (out, number) in out.iter_mut().zip(black_box(numbers)) {
                *out = symbol(number.expose_digits());
            }
        });
    });
}

fn kept(digest: &[u8]) -> [u8; 16] {
    digest[..16].try_into().expect("a digest is longer")
}

fn ours(criterion: &mut Criterion) {
    let (key, numbers) = (key("agency/nta/1"), numbers());
    let one = SymbolKey::<Agency>::new(&key).expect("an agency key");
    let mut symbols = vec![AgencySymbol::from_bytes([0; 16]); COUNT];
    one.symbols(&numbers, &mut symbols);
    assert_eq!(symbols[0].to_bytes(), KNOWN.to_be_bytes());
    criterion.bench_function("fugo, batch", |bencher| {
        bencher.iter(|| one.symbols(black_box(&numbers), &mut symbols));
    });
    let eight: [AnySymbolKey; 8] = std::array::from_fn(|_| AnySymbolKey::new(&key).expect("a key for numbers"));
    let eight: Vec<&AnySymbolKey> = eight.iter().collect();
    let mut columns = vec![vec![[0; 16]; COUNT / 8]; 8];
    let mut out: Vec<&mut [[u8; 16]]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
    criterion.bench_function("fugo, batch, eight keys", |bencher| {
        bencher.iter(|| batch::symbols_for_keys(&eight, black_box(&numbers[..COUNT / 8]), &mut out));
    });
    assert!(columns.iter().all(|column| column[0] == KNOWN.to_be_bytes()));
}

fn theirs(criterion: &mut Criterion) {
    let (key, numbers) = (key("agency/nta/1"), numbers());
    let bytes = key.expose_bytes();
    let prepared = Hmac::<Sha256>::new_from_slice(bytes).expect("a key");
    row(criterion, "hmac, cloned", &numbers, |number| {
        kept(&prepared.clone().chain_update(number).finalize().into_bytes())
    });
    let prepared = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, bytes);
    row(criterion, "ring", &numbers, |number| kept(ring::hmac::sign(&prepared, number).as_ref()));
    let prepared = aws::Key::new(aws::HMAC_SHA256, bytes);
    row(criterion, "aws-lc-rs", &numbers, |number| kept(aws::sign(&prepared, number).as_ref()));
    // Its HMAC takes the key again for each message. The row below uses its SHA-256 from the states after the key
    // block.
    let prepared = PKey::hmac(bytes).expect("a key");
    row(criterion, "openssl, HMAC", &numbers, |number| {
        let mut signer = Signer::new(MessageDigest::sha256(), &prepared).expect("a signer");
        kept(&signer.sign_oneshot_to_vec(number).expect("a tag"))
    });
    let state = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(bytes).for_each(|(byte, key)| *byte ^= key);
        let mut state = OpensslSha256::new();
        state.update(&block);
        state
    };
    let (inner, outer) = (state(0x36), state(0x5c));
    row(criterion, "openssl, SHA-256 states cloned", &numbers, |number| {
        let (mut inner, mut outer) = (inner.clone(), outer.clone());
        inner.update(number);
        outer.update(&inner.finish());
        kept(&outer.finish())
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .without_plots();
    targets = ours, theirs
}
criterion_main!(benches);
