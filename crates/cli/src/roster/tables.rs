//! Parquet and Arrow files as blocks of columns.

use std::{
    fs::File,
    io::{Read, Seek},
};

use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array, cast::AsArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, SchemaRef};
use arrow_select::take::take;

use super::{
    arrow_messages::{ArrowFile, ArrowStream, MAGIC},
    blocks::Block,
    fault::Fault,
    format::TableFormat,
    parquet_table::ParquetTable,
    row_sizes,
};
use crate::{
    failure::{Failure, Result},
    hardening,
};

/// Maximum number of rows of a block.
const ROWS: usize = 1 << 13;

/// A file whose schema has been read.
pub(crate) enum TableFile {
    Parquet(Box<ParquetTable>),
    ArrowFile(Box<ArrowFile>),
    ArrowStream(Box<ArrowStream>),
}

impl TableFile {
    /// Reads the schema. `memory` is the memory that the run may use, in bytes.
    pub(crate) fn open(file: File, format: TableFormat, memory: usize) -> Result<Self> {
        let opened = hardening::of_foreign_bytes(|| Self::open_as(file, format, memory));
        opened.unwrap_or_else(|| Err(panicked(format))).map_err(|fault| fault.of(format, None))
    }

    fn open_as(mut file: File, format: TableFormat, memory: usize) -> Result<Self, Fault> {
        let len = file.stream_position().is_ok().then(|| file.metadata().map(|metadata| metadata.len())).transpose()?;
        if format == TableFormat::Parquet {
            let len = len.ok_or_else(|| {
                Fault::Refused(Failure::new(
                    "Parquet has its schema at the end of the file and cannot be read from a pipe",
                    "give the path of the file",
                ))
            })?;
            return Ok(Self::Parquet(Box::new(ParquetTable::open(file, len, memory, ROWS)?)));
        }
        let mut head = Vec::new();
        (&mut file).take(MAGIC.len() as u64).read_to_end(&mut head)?;
        if head.starts_with(FEATHER_1) {
            return Err(Fault::Refused(Failure::new(
                "the input is a Feather file of version 1, which is not supported",
                "write it again as Arrow IPC (Feather version 2), Parquet or CSV",
            )));
        }
        if head != MAGIC {
            return Ok(Self::ArrowStream(Box::new(ArrowStream::open(file, &head, memory)?)));
        }
        let len = len.ok_or_else(|| {
            Fault::Refused(Failure::new(
                "an Arrow file has its index at its end and cannot be read from a pipe",
                "give the path of the file, or write an Arrow stream into the pipe",
            ))
        })?;
        Ok(Self::ArrowFile(Box::new(ArrowFile::open(file, len, memory)?)))
    }

    /// The format of a file with these first bytes, if they are the format's.
    pub(crate) fn recognise(head: &[u8]) -> Option<TableFormat> {
        let parquet = head.starts_with(b"PAR1").then_some(TableFormat::Parquet);
        // A stream begins with a continuation marker.
        let arrow = head.starts_with(MAGIC) || head.starts_with(&[0xFF; 4]);
        parquet.or_else(|| arrow.then_some(TableFormat::Arrow))
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        match self {
            Self::Parquet(table) => table.schema(),
            Self::ArrowFile(file) => file.schema(),
            Self::ArrowStream(stream) => stream.schema(),
        }
    }

    /// The number of rows, if the file gives it.
    pub(crate) fn rows(&self) -> Option<u64> {
        match self {
            Self::Parquet(table) => Some(table.footer_rows()),
            Self::ArrowFile(_) | Self::ArrowStream(_) => None,
        }
    }

    /// Whether the file holds the texts of a column in dictionaries, so that [`Self::read`] can give them as such. A
    /// file can be damaged: the batches show what it holds.
    pub(crate) fn has_dictionary(&self, column: usize) -> bool {
        match self {
            Self::Parquet(table) => table.has_dictionary(column),
            Self::ArrowFile(_) | Self::ArrowStream(_) => *self.schema().field(column).data_type() == dictionary(),
        }
    }

