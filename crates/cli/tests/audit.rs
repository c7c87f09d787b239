//! `fugo audit` finds what links two files, has no false findings, and prints no value.

mod rosters;
mod sample_keys;

use std::{
    collections::HashMap,
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use arrow_array::{
    Array, ArrayRef, BinaryArray, FixedSizeBinaryArray, Int32Array, Int64Array, ListArray, RecordBatch,
    RecordBatchOptions, RunArray, StringArray, StructArray, Time64MicrosecondArray,
    types::{Int32Type, Int64Type},
};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, Random, convert, keys_of, numbers, symbols_of, text};
use sample_keys::{Keys, stderr, stdout};
use serde_json::Value;

/// Enough people that no count is too small.
const PEOPLE: usize = 3_000;

/// Runs `fugo audit` in the folder of the keys.
fn audit(keys: &Keys, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fugo")).current_dir(keys.at("")).arg("audit").args(args).output().expect("it runs")
}

/// The findings of an audit as (weight, kind), and its exit status.
fn findings(keys: &Keys, args: &[&str]) -> (Vec<(String, String)>, Option<i32>) {
    let output = audit(keys, &[args, &["--json"]].concat());
    assert_eq!(stderr(&output), "", "{args:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found = report["findings"].as_array().expect("findings").iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    let found: Vec<_> = found.map(|finding| (text(finding, "weight"), text(finding, "kind"))).collect();
    let links = found.iter().any(|(weight, _)| weight == "links");
    assert_eq!((report["links"].as_bool(), output.status.code()), (Some(links), Some(i32::from(links))), "{args:?}");
    (found, output.status.code())
}

/// The kinds of the findings that link.
fn linking(keys: &Keys, args: &[&str]) -> Vec<String> {
    let (found, _) = findings(keys, args);
    let mut kinds: Vec<String> =
        found.into_iter().filter(|(weight, _)| weight == "links").map(|(_, kind)| kind).collect();
    kinds.dedup();
    kinds
}

/// The kinds of all findings.
fn kinds(keys: &Keys, args: &[&str]) -> Vec<String> {
    findings(keys, args).0.into_iter().map(|(_, kind)| kind).collect()
}

/// A roster whose second column has few values. In the third, each person has a different value.
fn roster(people: usize) -> String {
    let rows = numbers(people as u64).into_iter().enumerate();
    let row =
        |(i, number): (usize, String)| format!("{number},{},{:05}\n", ["東京都", "大阪府", "北海道"][i % 3], i * 7);
    std::iter::once("my_number,prefecture,member\n".to_owned()).chain(rows.map(row)).collect()
}

/// Converts a roster for both agencies, as `nta` and `moj` with this suffix.
fn deliver(keys: &Keys, roster: &str, suffix: &str, more: &[&str]) {
    fs::write(keys.at("roster.csv"), roster).expect("written");
    let (nta, moj) = (format!("nta{suffix}"), format!("moj{suffix}"));
    let args =
        ["roster.csv", "--key", NTA_KEY, "--out", &nta, "--key", MOJ_KEY, "--out", &moj, "-q", "--max-rejects", "100%"];
    let output = convert(keys, &[&args, more].concat());
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", stderr(&output));
}

fn both() -> Keys {
    keys_of(&[NTA, MOJ])
}

fn write(keys: &Keys, name: &str, lines: impl IntoIterator<Item = String>) {
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    fs::write(keys.at(name), text).expect("written");
}

fn read(keys: &Keys, name: &str) -> Vec<String> {
    fs::read_to_string(keys.at(name)).expect("text").lines().map(str::to_owned).collect()
}

#[cfg(feature = "demonstrations")]
#[test]
fn a_clean_pair_of_a_million_rows_passes_and_leaky_ones_are_counted_to_the_row() {
    let keys = both();
    let synth = ["synth", "--rows", "1000000", "--out", "roster.csv"];
    let made = Command::new(env!("CARGO_BIN_EXE_fugo")).current_dir(keys.at("")).args(synth).output().expect("it runs");
    assert!(made.status.success());
    let roster = fs::read_to_string(keys.at("roster.csv")).expect("text");

    deliver(&keys, &roster, ".csv", &["--keep", "sex,prefecture"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), [] as [&str; 0]);

    deliver(&keys, &roster, ".parquet", &["--keep", "birth_date,sex,prefecture,insurer"]);
    let output = audit(&keys, &["nta.parquet", "moj.parquet"]);
    let mut people: HashMap<&str, u32> = HashMap::new();
    roster.lines().skip(1).for_each(|line| *people.entry(&line[13..]).or_default() += 1);
    let alone = people.values().filter(|rows| **rows == 1).count();
    assert!(alone > 900_000, "{alone}");
    let alone = format!("{},{:03} people in each file are the only ones", alone / 1_000, alone % 1_000);
    assert!(stdout(&output).contains(&alone), "{alone}: {}", stdout(&output));
    assert!(stdout(&output).contains("with `sex`, `prefecture` alone nobody matches"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));

    deliver(&keys, &roster, ".arrow", &["--keep", "sex,prefecture", "--order", "input"]);
    assert_eq!(linking(&keys, &["nta.arrow", "moj.arrow"]), ["order"]);
    // One file is in symbol order. The other may be in the same order.
    assert_eq!(linking(&keys, &["nta.arrow", "moj.csv"]), ["order"]);

    // The next day there are eleven people fewer.
    let end = roster.len() - roster.lines().rev().take(11).map(|line| line.len() + 1).sum::<usize>();
    deliver(&keys, &roster[..end], "-2.csv", &["--keep", "sex,prefecture"]);
    assert_eq!(linking(&keys, &["nta.csv", "nta-2.csv"]), ["small-delta", "one-scope"]);
    assert_eq!(linking(&keys, &["nta.csv", "nta-2.csv", "--allow", "one-scope"]), ["small-delta"]);
    let output = audit(&keys, &["nta.csv", "nta-2.csv"]);
    assert!(stdout(&output).contains("11 people are only in nta.csv, 0 only in nta-2.csv"), "{}", stdout(&output));
}

#[test]
fn files_without_other_columns_in_symbol_order_pass_in_every_format_and_mix() {
    let keys = both();
    for suffix in [".csv", ".parquet", ".arrow"] {
        deliver(&keys, &roster(PEOPLE), suffix, &[]);
    }
    assert!(!stdout(&audit(&keys, &["nta.parquet", "moj.arrow", "--notes"])).contains("in the metadata"));
    for a in ["nta.csv", "nta.parquet", "nta.arrow"] {
        for b in ["moj.csv", "moj.parquet", "moj.arrow"] {
            let (found, code) = findings(&keys, &[a, b]);
            assert_eq!(
                (found.iter().any(|(weight, _)| weight == "links"), code),
                (false, Some(0)),
                "{a} {b}: {found:?}"
            );
        }
    }
}

#[test]
fn rows_in_the_inputs_order_link_even_where_no_column_is_kept() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--order", "input"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["order"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv", "--allow", "order"]), [] as [&str; 0]);
}

