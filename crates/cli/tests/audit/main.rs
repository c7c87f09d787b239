//! `fugo audit` finds what links two files, has no false findings, and prints no value. One file for each question.

mod columns;
mod messages;
mod numbers;
mod order;
mod pairs;
mod people;
mod refused;
#[path = "../rosters/mod.rs"]
mod rosters;
#[path = "../sample_keys/mod.rs"]
mod sample_keys;
mod symbols;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::Schema;
use parquet::arrow::ArrowWriter;
use serde_json::Value;

use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, convert, keys_of, numbers};
use sample_keys::{Keys, stderr};

/// Enough people that no count is too small.
pub(crate) const PEOPLE: usize = 3_000;

/// Runs `fugo audit` in the folder of the keys.
pub(crate) fn audit(keys: &Keys, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fugo")).current_dir(keys.at("")).arg("audit").args(args).output().expect("it runs")
}

/// The findings of an audit as (weight, kind), and its exit status.
pub(crate) fn findings(keys: &Keys, args: &[&str]) -> (Vec<(String, String)>, Option<i32>) {
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
pub(crate) fn linking(keys: &Keys, args: &[&str]) -> Vec<String> {
    let (found, _) = findings(keys, args);
    let mut kinds: Vec<String> =
        found.into_iter().filter(|(weight, _)| weight == "links").map(|(_, kind)| kind).collect();
    kinds.dedup();
    kinds
}

/// The kinds of all findings.
pub(crate) fn kinds(keys: &Keys, args: &[&str]) -> Vec<String> {
    findings(keys, args).0.into_iter().map(|(_, kind)| kind).collect()
}

/// A roster whose second column has few values. In the third, each person has a different value.
pub(crate) fn roster(people: usize) -> String {
    let rows = numbers(people as u64).into_iter().enumerate();
    let row =
        |(i, number): (usize, String)| format!("{number},{},{:05}\n", ["東京都", "大阪府", "北海道"][i % 3], i * 7);
    std::iter::once("my_number,prefecture,member\n".to_owned()).chain(rows.map(row)).collect()
}

/// Converts a roster for both agencies, as `nta` and `moj` with this suffix.
pub(crate) fn deliver(keys: &Keys, roster: &str, suffix: &str, more: &[&str]) {
    fs::write(keys.at("roster.csv"), roster).expect("written");
    let (nta, moj) = (format!("nta{suffix}"), format!("moj{suffix}"));
    let args =
        ["roster.csv", "--key", NTA_KEY, "--out", &nta, "--key", MOJ_KEY, "--out", &moj, "-q", "--max-rejects", "100%"];
    let output = convert(keys, &[&args, more].concat());
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", stderr(&output));
}

pub(crate) fn both() -> Keys {
    keys_of(&[NTA, MOJ])
}

pub(crate) fn write(keys: &Keys, name: &str, lines: impl IntoIterator<Item = String>) {
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    fs::write(keys.at(name), text).expect("written");
}

pub(crate) fn read(keys: &Keys, name: &str) -> Vec<String> {
    fs::read_to_string(keys.at(name)).expect("text").lines().map(str::to_owned).collect()
}

pub(crate) fn write_parquet(path: &Path, schema: Schema, symbols: Vec<String>, cells: Vec<Option<&str>>) {
    write_columns(path, schema, vec![Arc::new(StringArray::from(symbols)), Arc::new(StringArray::from(cells))]);
}

pub(crate) fn write_columns(path: &Path, schema: Schema, columns: Vec<ArrayRef>) {
    let schema = Arc::new(schema);
    let mut writer =
        ArrowWriter::try_new(fs::File::create(path).expect("made"), schema.clone(), None).expect("a schema");
    writer.write(&RecordBatch::try_new(schema, columns).expect("a batch")).expect("written");
    writer.close().expect("closed");
}

/// Adds columns to a delivered file: the names, and the cells of a row.
pub(crate) fn with_columns(keys: &Keys, from: &str, to: &str, names: &str, cells: &dyn Fn(usize) -> String) {
    let row = |(i, line): (usize, String)| format!("{line},{}", if i == 0 { names.to_owned() } else { cells(i - 1) });
    write(keys, to, read(keys, from).into_iter().enumerate().map(row));
}
