//! A file of symbols: it is opened, its symbol column is found, and its rows are read as often as needed.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fs::File,
    io::Read,
    ops::ControlFlow,
    path::{Path, PathBuf},
    time::SystemTime,
};

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, cast::AsArray, types::Int64Type};
use arrow_cast::{
    can_cast_types, cast,
    display::{ArrayFormatter, FormatOptions},
};
use arrow_schema::{DataType, Field};
use clap::Args;
use fugo::{
    KeyTag, MyNumber, Purpose, SYMBOL_LEN,
    normalize::{LostZeros, normalize},
    text::{self, TextEncoder},
};
use fugo_columnar::{SYMBOL_WIDTH, SymbolMetadata, USE_KEY, is_symbol_field, kept::Codes};
use fugo_keystore::Use;
use sha2::{Digest, Sha256};

use super::values::Hashes;
use crate::{
    failure::{Failure, Result},
    hex,
    options::delimiter,
    roster::{
        Columns, Opened, ReadOptions,
        blocks::{BLOCK, Block, MAX_SYMBOL_RECORD},
        cells_over_lines::{LineRule, has_bare_cr, has_line_ends},
        csv::{self, Structure},
        encoding::Encoding,
        format::FileFormat,
        identity::Identity,
        text::{text as column_text, unexpected},
    },
};

/// A file of symbols that is audited, delivered, received or recorded.
pub(crate) struct Delivery {
    pub(super) path: PathBuf,
    form: ReadOptions,
    /// The headers of all columns except the symbol column.
    pub(crate) names: Vec<String>,
    /// The header of the symbol column.
    pub(crate) symbol_name: String,
    /// Columns that hold symbols, as their type or metadata shows; indices among the other columns.
    pub(super) symbol_typed: Vec<usize>,
    symbol: usize,
    /// The description in the metadata of the symbol column.
    pub(crate) metadata: Option<SymbolMetadata>,
    /// The use of the key that made the symbols, if the metadata say it.
    pub(crate) usage: Option<Use>,
    /// Keys and values in the file's own schema.
    pub(super) notes: BTreeMap<String, String>,
    pub(super) modified: Option<SystemTime>,
    /// The state of the file, which must not change between two readings.
    identity: Identity,
}

/// A row: the symbol, the key that its text form names, and the values of the other columns, without the quotes of
/// CSV.
pub(crate) struct Row<'a> {
    pub(crate) symbol: [u8; SYMBOL_LEN],
    pub(crate) whose: Option<Whose>,
    /// The symbol as it is written.
    pub(super) written: &'a [u8],
    pub(crate) cells: &'a [Cow<'a, [u8]>],
}

/// The purpose and the tag of a symbol's key.
pub(crate) type Whose = (Purpose, KeyTag);

/// A record: its number (the header is 0), and the values of all columns.
type Visit<'a> = dyn FnMut(u64, &mut Vec<Cow<'_, [u8]>>) -> Result<ControlFlow<()>> + 'a;

/// How a file of symbols is read, as options of `audit`, `deliver` and `ledger`.
#[derive(Args)]
pub(crate) struct SymbolFileArgs {
    /// Format of the files, if their names do not give it.
    #[arg(long, value_enum, value_name = "FORMAT")]
    input_format: Option<FileFormat>,
    /// Header of the symbol column [default: the column whose type, metadata or first value is that of a symbol].
    #[arg(long, value_name = "NAME")]
    pub(crate) symbol_column: Option<String>,
    /// Delimiter of CSV files: one ASCII character, or `tab`.
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    delimiter: u8,
    /// Encoding of CSV files.
    #[arg(long, value_enum, default_value_t = Encoding::Utf8)]
    encoding: Encoding,
    /// Accept quoted cells over several lines, whatever their lines look like, as this option of `convert` does.
    #[arg(long)]
    multi_line_cells: bool,
}

impl SymbolFileArgs {
    /// The form of a file that is read with this much memory.
    pub(crate) fn form(&self, memory: usize) -> ReadOptions {
        ReadOptions {
            format: self.input_format,
            delimiter: self.delimiter,
            encoding: self.encoding,
            block: BLOCK,
            longest: MAX_SYMBOL_RECORD,
            multi_line_cells: self.multi_line_cells,
            memory,
        }
    }
}

