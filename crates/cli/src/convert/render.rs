//! Renders symbols and the kept cells of their rows as lines of CSV or as a batch of columns.

use std::{collections::HashMap, ops::Range, sync::Arc};

use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray,
    builder::StringBuilder,
    cast::AsArray,
    types::{Date64Type, Decimal128Type, Decimal256Type},
};
use arrow_buffer::Buffer;
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use fugo::{
    SYMBOL_LEN,
    text::{SymbolText, TextEncoder},
};
use fugo_columnar::{SYMBOL_WIDTH, USE_KEY};

use super::packer::Packer;
use crate::{
    failure::{Failure, Result},
    roster::{
        csv,
        encoding::Encoding,
        format::TableFormat,
        text::{text, unexpected},
    },
};

/// How symbols are written in an output.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SymbolForm {
    Text(TextEncoder),
    Hex,
    /// The sixteen bytes, in columns only.
    Binary,
}

impl SymbolForm {
    pub(crate) fn write(self, symbol: &[u8; SYMBOL_LEN], out: &mut Vec<u8>) {
        match self {
            // Room of a fixed size, because its stores are inlined: `resize` calls memset for every row.
            Self::Text(encoder) => {
                let start = out.len();
                out.extend_from_slice(&[0; SymbolText::MAX_LEN]);
                encoder.encode_into(symbol, &mut out[start..]);
                out.truncate(start + encoder.text_len());
            }
            Self::Binary => out.extend_from_slice(symbol),
            Self::Hex => {
                let mut digits = [0; 2 * SYMBOL_LEN];
                let written = base16ct::lower::encode(symbol, &mut digits);
                written.unwrap_or_else(|_| unreachable!("room for two digits a byte"));
                out.extend_from_slice(&digits);
            }
        }
    }
}

/// How the rows of one output are written.
pub(crate) struct RowForm {
    pub(crate) symbol: SymbolForm,
    pub(crate) kept: KeptForm,
    pub(crate) written: Written,
}

/// The form of the bytes after a symbol until the row is written.
#[derive(Clone)]
pub(crate) enum KeptForm {
    /// Cells of CSV as they are written in the input, with a delimiter before each.
    Cells { delimiter: u8, encoding: Encoding, columns: usize },
    /// Packed cells of a table; `None` if no column is kept.
    Packed(Option<Arc<Packer>>),
}

impl KeptForm {
    /// The kept cells of some rows as text, column by column.
    pub(crate) fn texts<'a>(&self, rows: impl Iterator<Item = &'a [u8]>) -> Result<Vec<StringArray>> {
        let (mut all, mut ranges) = (Vec::new(), Vec::new());
        for row in rows {
            let start = all.len();
            all.extend_from_slice(row);
            ranges.push(start..all.len());
        }
        self.columns(&all, ranges.into_iter())?.iter().map(text).collect()
    }

    /// The kept cells of rows as columns. `ranges` are the byte ranges of the rows' cells.
    fn columns(&self, kept: &[u8], ranges: impl ExactSizeIterator<Item = Range<usize>>) -> Result<Vec<ArrayRef>> {
        match self {
            Self::Packed(None) => Ok(Vec::new()),
            Self::Packed(Some(packer)) => packer.unpack(kept, ranges).map_err(unexpected),
            Self::Cells { delimiter, encoding, columns } => {
                let mut builders: Vec<StringBuilder> = (0..*columns).map(|_| StringBuilder::new()).collect();
                let (mut fields, mut scratch) = (Vec::new(), Vec::new());
                // Every row is valid text: this was checked when it was read.
                let all = match encoding {
                    Encoding::Utf8 => simdutf8::basic::from_utf8(kept).map_err(|_| not_text())?,
                    Encoding::Cp932 => "",
                };
                for range in ranges {
                    if *columns == 0 {
                        continue;
                    }
                    let decoded;
                    let row = match encoding {
                        Encoding::Utf8 => &all[range],
                        Encoding::Cp932 => {
                            decoded = encoding.decode(&kept[range]).ok_or_else(not_text)?;
                            decoded.as_str()
                        }
                    };
                    // There is a delimiter before every cell, also before the first one.
                    csv::split(row.as_bytes(), 1, *delimiter, true, &mut fields);
                    for (builder, field) in builders.iter_mut().zip(&fields) {
                        let cell = &row[field.clone()];
                        if cell.starts_with('"') {
                            let value = csv::value(cell.as_bytes(), &mut scratch);
                            builder.append_value(std::str::from_utf8(value).map_err(|_| not_text())?);
                        } else {
                            builder.append_value(cell);
                        }
                    }
                }
                Ok(builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect())
            }
        }
    }
}

/// How rows are written.
pub(crate) enum Written {
    Lines { delimiter: u8 },
    Columns { schema: SchemaRef, format: TableFormat },
}

impl RowForm {
    /// Whether cells of CSV are written as lines of CSV, so that rows can be written at once.
    #[inline]
    pub(crate) fn is_direct(&self) -> bool {
        matches!((&self.written, &self.kept), (Written::Lines { .. }, KeptForm::Cells { .. }))
    }