#[test]
fn rows_in_similar_orders_are_found_although_each_file_is_in_the_order_of_its_symbols() {
    // Symbols in the order of the people, which no key gives.
    let keys = both();
    let mut random = Random::new(5);
    let mut own = || (0..PEOPLE).map(|_| random.next()).collect::<Vec<u64>>();
    let (mut a, mut b) = (own(), own());
    a.sort_unstable();
    b.sort_unstable();
    for (name, symbols) in [("nta.csv", &a), ("moj.csv", &b)] {
        let row = |(i, symbol): (usize, &u64)| format!("{symbol:016x}{symbol:016x},{}", i / 10);
        write(&keys, name, std::iter::once("symbol,batch".to_owned()).chain(symbols.iter().enumerate().map(row)));
    }
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["order"]);
}

#[test]
fn a_column_on_which_rows_stand_alone_links_and_the_advice_names_what_can_stay() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "prefecture,member"]);
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(stdout(&output).contains("3,000 people in each file are the only ones with their values of `member`"));
    assert!(stdout(&output).contains("with `prefecture` alone nobody matches"), "{}", stdout(&output));
    deliver(&keys, &roster(PEOPLE), "-coarse.csv", &["--keep", "prefecture"]);
    assert_eq!(linking(&keys, &["nta-coarse.csv", "moj-coarse.csv"]), [] as [&str; 0]);
}

#[test]
fn a_column_that_differs_from_file_to_file_does_not_hide_one_that_links() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member,prefecture"]);
    // Each file has its own amounts, under the same header.
    for (name, times) in [("nta.csv", 7), ("moj.csv", 11)] {
        let lines = read(&keys, name);
        let row = |(i, line): (usize, &String)| {
            if i == 0 { format!("{line},amount") } else { format!("{line},{}", i * times) }
        };
        write(&keys, name, lines.iter().enumerate().map(row));
    }
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(stdout(&output).contains("3,000 people in each file are the only ones"), "{}", stdout(&output));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn columns_of_other_names_are_matched_by_their_values_in_any_width_and_with_any_separators() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    let wide = |c: char| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).expect("a digit") } else { c };
    let lines = read(&keys, "moj.csv");
    let row = |(i, line): (usize, &String)| {
        let (symbol, member) = line.split_once(',').expect("two cells");
        if i == 0 {
            "symbol,会員".to_owned()
        } else {
            format!("{symbol},{}", format!("{}-{}", &member[..2], &member[2..]).chars().map(wide).collect::<String>())
        }
    };
    write(&keys, "moj.csv", lines.iter().enumerate().map(row));
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(
        stdout(&output).contains("3,000 people in each file are the only ones with their values of `member` = `会員`"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn columns_of_few_values_and_other_names_are_matched_where_they_are_named() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "prefecture"]);
    // One person's prefecture is unique.
    for (name, header) in [("nta.csv", "symbol,prefecture"), ("moj.csv", "symbol,area")] {
        let mut lines = read(&keys, name);
        lines[0] = header.to_owned();
        let symbol = lines[1].split(',').next().expect("a symbol").to_owned();
        lines[1] = format!("{symbol},沖縄県");
        write(&keys, name, lines);
    }
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), [] as [&str; 0]);
    let paired = ["nta.csv", "moj.csv", "--pair", "prefecture=area"];
    assert_eq!(linking(&keys, &paired), ["columns"]);
    assert!(stdout(&audit(&keys, &paired)).contains("1 people in each file are the only ones"));
}

