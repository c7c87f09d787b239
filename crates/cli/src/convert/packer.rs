//! Packs the kept cells of a table's rows into bytes, and unpacks them.

use std::{ops::Range, sync::Arc};

use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, DictionaryArray, Int32Array, NullArray, StringArray, UInt32Array,
    UInt64Array,
    cast::AsArray,
    make_array,
    types::{ArrowPrimitiveType, Float16Type, Float32Type, Float64Type, Int32Type},
};
use arrow_buffer::{BooleanBufferBuilder, Buffer, NullBuffer, OffsetBuffer};
use arrow_cast::cast;
use arrow_data::ArrayData;
use arrow_schema::{ArrowError, DataType, Field};

use super::{
    dictionary::{Closed, Code, Dictionary, FIRST, NULL, Seen, TEXT},
    leb128::{push, take},
    table_rows::is_binary,
};

/// A packed row has two parts: its cells in a form in which equal values have equal bytes, then the bits of its
/// floats.
///
/// | cell | bytes |
/// |---|---|
/// | text, bytes | its length and 1 as LEB128, then its bytes; a null is a single 0 |
/// | boolean | 0 null, 1 false, 2 true |
/// | value of a fixed width | 1, then the value; a null is a single 0 |
/// | text of a column with a dictionary | its code and 2 as LEB128; without a code 1, then the text as above; a null is a single 0 |
///
/// In the first part zero has no sign and there is only one NaN, so rows that differ only in these count as equal.
/// The second part restores each float exactly. This is faster than the rows of the Arrow crate, and takes half of
/// their bytes where cells are short, because it does not keep the order of values.
pub(crate) struct Packer {
    types: Vec<DataType>,
    /// The dictionaries of the columns that have one.
    dictionaries: Vec<Option<Dictionary>>,
    /// The indices of the columns of floats.
    floats: Vec<usize>,
    /// The size in bytes of the floats of a row.
    bits_len: usize,
}

/// The texts of a column that has a dictionary.
enum Texts<'a> {
    Keys(&'a Int32Array, &'a StringArray),
    Column(StringArray),
}

impl Texts<'_> {
    #[cold]
    fn get(&self, row: usize) -> &str {
        match self {
            Self::Keys(keys, texts) => texts.value(keys.value(row) as usize),
            Self::Column(texts) => texts.value(row),
        }
    }
}

/// How the cells of a column are packed.
enum Cells<'a> {
    Null,
    Coded { codes: Vec<Code>, texts: Texts<'a> },
    Boolean(&'a BooleanArray),
    Text(StringArray),
    Bytes(BinaryArray),
    Fixed { width: usize, values: ArrayData },
}

impl<'a> Cells<'a> {
    /// The cells of a column that has a dictionary.
    fn with_codes(column: &'a ArrayRef, dictionary: &Dictionary, seen: Option<&Seen>) -> Result<Self, ArrowError> {
        if let (Some((keys, texts)), Some(seen)) = (keys_and_texts(column), seen)
            && seen.is_of(texts)
        {
            return Ok(Self::Coded { codes: dictionary.codes(keys, seen), texts: Texts::Keys(keys, texts) });
        }
        let texts = cast(column, &DataType::Utf8)?.as_string::<i32>().clone();
        Ok(Self::Coded { codes: dictionary.codes_of_texts(&texts), texts: Texts::Column(texts) })
    }

    fn of(column: &'a ArrayRef) -> Result<Self, ArrowError> {
        Ok(match column.data_type() {
            DataType::Null => Self::Null,
            DataType::Boolean => Self::Boolean(column.as_boolean()),
            found if is_binary(found) => Self::Bytes(cast(column, &DataType::Binary)?.as_binary().clone()),
            found => match found.primitive_width() {
                Some(width) => Self::Fixed { width, values: column.to_data() },
                None => Self::Text(cast(column, &DataType::Utf8)?.as_string().clone()),
            },
        })
    }

    #[inline]
    fn pack(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Coded { codes, texts } => {
                push(codes[row] as usize, out);
                if codes[row] == TEXT {
                    Packer::write_text(texts.get(row).as_bytes(), out);
                }
            }
            Self::Boolean(column) => out.push(if column.is_null(row) { 0 } else { 1 + u8::from(column.value(row)) }),
            Self::Text(column) if column.is_null(row) => out.push(0),
            Self::Text(column) => Packer::write_text(column.value(row).as_bytes(), out),
            Self::Bytes(column) if column.is_null(row) => out.push(0),
            Self::Bytes(column) => Packer::write_text(column.value(row), out),
            Self::Fixed { values, .. } if values.is_null(row) => out.push(0),
            Self::Fixed { width, values } => {
                out.push(1);
                let start = (values.offset() + row) * width;
                out.extend_from_slice(&values.buffers()[0].as_slice()[start..start + width]);
            }
        }
    }
}

