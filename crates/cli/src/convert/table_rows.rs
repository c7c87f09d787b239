//! One batch of a table → accepted rows and rejects.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, StringArray, cast::AsArray};
use arrow_cast::{can_cast_types, cast};
use arrow_row::{RowConverter, SortField};
use arrow_schema::{DataType, Field};
use fugo::{Epoch, InsurersSymbol, KeyTag, Purpose, Scope, text::TextEncoder};
use fugo_columnar::{Numbers, Reading, SymbolMetadata, is_symbol_field};

use super::{
    cells::{self, KeptCells, NumberFormat},
    position::Position,
    reason::Reason,
    rows::{Layout, Reject, Rows, Source},
};
use crate::{
    encoding::Encoding,
    failure::{Failure, Result},
    input::{
        blocks::Block,
        text::{text, unexpected},
    },
};

/// Packs the kept cells of a row into bytes and back; equal cells are equal bytes.
pub(crate) fn packer(fields: &[Field]) -> Result<Arc<RowConverter>> {
    fields.iter().try_for_each(keepable)?;
    let fields = fields.iter().map(|field| SortField::new(field.data_type().clone())).collect();
    let refused =
        |error| Failure::new(format!("the kept columns cannot be packed: {error}"), "leave them out of --keep");
    RowConverter::new(fields).map(Arc::new).map_err(refused)
}

/// Only what can be searched for numbers and symbols is kept.
fn keepable(field: &Field) -> Result<()> {
    let (name, found) = (field.name(), field.data_type());
    let values = if let DataType::Dictionary(_, values) = found { values } else { found };
    let binary = matches!(
        values,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_)
    );
    let refused = if is_symbol_field(field) {
        "holds symbols; two scopes' symbols in one row link the scopes".to_owned()
    } else if binary || values.is_nested() || !can_cast_types(found, &DataType::Utf8) {
        format!("is of type {found}, which is not searched for numbers; text, numbers, booleans, dates and times are")
    } else {
        return Ok(());
    };
    Err(Failure::new(format!("the kept column `{name}` {refused}"), "leave it out of --keep, or make it text first"))
}

/// Refuses a column of persons that cannot hold them.
pub(crate) fn check_person(field: &Field, source: &Source, insurers_tag: Option<KeyTag>) -> Result<()> {
    let refused = |error: String| Failure::new(format!("the column `{}`: {error}", field.name()), "see --column");
    match source {
        Source::Number(format) => {
            let none = arrow_array::new_empty_array(field.data_type());
            fugo_columnar::numbers(&none, reading(*format), None).map_err(|error| refused(error.to_string()))?;
        }
        Source::InsurersSymbol(_) if *field.data_type() == DataType::FixedSizeBinary(16) => {
            let found = SymbolMetadata::of(field).map_err(|error| refused(error.to_string()))?;
            let first = |scope: Scope| (scope.purpose(), scope.epoch()) == (Purpose::Insurers, Epoch::FIRST);
            if !found.is_some_and(|found| first(found.scope) && Some(found.tag) == insurers_tag) {
                return Err(refused("its metadata does not name the insurers' key of --insurers-tag".to_owned()));
            }
        }
        Source::InsurersSymbol(_) if can_cast_types(field.data_type(), &DataType::Utf8) => {}
        Source::InsurersSymbol(_) => {
            return Err(refused(format!(
                "type {}; insurers' symbols are FixedSizeBinary(16) with metadata, or text",
                field.data_type()
            )));
        }
    }
    Ok(())
}

fn reading(format: NumberFormat) -> Reading {
    match format {
        NumberFormat::Strict => Reading::Strict,
        NumberFormat::Lenient(lost_zeros) => Reading::Lenient(lost_zeros),
    }
}

/// Reads batches, the person's column first and the kept ones behind; one for each thread.
pub(crate) struct TableReader<'a> {
    layout: &'a Layout,
    numbers: Numbers,
    kept_cells: KeptCells,
}

/// A kept column in every reading of its values that is searched.
type Searched = Vec<StringArray>;

impl<'a> TableReader<'a> {
    pub(crate) fn new(layout: &'a Layout) -> Self {
        Self { layout, numbers: Numbers::default(), kept_cells: KeptCells::new(Encoding::Utf8) }
    }

    pub(crate) fn read(&mut self, block: &Block, rows: &mut Rows) -> Result<()> {
        rows.begin(&self.layout.source, block.rows());
        let Some(batch) = &block.batch else { return Ok(()) };
        let (person, kept) = (batch.column(0), &batch.columns()[1..]);
        let packed = self.layout.packer.as_ref().map(|packer| packer.convert_columns(kept)).transpose();
        let packed = packed.map_err(unexpected)?;
        let searched = kept.iter().map(searched).collect::<Result<Vec<_>>>()?;
        let mut persons = Persons::new(self.layout, &mut self.numbers, person)?;
        for row in 0..batch.num_rows() {
            rows.read += 1;
            let position = Position { record: block.first_record + row as u64, line: 0, byte: 0 };
            let read = persons.next(row, rows, &mut self.kept_cells, &searched);
            match read {
                Ok(()) => {
                    if let Some(packed) = &packed {
                        rows.keep(packed.row(row).data());
                    }
                    rows.accept(position);
                }
                Err((column, reason)) => {
                    let field = Some(column.map_or(self.layout.person, |kept| self.layout.keep[kept]));
                    rows.reject(Reject { position, field, reason });
                }
            }
        }
        Ok(())
    }
}

