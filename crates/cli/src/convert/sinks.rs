//! Writes rendered rows as CSV, Parquet or Arrow.

use std::{fs::File, io::Write};

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::coalesce::BatchCoalescer;

use super::{parquet_file::ParquetFile, render::Piece};
use crate::{
    failure::{Failure, Result},
    placing::Output,
    roster::{format::TableFormat, row_sizes},
};

/// The number of rows that are written together. It is fixed, so that a file depends on its rows alone and not on how
/// they arrived.
const BATCH: usize = 1 << 14;

/// The number of bytes that are written together: a batch ends with the row that reaches it.
const BATCH_BYTES: usize = 1 << 23;

/// An output of any format.
pub(crate) enum Sink {
    Csv { output: Output, header: Vec<u8> },
    Table(Box<TableSink>),
}

/// An output of columns.
pub(crate) struct TableSink {
    kind: TableKind,
    writer: TableWriter,
    /// `None` before the first rows. Columns of text can be dictionaries.
    batches: Option<BatchCoalescer>,
    /// The number of rows and bytes of the current batch.
    begun: (usize, usize),
}

/// The parameters of the file, so that it can be begun again.
#[derive(Clone)]
struct TableKind {
    format: TableFormat,
    schema: SchemaRef,
    /// Whether the values of the symbol column are ascending.
    sorted: bool,
    encoders: usize,
}

enum TableWriter {
    Parquet(ParquetFile),
    Arrow(FileWriter<Output>),
}

impl Sink {
    /// Begins a CSV file with its header.
    pub(crate) fn csv(mut output: Output, header: Vec<u8>) -> Result<Self> {
        output.put(&header)?;
        Ok(Self::Csv { output, header })
    }

    /// Begins a file of columns. `sorted` says that the values of the symbol column are ascending.
    pub(crate) fn table(
        output: Output,
        format: TableFormat,
        schema: &SchemaRef,
        sorted: bool,
        encoders: usize,
    ) -> Result<Self> {
        let kind = TableKind { format, schema: schema.clone(), sorted, encoders };
        Ok(Self::Table(Box::new(TableSink::begin(output, kind)?)))
    }

    pub(crate) fn write(&mut self, piece: Piece<'_>) -> Result<()> {
        match (self, piece) {
            (_, Piece::Nothing) => Ok(()),
            (Self::Csv { output, .. }, Piece::Lines(lines)) => output.put(lines),
            (Self::Table(table), Piece::Columns(batch)) => table.write(batch),
            (Self::Csv { .. }, Piece::Columns(_)) | (Self::Table(_), Piece::Lines(_)) => {
                unreachable!("an output's rows are rendered for its format")
            }
        }
    }

    /// The format of columns; `None` for CSV.
    pub(crate) fn table_format(&self) -> Option<TableFormat> {
        match self {
            Self::Csv { .. } => None,
            Self::Table(table) => Some(table.kind.format),
        }
    }

    /// The complete file, ready to be put in place.
    pub(crate) fn finish(self) -> Result<Output> {
        match self {
            Self::Csv { output, .. } => Ok(output),
            Self::Table(table) => table.finish(),
        }
    }

    /// Returns the rows that were written so far, as a file to read, and begins the output again.
    pub(crate) fn restart(self) -> Result<(File, Self)> {
        match self {
            Self::Csv { mut output, header } => {
                let written = output.restart()?;
                Ok((written, Self::csv(output, header)?))
            }
            Self::Table(table) => {
                let kind = table.kind.clone();
                let mut output = table.finish()?;
                let written = output.restart()?;
                Ok((written, Self::Table(Box::new(TableSink::begin(output, kind)?))))
            }
        }
    }
}

impl TableSink {
    fn begin(output: Output, kind: TableKind) -> Result<Self> {
        let place = output.place().to_owned();
        let fail = |error: ArrowError| Failure::new(format!("cannot write {}: {error}", place.display()), CHECK);
        let writer = match kind.format {
            TableFormat::Parquet => {
                let writer = ParquetFile::begin(output, &kind.schema, kind.sorted, kind.encoders);
                TableWriter::Parquet(writer.map_err(|error| fail(error.into()))?)
            }
            TableFormat::Arrow => TableWriter::Arrow(FileWriter::try_new(output, &kind.schema).map_err(fail)?),
        };
        Ok(Self { kind, writer, batches: None, begun: (0, 0) })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut first = 0;
        for (row, size) in row_sizes::of(batch.columns(), batch.num_rows()).into_iter().enumerate() {
            let (rows, bytes) = &mut self.begun;
            (*rows, *bytes) = (*rows + 1, *bytes + size);
            if *rows == BATCH || *bytes >= BATCH_BYTES {
                self.push(batch.slice(first, row + 1 - first))?;
                self.end_batch()?;
                first = row + 1;
            }
        }
        self.push(batch.slice(first, batch.num_rows() - first))
    }

    fn push(&mut self, batch: RecordBatch) -> Result<()> {
        let batches = self.batches.get_or_insert_with(|| BatchCoalescer::new(batch.schema(), BATCH));
        let pushed = batches.push_batch(batch);
        pushed.map_err(|error| self.fail(&error))
    }

    /// Writes the rows of the current batch.
    fn end_batch(&mut self) -> Result<()> {
        let (_, bytes) = std::mem::take(&mut self.begun);
        let Some(batches) = &mut self.batches else { return Ok(()) };
        let mut written = batches.finish_buffered_batch();
        while let (Ok(()), Some(batch)) = (&written, batches.next_completed_batch()) {
            written = match &mut self.writer {
                TableWriter::Parquet(writer) => writer.write(batch, bytes).map_err(ArrowError::from),
                TableWriter::Arrow(writer) => writer.write(&batch),
            };
        }
        written.map_err(|error| self.fail(&error))
    }

    fn finish(mut self) -> Result<Output> {
        self.end_batch()?;
        let place = self.place();
        let fail = |error: ArrowError| Failure::new(format!("cannot write {place}: {error}"), CHECK);
        let mut output = match self.writer {
            TableWriter::Parquet(writer) => writer.finish().map_err(|error| fail(error.into()))?,
            TableWriter::Arrow(mut writer) => {
                writer.finish().map_err(fail)?;
                writer.into_inner().map_err(fail)?
            }
        };
        output.flush().map_err(|error| fail(error.into()))?;
        Ok(output)
    }

    fn place(&self) -> String {
        let output = match &self.writer {
            TableWriter::Parquet(writer) => writer.output(),
            TableWriter::Arrow(writer) => writer.get_ref(),
        };
        output.place().display().to_string()
    }

    fn fail(&self, error: &ArrowError) -> Failure {
        Failure::new(format!("cannot write {}: {error}", self.place()), CHECK)
    }
}

const CHECK: &str = "check the directory, its permissions and its free space; no output was changed";