impl Packer {
    /// `fields` are the kept columns. Dictionaries are packed as their values.
    pub(crate) fn new(fields: &[Field]) -> Self {
        Self::with_dictionaries(fields, |_| false)
    }

    /// The same, with dictionaries for some columns of text: their rows are packed as codes.
    pub(crate) fn with_dictionaries(fields: &[Field], has_dictionary: impl Fn(usize) -> bool) -> Self {
        let dictionary = |i| has_dictionary(i).then(Dictionary::default);
        let dictionaries = (0..fields.len()).map(dictionary).collect();
        let types: Vec<DataType> = fields.iter().map(|field| value_type(field.data_type()).clone()).collect();
        let floats: Vec<usize> = (0..types.len()).filter(|i| types[*i].is_floating()).collect();
        let bits_len = floats.iter().map(|i| width(&types[*i])).sum();
        Self { types, dictionaries, floats, bits_len }
    }

    /// The dictionary of a column, if its texts have codes.
    pub(crate) fn dictionary(&self, column: usize) -> Option<&Dictionary> {
        self.dictionaries[column].as_ref()
    }

    /// The size in bytes of the longest texts of a row that codes stand for, once all rows are read. If columns stay
    /// codes where they can, their texts are not counted.
    pub(crate) fn longest_texts(&self, stay_codes: bool) -> usize {
        let closed = self.dictionaries.iter().flatten().map(Dictionary::closed);
        closed.filter(|closed| !(stay_codes && closed.has_all)).map(|closed| closed.longest).sum()
    }

    /// How many bytes at the end of a row are ignored when rows are compared.
    pub(crate) fn bits_len(&self) -> usize {
        self.bits_len
    }

    /// The types of the columns that [`Self::unpack`] returns.
    pub(crate) fn types(&self) -> &[DataType] {
        &self.types
    }

    /// Appends the rows of a batch, and the end of each in `out`. The columns have the types of [`Self::types`]; those
    /// with a dictionary can also be dictionaries of `Int32` and `Utf8`, which [`Dictionary::seen`] has seen.
    pub(crate) fn pack(
        &self,
        columns: &[ArrayRef],
        seen: &[Option<Arc<Seen>>],
        out: &mut Vec<u8>,
        ends: &mut Vec<usize>,
    ) -> Result<(), ArrowError> {
        let mut canonical_columns = columns.to_vec();
        for i in &self.floats {
            canonical_columns[*i] = canonical(&columns[*i])?;
        }
        let cells = canonical_columns.iter().enumerate().map(|(i, column)| match &self.dictionaries[i] {
            Some(dictionary) => Cells::with_codes(column, dictionary, seen.get(i).and_then(Option::as_deref)),
            None => Cells::of(column),
        });
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        let bits: Vec<(usize, UInt64Array)> =
            self.floats.iter().map(|i| (width(&self.types[*i]), bits_of(&columns[*i]))).collect();
        for row in 0..columns.first().map_or(0, Array::len) {
            cells.iter().for_each(|cells| cells.pack(row, out));
            for (width, bits) in &bits {
                // The bits under a null are undefined, so they are written as zeros.
                let value = if bits.is_null(row) { 0 } else { bits.value(row) };
                out.extend_from_slice(&value.to_le_bytes()[..*width]);
            }
            ends.push(out.len());
        }
        Ok(())
    }

