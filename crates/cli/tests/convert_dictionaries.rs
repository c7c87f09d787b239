//! `fugo convert` in symbol order: texts that a table holds in dictionaries are carried as codes, and the outputs have the
//! same bytes as if they were not.

mod rosters;
mod sample_keys;
mod tables;

use std::{fs, sync::Arc};

use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray, cast::AsArray, types::Int32Type,
};
use arrow_buffer::NullBuffer;
use arrow_cast::cast;
use arrow_schema::{DataType, Field, Schema};
use parquet::file::properties::WriterProperties;
use rosters::{MOJ, MOJ_KEY, NTA, NTA_KEY, Random, convert, keys_of, numbers, read};
use sample_keys::Keys;
use serde_json::Value;
use tables::{batch, column_texts, nta, reconciled, rejects, roster, table, texts, write, write_parquet};

/// How a roster is written: what its columns are, and the format.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// Text that the file holds in dictionaries, one for each row group.
    Parquet,
    /// Text that the file does not hold in dictionaries.
    PlainParquet,
    /// Text of which some row groups begin with dictionaries that become full.
    HalfParquet,
    Arrow,
    /// Dictionaries, one for each batch.
    ArrowDictionary,
    /// Dictionaries whose texts have nulls among them.
    ArrowNulls,
}

const FORMS: [Form; 6] =
    [Form::Parquet, Form::PlainParquet, Form::HalfParquet, Form::Arrow, Form::ArrowDictionary, Form::ArrowNulls];

/// Writes a roster of text columns, the first of them the numbers, with 700 rows in a batch. Returns its name.
fn write_as(keys: &Keys, form: Form, roster: &RecordBatch) -> &'static str {
    let groups = WriterProperties::builder().set_max_row_group_row_count(Some(700));
    let batches = (0..roster.num_rows()).step_by(700).map(|row| roster.slice(row, 700.min(roster.num_rows() - row)));
    let batches: Vec<RecordBatch> = batches.map(|batch| in_columns(form, &batch)).collect();
    let name = match form {
        Form::Arrow | Form::ArrowDictionary | Form::ArrowNulls => "roster.arrow",
        Form::Parquet | Form::PlainParquet | Form::HalfParquet => "roster.parquet",
    };
    match form {
        Form::Parquet => write_parquet(&keys.at(name), &batches, groups.build()),
        Form::PlainParquet => {
            write_parquet(&keys.at(name), &batches, groups.set_dictionary_enabled(false).build());
        }
        Form::HalfParquet => {
            write_parquet(&keys.at(name), &batches, groups.set_dictionary_page_size_limit(64).build());
        }
        Form::Arrow => write(&keys.at(name), &batches),
        // A file has one dictionary for each column; a stream has as many as it likes.
        Form::ArrowDictionary | Form::ArrowNulls => {
            write(&keys.at("roster.arrows"), &batches);
            fs::rename(keys.at("roster.arrows"), keys.at(name)).expect("renamed");
        }
    }
    name
}

fn in_columns(form: Form, batch: &RecordBatch) -> RecordBatch {
    let column = |(i, column): (usize, &ArrayRef)| match form {
        Form::ArrowDictionary if i > 0 => cast(column, &dictionary()).expect("a dictionary"),
        Form::ArrowNulls if i > 0 => with_nulls_among_the_texts(column),
        _ => column.clone(),
    };
    let columns: Vec<ArrayRef> = batch.columns().iter().enumerate().map(column).collect();
    let fields = batch
        .schema()
        .fields()
        .iter()
        .zip(&columns)
        .map(|(field, column)| Field::new(field.name(), column.data_type().clone(), true))
        .collect::<Vec<_>>();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns of one length")
}

fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The column as a dictionary: a null is a place of a null text, and the key of some nulls is outside the dictionary.
fn with_nulls_among_the_texts(column: &ArrayRef) -> ArrayRef {
    let plain = cast(column, &dictionary()).expect("a dictionary");
    let plain = plain.as_dictionary::<Int32Type>();
    let values = plain.values().as_string::<i32>();
    let values: StringArray = values.iter().chain([None]).collect();
    let last = i32::try_from(values.len() - 1).expect("few");
    let keys: Vec<i32> = plain.keys().iter().map(|key| key.unwrap_or(last)).collect();
    let valid: Vec<bool> = keys.iter().enumerate().map(|(row, key)| *key != last || row % 2 == 0).collect();
    let keys = Int32Array::new(keys.into(), Some(NullBuffer::from(valid)));
    Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(values)))
}

