//! A Parquet file as batches of columns. The size of a batch is known before it is read.

use std::{fs::File, os::unix::fs::FileExt, sync::Arc};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema, SchemaRef, TimeUnit};
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{
            ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
        },
    },
    basic::{Encoding, EncodingMask, Type},
    column::reader::{ColumnReader, get_column_reader},
    file::serialized_reader::SerializedPageReader,
};

use super::{
    fault::Fault,
    parquet_pages::{Held, Pages},
    tables::dictionary,
    thrift::{Kind, Thrift},
};
use crate::failure::Failure;

/// The last bytes of a Parquet file, after the length of its footer.
const MAGIC: &[u8; 4] = b"PAR1";

/// Maximum depth of nested groups, as in Arrow's schemas.
const DEPTH: usize = 64;

/// About how many bytes the reader allocates for an element of a list in the footer.
const ELEMENT: u64 = 1 << 10;

/// A Parquet file whose footer has been read.
pub(crate) struct ParquetTable {
    file: File,
    len: u64,
    memory: u64,
    metadata: ArrowReaderMetadata,
    /// The types of the columns. Text is first read as views of pages, and dictionaries are unpacked.
    schema: SchemaRef,
    /// Maximum number of rows of a batch.
    rows: u64,
}

impl ParquetTable {
    /// Reads the footer of a file of `len` bytes.
    pub(super) fn open(file: File, len: u64, memory: usize, rows: usize) -> Result<Self, Fault> {
        check_footer(&file, len, memory as u64)?;
        let found = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
        let physical = found.parquet_schema().clone();
        let root = |leaf: usize| physical.get_column_root_idx(leaf);
        let is_int96 = |column: usize| {
            (0..physical.num_columns())
                .any(|leaf| root(leaf) == column && physical.column(leaf).physical_type() == Type::INT96)
        };
        let typed = |of: &dyn Fn(usize, &DataType) -> DataType| {
            let fields = found.schema().fields().iter().enumerate();
            let fields = fields.map(|(i, field)| field.as_ref().clone().with_data_type(of(i, field.data_type())));
            Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), found.schema().metadata().clone()))
        };
        let schema = typed(&|i, found| match found {
            DataType::Dictionary(_, values) => values.as_ref().clone(),
            // Nanoseconds cover only the years 1677 to 2262; see `check_int96`.
            DataType::Timestamp(TimeUnit::Nanosecond, None) if is_int96(i) => {
                DataType::Timestamp(TimeUnit::Microsecond, None)
            }
            found => found.clone(),
        });
        let read = typed(&|i, _| match schema.field(i).data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
            DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
            other => other.clone(),
        });
        let schema = Arc::new(with_metadata_of_spark(&schema, &found));
        let options = ArrowReaderOptions::new().with_schema(read);
        let metadata = ArrowReaderMetadata::try_new(found.metadata().clone(), options)?;
        let table = Self { file, len, memory: memory as u64, metadata, schema, rows: rows as u64 };
        let (footer, groups) = (table.footer_rows(), table.groups());
        let said = (0..groups).try_fold(0, |all: u64, group| all.checked_add(table.group_rows(group)));
        if said != Some(footer) {
            return Err(Fault::damaged(format!(
                "the footer says that there are {footer} rows, but the sum of its {groups} row groups is different"
            )));
        }
        Ok(table)
    }

    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    pub(super) fn footer_rows(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(u64::MAX)
    }

    fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    fn group_rows(&self, group: usize) -> u64 {
        u64::try_from(self.metadata.metadata().row_group(group).num_rows()).unwrap_or(u64::MAX)
    }

    /// Whether all pages of a column of text have places in dictionaries, by the footer.
    pub(super) fn has_dictionary(&self, column: usize) -> bool {
        let is_text =
            matches!(self.schema.field(column).data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        let physical = self.metadata.parquet_schema();
        let mut leaves = (0..physical.num_columns()).filter(|leaf| physical.get_column_root_idx(*leaf) == column);
        let Some(leaf) = leaves.next().filter(|_| is_text) else { return false };
        let groups = self.metadata.metadata().row_groups();
        groups.iter().map(|group| group.column(leaf)).all(|chunk| {
            let has_only = |found: &EncodingMask| {
                found.is_only(Encoding::RLE_DICTIONARY) || found.is_only(Encoding::PLAIN_DICTIONARY)
            };
            chunk.dictionary_page_offset().is_some() && chunk.page_encoding_stats_mask().is_some_and(has_only)
        })
    }

    /// Reads the rows of these columns, in the order of the file. Those of `dictionaries` are read as dictionaries.
    pub(super) fn read(mut self, columns: &[usize], dictionaries: &[usize]) -> Result<ParquetBatches, Fault> {
        if !dictionaries.is_empty() {
            let fields = self.metadata.schema().fields().iter().enumerate().map(|(i, field)| {
                let field = field.as_ref().clone();
                if dictionaries.contains(&i) { field.with_data_type(dictionary()) } else { field }
            });
            let read = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
            let options = ArrowReaderOptions::new().with_schema(read);
            self.metadata = ArrowReaderMetadata::try_new(self.metadata.metadata().clone(), options)?;
        }
        let physical = self.metadata.parquet_schema();
        let leaves = (0..physical.num_columns()).filter(|leaf| columns.contains(&physical.get_column_root_idx(*leaf)));
        let leaves: Vec<usize> = leaves.collect();
        for leaf in leaves.iter().filter(|leaf| physical.column(**leaf).physical_type() == Type::INT96) {
            self.check_int96(*leaf)?;
        }
        let mask = ProjectionMask::leaves(physical, leaves.iter().copied());
        Ok(ParquetBatches { table: self, leaves, mask, next_group: 0, reader: None, left: 0, read: 0 })
    }

    /// The pages of some columns of a row group. Each column must have as many rows as the row group.
    fn pages(&self, group: usize, leaves: &[usize]) -> Result<Vec<Pages>, Fault> {
        let rows = self.group_rows(group);
        let mut all = Vec::new();
        for leaf in leaves {
            let chunk = self.metadata.metadata().row_group(group).column(*leaf);
            let pages = Pages::read(&self.file, self.len, chunk, self.held(*leaf), self.memory / 2)?;
            let is_nested = chunk.column_descr().max_rep_level() > 0;
            if pages.values != rows && !is_nested {
                return Err(Fault::damaged(format!(
                    "the footer says that row group {group} has {rows} rows, but the column `{}` has {}",
                    chunk.column_path().string(),
                    pages.values
                )));
            }
            all.push(pages);
        }
        let held = all.iter().fold(0, |held: u64, pages| held.saturating_add(pages.at_least()));
        let what = || format!("one page and the dictionary of each column of row group {group}");
        Fault::unless_fits(what, held, self.memory / 2)?;
        Ok(all)
    }

    fn held(&self, leaf: usize) -> Held {
        let physical = self.metadata.parquet_schema();
        let column = physical.column(leaf);
        let root = self.metadata.schema().field(physical.get_column_root_idx(leaf)).data_type();
        match column.physical_type() {
            Type::BYTE_ARRAY if matches!(root, DataType::Utf8View | DataType::BinaryView) => Held::Views,
            Type::BYTE_ARRAY if matches!(root, DataType::Dictionary(..)) => Held::Keys,
            Type::BYTE_ARRAY => Held::Copies,
            Type::FIXED_LEN_BYTE_ARRAY => Held::Fixed(u64::try_from(column.type_length()).unwrap_or(0).max(32)),
            _ => Held::Fixed(16),
        }
    }

    /// An INT96 time can be in any year and has nanoseconds. It is read as microseconds, so a time with a finer part
    /// is refused.
    fn check_int96(&self, leaf: usize) -> Result<(), Fault> {
        let (file, metadata) = (Arc::new(self.file.try_clone()?), self.metadata.metadata());
        let column = metadata.file_metadata().schema_descr().column(leaf);
        for group in 0..self.groups() {
            self.pages(group, &[leaf])?;
            let (chunk, rows) = (metadata.row_group(group).column(leaf), self.group_rows(group) as usize);
            let pages = SerializedPageReader::new(file.clone(), chunk, rows, None)?;
            let ColumnReader::Int96ColumnReader(mut reader) = get_column_reader(column.clone(), Box::new(pages)) else {
                return Err(Fault::damaged("a column is not of the type that the footer says"));
            };
            let (mut values, mut definitions, mut repetitions) = (Vec::new(), Vec::new(), Vec::new());
            loop {
                values.clear();
                definitions.clear();
                repetitions.clear();
                let (levels, nested) = (Some(&mut definitions), Some(&mut repetitions));
                let (records, ..) = reader.read_records(1 << 10, levels, nested, &mut values)?;
                if records == 0 {
                    break;
                }
                if !values.iter().all(|value| is_exact(value.data())) {
                    return Err(Fault::Refused(Failure::new(
                        format!(
                            "the column `{}` holds INT96 times that are finer than microseconds",
                            column.path().string()
                        ),
                        "leave the column out of --keep, or write it as TIMESTAMP(NANOS) first",
                    )));
                }
            }
        }
        Ok(())
    }
}