    /// Sets `cells` to the bytes of each cell of a row, and returns where the bits of its floats begin.
    pub(crate) fn split(&self, row: &[u8], cells: &mut Vec<Range<usize>>) -> usize {
        cells.clear();
        let mut start = 0;
        for of_type in &self.types {
            let rest = &row[start..];
            let len = match (of_type, of_type.primitive_width()) {
                (DataType::Null, _) => 0,
                (DataType::Boolean, _) => 1,
                (_, Some(width)) => 1 + if rest.first() == Some(&0) { 0 } else { width },
                (_, None) => take(rest).map_or(0, |(len, behind)| rest.len() - behind.len() + len.saturating_sub(1)),
            };
            cells.push(start..start + len);
            start += len;
        }
        start
    }

    /// The text of a packed cell of text; `None` if it is null.
    pub(crate) fn text(cell: &[u8]) -> Option<&[u8]> {
        take(cell).filter(|(len, _)| *len > 0).map(|(_, text)| text)
    }

    /// Appends a packed cell of text or bytes.
    #[inline]
    pub(crate) fn write_text(text: &[u8], out: &mut Vec<u8>) {
        push(text.len() + 1, out);
        out.extend_from_slice(text);
    }

    /// The columns of the rows whose bytes are in these ranges. If all texts of a column have codes, it is a dictionary
    /// of `UInt32` and `Utf8`, which is the same in all calls.
    pub(crate) fn unpack(
        &self,
        kept: &[u8],
        ranges: impl ExactSizeIterator<Item = Range<usize>>,
    ) -> Result<Vec<ArrayRef>, ArrowError> {
        let rows = ranges.len();
        let dictionaries = self.dictionaries.iter().map(|dictionary| dictionary.as_ref().map(Dictionary::closed));
        let mut columns: Vec<Unpacked<'_>> =
            self.types.iter().zip(dictionaries).map(|(of_type, closed)| Unpacked::new(of_type, closed, rows)).collect();
        let mut bits: Vec<Vec<u64>> = self.floats.iter().map(|_| Vec::with_capacity(rows)).collect();
        for range in ranges {
            let (mut row, mut of_row) = kept[range.clone()].split_at(range.len() - self.bits_len);
            for column in &mut columns {
                row = column.take(row).ok_or_else(damaged)?;
            }
            for (bits, i) in bits.iter_mut().zip(&self.floats) {
                let (value, behind) = of_row.split_at(width(&self.types[*i]));
                let mut bytes = [0; 8];
                bytes[..value.len()].copy_from_slice(value);
                bits.push(u64::from_le_bytes(bytes));
                of_row = behind;
            }
        }
        let finished = columns.into_iter().zip(&self.types).map(|(column, of_type)| column.finish(rows, of_type));
        let mut columns = finished.collect::<Result<Vec<ArrayRef>, _>>()?;
        for (bits, i) in bits.into_iter().zip(&self.floats) {
            let bits = UInt64Array::new(bits.into(), columns[*i].nulls().cloned());
            columns[*i] = of_bits(&bits, &self.types[*i]);
        }
        Ok(columns)
    }
}

/// A column that is being unpacked.
struct Unpacked<'a> {
    form: Form<'a>,
    valid: BooleanBufferBuilder,
    /// The bytes of the values.
    bytes: Vec<u8>,
    /// The end of each text in `bytes`.
    ends: Vec<i32>,
    /// The codes of texts.
    codes: Vec<u32>,
}

/// The bytes that are reserved for a text. Longer texts make the buffer grow.
const SHORT_TEXT: usize = 8;

