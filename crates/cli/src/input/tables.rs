//! Parquet and Arrow files as batches of columns.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, read_footer_length};
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use super::{arrow_stream::ArrowStream, blocks::Block, format::FileFormat};
use crate::{
    failure::{Failure, Result},
    hardening,
};

/// Rows of a block.
const ROWS: usize = 1 << 13;

/// A file whose schema is read.
pub(crate) enum TableFile {
    Parquet(Box<ParquetRecordBatchReaderBuilder<File>>),
    ArrowFile(Box<FileReader<BufReader<File>>>),
    ArrowStream(Box<ArrowStream>),
}

impl TableFile {
    pub(crate) fn open(file: File, format: FileFormat) -> Result<Self> {
        hardening::of_foreign_bytes(|| Self::open_as(file, format)).unwrap_or_else(|| Err(damaged(format)))
    }

    fn open_as(mut file: File, format: FileFormat) -> Result<Self> {
        let fail = |error: ArrowError| unreadable(format, &error);
        let len = file.stream_position().is_ok().then(|| file.metadata().map(|metadata| metadata.len()));
        let len = len.transpose().map_err(|error| fail(error.into()))?;
        if format == FileFormat::Parquet {
            if len.is_none() {
                return Err(Failure::new(
                    "Parquet keeps its schema at its end and cannot be read from a pipe",
                    "name the file",
                ));
            }
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| fail(error.into()))?;
            return Ok(Self::Parquet(Box::new(builder)));
        }
        let mut head = Vec::new();
        (&mut file).take(ARROW_MAGIC.len() as u64).read_to_end(&mut head).map_err(|error| fail(error.into()))?;
        if head != ARROW_MAGIC {
            return Ok(Self::ArrowStream(Box::new(ArrowStream::open(file, head).map_err(fail)?)));
        }
        let Some(len) = len else {
            return Err(Failure::new(
                "an Arrow file keeps its index at its end and cannot be read from a pipe",
                "name the file, or write a stream into the pipe",
            ));
        };
        let mut file = BufReader::with_capacity(1 << 18, file);
        check_footer(&mut file, len).map_err(fail)?;
        Ok(Self::ArrowFile(Box::new(FileReader::try_new(file, None).map_err(fail)?)))
    }

    /// The format of a file that begins so, if it is one of these.
    pub(crate) fn recognise(head: &[u8]) -> Option<FileFormat> {
        let parquet = head.starts_with(b"PAR1").then_some(FileFormat::Parquet);
        // A stream begins with a continuation marker.
        let arrow = head.starts_with(ARROW_MAGIC) || head.starts_with(&[0xFF; 4]);
        parquet.or_else(|| arrow.then_some(FileFormat::Arrow))
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        match self {
            Self::Parquet(builder) => builder.schema().clone(),
            Self::ArrowFile(reader) => reader.schema(),
            Self::ArrowStream(reader) => reader.schema(),
        }
    }

    /// How many rows there are, if the file says so.
    pub(crate) fn rows(&self) -> Option<u64> {
        match self {
            Self::Parquet(builder) => u64::try_from(builder.metadata().file_metadata().num_rows()).ok(),
            Self::ArrowFile(_) | Self::ArrowStream(_) => None,
        }
    }

    /// The rows, of the person's column and then of those kept.
    pub(crate) fn read(self, person: usize, keep: &[usize]) -> Result<Tables> {
        let mut wanted = vec![person];
        wanted.extend_from_slice(keep);
        let (format, batches): (_, Batches) = match self {
            Self::Parquet(builder) => {
                let mut read = wanted.clone();
                read.sort_unstable();
                let mask = ProjectionMask::roots(builder.parquet_schema(), read.iter().copied());
                let reader = builder.with_projection(mask).with_batch_size(ROWS).build();
                // Columns come in the order of the file.
                wanted.iter_mut().for_each(|column| *column = read.partition_point(|other| *other < *column));
                (FileFormat::Parquet, Box::new(reader.map_err(|error| unreadable(FileFormat::Parquet, &error.into()))?))
            }
            Self::ArrowFile(reader) => (FileFormat::Arrow, reader),
            Self::ArrowStream(reader) => (FileFormat::Arrow, reader),
        };
        Ok(Tables { format, batches, wanted, rest: None, index: 0, first_record: 1 })
    }
}

