//! A Parquet file. Its row groups are encoded by several threads and written in order.
//!
//! This does not use `ordered.rs`. There, threads take tasks from a queue and the waiting thread collects them. Here
//! that thread itself pushes the rows, to several files in turn, and a row group needs no state of its thread. A
//! queue of threads is enough.

mod chunk;
mod hybrid;
mod symbols;
mod text;

use std::{collections::VecDeque, thread};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, FieldRef, SchemaRef};
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

/// The bytes that a cell of text takes in memory next to its text.
const OFFSET: usize = 4;

/// A Parquet file that is being written.
pub(crate) struct ParquetFile {
    schema: SchemaRef,
    writer: SerializedFileWriter<Output>,
    groups: ArrowRowGroupWriterFactory,
    /// The row group that is not complete yet, and its size in bytes.
    pending: Vec<RecordBatch>,
    bytes: usize,
    begun: usize,
    encoding: VecDeque<thread::JoinHandle<Result<Vec<Chunk>>>>,
    encoders: usize,
    sorted: bool,
}

/// A column of a row group, encoded.
enum Chunk {
    /// By the Parquet crate.
    Any(ArrowColumnChunk),
    Own(chunk::Chunk),
}

impl ParquetFile {
    /// Begins a file. At most `encoders` row groups are encoded at a time. `sorted` says that the first column is
    /// ascending.
    pub(crate) fn begin(output: Output, schema: &SchemaRef, sorted: bool, encoders: usize) -> Result<Self> {
        let writer = ArrowWriter::try_new(output, schema.clone(), Some(properties(schema, sorted)))?;
        let (writer, groups) = writer.into_serialized_writer()?;
        Ok(Self {
            schema: schema.clone(),
            writer,
            groups,
            pending: Vec::new(),
            bytes: 0,
            begun: 0,
            encoding: VecDeque::new(),
            encoders: encoders.max(1),
            sorted,
        })
    }

    /// Takes rows of so many bytes. The file depends on how many rows each call has.
    pub(crate) fn write(&mut self, batch: RecordBatch, bytes: usize) -> Result<()> {
        self.bytes += bytes + batch.num_rows() * batch.num_columns() * OFFSET;
        self.pending.push(batch);
        let rows: usize = self.pending.iter().map(RecordBatch::num_rows).sum();
        if rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES { self.end_group() } else { Ok(()) }
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
        let columns = self.groups.create_column_writers(self.begun)?;
        let descriptors = self.writer.schema_descr().columns().to_vec();
        self.begun += 1;
        self.bytes = 0;
        let (schema, batches, sorted) = (self.schema.clone(), std::mem::take(&mut self.pending), self.sorted);
        self.encoding.push_back(thread::spawn(move || {
            // Column by column: the dictionary of one column fits in a processor's caches, those of all do not. No column
            // of an output is nested, so each has one leaf.
            let columns = columns.into_iter().zip(&descriptors).zip(schema.fields()).enumerate();
            let encode = |(i, ((mut writer, descr), field)): (usize, ((ArrowColumnWriter, _), &FieldRef))| {
                let batches: Vec<&ArrayRef> = batches.iter().map(|batch| batch.column(i)).collect();
                match field.data_type() {
                    DataType::FixedSizeBinary(_) if i == 0 => return symbols::encode(descr, &batches).map(Chunk::Own),
                    // The crate also writes the bounds of the values, which files in the order of the input have.
                    DataType::Utf8 | DataType::LargeUtf8 if sorted && i > 0 => {
                        return text::encode(descr, &batches).map(Chunk::Own);
                    }
                    _ => {}
                }
                for batch in batches {
                    for leaf in compute_leaves(field, batch)? {
                        writer.write(&leaf)?;
                    }
                }
                writer.close().map(Chunk::Any)
            };
            columns.map(encode).collect()
        }));
        Ok(())
    }

