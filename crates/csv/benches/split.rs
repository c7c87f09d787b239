//! Benchmark of splitting CSV: a block of a roster with five columns and one quoted cell in two thousand. It compares
//! the structure of the block, `split` alone, the `csv` crate and `csv-core`. Throughput is in rows.

#![allow(missing_docs, reason = "a benchmark")]

use std::{fmt::Write, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use fugo_csv as csv_bytes;

const ROWS: usize = 5_000;

fn roster() -> Vec<u8> {
    let mut text = String::new();
    for i in 0..ROWS {
        let quote = if i % 2_000 == 7 { "\"" } else { "" };
        let number = 100_000_000_000 + i * 7_654_321;
        let (day, sex) = (i % 28 + 1, i % 2 + 1);
        let prefecture = ["東京都", "神奈川県", "北海道", "大阪府"][i % 4];
        writeln!(text, "{quote}{number}{quote},1985-04-{day:02},{sex},{prefecture},{:08}", i * 37).expect("written");
    }
    text.into_bytes()
}

fn split(criterion: &mut Criterion) {
    let roster = roster();
    let mut group = criterion.benchmark_group("split");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("by structure", |bench| {
        let (mut structure, mut fields) = (csv_bytes::Structure::default(), Vec::new());
        bench.iter(|| {
            structure.find(&roster, b',');
            let (mut at, mut place, mut cells) = (0, 0, 0);
            while let Some(record) = structure.split(&roster, at, b',', 5, &mut place, &mut fields) {
                (at, cells) = (record.next, cells + fields.len());
                if at == roster.len() {
                    break;
                }
            }
            assert_eq!(black_box(cells), 5 * ROWS);
        });
    });
    group.bench_function("the long way", |bench| {
        let mut fields = Vec::new();
        bench.iter(|| {
            let (mut at, mut cells) = (0, 0);
            while at < roster.len() {
                let Some(record) = csv_bytes::split(&roster, at, b',', true, &mut fields) else { break };
                (at, cells) = (record.next, cells + fields.len());
            }
            assert_eq!(black_box(cells), 5 * ROWS);
        });
    });
    group.bench_function("csv crate", |bench| {
        let mut record = csv::ByteRecord::new();
        bench.iter(|| {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&roster[..]);
            let mut cells = 0;
            while reader.read_byte_record(&mut record).expect("well-formed") {
                cells += record.len();
            }
            assert_eq!(black_box(cells), 5 * ROWS);
        });
    });
    group.bench_function("csv-core crate", |bench| {
        let mut out = vec![0; roster.len()];
        bench.iter(|| {
            let (mut reader, mut rest, mut cells) = (csv_core::Reader::new(), &roster[..], 0);
            loop {
                let (result, read, _) = reader.read_field(rest, &mut out);
                rest = &rest[read..];
                match result {
                    csv_core::ReadFieldResult::Field { .. } => cells += 1,
                    csv_core::ReadFieldResult::InputEmpty => {}
                    csv_core::ReadFieldResult::OutputFull => unreachable!("a cell is shorter than the roster"),
                    csv_core::ReadFieldResult::End => break,
                }
            }
            assert_eq!(black_box(cells), 5 * ROWS);
        });
    });
    group.finish();
}

criterion_group!(benches, split);
criterion_main!(benches);