#[test]
fn symbols_of_another_scope_in_a_column_link_as_text_as_digits_and_as_bytes() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let of = symbols_of("research/cohort-7/1");
    let numbers = numbers(PEOPLE as u64);
    for as_text in [true, false] {
        let cell = |i: usize| {
            let symbol = of(&numbers[i]);
            if as_text { text("research/cohort-7/1", &symbol) } else { format!("{:032x}", u128::from_be_bytes(symbol)) }
        };
        let row = |(i, line): (usize, String)| {
            if i == 0 { format!("{line},study") } else { format!("{line},{}", cell(i - 1)) }
        };
        write(&keys, "nta-study.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
        assert_eq!(linking(&keys, &["nta-study.csv", "moj.csv"]), ["symbols-beside"]);
    }
    // The metadata of the column shows it, although the cells are empty.
    let symbols = read(&keys, "nta.csv")[1..].to_vec();
    let field = Field::new("study", DataType::Utf8, true)
        .with_metadata(HashMap::from([("fugo.tag".to_owned(), "7c2cb2a1".to_owned())]));
    let none: Vec<Option<&str>> = vec![None; symbols.len()];
    write_parquet(
        &keys.at("nta-study.parquet"),
        Schema::new(vec![Field::new("symbol", DataType::Utf8, false), field]),
        symbols,
        none,
    );
    let args = ["nta-study.parquet", "moj.csv", "--symbol-column", "symbol"];
    assert_eq!(linking(&keys, &args), ["symbols-beside"]);
}

fn write_parquet(path: &Path, schema: Schema, symbols: Vec<String>, cells: Vec<Option<&str>>) {
    write_columns(path, schema, vec![Arc::new(StringArray::from(symbols)), Arc::new(StringArray::from(cells))]);
}

fn write_columns(path: &Path, schema: Schema, columns: Vec<ArrayRef>) {
    let schema = Arc::new(schema);
    let mut writer =
        ArrowWriter::try_new(fs::File::create(path).expect("made"), schema.clone(), None).expect("a schema");
    writer.write(&RecordBatch::try_new(schema, columns).expect("a batch")).expect("written");
    writer.close().expect("closed");
}

#[test]
fn numbers_in_a_column_link_in_every_shape_and_other_twelve_digits_do_not() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let all = numbers(PEOPLE as u64);
    let grouped = |number: &str| format!("{} {} {}", &number[..4], &number[4..8], &number[8..]);
    let with = |cell: &dyn Fn(usize) -> String| {
        let row = |(i, line): (usize, String)| {
            if i == 0 { format!("{line},code") } else { format!("{line},{}", cell(i - 1)) }
        };
        write(&keys, "nta-code.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
        linking(&keys, &["nta-code.csv", "moj.csv"])
    };
    assert_eq!(with(&|i| grouped(&all[i])), ["numbers"]);
    assert_eq!(with(&|i| format!("old number {} moved", grouped(&all[i]))), ["numbers"]);
    // Consecutive codes: one in ten has the right check digit by chance.
    assert_eq!(with(&|i| format!("{:012}", 123_456_000_000 + i)), [] as [&str; 0]);
}

#[test]
fn one_number_in_a_column_is_noted_because_chance_can_explain_it() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let cell = |i: usize| if i == 7 { "123456789018" } else { "memo" };
    let row = |(i, line): (usize, String)| format!("{line},{}", if i == 0 { "memo" } else { cell(i) });
    write(&keys, "nta-memo.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
    let (found, status) = findings(&keys, &["nta-memo.csv", "moj.csv"]);
    assert!(found.contains(&("note".to_owned(), "numbers".to_owned())), "{found:?}");
    assert_eq!(status, Some(0));
    let output = audit(&keys, &["nta-memo.csv", "moj.csv", "--notes"]);
    let note = "of 1 codes of twelve digits in the column `memo`, 1 are valid MyNumbers";
    assert!(stdout(&output).contains(note), "{}", stdout(&output));
    assert!(!kinds(&keys, &["nta.csv", "moj.csv"]).contains(&"numbers".to_owned()));
}

#[test]
fn numbers_in_a_column_of_bytes_link() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let symbols: Vec<String> = read(&keys, "nta.csv")[1..].to_vec();
    let all = numbers(PEOPLE as u64);
    let schema =
        Schema::new(vec![Field::new("symbol", DataType::Utf8, false), Field::new("bytes", DataType::Binary, true)]);
    let utf_16 = |number: &String| number.bytes().flat_map(|digit| [digit, 0]).collect::<Vec<u8>>();
    let with_end = |number: &String| [number.as_bytes(), &[0xFF]].concat();
    for bytes in [
        BinaryArray::from_iter_values(&all),
        BinaryArray::from_iter_values(all.iter().map(utf_16)),
        BinaryArray::from_iter_values(all.iter().map(with_end)),
    ] {
        let columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(symbols.clone())), Arc::new(bytes)];
        write_columns(&keys.at("bytes.parquet"), schema.clone(), columns);
        assert_eq!(linking(&keys, &["bytes.parquet", "moj.csv"]), ["numbers"]);
    }
}