/// The key under which Spark stores its schema, with the metadata of the columns.
const SPARK: &str = "org.apache.spark.sql.parquet.row.metadata";

/// The schema, with the metadata of symbol columns from Spark's schema.
fn with_metadata_of_spark(schema: &Schema, found: &ArrowReaderMetadata) -> Schema {
    let pairs = found.metadata().file_metadata().key_value_metadata().into_iter().flatten();
    let said = pairs.filter(|pair| pair.key == SPARK).find_map(|pair| pair.value.as_deref());
    let said: serde_json::Value = said.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let columns = said["fields"].as_array().map_or(&[][..], Vec::as_slice);
    let fields = schema.fields().iter().map(|field| {
        let column = columns.iter().find(|column| column["name"] == *field.name());
        let of_symbols = column.and_then(|column| column["metadata"].as_object()).into_iter().flatten();
        let of_symbols = of_symbols.filter(|(key, _)| key.starts_with("fugo.")).map(|(key, value)| {
            // Fugo writes text. Any other type is refused together with the metadata as a whole.
            (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        });
        let mut metadata = field.metadata().clone();
        metadata.extend(of_symbols);
        field.as_ref().clone().with_metadata(metadata)
    });
    Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone())
}

/// Whether an INT96 (nanoseconds of a day and its Julian day) is a whole number of microseconds that fits in 64 bits.
fn is_exact(time: &[u32]) -> bool {
    let [low, high, day] = time else { return false };
    let nanoseconds = i64::from(*high) << 32 | i64::from(*low);
    // The Julian day of 1970-01-01, and the microseconds of a day.
    let micros = (i128::from(day.cast_signed()) - 2_440_588) * 86_400_000_000 + i128::from(nanoseconds / 1000);
    nanoseconds % 1000 == 0 && i64::try_from(micros).is_ok()
}