#[derive(Clone, Copy)]
enum Form<'a> {
    Null,
    Boolean,
    Text,
    /// Codes only.
    Codes(&'a Closed),
    /// Codes, and texts without a code.
    CodesAndTexts(&'a Closed),
    Fixed(usize),
}

impl<'a> Unpacked<'a> {
    fn new(of_type: &DataType, dictionary: Option<&'a Closed>, rows: usize) -> Self {
        let form = match (of_type, dictionary) {
            (DataType::Null, _) => Form::Null,
            (DataType::Boolean, _) => Form::Boolean,
            (_, Some(closed)) if closed.has_all => Form::Codes(closed),
            (_, Some(closed)) => Form::CodesAndTexts(closed),
            (found, None) => found.primitive_width().map_or(Form::Text, Form::Fixed),
        };
        let (bytes, texts, codes) = match form {
            Form::Null => (0, 0, 0),
            Form::Boolean => (rows, 0, 0),
            Form::Text | Form::CodesAndTexts(_) => (rows * SHORT_TEXT, rows, 0),
            Form::Codes(_) => (0, 0, rows),
            Form::Fixed(width) => (rows * width, 0, 0),
        };
        let mut ends = Vec::with_capacity(texts + 1);
        ends.push(0);
        let (bytes, codes) = (Vec::with_capacity(bytes), Vec::with_capacity(codes));
        Self { form, valid: BooleanBufferBuilder::new(rows), bytes, ends, codes }
    }

    /// Takes the first cell of `row`, and returns the cells behind it.
    #[inline]
    fn take<'r>(&mut self, row: &'r [u8]) -> Option<&'r [u8]> {
        match self.form {
            Form::Null => Some(row),
            Form::Boolean => {
                let (&found, behind) = row.split_first()?;
                self.valid.append(found > 0);
                self.bytes.push(u8::from(found == 2));
                Some(behind)
            }
            Form::Text => {
                let (len, behind) = take(row)?;
                let (text, behind) = behind.split_at_checked(len.saturating_sub(1))?;
                self.text((len > 0).then_some(text))?;
                Some(behind)
            }
            Form::Codes(_) => {
                let (code, behind) = take(row)?;
                self.codes.push(code as Code);
                Some(behind)
            }
            Form::CodesAndTexts(closed) => {
                let (code, behind) = take(row)?;
                let (text, behind) = if code == TEXT as usize {
                    let (len, behind) = take(behind)?;
                    behind.split_at_checked(len.checked_sub(1)?)?
                } else {
                    let code = code.saturating_sub(FIRST as usize);
                    (if code < closed.texts.len() { closed.texts.value(code).as_bytes() } else { &[] }, behind)
                };
                self.text((code > 0).then_some(text))?;
                Some(behind)
            }
            Form::Fixed(width) => {
                let (&found, behind) = row.split_first()?;
                self.valid.append(found > 0);
                if found == 0 {
                    self.bytes.resize(self.bytes.len() + width, 0);
                    return Some(behind);
                }
                let (value, behind) = behind.split_at_checked(width)?;
                self.bytes.extend_from_slice(value);
                Some(behind)
            }
        }
    }

    /// Takes a text, or a null.
    #[inline]
    fn text(&mut self, text: Option<&[u8]>) -> Option<()> {
        self.valid.append(text.is_some());
        self.bytes.extend_from_slice(text.unwrap_or_default());
        self.ends.push(i32::try_from(self.bytes.len()).ok()?);
        Some(())
    }

    fn finish(mut self, rows: usize, of_type: &DataType) -> Result<ArrayRef, ArrowError> {
        let nulls = Some(NullBuffer::new(self.valid.finish())).filter(|nulls| nulls.null_count() > 0);
        Ok(match self.form {
            Form::Null => Arc::new(NullArray::new(rows)),
            Form::Boolean => {
                let values = self.bytes.iter().map(|value| *value == 1).collect();
                Arc::new(BooleanArray::new(values, nulls))
            }
            Form::Codes(closed) => {
                let is_null = |code: &Code| *code == NULL;
                let nulls = self.codes.iter().any(is_null);
                let nulls = nulls.then(|| self.codes.iter().map(|code| !is_null(code)).collect());
                self.codes.iter_mut().for_each(|code| *code = code.saturating_sub(FIRST));
                let codes = UInt32Array::new(self.codes.into(), nulls);
                Arc::new(DictionaryArray::try_new(codes, Arc::new(closed.texts.clone()))?)
            }
            Form::Text | Form::CodesAndTexts(_) => {
                let (ends, bytes) = (OffsetBuffer::new(self.ends.into()), Buffer::from_vec(self.bytes));
                let texts: ArrayRef = if is_binary(of_type) {
                    Arc::new(BinaryArray::try_new(ends, bytes, nulls)?)
                } else {
                    Arc::new(StringArray::try_new(ends, bytes, nulls)?)
                };
                if texts.data_type() == of_type { texts } else { cast(&texts, of_type)? }
            }
            Form::Fixed(_) => {
                let data = ArrayData::builder(of_type.clone()).len(rows).nulls(nulls);
                make_array(data.add_buffer(Buffer::from_vec(self.bytes)).align_buffers(true).build()?)
            }
        })
    }
}

