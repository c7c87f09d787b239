//! The cost of writing and reading the text form, compared with the `bech32` crate.
//!
//! The time per symbol is the inverse of `elem/s`.

mod sample;

use std::hint::black_box;

use bech32::{Bech32m, Hrp, primitives::decode::CheckedHrpstring};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fugo::{
    KeyTag, Purpose,
    text::{SymbolText, TextEncoder, decode},
};
use sample::settings;

const COUNT: usize = 1_000;

/// Bytes without a pattern, the same in every run.
fn symbols() -> Vec<[u8; 16]> {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..COUNT).map(|_| std::array::from_fn(|_| next())).collect()
}

fn encoding(criterion: &mut Criterion) {
    let symbols = symbols();
    let tag = KeyTag::from_bytes([0x7c, 0x2c, 0xb2, 0xa1]);
    let encoder = TextEncoder::new(Purpose::Agency, tag);
    let mut group = criterion.benchmark_group("text/encode");
    group.throughput(Throughput::Elements(COUNT as u64));
    let mut out = vec![0; encoder.text_len() * COUNT];
    group.bench_function("fugo into a buffer", |bencher| {
        bencher.iter(|| {
            for (symbol, out) in black_box(&symbols).iter().zip(out.chunks_exact_mut(encoder.text_len())) {
                encoder.encode_into(symbol, out);
            }
        });
    });
    group.bench_function("fugo", |bencher| {
        bencher.iter(|| black_box(&symbols).iter().map(|symbol| encoder.encode(symbol).len()).sum::<usize>());
    });
    let hrp = Hrp::parse("kikan").expect("a part");
    let mut text = String::with_capacity(64);
    group.bench_function("bech32", |bencher| {
        bencher.iter(|| {
            for symbol in black_box(&symbols) {
                let mut payload = [0; 20];
                payload[..4].copy_from_slice(&tag.to_bytes());
                payload[4..].copy_from_slice(symbol);
                text.clear();
                bech32::encode_lower_to_fmt::<Bech32m, _>(&mut text, hrp, &payload).expect("short enough");
                black_box(&text);
            }
        });
    });
    group.finish();
}

fn decoding(criterion: &mut Criterion) {
    let encoder = TextEncoder::new(Purpose::Agency, KeyTag::from_bytes([0x7c, 0x2c, 0xb2, 0xa1]));
    let texts: Vec<SymbolText> = symbols().iter().map(|symbol| encoder.encode(symbol)).collect();
    let mut group = criterion.benchmark_group("text/decode");
    group.throughput(Throughput::Elements(COUNT as u64));
    group.bench_function("fugo, of a known key", |bencher| {
        bencher.iter(|| black_box(&texts).iter().filter(|text| encoder.decode(text).is_ok()).count());
    });
    group.bench_function("fugo", |bencher| {
        bencher.iter(|| black_box(&texts).iter().filter(|text| decode(text).is_ok()).count());
    });
    group.bench_function("bech32", |bencher| {
        let is_read = |text: &&SymbolText| {
            let Ok(checked) = CheckedHrpstring::new::<Bech32m>(text.as_str()) else { return false };
            let mut payload = [0; 20];
            let mut read = 0;
            for (place, byte) in payload.iter_mut().zip(checked.byte_iter()) {
                *place = byte;
                read += 1;
            }
            black_box(&payload);
            read == 20
        };
        bencher.iter(|| black_box(&texts).iter().filter(is_read).count());
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = settings();
    targets = encoding, decoding
}
criterion_main!(benches);
