//! Rosters and outputs in columns, written and read by the Arrow and Parquet crates themselves, and the expected
//! outputs of `fugo convert`.
#![allow(dead_code, reason = "each test file uses its share")]

use std::{fs::File, path::Path, process::Output, sync::Arc};

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, UInt32Array, cast::AsArray};
use arrow_cast::cast;
use arrow_ipc::{
    reader::{FileReader, StreamReader},
    writer::{FileWriter, StreamWriter},
};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::{concat::concat_batches, take::take};
use fugo::SYMBOL_LEN;
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    file::properties::WriterProperties,
};
use serde_json::Value;

use crate::{
    rosters::{NTA, NTA_KEY, convert, read, symbols_of},
    sample_keys::{Keys, stderr},
};

/// The formats of columns; each is a file's extension too.
pub(crate) const FORMATS: [&str; 2] = ["parquet", "arrow"];

/// A column of text.
pub(crate) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(texts))
}

/// Columns under their names, nullable.
pub(crate) fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(*name, column.data_type().clone(), true)).collect();
    let columns = columns.iter().map(|(_, column)| column.clone()).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("columns of one length")
}

/// A roster of these numbers with one kept column, `memo`.
pub(crate) fn roster(numbers: &[String], memo: ArrayRef) -> RecordBatch {
    batch(&[("my_number", texts(numbers)), ("memo", memo)])
}

/// Writes a table in the format of its extension: `parquet`, `arrow` (a file) or `arrows` (a stream).
pub(crate) fn write(path: &Path, batches: &[RecordBatch]) {
    let (file, schema) = (File::create(path).expect("made"), batches[0].schema());
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("parquet") => write_parquet(path, batches, WriterProperties::default()),
        Some("arrow") => {
            let mut writer = FileWriter::try_new(file, &schema).expect("begun");
            batches.iter().for_each(|batch| writer.write(batch).expect("written"));
            writer.finish().expect("ended");
        }
        Some("arrows") => {
            let mut writer = StreamWriter::try_new(file, &schema).expect("begun");
            batches.iter().for_each(|batch| writer.write(batch).expect("written"));
            writer.finish().expect("ended");
        }
        other => unreachable!("no test writes {other:?}"),
    }
}

/// Writes a Parquet file with its own properties.
pub(crate) fn write_parquet(path: &Path, batches: &[RecordBatch], properties: WriterProperties) {
    let file = File::create(path).expect("made");
    let mut writer = ArrowWriter::try_new(file, batches[0].schema(), Some(properties)).expect("begun");
    batches.iter().for_each(|batch| writer.write(batch).expect("written"));
    writer.close().expect("ended");
}