/// The keys and the texts of a dictionary of `Int32` and `Utf8`, if every key has a text.
pub(crate) fn keys_and_texts(column: &ArrayRef) -> Option<(&Int32Array, &StringArray)> {
    let dictionary = column.as_dictionary_opt::<Int32Type>()?;
    let texts = dictionary.values().as_string_opt::<i32>().filter(|texts| texts.null_count() == 0)?;
    Some((dictionary.keys(), texts))
}

/// The type of a column's values, which a dictionary holds.
pub(crate) fn value_type(found: &DataType) -> &DataType {
    if let DataType::Dictionary(_, values) = found { values } else { found }
}

fn damaged() -> ArrowError {
    ArrowError::ComputeError("a packed row is damaged".to_owned())
}

/// The column with equal values in equal bytes: one zero, and one NaN.
fn canonical(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    fn unary<T: ArrowPrimitiveType>(column: &ArrayRef, map: impl Fn(T::Native) -> T::Native) -> ArrayRef {
        Arc::new(column.as_primitive::<T>().unary::<_, T>(map))
    }
    macro_rules! canonical {
        ($float:ty, $nan:expr, $zero:expr) => {
            unary::<$float>(column, |value| {
                if value.is_nan() {
                    $nan
                } else if value == $zero {
                    $zero
                } else {
                    value
                }
            })
        };
    }
    Ok(match column.data_type() {
        DataType::Float16 => canonical!(Float16Type, Float16::NAN, Float16::ZERO),
        DataType::Float32 => canonical!(Float32Type, f32::NAN, 0.0),
        DataType::Float64 => canonical!(Float64Type, f64::NAN, 0.0),
        found => return Err(ArrowError::CastError(format!("{found} is not a type of floats"))),
    })
}

/// The bits of each float of a column.
fn bits_of(column: &ArrayRef) -> UInt64Array {
    match column.data_type() {
        DataType::Float16 => column.as_primitive::<Float16Type>().unary(|value| value.to_bits().into()),
        DataType::Float32 => column.as_primitive::<Float32Type>().unary(|value| value.to_bits().into()),
        _ => column.as_primitive::<Float64Type>().unary(f64::to_bits),
    }
}

fn of_bits(bits: &UInt64Array, of_type: &DataType) -> ArrayRef {
    match of_type {
        DataType::Float16 => Arc::new(bits.unary::<_, Float16Type>(|bits| Float16::from_bits(bits as u16))),
        DataType::Float32 => Arc::new(bits.unary::<_, Float32Type>(|bits| f32::from_bits(bits as u32))),
        _ => Arc::new(bits.unary::<_, Float64Type>(f64::from_bits)),
    }
}

type Float16 = <Float16Type as ArrowPrimitiveType>::Native;

fn width(float: &DataType) -> usize {
    float.primitive_width().unwrap_or_else(|| unreachable!("a float has a width"))
}