    fn write_oldest(&mut self) -> Result<()> {
        let Some(oldest) = self.encoding.pop_front() else { return Ok(()) };
        let chunks = oldest.join().map_err(|_| lost())??;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            match chunk {
                Chunk::Any(chunk) => chunk.append_to_row_group(&mut group)?,
                Chunk::Own(chunk) => chunk.append_to(&mut group)?,
            }
        }
        group.close()?;
        Ok(())
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        Array, DictionaryArray, FixedSizeBinaryArray, LargeStringArray, StringArray, UInt32Array, cast::AsArray,
        types::UInt32Type,
    };
    use arrow_cast::cast;
    use arrow_schema::{Field, Schema};
    use arrow_select::concat::concat;
    use bytes::Bytes;
    use parquet::{
        arrow::{ArrowSchemaConverter, arrow_reader::ParquetRecordBatchReaderBuilder},
        basic::Encoding,
        file::{metadata::ParquetMetaData, reader::FileReader, serialized_reader::SerializedFileReader},
    };
    use proptest::{collection::vec, option::weighted, prelude::*};

    use super::*;

    type Encode = fn(&parquet::schema::types::ColumnDescPtr, &[&ArrayRef]) -> Result<chunk::Chunk>;

    /// A file of one column in one row group, encoded by us.
    fn file_of(field: &Field, batches: &[ArrayRef], encode: Encode) -> Bytes {
        let schema = Schema::new(vec![field.clone()]);
        let physical = ArrowSchemaConverter::new().convert(&schema).unwrap();
        let (mut file, properties) = (Vec::new(), Arc::new(WriterProperties::builder().build()));
        let mut writer = SerializedFileWriter::new(&mut file, physical.root_schema_ptr(), properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let batches: Vec<&ArrayRef> = batches.iter().collect();
        encode(&physical.column(0), &batches).unwrap().append_to(&mut group).unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        file.into()
    }

    /// The column of a file as the crate reads it, as text or bytes, and the file's metadata.
    fn column_of(file: Bytes) -> (ArrayRef, ParquetMetaData) {
        let metadata = SerializedFileReader::new(file.clone()).unwrap().metadata().clone();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().with_batch_size(1000).build().unwrap();
        let batches: Vec<ArrayRef> = reader.map(|batch| batch.unwrap().column(0).clone()).collect();
        let batches: Vec<&dyn Array> = batches.iter().map(AsRef::as_ref).collect();
        (concat(&batches).unwrap(), metadata)
    }

    fn texts(texts: &[Option<String>]) -> ArrayRef {
        Arc::new(StringArray::from_iter(texts))
    }

    /// The texts as a dictionary, whose texts are in another order than they occur in, some of them unused.
    fn dictionary(texts: &[Option<String>]) -> ArrayRef {
        let mut values: Vec<&str> = texts.iter().flatten().map(String::as_str).chain(["unused", ""]).collect();
        values.sort_unstable();
        values.dedup();
        values.reverse();
        let key = |text: &Option<String>| {
            text.as_ref().map(|text| values.iter().position(|value| value == text).unwrap() as u32)
        };
        let keys: UInt32Array = texts.iter().map(key).collect();
        Arc::new(DictionaryArray::<UInt32Type>::new(keys, Arc::new(StringArray::from_iter_values(&values))))
    }

    /// The file's column is the texts. It has the same bytes however they arrived. Returns the encodings of its pages.
    fn assert_written(rows: &[Option<String>], batch: usize) -> Vec<Encoding> {
        let field = Field::new("c", DataType::Utf8, true);
        let batches: Vec<ArrayRef> = rows.chunks(batch).map(texts).collect();
        let file = file_of(&field, &batches, text::encode);
        let (read, metadata) = column_of(file.clone());
        assert_eq!(&read, &texts(rows));
        let each: Vec<ArrayRef> = rows.chunks(batch).map(dictionary).collect();
        assert!(file_of(&field, &each, text::encode) == file, "a dictionary for each batch");
        let one = dictionary(rows);
        let one: Vec<ArrayRef> =
            (0..rows.len()).step_by(batch).map(|row| one.slice(row, batch.min(rows.len() - row))).collect();
        assert!(file_of(&field, &one, text::encode) == file, "one dictionary");
        let chunk = metadata.row_group(0).column(0);
        assert_eq!(usize::try_from(chunk.num_values()), Ok(rows.len()));
        chunk.encodings().collect()
    }

    #[test]
    fn texts_come_back_from_a_dictionary() {
        let rows: Vec<Option<String>> = (0..100_000_u64).map(|i| Some(format!("text {}", i * i % 5003))).collect();
        let dictionary_only = vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY];
        assert_eq!(assert_written(&rows, 16_384), dictionary_only);
        let with_nulls: Vec<Option<String>> =
            rows.into_iter().enumerate().map(|(i, row)| row.filter(|_| i % 3 != 1 && i / 100 != 7)).collect();
        assert_eq!(assert_written(&with_nulls, 16_384), dictionary_only);
        assert_written(&with_nulls[..1], 1);
        assert_written(&vec![None; 40_000], 16_384);
        assert_written(&vec![Some(String::new()); 3], 2);
    }

    #[test]
    fn rows_behind_a_full_dictionary_have_their_texts() {
        let long = |i: usize| (!i.is_multiple_of(11)).then(|| format!("{i:0>100}"));
        let rows: Vec<Option<String>> = (0..30_000).map(|i| long(if i % 2 == 0 { i } else { 2 })).collect();
        let field = Field::new("c", DataType::Utf8, true);
        let batches: Vec<ArrayRef> = rows.chunks(7000).map(texts).collect();
        let (read, metadata) = column_of(file_of(&field, &batches, text::encode));
        assert_eq!(&read, &texts(&rows));
        let chunk = metadata.row_group(0).column(0);
        let mask = chunk.page_encoding_stats_mask().unwrap();
        assert!(mask.is_set(Encoding::PLAIN) && mask.is_set(Encoding::RLE_DICTIONARY), "pages of both kinds");
        assert_written(&rows[..12_000], 5000);
    }

    #[test]
    fn texts_of_the_other_width_and_columns_without_nulls_are_written() {
        let rows: Vec<Option<String>> = (0..70_000).map(|i| Some((i % 300).to_string())).collect();
        for (of_type, is_nullable) in [(DataType::LargeUtf8, true), (DataType::Utf8, false)] {
            let field = Field::new("c", of_type.clone(), is_nullable);
            let (read, metadata) = column_of(file_of(&field, &[texts(&rows)], text::encode));
            assert_eq!(&cast(&read, &DataType::Utf8).unwrap(), &texts(&rows));
            assert_eq!(metadata.file_metadata().schema_descr().column(0).max_def_level(), i16::from(is_nullable));
            let large: LargeStringArray = cast(&texts(&rows), &DataType::LargeUtf8).unwrap().as_string().clone();
            let of_large = file_of(&field, &[Arc::new(large)], text::encode);
            assert!(of_large == file_of(&field, &[texts(&rows)], text::encode));
        }
        let schema = Schema::new(vec![Field::new("c", DataType::Utf8, false)]);
        let physical = ArrowSchemaConverter::new().convert(&schema).unwrap();
        assert!(text::encode(&physical.column(0), &[&texts(&[None])]).is_err(), "no null is allowed");
    }

    #[test]
    fn symbols_come_back_with_their_bounds() {
        let symbols: Vec<[u8; 16]> = (0..80_000_u128).map(|i| ((i * 7919) << 64).to_be_bytes()).collect();
        let column = FixedSizeBinaryArray::try_from_iter(symbols.iter()).unwrap();
        let column: ArrayRef = Arc::new(column);
        let batches = [column.slice(0, 50_000), column.slice(50_000, 30_000)];
        let field = Field::new("s", DataType::FixedSizeBinary(16), false);
        let (read, metadata) = column_of(file_of(&field, &batches, symbols::encode));
        assert_eq!(&read, &column);
        let bounds = metadata.row_group(0).column(0).statistics().unwrap();
        let expected = (symbols.iter().min().unwrap(), symbols.iter().max().unwrap());
        assert_eq!(
            (bounds.min_bytes_opt().unwrap(), bounds.max_bytes_opt().unwrap()),
            (&expected.0[..], &expected.1[..])
        );
        assert!(bounds.min_is_exact() && bounds.max_is_exact());
        assert_eq!(bounds.null_count_opt(), Some(0));
    }

    proptest! {
        #[test]
        fn any_texts_come_back(
            rows in vec(weighted(0.9, "[ab本]{0,3}"), 1..2000),
            batch in 1_usize..700,
        ) {
            assert_written(&rows, batch);
        }
    }
}
