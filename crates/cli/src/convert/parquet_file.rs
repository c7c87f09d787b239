//! A Parquet file. Its row groups are encoded by several threads and written in order.
//!
//! This does not use `ordered.rs`. There, threads take tasks from a queue and the waiting thread collects them. Here
//! that thread itself pushes the rows, to several files in turn, and a row group needs no state of its thread. A
//! queue of threads is enough.

use std::{collections::VecDeque, thread};

use arrow_array::{Array, RecordBatch};
use arrow_schema::SchemaRef;
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves},
    },
    basic::Compression,
    errors::{ParquetError, Result},
    file::{
        metadata::KeyValue,
        metadata::SortingColumn,
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::types::ColumnPath,
};

use crate::placing::Output;

/// The maximum number of rows of a row group, and of bytes of its columns. The first limit that is reached ends it.
/// Both depend on the rows alone.
const GROUP_ROWS: usize = 1 << 19;
const GROUP_BYTES: usize = 1 << 25;

/// A Parquet file that is being written.
pub(crate) struct ParquetFile {
    schema: SchemaRef,
    writer: SerializedFileWriter<Output>,
    groups: ArrowRowGroupWriterFactory,
    /// The row group that is not complete yet.
    pending: Vec<RecordBatch>,
    begun: usize,
    encoding: VecDeque<thread::JoinHandle<Result<Vec<ArrowColumnChunk>>>>,
    encoders: usize,
}

impl ParquetFile {
    /// Begins a file. At most `encoders` row groups are encoded at a time. `sorted` says that the first column is
    /// ascending.
    pub(crate) fn begin(output: Output, schema: &SchemaRef, sorted: bool, encoders: usize) -> Result<Self> {
        let writer = ArrowWriter::try_new(output, schema.clone(), Some(properties(schema, sorted)))?;
        let (writer, groups) = writer.into_serialized_writer()?;
        let (pending, encoding) = (Vec::new(), VecDeque::new());
        Ok(Self { schema: schema.clone(), writer, groups, pending, begun: 0, encoding, encoders: encoders.max(1) })
    }

    /// Takes rows. The file depends on how many rows each call has.
    pub(crate) fn write(&mut self, batch: RecordBatch) -> Result<()> {
        self.pending.push(batch);
        let rows: usize = self.pending.iter().map(RecordBatch::num_rows).sum();
        let bytes: usize = self.pending.iter().map(bytes_of).sum();
        if rows >= GROUP_ROWS || bytes >= GROUP_BYTES { self.end_group() } else { Ok(()) }
    }

    /// Writes the pending rows and the footer.
    pub(crate) fn finish(mut self) -> Result<Output> {
        self.end_group()?;
        while !self.encoding.is_empty() {
            self.write_oldest()?;
        }
        self.writer.into_inner()
    }

    pub(crate) fn output(&self) -> &Output {
        self.writer.inner()
    }

    fn end_group(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.encoding.len() == self.encoders {
            self.write_oldest()?;
        }
        let mut columns = self.groups.create_column_writers(self.begun)?;
        self.begun += 1;
        let (schema, batches) = (self.schema.clone(), std::mem::take(&mut self.pending));
        self.encoding.push_back(thread::spawn(move || {
            // Column by column: the dictionary of one column fits in a processor's caches, those of all do not.
            let mut writers = columns.iter_mut();
            for (i, field) in schema.fields().iter().enumerate() {
                // No column of an output is nested, so each has one leaf.
                let writer = writers.next().ok_or_else(lost)?;
                for batch in &batches {
                    for leaf in compute_leaves(field, batch.column(i))? {
                        writer.write(&leaf)?;
                    }
                }
            }
            columns.into_iter().map(ArrowColumnWriter::close).collect()
        }));
        Ok(())
    }

    fn write_oldest(&mut self) -> Result<()> {
        let Some(oldest) = self.encoding.pop_front() else { return Ok(()) };
        let chunks = oldest.join().map_err(|_| lost())??;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
        Ok(())
    }
}

fn bytes_of(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}

fn lost() -> ParquetError {
    ParquetError::General("a thread that encodes row groups failed".to_owned())
}

/// Symbols are all different and look random, so a dictionary or compression would not make them smaller. Where symbols
/// are sorted, the rows of a group are in random order by every other column: its least and greatest value in a group are
/// those of the file, or nearly, and a reader could skip nothing by them.
fn properties(schema: &SchemaRef, sorted: bool) -> WriterProperties {
    let symbols = ColumnPath::from(schema.field(0).name().as_str());
    let ascending = SortingColumn { column_idx: 0, descending: false, nulls_first: false };
    // Arrow's schema is stored in Base64. Metadata for other readers is stored in addition.
    let mut shown: Vec<KeyValue> =
        schema.metadata().iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    shown.sort_by(|a, b| a.key.cmp(&b.key));
    WriterProperties::builder()
        .set_key_value_metadata((!shown.is_empty()).then_some(shown))
        .set_created_by(concat!("fugo version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(if sorted { EnabledStatistics::None } else { EnabledStatistics::Chunk })
        .set_column_statistics_enabled(symbols.clone(), EnabledStatistics::Chunk)
        .set_column_compression(symbols.clone(), Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(symbols, false)
        .set_sorting_columns(sorted.then(|| vec![ascending]))
        .build()
}
