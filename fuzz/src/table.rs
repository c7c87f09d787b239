//! Parquet and Arrow files as the tool reads them, compared with the plain readers of the crates.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Once,
        atomic::{AtomicBool, Ordering},
    },
};

use arrow_array::{ArrayRef, RecordBatch, cast::AsArray};
use arrow_cast::{
    cast,
    display::{ArrayFormatter, FormatOptions},
};
use arrow_schema::{DataType, Schema};
use fugo_cli::fuzzing::{Table, table};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{files, planted::Fault};

/// The memory that the tool may use, the size of its blocks, and the rows after which a check stops.
const MEMORY: usize = 1 << 24;
const BLOCK: usize = 1 << 12;
const MOST_ROWS: usize = 1 << 11;

/// Any bytes as a Parquet or an Arrow file.
pub fn check(data: &[u8]) {
    let is_parquet = data.starts_with(b"PAR1") || data.ends_with(b"PAR1");
    let read = |as_dictionaries| {
        contained(|| table(files::open(data), is_parquet, (MEMORY, BLOCK), MOST_ROWS, as_dictionaries))
    };
    let Some(Ok(found)) = read(false) else { return };
    if found.schema.fields().is_empty() {
        // No row is read, and the plain reader has no bound for its memory.
        return;
    }
    let rows: usize = found.blocks.iter().map(RecordBatch::num_rows).sum();
    if rows < MOST_ROWS {
        // The file says how many rows it has, and has them.
        assert!(found.stated.is_none_or(|stated| stated == rows as u64));
    }
    for block in &found.blocks {
        assert!(block.num_rows() > 0 && block.num_columns() == found.schema.fields().len());
        let types = block.schema().fields().iter().map(|field| field.data_type().clone()).collect::<Vec<_>>();
        assert!(types.iter().eq(found.schema.fields().iter().map(|field| field.data_type())));
    }
    // A file that is damaged in a dictionary may be read in one way only.
    if let Some(Ok(as_dictionaries)) = read(true) {
        for nth in 0..found.schema.fields().len() {
            let coded = columns(&as_dictionaries, nth);
            let mut of_codes = texts(&coded);
            if Fault::TableDictionaries.is_planted()
                && coded.iter().any(|column| column.as_any_dictionary_opt().is_some())
            {
                of_codes.reverse();
            }
            assert_eq!(texts(&columns(&found, nth)), of_codes, "the column {nth}");
        }
    }
    let plain = contained(|| if is_parquet { parquet(data) } else { arrow(data) }).flatten();
    if let Some((schema, batches)) = plain {
        compare(&found, rows, &schema, &batches);
    }
}

/// Every cell as text, column by column, where the plain reader's type becomes the tool's.
fn compare(found: &Table, rows: usize, schema: &Schema, batches: &[RecordBatch]) {
    let plain: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(rows.min(MOST_ROWS), plain.min(MOST_ROWS));
    assert_eq!(found.schema.fields().len(), schema.fields().len());
    for (nth, field) in found.schema.fields().iter().enumerate() {
        assert_eq!(field.name(), schema.field(nth).name());
        // INT96 is read in another unit: `crates/cli/tests/` compares it.
        if matches!(field.data_type(), DataType::Timestamp(..)) && field.data_type() != schema.field(nth).data_type() {
            continue;
        }
        let of_tool = columns(found, nth);
        let cells =
            batches.iter().map(|batch| cast(batch.column(nth), field.data_type())).collect::<Result<Vec<_>, _>>();
        let Ok(of_plain) = cells else { continue };
        let (of_tool, of_plain) = (texts(&of_tool), texts(&of_plain));
        let most = MOST_ROWS.min(of_tool.len());
        assert_eq!(of_tool[..most], of_plain[..most], "the column `{}`", field.name());
    }
}

fn columns(found: &Table, nth: usize) -> Vec<ArrayRef> {
    found.blocks.iter().map(|block| block.column(nth).clone()).collect()
}

fn texts(columns: &[ArrayRef]) -> Vec<Option<String>> {
    let options = FormatOptions::new().with_display_error(true);
    let mut texts = Vec::new();
    for column in columns {
        let Ok(formatter) = ArrayFormatter::try_new(column, &options) else {
            texts.resize(texts.len() + column.len(), None);
            continue;
        };
        texts.extend((0..column.len()).map(|row| (!column.is_null(row)).then(|| formatter.value(row).to_string())));
    }
    texts
}

type Plain = (Arc<Schema>, Vec<RecordBatch>);

fn parquet(data: &[u8]) -> Option<Plain> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(files::open(data)).ok()?;
    let schema = builder.schema().clone();
    upto(schema, builder.with_batch_size(64).build().ok()?)
}

fn arrow(data: &[u8]) -> Option<Plain> {
    if data.starts_with(b"ARROW1") {
        let reader = arrow_ipc::reader::FileReader::try_new(files::open(data), None).ok()?;
        return upto(reader.schema(), reader);
    }
    let reader = arrow_ipc::reader::StreamReader::try_new(files::open(data), None).ok()?;
    upto(reader.schema(), reader)
}

fn upto<E>(schema: Arc<Schema>, batches: impl Iterator<Item = Result<RecordBatch, E>>) -> Option<Plain> {
    let (mut all, mut rows) = (Vec::new(), 0);
    for batch in batches {
        let batch = batch.ok()?;
        rows += batch.num_rows();
        all.push(batch);
        if rows >= MOST_ROWS {
            break;
        }
    }
    Some((schema, all))
}

thread_local! {
    static READING: Cell<bool> = const { Cell::new(false) };
}
/// Whether code of the project panicked, while it read.
static OURS: AtomicBool = AtomicBool::new(false);

/// Runs a reader. The tool contains the panics of the readers that it calls, and so does this; a panic of the project's
/// own code is a finding. libFuzzer's hook would take every panic for one.
fn contained<T>(read: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map_or("", |location| location.file());
            let is_foreign = place.contains("/registry/") || place.contains("/rustc/");
            if READING.get() && is_foreign {
                return;
            }
            if READING.get() {
                OURS.store(true, Ordering::SeqCst);
            }
            before(info);
        }));
    });
    READING.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(read));
    READING.set(false);
    assert!(!OURS.load(Ordering::SeqCst), "a panic in the project's own code");
    outcome.ok()
}
