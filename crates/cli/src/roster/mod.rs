//! Rosters: files of rows in any format and encoding, and text that is read by lines.
//!
//! | question | file |
//! |---|---|
//! | Which format does the name of a file or the command line say? | `format.rs`; [`Opened::open`] acts on it |
//! | Which format do the first bytes show, if it is not CSV? | `foreign.rs` |
//! | How is a file opened, and its header or schema read? | this file; `header.rs`, `names.rs`: a column by its name |
//! | Which encodings are there? | `encoding.rs` |
//! | CSV: whole records, in blocks | `blocks.rs` |
//! | CSV: records and fields, by bytes | `crates/csv` |
//! | CSV: a cell over several lines, or rows that a quote took in | `cells_over_lines.rs` |
//! | Tables: batches of columns, cut into blocks | `tables.rs`; the bytes of a row, `row_sizes.rs` |
//! | Parquet: what a footer and its pages unpack to | `parquet_table.rs`, `parquet_pages.rs`, `thrift.rs`, `lz4.rs` |
//! | Arrow IPC: files and streams | `arrow_messages.rs`, `lz4.rs` |
//! | Tables: a column as text; why a file is not read | `text.rs`; `fault.rs` |
//! | Did a file change while it was read? | `identity.rs` |
//! | Numbers or symbols without a header, one on each line of standard input | `lines.rs` |

pub(crate) mod blocks;
pub(crate) mod cells_over_lines;
pub(crate) mod encoding;
pub(crate) mod foreign;
pub(crate) mod format;
pub(crate) mod identity;
pub(crate) mod lines;
pub(crate) mod row_sizes;
pub(crate) mod tables;
pub(crate) mod text;

pub(crate) use fugo_csv as csv;

mod arrow_messages;
mod fault;
mod header;
mod lz4;
mod names;
mod parquet_pages;
mod parquet_table;
mod thrift;

use std::{
    fs::File,
    io::{self, Read, Seek},
    os::fd::AsFd,
    path::Path,
};

use arrow_schema::{Field, SchemaRef};

use self::{
    blocks::{Block, BlockReader},
    encoding::Encoding,
    format::FileFormat,
    header::Header,
    identity::Watched,
    names::Found,
    tables::{TableFile, Tables},
};
use crate::failure::{Failure, Result};

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadOptions {
    /// The format; `None` if the name of the file gives it.
    pub(crate) format: Option<FileFormat>,
    /// For CSV: the delimiter.
    pub(crate) delimiter: u8,
    /// For CSV: the encoding.
    pub(crate) encoding: Encoding,
    /// The maximum size of a block in bytes.
    pub(crate) block: usize,
    /// For CSV: the maximum length of a record in bytes.
    pub(crate) longest: usize,
    /// For CSV: whether the lines of a cell over several lines may look like rows.
    pub(crate) multi_line_cells: bool,
    /// The memory that the run may use, in bytes.
    pub(crate) memory: usize,
}

/// An input whose columns are known, and whose rows are not yet read.
pub(crate) struct Opened {
    /// Its size, if it is known: in bytes, or in rows if [`Block::end`] counts rows.
    pub(crate) size: Option<u64>,
    pub(crate) columns: Columns,
    /// The file while it is read; `None` for a pipe.
    pub(crate) watched: Option<Watched>,
    rows: Unread,
    block: usize,
}

enum Unread {
    Csv(BlockReader<Box<dyn Read + Send>>),
    Table(TableFile),
}

/// Reads rows, block by block.
pub(crate) enum Input {
    Csv(BlockReader<Box<dyn Read + Send>>),
    Table(Tables),
}

/// The columns of an input.
pub(crate) enum Columns {
    Csv(Header),
    Table(SchemaRef),
}