/// The column of persons, row after row.
enum Persons<'a> {
    Numbers { layout: &'a Layout, numbers: &'a Numbers, taken: usize, faults: usize, changed: usize },
    InsurersText { texts: StringArray, encoder: &'a TextEncoder },
    InsurersBytes { bytes: &'a arrow_array::FixedSizeBinaryArray, encoder: &'a TextEncoder },
}

impl<'a> Persons<'a> {
    fn new(layout: &'a Layout, numbers: &'a mut Numbers, column: &'a ArrayRef) -> Result<Self> {
        Ok(match &layout.source {
            Source::Number(format) => {
                // The lineage is applied below: kept cells are held against the number as written too.
                numbers
                    .read(column, reading(*format), None)
                    .map_err(|error| Failure::new(error.to_string(), "give files whose batches have one schema"))?;
                Self::Numbers { layout, numbers, taken: 0, faults: 0, changed: 0 }
            }
            Source::InsurersSymbol(encoder) => match column.as_fixed_size_binary_opt() {
                Some(bytes) => Self::InsurersBytes { bytes, encoder },
                None => Self::InsurersText { texts: text(column)?, encoder },
            },
        })
    }

    /// Takes the next row's person; a fault names a kept column, or none for the person's own.
    fn next(
        &mut self,
        row: usize,
        rows: &mut Rows,
        kept_cells: &mut KeptCells,
        searched: &[Searched],
    ) -> std::result::Result<(), (Option<usize>, Reason)> {
        let cells = || {
            let texts = searched.iter().enumerate().flat_map(|(i, texts)| texts.iter().map(move |texts| (i, texts)));
            texts.filter(|(_, texts)| texts.is_valid(row)).map(|(i, texts)| (i, texts.value(row).as_bytes()))
        };
        let symbol = cells().find(|(_, cell)| cells::is_symbol(cell)).map(|(i, _)| i);
        let insurers = match self {
            Self::Numbers { layout, numbers, taken, faults, changed } => {
                if numbers.nulls().is_some_and(|nulls| nulls.is_null(row)) {
                    let fault = numbers.faults().get(*faults).filter(|fault| fault.row == row);
                    *faults += usize::from(fault.is_some());
                    return Err((None, fault.map_or(Reason::Null, |fault| fault.reason.into())));
                }
                let number = &numbers.as_slice()[*taken];
                *taken += 1;
                let changes = numbers.changed().get(*changed).filter(|(at, _)| *at == row).map(|(_, changes)| changes);
                *changed += usize::from(changes.is_some());
                let lineage = layout.lineage.as_ref();
                let first = cells::first(lineage, number);
                if let Some(i) = symbol {
                    return Err((Some(i), Reason::KeptSymbol));
                }
                let mut held = |cell: &[u8]| {
                    !kept_cells.harmless(cell, &(0..cell.len()))
                        && kept_cells.hold_number(cell, [number, first], lineage)
                };
                if let Some((i, _)) = cells().find(|(_, cell)| held(cell)) {
                    return Err((Some(i), Reason::KeptNumber));
                }
                rows.normalized += u64::from(changes.is_some());
                rows.zeros_restored += u64::from(changes.is_some_and(|changes| changes.zeros_restored));
                rows.reissued += u64::from(!std::ptr::eq(first, number));
                rows.numbers.push(first.clone());
                return Ok(());
            }
            Self::InsurersText { texts, .. } if texts.is_null(row) => return Err((None, Reason::Null)),
            Self::InsurersBytes { bytes, .. } if bytes.is_null(row) => return Err((None, Reason::Null)),
            Self::InsurersText { texts, encoder } => {
                cells::insurers_symbol(texts.value(row).as_bytes(), encoder).map_err(|reason| (None, reason))?
            }
            Self::InsurersBytes { bytes, .. } => {
                InsurersSymbol::from_bytes(bytes.value(row).try_into().map_err(|_| (None, Reason::Null))?)
            }
        };
        let (Self::InsurersText { encoder, .. } | Self::InsurersBytes { encoder, .. }) = self else { return Ok(()) };
        if let Some(i) = symbol {
            return Err((Some(i), Reason::KeptSymbol));
        }
        let held = |cell: &[u8]| cells::holds_symbol(cell, &insurers, encoder) || cells::is_number(cell);
        if let Some((i, _)) = cells().find(|(_, cell)| held(cell)) {
            return Err((Some(i), Reason::KeptNumber));
        }
        rows.insurers.push(insurers);
        Ok(())
    }
}

/// The values of a kept column in every reading that is searched. Booleans and small integers have too few digits.
fn searched(column: &ArrayRef) -> Result<Vec<StringArray>> {
    let values = match column.data_type() {
        DataType::Dictionary(_, values) => values,
        values => values,
    };
    Ok(match values {
        DataType::Null | DataType::Boolean | DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => {
            Vec::new()
        }
        // Days since 1970; as a date they have eight digits.
        DataType::Date32 => vec![count(column, &DataType::Int32)?],
        DataType::Time32(_) => vec![text(column)?, count(column, &DataType::Int32)?],
        DataType::Date64 | DataType::Time64(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
            vec![text(column)?, count(column, &DataType::Int64)?]
        }
        _ => vec![text(column)?],
    })
}

/// Days, seconds or parts of them, as they are stored.
fn count(column: &ArrayRef, stored: &DataType) -> Result<StringArray> {
    text(&cast(column, stored).map_err(unexpected)?)
}