/// People with one row, equal rows and rows that differ; few texts, many texts, and nulls. Some rows hold their own number
/// or another one, so they are rejected; other rows hold texts of the same dictionaries.
fn people() -> RecordBatch {
    let mut random = Random::new(5);
    let people = numbers(6000);
    let mut rows: Vec<usize> = (0..people.len()).collect();
    rows.extend((0..300).map(|_| random.below(people.len())));
    random.shuffle(&mut rows);
    let few = |row: usize| (!row.is_multiple_of(9)).then(|| format!("部署{}", row % 7));
    let many = |row: usize, at: usize| match row % 100 {
        0 => Some(people[row].clone()),
        1 => Some(format!("see {}", people[row + 1])),
        // The rows of these people differ.
        2 => Some(format!("row {at}")),
        3 => None,
        4 => Some(String::new()),
        _ => Some(format!("memo {}", row * 7919 % 3001)),
    };
    batch(&[
        ("my_number", texts(rows.iter().map(|row| &people[*row]))),
        ("few", Arc::new(rows.iter().map(|row| few(*row)).collect::<StringArray>())),
        ("many", Arc::new(rows.iter().enumerate().map(|(at, row)| many(*row, at)).collect::<StringArray>())),
    ])
}

/// The outputs for two agencies in two formats, the rejects, the duplicates, and the report.
fn outputs(keys: &Keys, name: &str, more: &[&str]) -> (Vec<Vec<u8>>, Value) {
    let files = ["nta.parquet", "moj.csv", "nta.arrow", "rejects.csv", "duplicates.csv"];
    let out = |key, out| ["--key", key, "--out", out];
    let args = [
        &[name, "--keep", "many,few", "--quiet", "--max-rejects", "100%", "--max-duplicates", "100%"][..],
        &["--rejects", "rejects.csv", "--duplicates", "duplicates.csv", "--report", "report.json"],
        more,
    ]
    .concat();
    let both = [&args[..], &out(NTA_KEY, "nta.parquet"), &out(MOJ_KEY, "moj.csv")].concat();
    let output = convert(keys, &both);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let report = reconciled(keys, "report.json");
    let output = convert(keys, &[&args[..], &out(NTA_KEY, "nta.arrow")].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    (files.map(|name| read(keys, name)).to_vec(), report)
}

#[test]
fn outputs_have_the_same_bytes_however_the_roster_holds_its_texts() {
    let people = people();
    let keys = keys_of(&[NTA, MOJ]);
    let name = write_as(&keys, Form::PlainParquet, &people);
    let (expected, report) = outputs(&keys, name, &["--memory", "1G", "--threads", "2"]);
    assert!(
        report["rejected"].as_u64() > Some(100) && report["duplicates"]["differing"].as_u64() > Some(4),
        "{report}"
    );
    for form in FORMS {
        let keys = keys_of(&[NTA, MOJ]);
        let name = write_as(&keys, form, &people);
        for (memory, threads) in [("1G", "1"), ("1G", "3"), ("256M", "2"), ("16M", "2")] {
            let (files, _) = outputs(&keys, name, &["--memory", memory, "--threads", threads]);
            assert!(files == expected, "{form:?}, {memory}, {threads} threads");
        }
    }
}

#[test]
fn more_texts_than_a_dictionary_takes_are_all_written() {
    let people = numbers(140_000);
    let memos: Vec<String> = (0..people.len()).map(|i| format!("memo {i}")).collect();
    let roster = roster(&people, texts(&memos));
    let files = [Form::ArrowDictionary, Form::Arrow].map(|form| {
        let keys = nta();
        let name = write_as(&keys, form, &roster);
        let args = [name, "--keep", "memo", "--key", NTA_KEY, "--quiet", "--memory", "1G", "--out"];
        let files = ["out.parquet", "out.csv"].map(|out| {
            let output = convert(&keys, &[&args[..], &[out]].concat());
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            read(&keys, out)
        });
        let mut written: Vec<String> =
            column_texts(&table(&keys, "out.parquet"), "memo").into_iter().flatten().collect();
        written.sort_unstable();
        let mut expected = memos.clone();
        expected.sort_unstable();
        assert!(written == expected);
        files
    });
    assert!(files[0] == files[1]);
}

#[test]
fn a_number_in_a_dictionary_is_found_in_each_row_that_has_it() {
    let people = numbers(3);
    let dictionary = texts([&people[0], "harmless"]);
    let keys_of_rows = Int32Array::from(vec![Some(0), Some(1), Some(0)]);
    let memo: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::new(keys_of_rows, dictionary));
    for name in ["roster.parquet", "roster.arrow"] {
        let keys = nta();
        write(&keys.at(name), &[roster(&people, memo.clone())]);
        let args = [name, "--keep", "memo", "--key", NTA_KEY, "--out", "out.csv", "--quiet", "--memory", "1G"];
        let more = ["--rejects", "rejects.csv", "--max-rejects", "100%"];
        assert_eq!(convert(&keys, &[&args[..], &more].concat()).status.code(), Some(1));
        assert_eq!(rejects(&keys, "rejects.csv"), ["1,,,memo,kept-number", "3,,,memo,kept-other-number"]);
    }
}