    /// How many rows may be rendered at once, so that their texts take about `limit` bytes: rows hold codes of texts that
    /// can be long.
    pub(crate) fn most_rows(&self, limit: usize) -> u64 {
        let KeptForm::Packed(Some(packer)) = &self.kept else { return u64::MAX };
        let stays_codes = matches!(self.written, Written::Columns { format: TableFormat::Parquet, .. });
        match packer.longest_texts(stays_codes) {
            0 => u64::MAX,
            longest => (limit / longest).max(1) as u64,
        }
    }

    /// The schema of an output: the symbol column, then the kept columns.
    pub(crate) fn schema(symbols: Field, kept: &KeptForm, fields: &[Field], format: TableFormat) -> Result<SchemaRef> {
        // Readers other than Arrow's show the metadata of the schema only.
        let usage = symbols.metadata().get(USE_KEY).map(|usage| (USE_KEY.to_owned(), usage.clone()));
        let metadata: HashMap<String, String> = usage.into_iter().collect();
        let mut columns = vec![symbols];
        let types = match kept {
            KeptForm::Packed(Some(packer)) => packer.types(),
            KeptForm::Packed(None) | KeptForm::Cells { .. } => &[],
        };
        for (i, field) in fields.iter().enumerate() {
            let found = types.get(i).unwrap_or(field.data_type());
            let data_type = kept_type(found, format).ok_or_else(|| {
                Failure::new(
                    format!(
                        "the kept column `{}` has the type {found}; other readers of {} do not know it, or read it \
                         as another type",
                        field.name(),
                        format.extension()
                    ),
                    "write CSV, leave the column out of --keep, or convert it to text or numbers first",
                )
            })?;
            columns.push(Field::new(field.name(), data_type, field.is_nullable()));
        }
        Ok(Arc::new(Schema::new_with_metadata(columns, metadata)))
    }
}

/// The type of a kept column in an output. Views are written as text, because the sharing of bytes in views depends
/// on how the rows were read. Dictionaries are already unpacked. A type that the format or its readers do not know
/// becomes a known type with the same values. `None` if there is no such type: other readers would find integers or
/// bytes.
fn kept_type(found: &DataType, format: TableFormat) -> Option<DataType> {
    let in_parquet = format == TableFormat::Parquet;
    Some(match found {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::Timestamp(TimeUnit::Second, zone) if in_parquet => {
            DataType::Timestamp(TimeUnit::Millisecond, zone.clone())
        }
        DataType::Time32(TimeUnit::Second) if in_parquet => DataType::Time32(TimeUnit::Millisecond),
        // A date, which some readers read as a time.
        DataType::Date64 => DataType::Date32,
        DataType::Duration(_) | DataType::Decimal128(_, ..0) if in_parquet => return None,
        // Few readers know another width; some fail on 256 bits.
        DataType::Decimal256(39.., _) => return None,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal256(precision, scale) => DataType::Decimal128(*precision, *scale),
        found => found.clone(),
    })
}

fn is_dictionary(column: &ArrayRef) -> bool {
    matches!(column.data_type(), DataType::Dictionary(..))
}

/// Converts a kept column to the type of the output's field. Values never change: a value that does not fit ends the
/// run.
fn written_as(column: &ArrayRef, field: &Field) -> Result<ArrayRef> {
    let (from, to) = (column.data_type(), field.data_type());
    let refused = || {
        Failure::new(
            format!("the kept column `{}` holds a value of type {from} that the type {to} cannot hold", field.name()),
            "write CSV, or leave the column out of --keep",
        )
    };
    if let Some(dates) = column.as_primitive_opt::<Date64Type>().filter(|_| *to == DataType::Date32) {
        let is_date = |milliseconds: i64| milliseconds % 86_400_000 == 0;
        if !dates.iter().flatten().all(is_date) {
            return Err(refused());
        }
    }
    // The cast of the Arrow crate panics on more than 128 bits, also where the values are null.
    if let (Some(wide), DataType::Decimal128(precision, scale)) = (column.as_primitive_opt::<Decimal256Type>(), to) {
        let narrow: PrimitiveArray<Decimal128Type> =
            wide.try_unary(|value| value.to_i128().ok_or(())).map_err(|()| refused())?;
        let narrow = narrow.with_precision_and_scale(*precision, *scale).map_err(|_| refused())?;
        return Ok(Arc::new(narrow));
    }
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(column, to, &options).map_err(|_| refused())
}

/// The rows of one output, rendered. Its buffers are reused.
#[derive(Default)]
pub(crate) struct Rendering {
    /// The rendered lines.
    lines: Vec<u8>,
    /// The rendered columns.
    batch: Option<RecordBatch>,
    symbols: Vec<[u8; SYMBOL_LEN]>,
    kept: Vec<u8>,
    kept_ends: Vec<usize>,
}

