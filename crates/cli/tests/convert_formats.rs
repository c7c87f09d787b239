//! `fugo convert` to Parquet and Arrow: the bytes of a file depend on its rows alone, and people with several rows
//! have the same outcome as in CSV.

mod rosters;
mod sample_keys;
mod tables;

use std::{fs::File, sync::Arc};

use arrow_array::{
    Array, ArrayRef, Int64Array, RecordBatch, StringArray, StringViewArray, UInt32Array, cast::AsArray,
    types::Int64Type,
};
use arrow_select::take::take_record_batch;
use parquet::file::{
    metadata::RowGroupMetaData,
    reader::{FileReader as _, SerializedFileReader},
};
use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, Random, convert, keys_of, lines, numbers, read, symbols_of};
use sample_keys::Keys;
use serde_json::Value;
use tables::{FORMATS, batch, expected, reconciled, roster, rows, symbols, table, texts, write};

/// Converts `roster.parquet` for two agencies to Parquet and Arrow; returns both files and the report.
fn files(keys: &Keys, more: &[&str]) -> ([Vec<u8>; 2], Value) {
    let args = ["roster.parquet", "--key", NTA_KEY, "--key", MOJ_KEY, "--out", "nta.parquet", "--out", "moj.arrow"];
    let output = convert(keys, &[&args[..], &["--quiet", "--report", "report.json"], more].concat());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    (["nta.parquet", "moj.arrow"].map(|name| read(keys, name)), reconciled(keys, "report.json"))
}

/// People with one row, with equal rows, with rows that differ, and one with very many; cells of several types, some
/// null and some wide.
fn mixed(people: u64, heavy: usize, width: usize) -> RecordBatch {
    let mut random = Random::new(9);
    let people = numbers(people);
    let mut rows: Vec<usize> = (0..people.len()).collect();
    rows.extend((0..500).map(|_| random.below(people.len())));
    rows.extend(std::iter::repeat_n(7, heavy));
    random.shuffle(&mut rows);
    let wide = |row: &usize| format!("{row:x}-").repeat(1 + row * 7 % width);
    let view = |row: &usize| (!row.is_multiple_of(5)).then(|| format!("a view of more than twelve bytes: {row}"));
    // The rows of every tenth person differ.
    let count: Int64Array = rows
        .iter()
        .enumerate()
        .map(|(i, row)| if row % 10 == 0 { i64::try_from(i).ok() } else { (row % 3 != 0).then_some(-1) })
        .collect();
    batch(&[
        ("my_number", texts(rows.iter().map(|row| &people[*row]))),
        ("wide", texts(rows.iter().map(wide))),
        ("view", Arc::new(rows.iter().map(view).collect::<StringViewArray>())),
        ("count", Arc::new(count)),
    ])
}

fn shuffled(roster: &RecordBatch, seed: u64) -> RecordBatch {
    let mut order: Vec<u32> = (0..u32::try_from(roster.num_rows()).expect("few")).collect();
    Random::new(seed).shuffle(&mut order);
    take_record_batch(roster, &UInt32Array::from(order)).expect("rows of it")
}

fn same_on_every_machine(roster: &RecordBatch, more: &[&str], spills: bool) -> [Vec<u8>; 2] {
    let keys = keys_of(&[NTA, MOJ]);
    write(&keys.at("roster.parquet"), std::slice::from_ref(roster));
    let (first, _) = files(&keys, &[&["--threads", "1", "--memory", "1G"], more].concat());
    for (threads, memory) in [("1", "16M"), ("2", "16M"), ("3", "16M"), ("1", "64M"), ("3", "64M"), ("40", "16M")] {
        let (again, report) = files(&keys, &[&["--threads", threads, "--memory", memory], more].concat());
        if spills && memory == "16M" {
            assert!(report["temporary_bytes"].as_u64() > Some(1_000_000), "{report}");
        }
        assert!(again[0] == first[0], "Parquet on {threads} threads in {memory}");
        assert!(again[1] == first[1], "Arrow on {threads} threads in {memory}");
    }
    first
}

#[test]
fn threads_and_memory_change_no_byte_of_a_file_in_symbol_order() {
    let keep = ["--keep", "wide,count"];
    let roster = mixed(15_000, 100, 300);
    let files = same_on_every_machine(&roster, &keep, true);
    for seed in 0..2 {
        assert!(same_on_every_machine(&shuffled(&roster, seed), &keep, true) == files, "seed {seed}");
    }
}

#[test]
fn threads_and_memory_change_no_byte_of_a_file_in_input_order() {
    let roster = mixed(15_000, 100, 300);
    same_on_every_machine(&roster, &["--keep", "wide,count", "--order", "input"], false);
    same_on_every_machine(&roster, &["--keep", "wide,count", "--order", "input", "--unique"], false);
}

#[test]
fn a_person_with_more_rows_than_a_part_holds_changes_no_byte_of_a_file() {
    same_on_every_machine(&mixed(4_000, 40_000, 300), &["--keep", "count,wide"], true);
}

#[test]
fn columns_of_views_are_written_alike_however_their_rows_came() {
    let roster = mixed(6_000, 40_000, 2);
    let files = same_on_every_machine(&roster, &["--keep", "view"], true);
    assert!(same_on_every_machine(&shuffled(&roster, 1), &["--keep", "view"], true) == files);
}