type Batches = Box<dyn Iterator<Item = std::result::Result<RecordBatch, ArrowError>> + Send>;

/// The batches of a file, cut into blocks.
pub(crate) struct Tables {
    format: FileFormat,
    batches: Batches,
    wanted: Vec<usize>,
    /// What is left of the last batch.
    rest: Option<RecordBatch>,
    index: u64,
    first_record: u64,
}

impl Tables {
    /// Fills `block` with rows; false at the end of the file.
    pub(crate) fn next(&mut self, block: &mut Block) -> Result<bool> {
        let batch = match self.rest.take() {
            Some(batch) => batch,
            None => match self.read_batch()? {
                Some(batch) => batch,
                None => return Ok(false),
            },
        };
        let rows = batch.num_rows().min(ROWS);
        if rows < batch.num_rows() {
            self.rest = Some(batch.slice(rows, batch.num_rows() - rows));
        }
        *block = Block {
            index: self.index,
            first_record: self.first_record,
            batch: Some(batch.slice(0, rows)),
            ..std::mem::take(block)
        };
        self.index += 1;
        self.first_record += rows as u64;
        Ok(true)
    }

    /// The next batch that has rows.
    fn read_batch(&mut self) -> Result<Option<RecordBatch>> {
        let batches = &mut self.batches;
        let has_rows = |batch: &std::result::Result<RecordBatch, _>| batch.as_ref().map_or(true, |b| b.num_rows() > 0);
        let read = hardening::of_foreign_bytes(|| batches.find(has_rows)).ok_or_else(|| damaged(self.format))?;
        let batch = read.transpose().and_then(|batch| batch.map(|batch| batch.project(&self.wanted)).transpose());
        batch.map_err(|error| {
            let at = self.first_record;
            Failure::new(
                format!("the input cannot be read from row {at} on: {}", structural(self.format, &error)),
                "read the file with another tool to see whether it is damaged; nothing was written",
            )
        })
    }
}

/// Holds the index of an Arrow file against its length: the reader makes room for whatever the index says.
fn check_footer(file: &mut (impl Read + Seek), len: u64) -> std::result::Result<(), ArrowError> {
    let fault = || ArrowError::IpcError("its index is damaged".to_owned());
    let mut tail = [0; 10];
    file.seek(SeekFrom::End(-10))?;
    file.read_exact(&mut tail)?;
    let size = read_footer_length(tail)?;
    let whole = (size + tail.len()) as u64;
    if whole > len {
        return Err(fault());
    }
    file.seek(SeekFrom::End(-i64::try_from(whole).map_err(|_| fault())?))?;
    let mut footer = vec![0; size];
    file.read_exact(&mut footer)?;
    let footer = arrow_ipc::root_as_footer(&footer).map_err(|_| fault())?;
    let blocks = footer.recordBatches().into_iter().flatten().chain(footer.dictionaries().into_iter().flatten());
    for block in blocks {
        let parts = [block.offset(), i64::from(block.metaDataLength()), block.bodyLength()];
        let end = parts.iter().try_fold(0_u64, |end, part| end.checked_add(u64::try_from(*part).ok()?));
        if end.is_none_or(|end| end > len) {
            return Err(fault());
        }
    }
    file.rewind()?;
    Ok(())
}

/// What the Arrow IPC file format begins with.
const ARROW_MAGIC: &[u8; 6] = b"ARROW1";

fn damaged(format: FileFormat) -> Failure {
    Failure::new(
        format!("the input is damaged, or is not in the format {}", format.extension()),
        "read the file with another tool to see whether it is damaged; nothing was written",
    )
}

fn unreadable(format: FileFormat, error: &ArrowError) -> Failure {
    Failure::new(
        format!("the input cannot be read as {}: {}", format.extension(), structural(format, error)),
        "check the file and --input-format",
    )
}

/// What an error says of the structure of a file. Those that may quote a value say only their kind.
fn structural(format: FileFormat, error: &ArrowError) -> String {
    match error {
        ArrowError::ParquetError(_) | ArrowError::IpcError(_) | ArrowError::IoError(..) => error.to_string(),
        _ => format!("it is damaged, or is not in the format {}", format.extension()),
    }
}
