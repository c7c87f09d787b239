//! Packs the kept cells of a table's rows into bytes, and unpacks them.

use std::{ops::Range, sync::Arc};

use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, UInt64Array,
    cast::AsArray,
    types::{Float16Type, Float32Type, Float64Type},
};
use arrow_cast::cast;
use arrow_row::{RowConverter, SortField};
use arrow_schema::{ArrowError, DataType, Field};

/// A packed row has two parts: its cells in a form in which equal values have equal bytes, then the bits of its
/// floats.
///
/// In the first part zero has no sign and there is only one NaN, so rows that differ only in these count as equal.
/// The second part restores each float exactly.
pub(crate) struct Packer {
    rows: RowConverter,
    /// The indices of the columns of floats, and their types.
    floats: Vec<(usize, DataType)>,
    /// The size in bytes of the floats of a row.
    bits_len: usize,
}

/// The packed rows of a batch.
pub(crate) struct PackedRows {
    rows: arrow_row::Rows,
    bits: Vec<u8>,
    bits_len: usize,
}

impl PackedRows {
    /// Both parts of a row.
    pub(crate) fn row(&self, row: usize) -> [&[u8]; 2] {
        let bits = row * self.bits_len..(row + 1) * self.bits_len;
        [self.rows.row(row).data(), &self.bits[bits]]
    }
}

impl Packer {
    pub(crate) fn new(fields: &[Field]) -> Result<Self, ArrowError> {
        let held = |field: &Field| match field.data_type() {
            DataType::Dictionary(_, values) => values.as_ref().clone(),
            found => found.clone(),
        };
        let floats = fields.iter().map(held).enumerate().filter(|(_, found)| found.is_floating());
        let floats: Vec<(usize, DataType)> = floats.collect();
        let sorted = |field: &Field| {
            SortField::new(if held(field).is_floating() { DataType::Float64 } else { field.data_type().clone() })
        };
        let rows = RowConverter::new(fields.iter().map(sorted).collect())?;
        let bits_len = floats.iter().map(|(_, of_type)| width(of_type)).sum();
        Ok(Self { rows, floats, bits_len })
    }

    /// How many bytes at the end of a row are ignored when rows are compared.
    pub(crate) fn bits_len(&self) -> usize {
        self.bits_len
    }

    pub(crate) fn pack(&self, columns: &[ArrayRef]) -> Result<PackedRows, ArrowError> {
        let mut columns = columns.to_vec();
        let mut bits = vec![0; columns[0].len() * self.bits_len];
        let mut at = 0;
        for (i, of_type) in &self.floats {
            let column = cast(&columns[*i], of_type)?;
            let width = width(of_type);
            for (row, value) in bits_of(&column).iter().enumerate() {
                // The bits under a null are undefined, so they are written as zeros.
                let value = value.unwrap_or(0).to_le_bytes();
                bits[row * self.bits_len + at..][..width].copy_from_slice(&value[..width]);
            }
            at += width;
            let wide = cast(&column, &DataType::Float64)?;
            let wide = wide.as_primitive::<Float64Type>();
            columns[*i] = Arc::new(wide.unary::<_, Float64Type>(canonical));
        }
        Ok(PackedRows { rows: self.rows.convert_columns(&columns)?, bits, bits_len: self.bits_len })
    }

    /// The columns of the rows whose bytes are in these ranges.
    pub(crate) fn unpack(
        &self,
        kept: &[u8],
        ranges: impl Iterator<Item = Range<usize>>,
    ) -> Result<Vec<ArrayRef>, ArrowError> {
        let parser = self.rows.parser();
        let (mut cells, mut bits) = (Vec::new(), Vec::new());
        for range in ranges {
            let (row, of_row) = kept[range.clone()].split_at(range.len() - self.bits_len);
            cells.push(parser.parse(row));
            bits.push(of_row);
        }
        let mut columns = self.rows.convert_rows(cells)?;
        let mut at = 0;
        for (i, of_type) in &self.floats {
            let width = width(of_type);
            let values = bits.iter().map(|bits| {
                let mut value = [0; 8];
                value[..width].copy_from_slice(&bits[at..at + width]);
                u64::from_le_bytes(value)
            });
            let values = UInt64Array::new(values.collect(), columns[*i].nulls().cloned());
            columns[*i] = of_bits(&values, of_type);
            at += width;
        }
        Ok(columns)
    }
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

/// Maps equal values to one value, and every NaN to one NaN.
fn canonical(value: f64) -> f64 {
    if value.is_nan() {
        f64::NAN
    } else if value == 0.0 {
        0.0
    } else {
        value
    }
}

fn width(float: &DataType) -> usize {
    float.primitive_width().unwrap_or_else(|| unreachable!("a float has a width"))
}