    /// Begins to read the rows: the person column first, then the kept columns, in blocks of at most about `block`
    /// bytes. The columns `dictionaries` are dictionaries of `Int32` and `Utf8`.
    pub(crate) fn read(self, person: usize, keep: &[usize], dictionaries: &[usize], block: usize) -> Result<Tables> {
        let mut wanted = vec![person];
        wanted.extend_from_slice(keep);
        let schema = self.schema();
        let of_type = |column: &usize| match schema.field(*column).data_type() {
            _ if dictionaries.contains(column) => dictionary(),
            found => found.clone(),
        };
        let types = wanted.iter().map(of_type).collect();
        let (format, batches): (_, Batches) = match self {
            Self::Parquet(table) => {
                let mut read = wanted.clone();
                read.sort_unstable();
                // The reader returns the columns in the order of the file.
                wanted.iter_mut().for_each(|column| *column = read.partition_point(|other| *other < *column));
                let format = TableFormat::Parquet;
                let batches = hardening::of_foreign_bytes(|| table.read(&read, dictionaries))
                    .unwrap_or_else(|| Err(panicked(format)));
                (format, Box::new(batches.map_err(|fault| fault.of(format, None))?))
            }
            Self::ArrowFile(file) => (TableFormat::Arrow, file),
            Self::ArrowStream(stream) => (TableFormat::Arrow, stream),
        };
        Ok(Tables { format, batches, wanted, types, block, rest: None, index: 0, first_record: 1 })
    }
}

/// The type of texts in dictionaries.
pub(super) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, Fault>> + Send>;

/// Divides the batches of a file into blocks.
pub(crate) struct Tables {
    format: TableFormat,
    batches: Batches,
    wanted: Vec<usize>,
    /// The types of the columns in the blocks.
    types: Vec<DataType>,
    /// The size of a block in bytes.
    block: usize,
    rest: Option<Rest>,
    index: u64,
    first_record: u64,
}

/// The rest of a batch: its columns, the index of the next row, and the size of each row.
struct Rest {
    columns: Vec<ArrayRef>,
    next: usize,
    sizes: Vec<usize>,
    /// The bytes that the batch holds in memory.
    held: usize,
}

impl Tables {
    /// Fills `block` with rows; false at the end of the file.
    pub(crate) fn next(&mut self, block: &mut Block) -> Result<bool> {
        let Some(rest) = self.rest.take().map_or_else(|| self.read_batch(), |rest| Ok(Some(rest)))? else {
            return Ok(false);
        };
        let (first, len) = (rest.next, self.rows_of_block(&rest)?);
        let columns = rest.columns.iter().zip(&self.types);
        let columns = columns.map(|(column, of_type)| part(column, first, len, of_type, rest.held > 4 * self.block));
        let batch = columns.collect::<Result<Vec<_>, _>>().and_then(|columns| {
            let named = columns.into_iter().enumerate().map(|(i, column)| (i.to_string(), column, true));
            RecordBatch::try_from_iter_with_nullable(named)
        });
        let batch = batch.map_err(|error| Fault::from(error).of(self.format, Some(self.first_record)))?;
        *block =
            Block { index: self.index, first_record: self.first_record, batch: Some(batch), ..std::mem::take(block) };
        self.index += 1;
        self.first_record += len as u64;
        if first + len < rest.sizes.len() {
            self.rest = Some(Rest { next: first + len, ..rest });
        }
        Ok(true)
    }

    /// The number of rows that the next block takes; at least one.
    fn rows_of_block(&self, rest: &Rest) -> Result<usize> {
        let (mut rows, mut bytes) = (0, 0);
        for size in rest.sizes[rest.next..].iter().take(ROWS) {
            bytes += size;
            if rows > 0 && bytes > self.block {
                break;
            }
            rows += 1;
        }
        let longest = 4 * self.block;
        if rest.sizes[rest.next] > longest {
            return Err(Failure::new(
                format!(
                    "row {} takes {} KiB; with this --memory, --threads and number of outputs a row may take at \
                     most {} KiB",
                    self.first_record,
                    rest.sizes[rest.next].div_ceil(1024),
                    longest / 1024
                ),
                "leave long columns out of --keep; for rows of up to 1024 KiB, give more --memory or fewer --threads",
            ));
        }
        Ok(rows)
    }

    /// The next batch that has rows.
    fn read_batch(&mut self) -> Result<Option<Rest>> {
        let (batches, wanted) = (&mut self.batches, &self.wanted);
        let read = hardening::of_foreign_bytes(|| {
            let has_rows = |batch: &Result<RecordBatch, _>| batch.as_ref().map_or(true, |b| b.num_rows() > 0);
            let Some(batch) = batches.find(has_rows).transpose()? else { return Ok(None) };
            let columns: Vec<ArrayRef> = wanted.iter().map(|column| batch.column(*column).clone()).collect();
            let sizes = row_sizes::of(&columns, batch.num_rows());
            let held = columns.iter().map(Array::get_buffer_memory_size).sum();
            Ok(Some(Rest { columns, next: 0, sizes, held }))
        });
        read.unwrap_or_else(|| Err(panicked(self.format)))
            .map_err(|fault: Fault| fault.of(self.format, Some(self.first_record)))
    }
}