impl Opened {
    /// Opens a file, or standard input without a path, and reads its header or schema.
    pub(crate) fn open(path: Option<&Path>, form: ReadOptions) -> Result<Self> {
        let format = form.format.unwrap_or_else(|| path.map_or(FileFormat::Csv, FileFormat::of));
        let file = open_file(path)?;
        let fail = |error: io::Error| Failure::io("read", path.unwrap_or(Path::new("standard input")), &error);
        let watched = Watched::of(path, &file).map_err(fail)?;
        // The rest of the file: standard input may have been read from before.
        let read_before = || (&file).stream_position();
        let bytes = watched.as_ref().map(|watched| Ok(watched.len().saturating_sub(read_before()?)));
        let bytes = bytes.transpose().map_err(fail)?;
        if let Some(format) = format.table() {
            let table = TableFile::open(file, format, form.memory)?;
            let columns = Columns::Table(table.schema());
            return Ok(Self { size: table.rows(), columns, watched, rows: Unread::Table(table), block: form.block });
        }
        let mut blocks =
            BlockReader::new(Box::new(file) as Box<dyn Read + Send>, form.delimiter, form.block, form.longest);
        let header = blocks.header()?.ok_or_else(|| {
            Failure::new(
                "the input is empty; it does not even have a header",
                "give a CSV whose first line names the columns",
            )
        })?;
        let header = Header::parse(header, form)?;
        Ok(Self { size: bytes, columns: Columns::Csv(header), watched, rows: Unread::Csv(blocks), block: form.block })
    }

    /// Whether a table holds the texts of a column in dictionaries.
    pub(crate) fn has_dictionary(&self, column: usize) -> bool {
        match &self.rows {
            Unread::Csv(_) => false,
            Unread::Table(table) => table.has_dictionary(column),
        }
    }

    /// Begins to read the rows. Of a table only these columns are read, the person column first; those of
    /// `dictionaries` as dictionaries of `Int32` and `Utf8`.
    pub(crate) fn read(self, person: usize, keep: &[usize], dictionaries: &[usize]) -> Result<Input> {
        Ok(match self.rows {
            Unread::Csv(blocks) => Input::Csv(blocks),
            Unread::Table(table) => Input::Table(table.read(person, keep, dictionaries, self.block)?),
        })
    }
}

impl Input {
    /// The number of lines of a CSV's header.
    pub(crate) fn header_lines(&self) -> Option<u64> {
        match self {
            Self::Csv(blocks) => Some(blocks.header_lines()),
            Self::Table(_) => None,
        }
    }

    /// Fills `block` with rows; false at the end of the input.
    pub(crate) fn next(&mut self, block: &mut Block) -> Result<bool> {
        match self {
            Self::Csv(blocks) => blocks.next(block),
            Self::Table(tables) => tables.next(block),
        }
    }
}

impl Columns {
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Csv(header) => header.names().to_vec(),
            Self::Table(schema) => schema.fields().iter().map(|field| field.name().clone()).collect(),
        }
    }

    /// The column with a name. There must be exactly one.
    pub(crate) fn column(&self, name: &str) -> Result<usize> {
        let schema = match self {
            Self::Csv(header) => return header.column(name),
            Self::Table(schema) => schema,
        };
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        match names::find(&names, name) {
            Found::One(column) => Ok(column),
            Found::Several => {
                Err(Failure::new(format!("several columns are named `{name}`"), "give each column a different name"))
            }
            Found::None { nearest } => Err(Failure::new(
                format!("none of the {} columns of the input has the name `{name}`", schema.fields().len()),
                format!("look at the schema of the file, and check --column and --keep{nearest}"),
            )),
        }
    }

    /// The header that a column gets in a CSV output: as it is written in a CSV input.
    pub(crate) fn header_cell(&self, column: usize, delimiter: u8) -> Vec<u8> {
        match self {
            Self::Csv(header) => header.raw(column).to_vec(),
            Self::Table(schema) => {
                let mut cell = Vec::new();
                csv::write_value(schema.field(column).name(), delimiter, &mut cell);
                cell
            }
        }
    }

    /// The Arrow field of a column; the cells of a CSV are text.
    pub(crate) fn field(&self, column: usize) -> Field {
        match self {
            Self::Csv(header) => Field::new(&header.names()[column], arrow_schema::DataType::Utf8, false),
            Self::Table(schema) => schema.field(column).clone(),
        }
    }
}

fn open_file(path: Option<&Path>) -> Result<File> {
    let Some(path) = path else {
        return open_standard_input().map_err(|error| Failure::io("read", Path::new("standard input"), &error));
    };
    let fail = |error: io::Error| Failure::io("read", path, &error);
    let file = File::open(path).map_err(fail)?;
    if file.metadata().map_err(fail)?.is_dir() {
        return Err(Failure::new(format!("{} is a directory", path.display()), "name a file instead"));
    }
    Ok(file)
}

/// Standard input without the buffer of the standard library, which is never wiped.
pub(crate) fn open_standard_input() -> io::Result<File> {
    Ok(File::from(io::stdin().as_fd().try_clone_to_owned()?))
}
