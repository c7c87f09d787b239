//! The cost of a column of numbers compared with its bare slice, by type and with faults, and the cost of its text
//! form.
//!
//! `FUGO_BENCH_ROWS` sets the number of rows; the default is a million. The time per row is the inverse of `elem/s`.
//! The bare slice is written into the same buffer each time, but a column allocates its output each time.

use std::{env, hint::black_box, sync::Arc, time::Duration};

use arrow_array::{ArrayRef, StringArray, StringViewArray, UInt64Array};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fugo::{AnySymbolKey, MyNumber, RootKey, normalize::LostZeros, text::TextEncoder};
use fugo_columnar::{Numbers, Reading, symbols, symbols_for_keys, text};

fn rows() -> u64 {
    let rows = env::var("FUGO_BENCH_ROWS").map(|rows| rows.parse().expect("a number of rows"));
    rows.unwrap_or(1_000_000)
}

fn key(scope: &str) -> AnySymbolKey {
    AnySymbolKey::new(&RootKey::from_bytes(&[7; 32]).scope_key(&scope.parse().expect("a scope"))).expect("a key")
}

fn texts(count: u64) -> Vec<String> {
    let text = |i: u64| {
        let body = format!("{:011}", i * 98_765_431 % 100_000_000_000);
        let check = MyNumber::check_digit(&body).expect("eleven digits");
        format!("{body}{check}")
    };
    (1..=count).map(text).collect()
}

fn columns(criterion: &mut Criterion) {
    let key = key("agency/nta/1");
    let texts = texts(rows());
    let numbers: Vec<MyNumber> = texts.iter().map(|text| text.parse().expect("a valid number")).collect();
    let mut group = criterion.benchmark_group("column/symbols");
    group.throughput(Throughput::Elements(rows()));

    let mut out = vec![[0; 16]; numbers.len()];
    group.bench_function("bare slice", |bencher| bencher.iter(|| key.symbols(black_box(&numbers), &mut out)));
    let one_in_100 = texts.iter().enumerate().map(|(i, text)| if i % 100 == 99 { &text[1..] } else { text });
    let integers = texts.iter().map(|text| text.parse::<u64>().expect("digits"));
    let lenient = Reading::Lenient(LostZeros::Restore);
    let cases: [(&str, ArrayRef, Reading); 4] = [
        ("Utf8, strict", Arc::new(StringArray::from_iter_values(&texts)), Reading::Strict),
        ("Utf8View, strict", Arc::new(StringViewArray::from_iter_values(&texts)), Reading::Strict),
        ("UInt64", Arc::new(UInt64Array::from_iter_values(integers)), lenient),
        ("Utf8, 1 % at fault", Arc::new(StringArray::from_iter_values(one_in_100)), Reading::Strict),
    ];
    for (name, column, reading) in &cases {
        group.bench_function(*name, |bencher| {
            bencher.iter(|| symbols(&key, black_box(column), *reading, None).expect("a column of numbers"));
        });
    }
    group.finish();
}

fn parts(criterion: &mut Criterion) {
    let texts = texts(rows());
    let column = StringArray::from_iter_values(&texts);
    let key = key("agency/nta/1");
    let mut group = criterion.benchmark_group("column/parts");
    group.throughput(Throughput::Elements(rows()));
    let mut numbers = Numbers::default();
    group.bench_function("numbers only", |bencher| {
        bencher.iter(|| numbers.read(black_box(&column), Reading::Strict, None).expect("a column of numbers"));
    });
    let symbols = symbols(&key, &column, Reading::Strict, None).expect("a column of numbers").array;
    let encoder = TextEncoder::new(key.scope().purpose(), key.tag());
    group.bench_function("text of the symbols", |bencher| {
        bencher.iter(|| text(black_box(&symbols), &encoder).expect("fewer than 2^31 characters"));
    });
    group.finish();
}

fn several_keys(criterion: &mut Criterion) {
    let column = StringArray::from_iter_values(texts(rows()));
    let keys = ["agency/nta/1", "agency/nta/2", "insurers/all/1", "portal/p/1"].map(key);
    let mut group = criterion.benchmark_group("column/four keys in one pass");
    group.throughput(Throughput::Elements(rows() * keys.len() as u64));
    group.bench_function("Utf8, strict", |bencher| {
        bencher.iter(|| {
            let keys: Vec<&AnySymbolKey> = keys.iter().collect();
            symbols_for_keys(&keys, black_box(&column), Reading::Strict, None).expect("a column of numbers")
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2))
        .without_plots();
    targets = columns, parts, several_keys
}
criterion_main!(benches);