#[test]
fn columns_that_could_unpack_to_any_size_and_tables_without_columns_are_refused() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let symbols: Vec<String> = read(&keys, "nta.csv")[1..].to_vec();
    let rows = i32::try_from(symbols.len()).expect("few");
    let long = "z".repeat(200_000);
    let values: ArrayRef = Arc::new(Int64Array::from_iter_values(0..i64::from(rows)));
    let part = Arc::new(Field::new("part", DataType::Int64, true));
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>((0..rows).map(|i| Some(vec![Some(i64::from(i))])));
    let run = RunArray::<Int32Type>::try_new(&Int32Array::from(vec![rows]), &StringArray::from(vec![&long[..]]));
    let refused = |column: ArrayRef, expected: &str| {
        let field = Field::new("k", column.data_type().clone(), true);
        let schema = Arc::new(Schema::new(vec![Field::new("symbol", DataType::Utf8, false), field]));
        let symbols: ArrayRef = Arc::new(StringArray::from(symbols.clone()));
        let file = fs::File::create(keys.at("odd.arrow")).expect("made");
        let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &schema).expect("a schema");
        writer.write(&RecordBatch::try_new(schema, vec![symbols, column]).expect("a batch")).expect("written");
        writer.finish().expect("finished");
        let output = audit(&keys, &["odd.arrow", "moj.csv", "--memory", "16M"]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
        assert!(stderr(&output).contains(&format!("the column `k` is {expected}")), "{}", stderr(&output));
    };
    refused(Arc::new(list), "nested");
    refused(Arc::new(StructArray::from(vec![(part, values)])), "nested");
    refused(Arc::new(run.expect("one run")), "run-end encoded");

    let schema = Arc::new(Schema::empty());
    let five = RecordBatchOptions::new().with_row_count(Some(5));
    let batch = RecordBatch::try_new_with_options(schema.clone(), Vec::new(), &five).expect("a batch");
    let file = fs::File::create(keys.at("bare.arrow")).expect("made");
    let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &schema).expect("a schema");
    writer.write(&batch).expect("written");
    writer.finish().expect("finished");
    for args in [["bare.arrow", "moj.csv"], ["moj.csv", "bare.arrow"]] {
        let output = audit(&keys, &args);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains("the table has no columns"), "{}", stderr(&output));
    }
}

/// Adds columns to a delivered file: the names, and the cells of a row.
fn with_columns(keys: &Keys, from: &str, to: &str, names: &str, cells: &dyn Fn(usize) -> String) {
    let row = |(i, line): (usize, String)| format!("{line},{}", if i == 0 { names.to_owned() } else { cells(i - 1) });
    write(keys, to, read(keys, from).into_iter().enumerate().map(row));
}

#[test]
fn a_few_common_values_among_many_are_counted_over_all_rows_in_every_run() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    // So many columns in so little memory that a sample holds one value in six.
    let names = |file: &str| (0..60).map(|i| format!("{file}{i}")).collect::<Vec<_>>().join(",");
    let empty = ",".repeat(60);
    let id = |i: usize, file: &str| format!("{}{i:06}{empty}", if i < 5 { "a" } else { file });
    with_columns(&keys, "nta.csv", "a.csv", &format!("id,{}", names("a")), &|i| id(i, "a"));
    with_columns(&keys, "moj.csv", "b.csv", &format!("id,{}", names("b")), &|i| id(i, "b"));
    for _ in 0..4 {
        for more in [&[][..], &["--pair", "id=id"]] {
            assert_eq!(linking(&keys, &[&["a.csv", "b.csv", "--memory", "16M"], more].concat()), ["columns"]);
        }
    }
    let output = audit(&keys, &["a.csv", "b.csv", "--memory", "16M"]);
    assert!(stdout(&output).contains("5 people in each file are the only ones"), "{}", stdout(&output));
}

#[test]
fn a_column_of_the_same_name_with_empty_cells_or_one_word_does_not_hide_the_one_that_links() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for unknown in ["", "不明"] {
        let phone = |i: usize| if i.is_multiple_of(20) { unknown.to_owned() } else { format!("0901{i:07}") };
        with_columns(&keys, "nta.csv", "a.csv", "phone", &phone);
        with_columns(&keys, "moj.csv", "b.csv", "phone,mobile", &|i| format!("{unknown},{}", phone(i)));
        assert!(linking(&keys, &["a.csv", "b.csv"]).contains(&"columns".to_owned()), "{unknown:?}");
    }
}