impl Delivery {
    /// Opens a file. Without a name, the symbol column is the one whose type, metadata or first value is that of a
    /// symbol.
    pub(crate) fn open(path: &Path, form: ReadOptions, symbol_column: Option<&str>) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?;
        if !metadata.is_file() {
            return Err(Failure::new(
                format!("{} is not a regular file, and an audit reads its files more than once", path.display()),
                "write the data to a file first",
            ));
        }
        let columns = Opened::open(Some(path), form).map_err(|failure| failure.of(path))?.columns;
        let mut file = Self {
            path: path.to_owned(),
            form,
            names: columns.names(),
            symbol_name: String::new(),
            symbol_typed: Vec::new(),
            symbol: 0,
            metadata: None,
            usage: None,
            notes: BTreeMap::new(),
            modified: metadata.modified().ok(),
            identity: Identity::of(&metadata),
        };
        if file.names.is_empty() {
            return Err(Failure::new("the table has no columns", "name a file that `fugo convert` wrote").of(path));
        }
        if let Columns::Table(schema) = &columns {
            schema.fields().iter().try_for_each(|field| readable(field)).map_err(|failure| failure.of(path))?;
        }
        if file.names.iter().any(|name| Codes::of(name).valid > 0) {
            return Err(Failure::new(
                "a column's name holds twelve digits that are a valid MyNumber",
                "give the column another name",
            )
            .of(path));
        }
        if file.names.iter().any(|name| symbol(name.as_bytes()).is_some()) {
            return Err(Failure::new(
                "the first line holds a symbol, so it is not a header",
                "put a header line before the rows",
            )
            .of(path));
        }
        file.symbol = match symbol_column {
            Some(name) => columns.column(name).map_err(|failure| failure.of(path))?,
            None => file.find_symbols(&columns)?,
        };
        if let Columns::Table(schema) = &columns {
            let is_symbols = |column: &usize| *column != file.symbol && holds_symbols(schema.field(*column));
            let typed = (0..file.names.len()).filter(is_symbols);
            file.symbol_typed = typed.map(|column| column - usize::from(column > file.symbol)).collect();
            let symbols = schema.field(file.symbol);
            // Without it the use is not known: a program may have written the table.
            let usage = symbols.metadata().contains_key(USE_KEY).then_some(Use::Test);
            let found = SymbolMetadata::of(symbols);
            file.metadata = found.map_err(|error| {
                Failure::new(error, "convert the roster again, or take an unchanged copy of the output").of(path)
            })?;
            file.usage = usage;
            // The Parquet reader adds field ids, which the file does not have.
            let own = |key: &str| !key.starts_with("fugo.") && !key.starts_with("PARQUET:");
            let notes = schema.metadata().iter().filter(|(key, _)| own(key));
            file.notes = notes.map(|(key, value)| (key.clone(), value.clone())).collect();
            for field in schema.fields() {
                let notes = field.metadata().iter().filter(|(key, _)| own(key));
                file.notes.extend(notes.map(|(key, value)| (format!("{}: {key}", field.name()), value.clone())));
            }
        }
        file.symbol_name = file.names.remove(file.symbol);
        Ok(file)
    }

    fn find_symbols(&self, columns: &Columns) -> Result<usize> {
        let first = |is_wanted: fn(&Field) -> bool| match columns {
            Columns::Table(schema) => schema.fields().iter().position(|field| is_wanted(field)),
            Columns::Csv(_) => None,
        };
        if let Some(found) = first(is_symbol_field) {
            return Ok(found);
        }
        let named = columns.names().iter().position(|name| name == "symbol");
        let mut found = named.or(first(holds_symbols));
        self.each_record(&mut |_, values| {
            // The text form cannot be mistaken. Other ids may also be 32 hexadecimal digits.
            let is_text = |value: &Cow<'_, [u8]>| symbol(value).is_some_and(|(_, whose)| whose.is_some());
            let is_symbol = |value: &Cow<'_, [u8]>| symbol(value).is_some();
            let named = named.filter(|named| is_symbol(&values[*named]));
            found = values.iter().position(is_text).or(named).or_else(|| values.iter().position(is_symbol));
            Ok(ControlFlow::Break(()))
        })?;
        found.ok_or_else(|| {
            Failure::new(
                "no column holds symbols in text form, as 32 hexadecimal digits or as FixedSizeBinary(16)",
                "name the column with --symbol-column",
            )
            .of(&self.path)
        })
    }

    /// SHA-256 of the file's bytes, as `sha256sum` prints it.
    pub(crate) fn sha256(&self) -> Result<String> {
        let fail = |error: std::io::Error| Failure::io("read", &self.path, &error);
        let mut file = File::open(&self.path).map_err(fail)?;
        let (mut digest, mut bytes) = (Sha256::new(), vec![0; 1 << 18]);
        loop {
            match file.read(&mut bytes).map_err(fail)? {
                0 => return Ok(base16ct::lower::encode_string(&digest.finalize())),
                read => digest.update(&bytes[..read]),
            }
        }
    }

    /// Reads all rows once, in the order of the file.
    pub(crate) fn each_row(&self, visit: &mut dyn FnMut(&Row<'_>) -> Result<()>) -> Result<u64> {
        let mut rows = 0;
        let mut last: Option<(Whose, TextEncoder)> = None;
        let read = self.each_record(&mut |record, values| {
            let cell = values.remove(self.symbol);
            // Nearly all symbols of a file have one key. Then it is quicker to write the symbol again than to verify it.
            let of_last = last.as_ref().and_then(|(whose, key)| Some((key.decode(&cell).ok()?, Some(*whose))));
            let (symbol, whose) = of_last.or_else(|| symbol(&cell)).ok_or_else(|| {
                Failure::new(
                    format!("record {record}: the cell is not a symbol (text form, 32 hexadecimal digits or 16 bytes)"),
                    "name the symbol column with --symbol-column; an audit reads files that `fugo convert` wrote",
                )
                .of(&self.path)
            })?;
            if let Some((purpose, tag)) = whose.filter(|_| of_last.is_none()) {
                last = Some(((purpose, tag), TextEncoder::new(purpose, tag)));
            }
            rows += 1;
            visit(&Row { symbol, whose, written: &cell, cells: values })?;
            Ok(ControlFlow::Continue(()))
        });
        // Looked at first, because a file that changes can also have damaged records.
        let now = std::fs::metadata(&self.path).map_err(|error| Failure::io("read", &self.path, &error))?;
        if Identity::of(&now) != self.identity {
            return Err(
                Failure::new("the file changed while it was read", "audit files that nobody writes to").of(&self.path)
            );
        }
        read.map(|()| rows)
    }

    fn each_record(&self, visit: &mut Visit<'_>) -> Result<()> {
        let opened = Opened::open(Some(&self.path), self.form).map_err(|failure| failure.of(&self.path))?;
        let columns = opened.columns.names().len();
        let all: Vec<usize> = (1..columns).collect();
        let mut input = opened.read(0, &all, &[]).map_err(|failure| failure.of(&self.path))?;
        let (mut block, mut structure) = (Block::default(), Structure::default());
        while input.next(&mut block).map_err(|failure| failure.of(&self.path))? {
            let flow = if let Some(batch) = &block.batch {
                self.each_of_batch(batch, block.first_record, visit)
            } else {
                self.each_of_block(&block, columns, &mut structure, visit)
            };
            if flow?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// A cell of CSV as UTF-8.
    fn text<'a>(&self, cell: Cow<'a, [u8]>) -> Option<Cow<'a, [u8]>> {
        if cell.is_ascii() {
            return Some(cell);
        }
        match self.form.encoding {
            Encoding::Utf8 => str::from_utf8(&cell).is_ok().then_some(cell),
            Encoding::Cp932 => self.form.encoding.decode(&cell).map(|text| Cow::Owned(text.as_bytes().to_vec())),
        }
    }

    fn each_of_batch(&self, batch: &RecordBatch, first: u64, visit: &mut Visit<'_>) -> Result<ControlFlow<()>> {
        let mut texts = Vec::with_capacity(batch.num_columns());
        for (column, values) in batch.columns().iter().enumerate() {
            let text = as_text(values).map_err(|_| {
                let what = format!("records from {first} on, column {}: a value cannot be read as text", column + 1);
                Failure::new(what, "write the file without this column, or with its values as text").of(&self.path)
            })?;
            texts.push(text);
        }
        let mut values = Vec::with_capacity(texts.len());
        for row in 0..batch.num_rows() {
            values.clear();
            values.extend(texts.iter().map(|texts| {
                let value = if texts.is_valid(row) { texts.value(row).as_bytes() } else { b"" };
                Cow::Borrowed(value)
            }));
            if visit(first + row as u64, &mut values)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn each_of_block(
        &self,
        block: &Block,
        columns: usize,
        structure: &mut Structure,
        visit: &mut Visit<'_>,
    ) -> Result<ControlFlow<()>> {
        let (bytes, delimiter) = (&block.bytes[..], self.form.delimiter);
        structure.find(bytes, delimiter);
        let (mut at, mut place, mut fields, mut record) = (0, 0, Vec::new(), block.first_record);
        let mut line = block.first_line;
        let rule = LineRule {
            delimiter,
            encoding: self.form.encoding,
            fields: columns,
            lost_zeros: LostZeros::Refuse,
            allowed: self.form.multi_line_cells,
        };
        let has_cr = has_bare_cr(bytes);
        let mut values = Vec::with_capacity(columns);
        while at < bytes.len() {
            let found = structure.split(bytes, at, delimiter, columns, &mut place, &mut fields);
            if let Some(found) = found.filter(|found| has_line_ends(bytes, found, has_cr)) {
                let judged = rule.judge(bytes, &found, &fields);
                judged.map_err(|swallowed| swallowed.failure(record, line, block.offset).of(&self.path))?;
            }
            let found = found.filter(|found| fields.len() == columns && !found.stray_quote).ok_or_else(|| {
                Failure::new(
                    format!("record {record} does not have {columns} fields as the header has"),
                    "check --delimiter; an audit reads files that `fugo convert` wrote",
                )
                .of(&self.path)
            })?;
            values.clear();
            for (column, field) in fields.iter().enumerate() {
                let value = self.text(unquoted(&bytes[field.clone()])).ok_or_else(|| {
                    Failure::new(
                        format!(
                            "record {record}, column {}: the cell is not text in the encoding of the file",
                            column + 1
                        ),
                        "name the encoding with --encoding (utf-8 or cp932)",
                    )
                    .of(&self.path)
                })?;
                values.push(value);
            }
            if visit(record, &mut values)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            (at, record, line) = (found.next, record + 1, line + found.lines);
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// The valid numbers of a roster's column, as they are or as lenient normalisation reads them; at most `most` of them,
/// chosen by their hashes.
pub(super) fn numbers(
    path: &Path,
    form: ReadOptions,
    column: &str,
    hashes: &Hashes,
    most: usize,
) -> Result<Vec<MyNumber>> {
    let metadata = std::fs::metadata(path).map_err(|error| Failure::io("read", path, &error))?;
    let columns = Opened::open(Some(path), form).map_err(|failure| failure.of(path))?.columns;
    let place = columns.column(column).map_err(|failure| failure.of(path))?;
    let file = Delivery {
        path: path.to_owned(),
        form,
        names: columns.names(),
        symbol_name: String::new(),
        symbol_typed: Vec::new(),
        symbol: place,
        metadata: None,
        usage: None,
        notes: BTreeMap::new(),
        modified: None,
        identity: Identity::of(&metadata),
    };
    let (mut numbers, mut bound) = (Vec::new(), u64::MAX);
    file.each_record(&mut |_, values| {
        let hash = hashes.bytes(&values[place]);
        let text = str::from_utf8(&values[place]).ok().filter(|_| hash <= bound);
        let digits = text.and_then(|text| normalize(text, LostZeros::Refuse).ok());
        if let Some(number) = digits.and_then(|digits| digits.parse().ok()) {
            numbers.push((hash, number));
            if numbers.len() > most {
                bound /= 2;
                numbers.retain(|(hash, _)| *hash <= bound);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(numbers.into_iter().map(|(_, number)| number).collect())
}

/// The value of a field, without its quotes.
fn unquoted(field: &[u8]) -> Cow<'_, [u8]> {
    if !field.starts_with(b"\"") {
        return Cow::Borrowed(field);
    }
    let mut scratch = Vec::new();
    Cow::Owned(csv::value(field, &mut scratch).to_vec())
}

/// Refuses a column whose rows can take much more memory as text than in the file, and cannot be searched cell by cell.
/// `fugo convert` does not write such columns.
fn readable(field: &Field) -> Result<()> {
    let found = field.data_type();
    let what = if found.is_nested() {
        "nested"
    } else if is_run_end_encoded(found) {
        "run-end encoded"
    } else {
        return Ok(());
    };
    Err(Failure::new(
        format!(
            "the column `{}` is {what}; an audit reads text, bytes, numbers, booleans, dates and times",
            field.name()
        ),
        "write the file without this column, or with its values as text",
    ))
}

fn is_run_end_encoded(found: &DataType) -> bool {
    match found {
        DataType::RunEndEncoded(..) => true,
        DataType::Dictionary(_, values) => is_run_end_encoded(values),
        _ => false,
    }
}

/// Any column as text. Bytes are read as text if they are text, and otherwise as hexadecimal digits. Times are in UTC,
/// and a time outside the calendar is its stored number. Types without a text form are read as they are displayed.
fn as_text(column: &ArrayRef) -> Result<StringArray> {
    let converted = |to: &DataType| cast(column, to).map_err(unexpected);
    match column.data_type() {
        // Symbols. Their bytes may look like text by chance.
        DataType::FixedSizeBinary(SYMBOL_WIDTH) => {
            let symbols = column.as_fixed_size_binary();
            Ok(symbols.iter().map(|value| value.map(base16ct::lower::encode_string)).collect())
        }
        DataType::Dictionary(_, values) => as_text(&converted(values)?),
        found if is_binary(found) => {
            let bytes = converted(&DataType::LargeBinary)?;
            Ok(bytes.as_binary::<i64>().iter().map(|value| value.map(text_of_bytes)).collect())
        }
        DataType::Timestamp(unit, Some(zone)) if &**zone != UTC => {
            as_text(&converted(&DataType::Timestamp(*unit, Some(UTC.into())))?)
        }
        found if found.is_temporal() || can_cast_types(found, &DataType::Utf8) => {
            let texts = column_text(column)?;
            let is_complete = !found.is_temporal() || texts.null_count() == column.null_count();
            if is_complete { Ok(texts) } else { with_stored(column, &texts) }
        }
        _ => {
            let formatter = ArrayFormatter::try_new(column, &FormatOptions::default()).map_err(unexpected)?;
            let value = |row| column.is_valid(row).then(|| formatter.value(row).try_to_string()).transpose();
            (0..column.len()).map(value).collect::<Result<_, _>>().map_err(unexpected)
        }
    }
}

const UTC: &str = "+00:00";

/// The texts of dates, times or durations, and the stored numbers of those that have no text.
fn with_stored(column: &ArrayRef, texts: &StringArray) -> Result<StringArray> {
    let is_narrow = matches!(column.data_type(), DataType::Date32 | DataType::Time32(_));
    let numbers = if is_narrow { &cast(column, &DataType::Int32).map_err(unexpected)? } else { column };
    let numbers = cast(numbers, &DataType::Int64).map_err(unexpected)?;
    let numbers = numbers.as_primitive::<Int64Type>();
    let value = |row| match (column.is_valid(row), texts.is_valid(row)) {
        (false, _) => None,
        (true, true) => Some(Cow::Borrowed(texts.value(row))),
        (true, false) => Some(Cow::Owned(numbers.value(row).to_string())),
    };
    Ok((0..column.len()).map(value).collect())
}

fn is_binary(found: &DataType) -> bool {
    matches!(found, DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_))
}

/// Bytes that hold a number in UTF-16 or between other bytes are read as its text.
fn text_of_bytes(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(bytes)
        && !text.contains('\0')
    {
        return Cow::Borrowed(text);
    }
    let plain: Vec<u8> = bytes.iter().filter(|byte| **byte != 0).copied().collect();
    let text = String::from_utf8_lossy(&plain).into_owned();
    Cow::Owned(if Codes::of(&text).valid > 0 { text } else { base16ct::lower::encode_string(bytes) })
}

/// Whether the type or the metadata shows that a column holds symbols.
fn holds_symbols(field: &Field) -> bool {
    is_symbol_field(field) || *field.data_type() == DataType::FixedSizeBinary(SYMBOL_WIDTH)
}

/// Reads a symbol in any of its forms.
fn symbol(cell: &[u8]) -> Option<([u8; SYMBOL_LEN], Option<Whose>)> {
    if let Some(bytes) = hex::decode(cell) {
        return Some((bytes, None));
    }
    let found = text::decode(cell).ok()?;
    Some((found.symbol, Some((found.purpose, found.tag))))
}