#[test]
fn more_rows_than_a_row_group_holds_are_all_there_in_order() {
    let keys = keys_of(&[NTA, MOJ]);
    let people: Vec<_> = numbers(530_000).into_iter().zip((0..).map(|i: u32| i.to_string())).collect();
    let numbers: Vec<String> = people.iter().map(|(number, _)| number.clone()).collect();
    write(&keys.at("roster.parquet"), &[roster(&numbers, texts(people.iter().map(|(_, memo)| memo)))]);
    files(&keys, &["--keep", "memo"]);
    let written = SerializedFileReader::new(File::open(keys.at("nta.parquet")).expect("made")).expect("Parquet");
    let groups: Vec<i64> = written.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(groups, [524_288, 5_712]);
    assert!(rows(&table(&keys, "nta.parquet")) == expected(NTA, &people));
    assert!(rows(&table(&keys, "moj.arrow")) == expected(MOJ, &people));
}

/// Rows of four people: one, two equal, two that differ, two whose difference is a null.
fn several() -> (Vec<String>, RecordBatch) {
    let people = numbers(4);
    let rows = [(0, Some(1)), (1, Some(2)), (2, Some(3)), (3, Some(5)), (1, Some(2)), (2, Some(4)), (3, None)];
    let count: Int64Array = rows.iter().map(|(_, count)| *count).collect();
    let roster = batch(&[
        ("my_number", texts(rows.iter().map(|(person, _)| &people[*person]))),
        ("count", Arc::new(count)),
        ("memo", texts(rows.iter().map(|_| ""))),
    ]);
    (people, roster)
}

/// The person, record and outcome of every listed row, by record.
fn listed(keys: &Keys, name: &str) -> Vec<(u64, String)> {
    let lines = lines(keys, name);
    assert_eq!(lines[0], "person,record,line,byte,outcome");
    let mut listed: Vec<_> = lines[1..]
        .iter()
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields[2..4], ["", ""], "a row of a table has neither line nor byte");
            (fields[1].parse().expect("a record"), fields[4].to_owned())
        })
        .collect();
    listed.sort();
    listed
}

#[test]
fn equal_rows_become_one_and_rows_that_differ_are_set_aside_from_tables_as_from_csv() {
    let (people, roster) = several();
    let symbol_of = symbols_of(NTA);
    for input in FORMATS {
        for out in ["nta.parquet", "nta.arrow", "nta.csv"] {
            let keys = keys_of(&[NTA]);
            let name = format!("roster.{input}");
            write(&keys.at(&name), std::slice::from_ref(&roster));
            let args = [&name, "--keep", "count", "--key", NTA_KEY, "--out", out, "--report", "report.json"];
            let output = convert(&keys, &args);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            let report = reconciled(&keys, "report.json");
            assert_eq!((&report["converted"], &report["read"]), (&Value::from(2), &Value::from(7)));
            let outcomes =
                [(2, "converted"), (3, "differs"), (4, "differs"), (5, "equal"), (6, "differs"), (7, "differs")];
            let outcomes = outcomes.map(|(record, outcome)| (record, outcome.to_owned()));
            assert_eq!(listed(&keys, "nta.duplicates.csv"), outcomes);
            let mut survivors = [(symbol_of(&people[0]), 1), (symbol_of(&people[1]), 2)];
            survivors.sort_unstable();
            if out == "nta.csv" {
                let lines = lines(&keys, out);
                let text = |(symbol, count): &([u8; 16], i64)| format!("{},{count}", rosters::text(NTA, symbol));
                assert_eq!(lines[1..], survivors.iter().map(text).collect::<Vec<_>>());
                continue;
            }
            let table = table(&keys, out);
            let counts = table.column(1).as_primitive::<Int64Type>();
            assert_eq!(symbols(&table), survivors.map(|(symbol, _)| symbol));
            assert_eq!(
                (counts.values().to_vec(), counts.null_count()),
                (survivors.map(|(_, count)| count).to_vec(), 0)
            );
        }
    }
}

#[test]
fn input_order_with_unique_drops_from_tables_the_rows_that_it_drops_from_csv() {
    let roster = mixed(9_000, 300, 2);
    // Rejects in between: records without a row in any output.
    let numbers = roster.column(0).as_string::<i32>();
    let cells = (0..roster.num_rows()).map(|i| (i % 11 != 0).then(|| numbers.value(i)));
    let memo: ArrayRef = Arc::new((0..).map(|i: i64| Some(i % 2)).take(roster.num_rows()).collect::<Int64Array>());
    let holed = batch(&[("my_number", Arc::new(cells.collect::<StringArray>())), ("memo", memo)]);
    let (keys, nulls) = (keys_of(&[NTA]), holed.column(0).null_count());
    write(&keys.at("roster.arrow"), &[holed]);
    let run = |out: &str, more: &[&str]| {
        let args = ["roster.arrow", "--keep", "memo", "--key", NTA_KEY, "--out", out, "--report", "report.json"];
        let output = convert(&keys, &[&args[..], more].concat());
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let report = reconciled(&keys, "report.json");
        assert!(report["duplicates"]["differing"].as_u64() > Some(10) && report["rejected_by_reason"]["null"] == nulls);
        report["duplicates"].clone()
    };
    let by_symbol = run("by_symbol.arrow", &[]);
    let survivors = rows(&table(&keys, "by_symbol.arrow"));
    for threads in ["1", "3"] {
        let unique = ["--order", "input", "--unique", "--threads", threads];
        assert_eq!(run("by_input.csv", &unique), by_symbol);
        let written = lines(&keys, "by_input.csv")[1..].to_vec();
        for out in ["by_input.parquet", "by_input.arrow"] {
            assert_eq!(run(out, &unique), by_symbol);
            let mut rows = rows(&table(&keys, out));
            let as_csv: Vec<_> =
                rows.iter().map(|(symbol, memo)| format!("{},{memo}", rosters::text(NTA, symbol))).collect();
            assert!(as_csv == written, "{out} on {threads} threads");
            rows.sort();
            assert!(rows == survivors, "{out} on {threads} threads");
        }
    }
}