#[test]
fn times_outside_the_calendar_are_compared_by_their_stored_numbers() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for (from, to) in [("nta.csv", "a.parquet"), ("moj.csv", "b.parquet")] {
        let symbols: Vec<String> = read(&keys, from)[1..].to_vec();
        // Hours after midnight of the next day.
        let times = (0..symbols.len() as u32).map(|i| 90_000_000_000 + i64::from(i));
        let times = Time64MicrosecondArray::from_iter_values(times);
        let schema = Schema::new(vec![
            Field::new("symbol", DataType::Utf8, false),
            Field::new("closing", times.data_type().clone(), true),
        ]);
        write_columns(&keys.at(to), schema, vec![Arc::new(StringArray::from(symbols)), Arc::new(times)]);
    }
    assert!(linking(&keys, &["a.parquet", "b.parquet"]).contains(&"columns".to_owned()));
}

#[test]
fn with_many_columns_a_note_says_that_not_all_combinations_were_compared_and_too_many_are_refused() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let names = |columns: usize| (0..columns).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
    let cells = |columns: usize| vec!["1"; columns].join(",");
    for (columns, noted) in [(6, false), (7, true), (40, true)] {
        for (from, to) in [("nta.csv", "a.csv"), ("moj.csv", "b.csv")] {
            with_columns(&keys, from, to, &names(columns), &|_| cells(columns));
        }
        let output = audit(&keys, &["a.csv", "b.csv", "--notes"]);
        assert_eq!(stdout(&output).contains("sets of columns were counted, grown"), noted, "{}", stdout(&output));
    }
    with_columns(&keys, "nta.csv", "a.csv", &names(600), &|_| cells(600));
    for (args, most) in [(&["a.csv", "moj.csv"][..], 512), (&["moj.csv", "a.csv", "--memory", "16M"], 128)] {
        let output = audit(&keys, args);
        assert_eq!(output.status.code(), Some(2));
        let told = format!("the file has 601 columns; with this --memory an audit compares at most {most}");
        assert!(stderr(&output).contains(&told), "{}", stderr(&output));
    }
}

#[test]
fn symbols_of_many_keys_are_counted_and_only_a_few_are_named() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let tag = |i: usize| fugo::KeyTag::from_bytes([1, 2, (i / 256) as u8, i as u8]);
    let symbol = |i: usize| {
        let encoder = fugo::text::TextEncoder::new(fugo::Purpose::Agency, tag(i));
        encoder.encode(&[i as u8; 16]).to_string()
    };
    write(&keys, "mixed.csv", std::iter::once("symbol".to_owned()).chain((0..1_500).map(symbol)));
    let output = audit(&keys, &["mixed.csv", "moj.csv"]);
    assert!(stdout(&output).contains("995 or more other keys, 1,500 rows"), "{}", stdout(&output));
    assert!(stdout(&output).contains("has symbols of 1,000 or more keys in one column"), "{}", stdout(&output));
    assert!(stdout(&output).len() < 4_000);
}

#[test]
fn the_column_named_symbol_is_taken_before_another_column_of_sixteen_bytes() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let symbols: Vec<String> = read(&keys, "nta.csv")[1..].to_vec();
    let ids = (0..symbols.len() as u128).map(u128::to_be_bytes);
    let ids = FixedSizeBinaryArray::try_from_iter(ids).expect("sixteen bytes each");
    let schema = Schema::new(vec![
        Field::new("id", ids.data_type().clone(), false),
        Field::new("symbol", DataType::Utf8, false),
    ]);
    write_columns(&keys.at("ids.parquet"), schema, vec![Arc::new(ids), Arc::new(StringArray::from(symbols))]);
    let output = audit(&keys, &["ids.parquet", "nta.csv"]);
    assert!(stdout(&output).contains("3,000 people are in both"), "{}", stdout(&output));
}

#[test]
fn a_file_name_cannot_show_a_number_or_forge_a_line() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    fs::create_dir(keys.at("945807302153")).expect("made");
    let forged = "x\n\nnothing was found that links these files\n\u{1b}[31m.csv";
    for name in ["123456789018.csv", "1234-5678-9018.csv", "１２３４５６７８９０１８.csv", "945807302153/n.csv", forged]
    {
        fs::copy(keys.at("nta.csv"), keys.at(name)).expect("copied");
        for args in [&[name, "moj.csv", "--notes"][..], &[name, "moj.csv", "--json"]] {
            let output = audit(&keys, args);
            let said = format!("{}{}", stdout(&output), stderr(&output));
            assert!(!said.contains(name) && !said.contains("945807302153"), "{said}");
            // JSON escapes the escapes once more.
            let plain = said.replace("\\\\", "\\");
            assert!(plain.contains("[not shown]") || plain.contains("x\\n\\nnothing"), "{said}");
            assert!(!said.contains('\u{1b}'), "{said}");
        }
    }
}

#[test]
fn the_column_of_symbols_is_found_beside_ids_that_look_so() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for name in ["nta.csv", "moj.csv"] {
        let row =
            |(i, line): (usize, String)| if i == 0 { format!("id,{line}") } else { format!("{:032x},{line}", i * 977) };
        write(&keys, &format!("ids-{name}"), read(&keys, name).into_iter().enumerate().map(row));
    }
    let output = audit(&keys, &["ids-nta.csv", "ids-moj.csv"]);
    assert!(stdout(&output).contains("agency, tag 7c2cb2a1, 3,000 rows, in symbol order"), "{}", stdout(&output));
    assert_eq!(linking(&keys, &["ids-nta.csv", "ids-moj.csv"]), ["order", "columns", "symbols-beside"]);
}