/// Reads the batches of a file, row group after row group.
pub(super) struct ParquetBatches {
    table: ParquetTable,
    leaves: Vec<usize>,
    mask: ProjectionMask,
    next_group: usize,
    reader: Option<ParquetRecordBatchReader>,
    /// The rows of the row group that are not yet read.
    left: u64,
    /// The rows of all row groups that were read.
    read: u64,
}

impl ParquetBatches {
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Fault> {
        loop {
            if let Some(batch) = self.reader.as_mut().and_then(Iterator::next).transpose()? {
                let rows = batch.num_rows() as u64;
                self.read += rows;
                self.left = self.left.checked_sub(rows).ok_or_else(|| self.miscounted())?;
                return Ok(Some(batch));
            }
            if self.left > 0 {
                return Err(self.miscounted());
            }
            if self.next_group == self.table.groups() {
                return if self.read == self.table.footer_rows() { Ok(None) } else { Err(self.miscounted()) };
            }
            self.open_group()?;
        }
    }

    fn open_group(&mut self) -> Result<(), Fault> {
        let (table, group) = (&self.table, self.next_group);
        self.next_group += 1;
        self.left = table.group_rows(group);
        let pages = table.pages(group, &self.leaves)?;
        let held =
            |rows| pages.iter().fold(0, |held: u64, pages| held.saturating_add(pages.of_batches(rows, self.left)));
        // A batch that is smaller than the memory that is held anyway gains nothing.
        let least = pages.iter().map(Pages::at_least).fold(0, u64::saturating_add);
        let allowed = (table.memory / 8).max(2 * least);
        let mut rows = table.rows;
        while rows > 1 && held(rows) > allowed {
            rows /= 2;
        }
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(table.file.try_clone()?, table.metadata.clone())
                .with_row_groups(vec![group])
                .with_projection(self.mask.clone())
                .with_batch_size(rows as usize);
        self.reader = Some(reader.build()?);
        Ok(())
    }