/// Some rows of a column as values of a type. If the batch is large they are copied, so that the batch is freed as
/// soon as it is read.
fn part(
    column: &ArrayRef,
    first: usize,
    len: usize,
    of_type: &DataType,
    is_copied: bool,
) -> Result<ArrayRef, ArrowError> {
    let slice = column.slice(first, len);
    if let (Some(views), DataType::Utf8View) = (slice.as_string_view_opt(), of_type) {
        return Ok(std::sync::Arc::new(views.gc()));
    }
    if slice.data_type() != of_type {
        return cast(&slice, of_type);
    }
    if is_copied {
        let rows: UInt32Array = (0..len as u32).collect();
        return take(&slice, &rows, None);
    }
    Ok(slice)
}

/// The first bytes of a Feather file of version 1.
const FEATHER_1: &[u8; 4] = b"FEA1";

/// The reader panicked, so the data is damaged.
fn panicked(format: TableFormat) -> Fault {
    Fault::damaged(format!("it is damaged, or is not in the format {}", format.extension()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{DictionaryArray, StringArray, types::Int32Type};
    use arrow_ipc::writer::FileWriter;
    use parquet::{arrow::ArrowWriter, file::properties::WriterProperties};

    use super::*;

    /// Numbers, few texts, different texts, a dictionary, and lengths.
    fn roster() -> RecordBatch {
        let texts = |of: fn(i32) -> String| (0..2000).map(|i| Some(of(i))).collect::<StringArray>();
        let few = texts(|i| (i % 5).to_string());
        let columns: [(&str, ArrayRef); 5] = [
            ("number", Arc::new(texts(|i| format!("{i:012}")))),
            ("few", Arc::new(few.clone())),
            ("different", Arc::new(texts(|i| format!("text {i}")))),
            ("dictionary", Arc::new(few.iter().collect::<DictionaryArray<Int32Type>>())),
            ("length", Arc::new((0..2000).collect::<arrow_array::Int32Array>())),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    fn open(written: &File, format: TableFormat) -> TableFile {
        let mut file = written.try_clone().unwrap();
        file.rewind().unwrap();
        TableFile::open(file, format, 1 << 30).unwrap()
    }

    /// The columns of the first block, which has all rows.
    fn read(table: TableFile, dictionaries: &[usize]) -> RecordBatch {
        let (mut tables, mut block) = (table.read(0, &[1, 2, 3, 4], dictionaries, 1 << 20).unwrap(), Block::default());
        assert!(tables.next(&mut block).unwrap());
        block.batch.unwrap()
    }

    /// The type of each column, if all kept columns are asked for as dictionaries where they are.
    fn types(written: &File, format: TableFormat) -> Vec<DataType> {
        let table = open(written, format);
        let dictionaries: Vec<usize> = (1..5).filter(|column| table.has_dictionary(*column)).collect();
        read(table, &dictionaries).columns().iter().map(|column| column.data_type().clone()).collect()
    }

    #[test]
    fn columns_that_a_file_has_in_dictionaries_are_read_as_such() {
        let parquet = |properties| {
            let written = tempfile::tempfile().unwrap();
            let mut writer = ArrowWriter::try_new(&written, roster().schema(), Some(properties)).unwrap();
            writer.write(&roster()).unwrap();
            writer.close().unwrap();
            // The footer can be wrong: columns that are not in dictionaries come as such too.
            let forced = read(open(&written, TableFormat::Parquet), &[1, 2, 3]);
            for (column, expected) in forced.columns()[1..4].iter().zip(&roster().columns()[1..4]) {
                let text = |column: &ArrayRef| cast(column, &DataType::Utf8).unwrap();
                assert_eq!((column.data_type(), &text(column)), (&dictionary(), &text(expected)));
            }
            types(&written, TableFormat::Parquet)
        };
        let text = DataType::Utf8;
        let small = WriterProperties::builder().set_dictionary_page_size_limit(1 << 10).set_write_batch_size(100);
        assert_eq!(parquet(small.build())[1..], [dictionary(), text.clone(), dictionary(), DataType::Int32]);
        let none = WriterProperties::builder().set_dictionary_enabled(false).build();
        assert_eq!(parquet(none)[1..], [text.clone(), text.clone(), text.clone(), DataType::Int32]);
        let all = WriterProperties::builder().build();
        assert_eq!(parquet(all)[1..], [dictionary(), dictionary(), dictionary(), DataType::Int32]);
        let arrow = tempfile::tempfile().unwrap();
        let mut writer = FileWriter::try_new(&arrow, &roster().schema()).unwrap();
        writer.write(&roster()).unwrap();
        writer.finish().unwrap();
        let types = types(&arrow, TableFormat::Arrow);
        assert_eq!(types, [text.clone(), text.clone(), text, dictionary(), DataType::Int32]);
    }
}