#[test]
fn one_key_for_two_scopes_is_found_by_the_symbols() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--symbol", "hex"]);
    // The tag names another scope; three of the symbols are the same.
    let (nta, moj) = (read(&keys, "nta.csv"), read(&keys, "moj.csv"));
    let bytes = |line: &str| -> [u8; 16] {
        std::array::from_fn(|i| u8::from_str_radix(&line[2 * i..2 * i + 2], 16).expect("hex"))
    };
    let as_text = |scope: &str, lines: &[String]| {
        let mut symbols: Vec<[u8; 16]> = lines.iter().map(|line| bytes(line)).collect();
        symbols.sort_unstable();
        std::iter::once("symbol".to_owned()).chain(symbols.iter().map(|symbol| text(scope, symbol))).collect::<Vec<_>>()
    };
    write(&keys, "a.csv", as_text(NTA, &nta[1..]));
    let mut shared = moj[1..].to_vec();
    shared[..3].clone_from_slice(&nta[1..4]);
    write(&keys, "b.csv", as_text(MOJ, &shared));
    let output = audit(&keys, &["a.csv", "b.csv"]);
    assert!(stdout(&output).contains("3 symbols are in both files"), "{}", stdout(&output));
    assert_eq!(linking(&keys, &["a.csv", "b.csv"]), ["equal-symbols"]);
}

#[test]
fn symbols_of_two_scopes_in_one_column_link() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    let (nta, moj) = (read(&keys, "nta.csv"), read(&keys, "moj.csv"));
    let mut mixed = nta[1..].to_vec();
    mixed.extend_from_slice(&moj[1..]);
    write(&keys, "mixed.csv", std::iter::once("symbol".to_owned()).chain(mixed));
    assert!(linking(&keys, &["mixed.csv", "moj.csv"]).contains(&"mixed-scopes".to_owned()));
}

#[test]
fn people_with_several_rows_link_where_both_files_have_them() {
    let keys = both();
    let mut rows: Vec<String> = roster(PEOPLE).lines().map(str::to_owned).collect();
    // One person has seventeen rows, two have three each.
    let person = |row: &str| row.split(',').next().expect("a number").to_owned();
    for (at, more) in [(1, 16), (2, 2), (3, 2)] {
        let person = person(&rows[at]);
        rows.extend((0..more).map(|i| format!("{person},x,{i}")));
    }
    let rows: String = rows.into_iter().map(|row| row + "\n").collect();
    deliver(&keys, &rows, ".csv", &["--order", "input"]);
    for name in ["nta.csv", "moj.csv"] {
        let mut lines = read(&keys, name);
        lines[1..].sort_by_key(|line| fugo::text::decode(line.as_bytes()).expect("a symbol").symbol);
        write(&keys, name, lines);
    }
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["several-rows"]);
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(
        stdout(&output).contains("3 people have several rows in nta.csv, 3 in moj.csv; 1 of them are the only ones"),
        "{}",
        stdout(&output)
    );
    deliver(&keys, &roster(PEOPLE), "-once.csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj-once.csv"]), [] as [&str; 0]);
}