/// An output of columns as one batch.
pub(crate) fn table(keys: &Keys, name: &str) -> RecordBatch {
    let file = File::open(keys.at(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let (schema, batches): (SchemaRef, Vec<RecordBatch>) = match name.rsplit_once('.') {
        Some((_, "parquet")) => {
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
            (builder.schema().clone(), builder.build().expect("Parquet").map(|batch| batch.expect("whole")).collect())
        }
        Some((_, "arrows")) => {
            let reader = StreamReader::try_new(file, None).expect("an Arrow stream");
            (reader.schema(), reader.map(|batch| batch.expect("whole")).collect())
        }
        _ => {
            let reader = FileReader::try_new(file, None).expect("an Arrow file");
            (reader.schema(), reader.map(|batch| batch.expect("whole")).collect())
        }
    };
    concat_batches(&schema, &batches).expect("one schema")
}

/// The symbols of an output, as bytes; none may be null.
pub(crate) fn symbols(table: &RecordBatch) -> Vec<[u8; SYMBOL_LEN]> {
    assert_eq!(table.column(0).data_type(), &DataType::FixedSizeBinary(16));
    assert_eq!(table.column(0).null_count(), 0);
    table
        .column(0)
        .as_fixed_size_binary()
        .iter()
        .map(|symbol| symbol.expect("not null").try_into().expect("16 bytes"))
        .collect()
}

/// A column as text, whatever it holds.
pub(crate) fn column_texts(table: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = cast(table.column_by_name(name).expect("a column"), &DataType::Utf8).expect("text");
    column.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect()
}

/// Symbols and memos of an output, in its order.
pub(crate) fn rows(table: &RecordBatch) -> Vec<([u8; SYMBOL_LEN], String)> {
    symbols(table)
        .into_iter()
        .zip(column_texts(table, "memo").into_iter().map(|memo| memo.expect("not null")))
        .collect()
}

/// The expected rows of a scope, ascending by symbol: of a person's rows one if they are equal, none if they differ.
pub(crate) fn expected(scope: &str, rows: &[(String, String)]) -> Vec<([u8; SYMBOL_LEN], String)> {
    let symbol_of = symbols_of(scope);
    let mut rows: Vec<_> = rows.iter().map(|(number, memo)| (symbol_of(number), memo.clone())).collect();
    rows.sort_unstable();
    rows.dedup();
    let people: Vec<_> = rows.chunk_by(|a, b| a.0 == b.0).filter(|person| person.len() == 1).collect();
    people.concat()
}

/// The new index of each number's row when rows of distinct people are sorted by the symbols of a scope.
pub(crate) fn by_symbol(scope: &str, numbers: &[String]) -> UInt32Array {
    let symbol_of = symbols_of(scope);
    let mut order: Vec<_> = numbers.iter().map(|number| symbol_of(number)).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

/// A column in another order.
pub(crate) fn reordered(column: &ArrayRef, order: &UInt32Array) -> ArrayRef {
    take(column, order, None).expect("rows of the column")
}

/// Writes a roster as `roster.<format>` and converts it for `agency/nta/1`.
pub(crate) fn convert_table(keys: &Keys, format: &str, roster: &RecordBatch, more: &[&str]) -> Output {
    let name = format!("roster.{format}");
    write(&keys.at(&name), std::slice::from_ref(roster));
    convert(keys, &[&[&name, "--key", NTA_KEY, "--quiet"], more].concat())
}

/// The counts that a run must report: `read = converted + rejected + duplicates`.
pub(crate) fn reconciled(keys: &Keys, report: &str) -> Value {
    let report: Value = serde_json::from_slice(&read(keys, report)).expect("JSON");
    let count = |value: &Value| value.as_u64().expect("a count");
    let duplicates = count(&report["duplicates"]["equal"]) + count(&report["duplicates"]["differing"]);
    assert_eq!(count(&report["read"]), count(&report["converted"]) + count(&report["rejected"]) + duplicates);
    report
}

/// The two lines of a refused run, which must leave no new files except the given names.
pub(crate) fn refusal(keys: &Keys, output: &Output, left: &[&str]) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said: Vec<&str> = stderr(output).lines().filter(|line| !line.contains("is a test key")).collect();
    let [error, remedy] = said[..] else { panic!("two lines: {said:?}") };
    assert!(error.starts_with("fugo: ") && remedy.starts_with("      "), "{said:?}");
    let names = keys.names();
    let mut expected: Vec<&str> = [&[NTA_KEY], left].concat();
    expected.sort_unstable();
    assert_eq!(names, expected);
    said.join("\n")
}

/// The reasons of the rejects of a run, each after its record and column.
pub(crate) fn rejects(keys: &Keys, name: &str) -> Vec<String> {
    let lines = crate::rosters::lines(keys, name);
    assert_eq!(lines[0], "record,line,byte,column,reason,detail");
    lines[1..].iter().map(|line| line.splitn(6, ',').take(5).collect::<Vec<_>>().join(",")).collect()
}

/// A folder with the key of `agency/nta/1`.
pub(crate) fn nta() -> Keys {
    crate::rosters::keys_of(&[NTA])
}