/// Rendered rows for an output.
pub(crate) enum Piece<'a> {
    Lines(&'a [u8]),
    Columns(&'a RecordBatch),
    Nothing,
}

impl Rendering {
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.batch = None;
        self.symbols.clear();
        self.kept.clear();
        self.kept_ends.clear();
    }

    /// Takes a row.
    #[inline]
    pub(crate) fn push(&mut self, form: &RowForm, symbol: &[u8; SYMBOL_LEN], kept: &[u8]) {
        if form.is_direct() {
            form.symbol.write(symbol, &mut self.lines);
            self.lines.extend_from_slice(kept);
            self.lines.push(b'\n');
        } else {
            self.symbols.push(*symbol);
            self.kept.extend_from_slice(kept);
            self.kept_ends.push(self.kept.len());
        }
    }

    /// Renders the rows that were taken since the last [`Self::clear`].
    pub(crate) fn finish(&mut self, form: &RowForm) -> Result<()> {
        if self.symbols.is_empty() {
            return Ok(());
        }
        let kept = form.kept.columns(&self.kept, self.ranges())?;
        let symbols = std::mem::take(&mut self.symbols);
        let rendered = self.render(form, &symbols, &kept);
        self.symbols = symbols;
        rendered
    }

    /// Renders rows: their symbols, and their kept columns.
    pub(crate) fn render(&mut self, form: &RowForm, symbols: &[[u8; SYMBOL_LEN]], kept: &[ArrayRef]) -> Result<()> {
        if symbols.is_empty() {
            return Ok(());
        }
        match &form.written {
            Written::Lines { delimiter } => self.write_lines(symbols, form.symbol, *delimiter, kept),
            Written::Columns { schema, format } => {
                let mut columns = vec![symbol_column(symbols, form.symbol)];
                let mut fields = vec![schema.fields()[0].clone()];
                for (column, field) in kept.iter().zip(&schema.fields()[1..]) {
                    // Parquet is written from codes; see `parquet_file/text.rs`.
                    let has_codes = *format == TableFormat::Parquet && is_dictionary(column);
                    let column = if has_codes { column.clone() } else { written_as(column, field)? };
                    fields.push(Arc::new(field.as_ref().clone().with_data_type(column.data_type().clone())));
                    columns.push(column);
                }
                let schema = Schema::new_with_metadata(fields, schema.metadata().clone());
                self.batch = Some(RecordBatch::try_new(Arc::new(schema), columns).map_err(unexpected)?);
                Ok(())
            }
        }
    }

    pub(crate) fn piece(&self) -> Piece<'_> {
        match &self.batch {
            Some(batch) => Piece::Columns(batch),
            None if self.lines.is_empty() => Piece::Nothing,
            None => Piece::Lines(&self.lines),
        }
    }

    /// The byte ranges of the rows' kept cells.
    fn ranges(&self) -> impl ExactSizeIterator<Item = Range<usize>> {
        let start = |row: usize| row.checked_sub(1).map_or(0, |before| self.kept_ends[before]);
        self.kept_ends.iter().enumerate().map(move |(row, end)| start(row)..*end)
    }

    /// Writes cells of a table as CSV: a null is an empty cell, and empty text is quoted.
    fn write_lines(
        &mut self,
        symbols: &[[u8; SYMBOL_LEN]],
        symbol: SymbolForm,
        delimiter: u8,
        kept: &[ArrayRef],
    ) -> Result<()> {
        let texts = kept.iter().map(text).collect::<Result<Vec<StringArray>>>()?;
        for (row, bytes) in symbols.iter().enumerate() {
            symbol.write(bytes, &mut self.lines);
            for (text, column) in texts.iter().zip(kept) {
                self.lines.push(delimiter);
                if text.is_valid(row) {
                    csv::write_cell(text.value(row), delimiter, &mut self.lines);
                } else if column.is_valid(row) && *column.data_type() != DataType::Null {
                    return Err(Failure::new(
                        "a kept time is outside the range of the calendar and cannot be written as CSV",
                        "write Parquet or Arrow, or leave the column out of --keep",
                    ));
                }
            }
            self.lines.push(b'\n');
        }
        Ok(())
    }
}

fn symbol_column(symbols: &[[u8; SYMBOL_LEN]], form: SymbolForm) -> ArrayRef {
    if let SymbolForm::Binary = form {
        let bytes = Buffer::from_slice_ref(symbols.as_flattened());
        return Arc::new(FixedSizeBinaryArray::new(SYMBOL_WIDTH, bytes, None));
    }
    let mut texts = StringBuilder::with_capacity(symbols.len(), 48 * symbols.len());
    let mut scratch = Vec::new();
    for symbol in symbols {
        scratch.clear();
        form.write(symbol, &mut scratch);
        let text = std::str::from_utf8(&scratch);
        texts.append_value(text.unwrap_or_else(|_| unreachable!("text forms and hexadecimal digits are ASCII")));
    }
    Arc::new(texts.finish())
}

fn not_text() -> Failure {
    Failure::new("a kept cell is not text", "report this; no output was changed")
}