#[test]
fn a_file_in_the_other_ones_order_links_though_that_one_is_in_symbol_order() {
    let keys = keys_of(&["insurers/all/1", "eligibility/all/1"]);
    fs::write(keys.at("roster.csv"), roster(PEOPLE)).expect("written");
    let insurers = ["roster.csv", "--key", "insurers-all-1.key", "--out", "insurers.csv", "-q"];
    assert!(convert(&keys, &insurers).status.success());
    let tag = rosters::scope_key("insurers/all/1").tag().to_string();
    let issued =
        ["insurers.csv", "--from", "insurers-symbol", "--insurers-tag", &tag, "--column", "symbol", "--order", "input"];
    let output =
        convert(&keys, &[&issued[..], &["--key", "eligibility-all-1.key", "--out", "eligibility.csv", "-q"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(linking(&keys, &["insurers.csv", "eligibility.csv"]), ["order"]);
}

#[test]
fn people_match_though_one_file_has_several_rows_of_each() {
    let keys = both();
    let rows: String =
        roster(PEOPLE).lines().skip(1).flat_map(|row| (0..6).map(move |visit| format!("{row},{visit}\n"))).collect();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    deliver(
        &keys,
        &format!("my_number,prefecture,member,visit\n{rows}"),
        "-visits.csv",
        &["--keep", "member,visit", "--order", "input"],
    );
    let output = audit(&keys, &["nta.csv", "moj-visits.csv"]);
    assert!(
        stdout(&output).contains("3,000 people in each file are the only ones with their values of `member`"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_column_of_each_files_own_values_does_not_hide_one_of_another_name() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    let row = |(i, line): (usize, String)| {
        let (symbol, member) = line.split_once(',').expect("two cells");
        if i == 0 { "symbol,member,card".to_owned() } else { format!("{symbol},x{i},{member}") }
    };
    write(&keys, "moj.csv", read(&keys, "moj.csv").into_iter().enumerate().map(row));
    let output = audit(&keys, &["nta.csv", "moj.csv"]);
    assert!(
        stdout(&output).contains("3,000 people in each file are the only ones with their values of `member` = `card`"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_file_in_cp932_and_a_table_are_compared_as_text() {
    let keys = both();
    let address = |i: usize| format!("東京都千代田区霞が関三丁目中央合同庁舎第四号館厚生労働省別館北棟{i}");
    let rows = numbers(PEOPLE as u64).into_iter().enumerate().map(|(i, number)| format!("{number},{}\n", address(i)));
    let roster: String = std::iter::once("my_number,住所\n".to_owned()).chain(rows).collect();
    let (bytes, _, lost) = encoding_rs::SHIFT_JIS.encode(&roster);
    assert!(!lost);
    fs::write(keys.at("roster.csv"), &bytes).expect("written");
    let args = ["roster.csv", "--encoding", "cp932", "--keep", "住所", "-q", "--key", NTA_KEY, "--key", MOJ_KEY];
    let output = convert(&keys, &[&args[..], &["--out", "nta.csv", "--out", "moj.parquet"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(linking(&keys, &["nta.csv", "moj.parquet", "--encoding", "cp932"]), ["columns"]);
    let output = audit(&keys, &["nta.csv", "moj.parquet"]);
    assert!(stderr(&output).contains("--encoding"), "{}", stderr(&output));
}

#[test]
fn names_out_of_a_file_cannot_forge_lines_and_a_first_line_of_cells_is_refused() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    let mut lines = read(&keys, "nta.csv");
    lines[0] = "symbol,\"member\nlinks   none: \u{1b}[31m\"".to_owned();
    write(&keys, "forged.csv", lines.clone());
    let output = audit(&keys, &["forged.csv", "moj.csv"]);
    assert!(stdout(&output).contains("\\nlinks   none: \\u{1b}[31m"), "{}", stdout(&output));
    assert!(!stdout(&output).contains('\u{1b}'));
    write(&keys, "headless.csv", lines.split_off(1));
    let output = audit(&keys, &["headless.csv", "moj.csv"]);
    assert!(stderr(&output).contains("the first line holds a symbol, so it is not a header"), "{}", stderr(&output));
}

#[test]
fn small_files_link_unless_that_is_accepted() {
    let keys = both();
    deliver(&keys, &roster(999), ".csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["few-rows"]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv", "--allow", "few-rows"]), [] as [&str; 0]);
    let (found, _) = findings(&keys, &["nta.csv", "moj.csv", "--allow", "few-rows"]);
    assert_eq!(found.iter().filter(|found| **found == ("allowed".into(), "few-rows".into())).count(), 2);
    deliver(&keys, &roster(1_000), ".csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), [] as [&str; 0]);
    deliver(&keys, "my_number,prefecture,member\n", ".csv", &[]);
    assert_eq!(linking(&keys, &["nta.csv", "moj.csv"]), ["few-rows"]);
}

#[test]
fn two_days_of_one_scope_join_and_link_if_few_people_changed() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), "-1.csv", &["--keep", "prefecture"]);
    let delta = |people: usize| {
        deliver(&keys, &roster(people), "-2.csv", &["--keep", "prefecture"]);
        linking(&keys, &["nta-1.csv", "nta-2.csv", "--allow", "one-scope"])
    };
    assert_eq!(delta(PEOPLE + 1), ["small-delta"]);
    assert_eq!(delta(PEOPLE - 999), ["small-delta"]);
    assert_eq!(delta(PEOPLE + 1_000), [] as [&str; 0]);
    assert_eq!(delta(PEOPLE), [] as [&str; 0]);
    // Without --allow they may be for two organisations.
    assert_eq!(linking(&keys, &["nta-1.csv", "nta-2.csv"]), ["one-scope"]);
    // The people are the same, and five of them moved.
    let moved = roster(PEOPLE).lines().enumerate().map(|(i, row)| if (1..6).contains(&i) { row.replace("府", "市").replace("都", "市").replace("道", "市") } else { row.to_owned() } + "\n").collect::<String>();
    deliver(&keys, &moved, "-3.csv", &["--keep", "prefecture"]);
    assert!(
        stdout(&audit(&keys, &["nta-1.csv", "nta-3.csv"]))
            .contains("5 people are in both files and have different values")
    );
    assert_eq!(linking(&keys, &["nta-1.csv", "nta-3.csv", "--allow", "one-scope"]), ["small-delta"]);
}

#[test]
fn what_a_table_says_of_itself_is_noted() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    for agency in ["nta", "moj"] {
        let symbols = read(&keys, &format!("{agency}.csv"))[1..].to_vec();
        let none = vec![None; symbols.len()];
        let fields = vec![Field::new("symbol", DataType::Utf8, false), Field::new("memo", DataType::Utf8, true)];
        let metadata = HashMap::from([("batch_id".to_owned(), "b-0193".to_owned())]);
        write_parquet(
            &keys.at(&format!("{agency}.parquet")),
            Schema::new(fields).with_metadata(metadata),
            symbols,
            none,
        );
    }
    let output = audit(&keys, &["nta.parquet", "moj.parquet", "--notes"]);
    assert!(stdout(&output).contains("both files have the same value for `batch_id`"), "{}", stdout(&output));
    assert!(stdout(&output).contains("last written"), "{}", stdout(&output));
    assert!(!stdout(&output).contains("b-0193"));
}

#[test]
fn times_of_writing_that_lie_apart_are_no_finding() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &[]);
    assert!(kinds(&keys, &["nta.csv", "moj.csv"]).contains(&"metadata".to_owned()));
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(7_200);
    let file = fs::File::options().write(true).open(keys.at("nta.csv")).expect("opened");
    file.set_modified(past).expect("set");
    assert!(!kinds(&keys, &["nta.csv", "moj.csv"]).contains(&"metadata".to_owned()));
}

#[test]
fn an_audit_in_many_readings_says_what_one_in_one_reading_says() {
    let keys = both();
    let people = 200_000;
    deliver(&keys, &roster(people), ".csv", &["--keep", "prefecture,member"]);
    let said = |memory: &str| stdout(&audit(&keys, &["nta.csv", "moj.csv", "--memory", memory])).to_owned();
    // 400,000 rows and six hashes of eight bytes for each: more than 16 MB, less than 1 GB.
    assert_eq!(said("16M"), said("1G"));
    assert!(said("1G").contains("200,000 people in each file are the only ones"));
}

#[test]
fn no_value_of_a_cell_is_printed() {
    let keys = both();
    deliver(&keys, &roster(1_200), ".csv", &["--keep", "prefecture,member"]);
    let row = |(i, line): (usize, String)| {
        if i == 0 { format!("{line},123456789018") } else { format!("{line},{}", numbers(1)[0]) }
    };
    write(&keys, "nta-numbers.csv", read(&keys, "nta.csv").into_iter().enumerate().map(row));
    for args in [["nta.csv", "moj.csv", "--json"], ["nta-numbers.csv", "moj.csv", "--json"]] {
        for args in [&args[..2], &args[..]] {
            let output = audit(&keys, args);
            let said = format!("{}{}", stdout(&output), stderr(&output));
            for secret in ["東京都", "00007", "kikan1", &numbers(1)[0], "123456789018"] {
                assert!(!said.contains(secret), "{secret} in {said}");
            }
        }
    }
}

#[test]
fn files_that_cannot_be_audited_are_refused_with_what_was_expected() {
    let keys = both();
    deliver(&keys, &roster(PEOPLE), ".csv", &["--keep", "member"]);
    fs::hard_link(keys.at("nta.csv"), keys.at("same.csv")).expect("linked");
    fs::create_dir(keys.at("folder.csv")).expect("made");
    let nta = read(&keys, "nta.csv");
    let spoiled = |at: usize, line: &str| {
        nta.iter().enumerate().map(|(i, old)| if i == at { line.to_owned() } else { old.clone() }).collect::<Vec<_>>()
    };
    write(&keys, "short.csv", spoiled(7, nta[7].split(',').next().expect("a symbol")));
    write(&keys, "no-symbol.csv", spoiled(7, "kikan1,00042"));
    write(&keys, "roster-itself.csv", roster(PEOPLE).lines().map(str::to_owned));
    fs::write(keys.at("empty.csv"), "").expect("written");
    fs::write(keys.at("damaged.parquet"), b"PAR1 and no more").expect("written");
    let named = Schema::new(vec![
        Field::new("symbol", DataType::Utf8, false),
        Field::new("123456789018", DataType::Utf8, true),
    ]);
    let symbols: Vec<String> = nta[1..].iter().map(|line| line[..44].to_owned()).collect();
    let cells = vec![None; symbols.len()];
    write_parquet(&keys.at("number-as-name.parquet"), named, symbols, cells);
    for (file, expected) in [
        ("same.csv", "both arguments name the same file"),
        ("folder.csv", "not a regular file"),
        ("none.csv", "No such file"),
        ("short.csv", "record 7 does not have 2 fields"),
        ("no-symbol.csv", "record 7: the cell is not a symbol"),
        ("roster-itself.csv", "no column holds symbols"),
        ("empty.csv", "the input is empty"),
        ("damaged.parquet", "parquet"),
        ("number-as-name.parquet", "a column's name holds twelve digits that are a valid MyNumber"),
    ] {
        let output = audit(&keys, &["nta.csv", file]);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""), "{file}");
        assert!(stderr(&output).contains(expected), "{file}: {}", stderr(&output));
        assert!(!stderr(&output).contains("00042"), "{}", stderr(&output));
    }
    let output = audit(&keys, &["nta.csv", "moj.csv", "--pair", "member=nobody"]);
    assert!(stderr(&output).contains("--pair names a column that does not exist"), "{}", stderr(&output));
    write(
        &keys,
        "ages.csv",
        nta.iter()
            .enumerate()
            .map(|(i, line)| if i == 0 { "symbol,age".to_owned() } else { format!("{},a{i}", &line[..44]) }),
    );
    let output = audit(&keys, &["ages.csv", "moj.csv", "--pair", "age=member"]);
    assert!(stderr(&output).contains("have no value in common"), "{}", stderr(&output));
}
