//! The cost of reading a number, strictly and leniently.
//!
//! The time per number is the inverse of `elem/s`. The check digit alone is the least work of any parser.

mod sample;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fugo::{
    MyNumber,
    normalize::{LostZeros, normalize},
};
use sample::{numbers, settings};

const COUNT: u64 = 10_000;

fn strict_texts() -> Vec<String> {
    let text = |number: &MyNumber| number.expose_digits().map(char::from).iter().collect();
    numbers(COUNT as usize).iter().map(text).collect()
}

fn wide(text: &str) -> String {
    text.bytes().map(|c| char::from_u32(0xFF10 + u32::from(c - b'0')).expect("a digit")).collect()
}

fn strict(criterion: &mut Criterion) {
    let texts: Vec<[u8; 12]> =
        strict_texts().iter().map(|text| text.as_bytes().try_into().expect("12 digits")).collect();
    let mut group = criterion.benchmark_group("parse/strict");
    group.throughput(Throughput::Elements(COUNT));
    group.bench_function("12 digits", |bencher| {
        bencher.iter(|| black_box(&texts).iter().filter(|text| MyNumber::parse(text).is_ok()).count());
    });
    group.bench_function("check digit of the body", |bencher| {
        let digit = |text: &[u8; 12]| u64::from(MyNumber::check_digit(&text[..11]).unwrap_or(0));
        bencher.iter(|| black_box(&texts).iter().map(digit).sum::<u64>());
    });
    let wrong: Vec<[u8; 12]> = texts
        .iter()
        .map(|text| {
            let mut text = *text;
            text[11] = b'0' + (text[11] - b'0' + 1) % 10;
            text
        })
        .collect();
    group.bench_function("wrong check digit", |bencher| {
        bencher.iter(|| black_box(&wrong).iter().filter(|text| MyNumber::parse(text).is_ok()).count());
    });
    group.finish();
}

fn lenient(criterion: &mut Criterion) {
    let strict = strict_texts();
    let dressed = |dress: &dyn Fn(&str) -> String| strict.iter().map(|text| dress(text)).collect::<Vec<_>>();
    let cases = [
        ("strict already", strict.clone()),
        ("grouped by hyphens", dressed(&|text| format!("{}-{}-{}", &text[..4], &text[4..8], &text[8..]))),
        ("full width", dressed(&wide)),
        (
            "messy",
            dressed(&|text| {
                format!("\u{FEFF} {}\u{3000}－{}\u{200B}ー{} \r\n", wide(&text[..4]), &text[4..8], wide(&text[8..]))
            }),
        ),
        ("refused at the first character", dressed(&|text| format!("x{text}"))),
    ];
    let mut group = criterion.benchmark_group("parse/lenient");
    group.throughput(Throughput::Elements(COUNT));
    for (name, texts) in cases {
        let reads = |text: &&String| normalize(text, LostZeros::Refuse).is_ok_and(|found| found.parse().is_ok());
        group.bench_function(name, |bencher| bencher.iter(|| black_box(&texts).iter().filter(reads).count()));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = settings();
    targets = strict, lenient
}
criterion_main!(benches);