#[cfg(test)]
mod tests {
    use arrow_array::{BinaryViewArray, FixedSizeBinaryArray, Float64Array, Int32Array, LargeStringArray};

    use super::*;

    fn packed(packer: &Packer, columns: &[ArrayRef]) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        packer.pack(columns, &[], &mut bytes, &mut ends).unwrap();
        (bytes, ends)
    }

    fn ranges(ends: &[usize]) -> impl ExactSizeIterator<Item = Range<usize>> {
        ends.iter().enumerate().map(|(row, end)| row.checked_sub(1).map_or(0, |before| ends[before])..*end)
    }

    #[test]
    fn packed_columns_come_back_with_their_nulls_types_and_bits() {
        let long = "長".repeat(70);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(vec![Some("東京都"), None, Some(""), Some(&long)])),
            Arc::new(LargeStringArray::from(vec![None, Some("a"), Some("b"), Some("")])),
            Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true)])),
            Arc::new(Int32Array::from(vec![Some(-1), None, Some(i32::MIN), Some(0)])),
            Arc::new(Float64Array::from(vec![
                Some(-0.0),
                Some(0.0),
                None,
                Some(f64::from_bits(0x7FF8_0000_0000_0001)),
            ])),
            Arc::new(NullArray::new(4)),
            Arc::new(BinaryArray::from(vec![Some(&b"\xff\x00"[..]), None, Some(b""), Some(b"a")])),
            Arc::new(
                FixedSizeBinaryArray::try_from_sparse_iter_with_size(
                    [Some(*b"ab"), None, Some([0xff; 2]), None].into_iter(),
                    2,
                )
                .unwrap(),
            ),
            Arc::new(BinaryViewArray::from(vec![None, Some(&b"\xfe"[..]), Some(b""), Some(&[7; 40])])),
        ];
        let fields: Vec<Field> = columns.iter().map(|c| Field::new("c", c.data_type().clone(), true)).collect();
        let packer = Packer::new(&fields);
        let (bytes, ends) = packed(&packer, &columns);
        let unpacked = packer.unpack(&bytes, ranges(&ends)).unwrap();
        for (before, after) in columns.iter().zip(&unpacked).filter(|(before, _)| !before.data_type().is_floating()) {
            assert_eq!(before.to_data(), after.to_data());
        }
        assert_eq!(bits_of(&columns[4]), bits_of(&unpacked[4]));
        let (sliced, ends) = packed(&packer, &columns.iter().map(|column| column.slice(1, 2)).collect::<Vec<_>>());
        let unpacked = packer.unpack(&sliced, ranges(&ends)).unwrap();
        assert_eq!(unpacked[3].to_data(), columns[3].slice(1, 2).to_data());
    }

    /// A column of a file: places in a dictionary, which `seen` has seen.
    fn dictionary_of_a_file(texts: &[&str], keys: Vec<Option<i32>>) -> ArrayRef {
        let texts = StringArray::from_iter_values(texts);
        Arc::new(DictionaryArray::<Int32Type>::new(keys.into(), Arc::new(texts)))
    }

    /// Packs columns of one field with a dictionary one after the other, and unpacks all rows.
    fn through_a_dictionary(columns: &[ArrayRef]) -> (Vec<Vec<u8>>, ArrayRef) {
        let packer = Packer::with_dictionaries(&[Field::new("c", DataType::Utf8, true)], |_| true);
        let (mut bytes, mut ends, mut seen) = (Vec::new(), Vec::new(), vec![None]);
        for column in columns {
            if let Some((_, texts)) = keys_and_texts(column) {
                packer.dictionary(0).unwrap().seen(texts, &mut seen[0]);
            }
            packer.pack(std::slice::from_ref(column), &seen, &mut bytes, &mut ends).unwrap();
        }
        let rows = ranges(&ends).map(|range| bytes[range].to_vec()).collect();
        (rows, packer.unpack(&bytes, ranges(&ends)).unwrap().remove(0))
    }

    #[test]
    fn texts_are_packed_as_codes_wherever_they_come_from() {
        let columns = [
            dictionary_of_a_file(&["甲", "rejected", "乙"], vec![Some(2), None, Some(0), Some(2)]),
            Arc::new(StringArray::from(vec![Some("乙"), Some("丙"), None])) as ArrayRef,
            dictionary_of_a_file(&["丙", "甲"], vec![Some(1), Some(0)]),
        ];
        let (rows, unpacked) = through_a_dictionary(&columns);
        let (a, b, c) = (&rows[2], &rows[0], &rows[5]);
        assert_eq!(rows, [b, &vec![0], a, b, b, c, &vec![0], a, c].map(Clone::clone));
        assert!(rows.iter().all(|row| row.len() == 1), "a byte for each of the first codes");
        let dictionary = unpacked.as_dictionary::<arrow_array::types::UInt32Type>();
        // Only texts of rows have codes.
        assert_eq!(dictionary.values().as_string(), &StringArray::from(vec!["乙", "甲", "丙"]));
        let texts = cast(&unpacked, &DataType::Utf8).unwrap();
        let expected = [Some("乙"), None, Some("甲"), Some("乙"), Some("乙"), Some("丙"), None, Some("甲"), Some("丙")];
        assert_eq!(texts.as_string(), &StringArray::from(expected.to_vec()));
    }

    #[test]
    fn texts_beyond_a_full_dictionary_are_packed_as_texts_and_equal_texts_as_equal_bytes() {
        let many: Vec<String> = (0..70_000).map(|i| format!("text {i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let columns = [
            dictionary_of_a_file(&many, (0..70_000).map(Some).collect()),
            Arc::new(StringArray::from(vec![Some("text 69999"), Some("text 5"), None])) as ArrayRef,
            dictionary_of_a_file(&["text 6", "text 69998"], vec![Some(1), Some(0), None]),
        ];
        let (rows, unpacked) = through_a_dictionary(&columns);
        assert_eq!(
            [&rows[69_999], &rows[5], &rows[69_998], &rows[6]],
            [&rows[70_000], &rows[70_001], &rows[70_003], &rows[70_004]]
        );
        assert_eq!(unpacked.data_type(), &DataType::Utf8);
        let texts: Vec<Option<&str>> = unpacked.as_string::<i32>().iter().collect();
        assert!(texts[..70_000].iter().zip(&many).all(|(text, expected)| *text == Some(expected)));
        assert_eq!(
            texts[70_000..],
            [Some("text 69999"), Some("text 5"), None, Some("text 69998"), Some("text 6"), None]
        );
    }

    #[test]
    fn zeros_of_both_signs_are_equal_in_the_compared_part_and_other_values_are_not() {
        let packer = Packer::new(&[Field::new("c", DataType::Float64, true)]);
        let column: ArrayRef = Arc::new(Float64Array::from(vec![0.0, -0.0, f64::NAN, -f64::NAN, 1.0]));
        let (bytes, ends) = packed(&packer, &[column]);
        let compared: Vec<&[u8]> =
            ranges(&ends).map(|range| &bytes[range.start..range.end - packer.bits_len()]).collect();
        assert_eq!(compared[0], compared[1]);
        assert_eq!(compared[2], compared[3]);
        assert_ne!(compared[0], compared[4]);
    }

    #[test]
    fn cells_of_a_row_cannot_be_read_as_those_of_another() {
        let text = DataType::Utf8;
        let packer = Packer::new(&[Field::new("a", text.clone(), true), Field::new("b", text, true)]);
        let a: ArrayRef = Arc::new(StringArray::from(vec![Some("ab"), Some("a"), None, Some("")]));
        let b: ArrayRef = Arc::new(StringArray::from(vec![Some("c"), Some("bc"), Some(""), None]));
        let (bytes, ends) = packed(&packer, &[a, b]);
        let rows: std::collections::BTreeSet<&[u8]> = ranges(&ends).map(|range| &bytes[range]).collect();
        assert_eq!(rows.len(), 4);
    }
}