    fn miscounted(&self) -> Fault {
        let (said, read) = (self.table.footer_rows(), self.read);
        Fault::damaged(format!("the footer says that there are {said} rows, but its row groups have {read}"))
    }
}

impl Iterator for ParquetBatches {
    type Item = Result<RecordBatch, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().transpose()
    }
}

/// Checks the length of a footer, and its depth, which the reader's stack must hold. The elements of its lists are
/// counted: the reader allocates as many as the lists claim.
fn check_footer(file: &File, len: u64, memory: u64) -> Result<(), Fault> {
    let damaged = || Fault::damaged("its footer is damaged");
    let mut tail = [0; 8];
    let tail_at = len.checked_sub(tail.len() as u64).ok_or_else(|| Fault::damaged("it is shorter than a footer"))?;
    file.read_exact_at(&mut tail, tail_at)?;
    let (size, magic) = tail.split_first_chunk().ok_or_else(damaged)?;
    if magic != MAGIC {
        return Err(Fault::damaged("it does not end as a Parquet file does"));
    }
    let size = u64::from(u32::from_le_bytes(*size));
    let at = tail_at.checked_sub(size).ok_or_else(damaged)?;
    Fault::unless_fits(|| "the footer of the file".to_owned(), size, memory / 8)?;
    let mut footer = vec![0; size as usize];
    file.read_exact_at(&mut footer, at)?;
    let mut thrift = Thrift::new(&footer);
    let whole = thrift.fields(|thrift, id, kind| if id == 2 { check_schema(thrift) } else { thrift.skip(kind) });
    // In a footer that is complete, an element takes about as many bytes in memory as in the file.
    let elements = thrift.elements.saturating_mul(ELEMENT);
    Fault::unless_fits(|| "the index in the footer of the file".to_owned(), elements, memory.max(1 << 28))?;
    whole.ok_or_else(damaged)
}

/// Skips the schema, a tree in which each element has the number of its children, and these follow it.
fn check_schema(thrift: &mut Thrift<'_>) -> Option<()> {
    let (len, _) = thrift.list()?;
    let mut open: Vec<i64> = Vec::new();
    for nth in 0..len {
        let mut children = 0;
        thrift.fields(|thrift, id, kind| {
            if (id, kind) == (5, Kind::Integer) {
                children = thrift.integer()?;
                return Some(());
            }
            thrift.skip(kind)
        })?;
        // The reader allocates as many elements.
        (children < i64::try_from(len - nth).ok()?).then_some(())?;
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        (open.len() <= DEPTH).then_some(())?;
        while open.last().is_some_and(|left| *left <= 0) {
            open.pop();
        }
    }
    Some(())
}
