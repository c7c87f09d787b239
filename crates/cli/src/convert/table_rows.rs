//! Turns a batch of a table into accepted rows and rejects.

use std::{collections::BTreeMap, sync::Arc};

use arrow_array::{Array, ArrayRef, BooleanArray, Int32Array, StringArray};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};
use arrow_cast::{can_cast_types, cast};
use arrow_schema::{DataType, Field};
use arrow_select::filter::filter;
use fugo::{Epoch, KeyTag, Purpose, SYMBOL_LEN, Scope, text::TextEncoder};
use fugo_columnar::{
    FaultReason, Numbers, SymbolMetadata, is_symbol_field,
    kept::{self, Cell, Owner},
    type_name,
};

use super::{
    cells,
    dictionary::Seen,
    packer::{Packer, keys_and_texts, value_type},
    position::Position,
    reason::Reason,
    rows::{Layout, PersonColumn, Reject, Rows},
};
use crate::{
    failure::{Failure, Result},
    roster::{
        blocks::Block,
        encoding::Encoding,
        text::{text, unexpected},
    },
};

/// Packs the kept cells of a row. `dictionaries` says which columns have a dictionary.
pub(crate) fn packer(fields: &[Field], dictionaries: &[bool]) -> Result<Arc<Packer>> {
    fields.iter().try_for_each(keepable)?;
    Ok(Arc::new(Packer::with_dictionaries(fields, |i| dictionaries[i])))
}

/// Packs the cells of rows that are translated. They are not searched, so bytes are carried too.
pub(crate) fn carrier(fields: &[Field]) -> Result<Arc<Packer>> {
    for field in fields {
        let (name, found) = (field.name(), field.data_type());
        let values = value_type(found);
        let refused = if is_symbol_field(field) {
            "holds symbols; symbols of two scopes in one row link the scopes".to_owned()
        } else if values.is_nested() || matches!(values, DataType::Interval(_) | DataType::RunEndEncoded(..)) {
            format!(
                "has the type {}, which cannot be carried; text, bytes, numbers, booleans, dates and times can",
                type_name(found)
            )
        } else {
            continue;
        };
        return Err(Failure::new(
            format!("the column `{name}` {refused}"),
            "leave it out of the rows, or convert it to text first",
        ));
    }
    Ok(Arc::new(Packer::new(fields)))
}

/// Refuses a column of asked symbols that can be of another key.
pub(crate) fn check_asked(field: &Field, encoder: &TextEncoder, expected: &SymbolMetadata) -> Result<()> {
    let refused = |what: String| {
        Failure::new(
            format!("the column `{}` {what}", field.name()),
            "name with --symbol-column a column of symbols in text form, or a binary column that fugo wrote, with its \
             metadata",
        )
    };
    let none = arrow_array::new_empty_array(field.data_type());
    if fugo_columnar::read_symbols(&none, encoder).is_err() {
        return Err(refused(format!("has the type {}; symbols are text or bytes", type_name(field.data_type()))));
    }
    match SymbolMetadata::of(field).map_err(|error| refused(format!("has metadata that is not valid: {error}")))? {
        Some(found) if found == *expected => Ok(()),
        Some(found) => Err(refused(format!(
            "holds symbols of {} with the tag {}; --from-key is the key of {} with the tag {}",
            found.scope, found.tag, expected.scope, expected.tag
        ))),
        // Symbols in text form have the tag of their key.
        None if is_binary(field.data_type()) => {
            Err(refused("holds bytes without the metadata of their key".to_owned()))
        }
        None => Ok(()),
    }
}

/// Refuses kept columns that cannot be searched for numbers and symbols.
fn keepable(field: &Field) -> Result<()> {
    let (name, found) = (field.name(), field.data_type());
    let values = value_type(found);
    let refused = if is_symbol_field(field) {
        "holds symbols; symbols of two scopes in one row link the scopes".to_owned()
    } else if let Some(name) = field.extension_type_name().filter(|_| !values.is_string()) {
        let name: String = name.chars().filter(char::is_ascii_graphic).take(60).collect();
        format!("has the extension type {name}, and its bytes do not show its values")
    } else if matches!(values, DataType::Interval(_)) {
        format!(
            "has the type {}; readers disagree about months, days and parts of days, or read it as bytes",
            type_name(found)
        )
    } else if matches!(found, DataType::RunEndEncoded(..)) {
        format!("has the type {}, which cannot be kept; most readers do not know it", type_name(found))
    } else if is_binary(values) || values.is_nested() || !can_cast_types(found, &DataType::Utf8) {
        format!(
            "has the type {}, which cannot be searched for numbers; text, numbers, booleans, dates and times can",
            type_name(found)
        )
    } else {
        return Ok(());
    };
    Err(Failure::new(
        format!("the kept column `{name}` {refused}"),
        "leave it out of --keep, or convert it to text first",
    ))
}

/// Whether the type is a number, integer or not, so that leading zeros are lost.
fn is_number(found: &DataType) -> bool {
    found.is_numeric() || matches!(found, DataType::Dictionary(_, values) if values.is_numeric())
}

pub(crate) fn is_binary(found: &DataType) -> bool {
    matches!(found, DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_))
}

/// Refuses a person column whose type cannot hold numbers or symbols.
pub(crate) fn check_person(field: &Field, source: &PersonColumn, insurers_tag: Option<KeyTag>) -> Result<()> {
    let remedy = match source {
        PersonColumn::Number(_) if is_number(field.data_type()) => {
            "write it as text of twelve digits; if leading zeros are already lost, write int64 and give \
             --number-format lenient --restore-zeros"
        }
        PersonColumn::Number(_) => "write it as text of twelve digits, or name another column with --column",
        PersonColumn::Symbol(_) => {
            "name with --column a column of text, or a binary column that fugo wrote, with its metadata"
        }
    };
    let refused = |error: String| Failure::new(format!("the column `{}`: {error}", field.name()), remedy);
    match source {
        PersonColumn::Number(reading) => {
            let none = arrow_array::new_empty_array(field.data_type());
            fugo_columnar::numbers(&none, *reading, None).map_err(|error| refused(error.to_string()))?;
        }
        PersonColumn::Symbol(encoder) => {
            let none = arrow_array::new_empty_array(field.data_type());
            fugo_columnar::read_symbols(&none, encoder).map_err(|error| refused(error.to_string()))?;
            let found = SymbolMetadata::of(field).map_err(|error| refused(error.to_string()))?;
            let first = |scope: Scope| (scope.purpose(), scope.epoch()) == (Purpose::Insurers, Epoch::FIRST);
            let named = found.map(|found| first(found.scope) && Some(found.tag) == insurers_tag);
            // Symbols in text form have the tag of their key.
            if !named.unwrap_or_else(|| !is_binary(field.data_type())) {
                return Err(refused(
                    "its metadata does not name insurers/all/1 with the tag that --insurers-tag gives".to_owned(),
                ));
            }
        }
    }
    Ok(())
}

/// Reads batches. The person column is first, and the kept columns follow. Each thread has one reader.
pub(crate) struct TableReader<'a> {
    layout: &'a Layout,
    numbers: Numbers,
    /// The dictionaries of the kept columns.
    seen: Vec<Option<Arc<Seen>>>,
}

/// A kept column of a batch.
struct Kept {
    /// Its values in every form that is searched.
    searched: Vec<Searched>,
    /// The rows in which it is null although its schema does not allow nulls.
    missing: Option<NullBuffer>,
}

/// A kept column as text: as its values are displayed, or as its times are stored.
struct Searched {
    texts: Texts,
    is_count: bool,
}

enum Texts {
    Column(StringArray),
    Dictionary(Int32Array, StringArray),
}

impl Texts {
    /// The text of a row; `None` if it is null.
    fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Column(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Dictionary(keys, texts) => keys.is_valid(row).then(|| texts.value(keys.value(row) as usize)),
        }
    }
}

impl Kept {
    fn new(column: &ArrayRef, is_required: bool, is_searched: bool) -> Result<Self> {
        let missing = column.logical_nulls().filter(|_| is_required);
        Ok(Self { searched: if is_searched { searched(column)? } else { Vec::new() }, missing })
    }

    /// Marks the rows in which the column may hold a number or a symbol: its cell is long enough, or has digits enough.
    fn mark_searched(&self, seen: Option<&Seen>, searched: &mut [bool]) {
        for Searched { texts, .. } in &self.searched {
            match texts {
                Texts::Column(texts) => {
                    let bytes = texts.values().as_slice();
                    for (searched, ends) in searched.iter_mut().zip(texts.value_offsets().windows(2)) {
                        let cell = ends[0] as usize..ends[1] as usize;
                        *searched |= !cells::is_harmless(Encoding::Utf8, bytes, &cell);
                    }
                }
                Texts::Dictionary(keys, _) => {
                    let harmless = seen.map_or(&[][..], |seen| &seen.harmless);
                    for (searched, key) in searched.iter_mut().zip(keys.values()) {
                        // The key of a null can be any.
                        *searched |= !harmless.get(*key as usize).copied().unwrap_or(false);
                    }
                }
            }
        }
    }

    fn is_missing(&self, row: usize) -> bool {
        self.missing.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }
}

impl<'a> TableReader<'a> {
    pub(crate) fn new(layout: &'a Layout) -> Self {
        Self { layout, numbers: Numbers::default(), seen: vec![None; layout.keep.len()] }
    }

    /// The dictionaries of the batch that was read last.
    pub(crate) fn seen(&self) -> &[Option<Arc<Seen>>] {
        &self.seen
    }

    pub(crate) fn read(&mut self, block: &Block, rows: &mut Rows) -> Result<()> {
        rows.begin(self.layout, block.rows());
        let Some(batch) = &block.batch else { return Ok(()) };
        let (person, kept) = (batch.column(0), &batch.columns()[1..]);
        let dictionary = |i| self.layout.packer.as_ref().and_then(|packer| packer.dictionary(i));
        let columns = kept.iter().zip(&mut self.seen).enumerate().map(|(i, (column, seen))| {
            let (Some(dictionary), Some((_, texts))) = (dictionary(i), keys_and_texts(column)) else {
                return unpacked(column);
            };
            dictionary.seen(texts, seen);
            Ok(column.clone())
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>>>()?;
        let kept = columns
            .iter()
            .zip(&self.layout.required)
            .map(|(column, required)| Kept::new(column, *required, self.layout.searched));
        let kept = kept.collect::<Result<Vec<_>>>()?;
        // A symbol in hexadecimal can have few digits, so insurers' symbols are searched for in every cell.
        let mut searched =
            vec![self.layout.searched && matches!(self.layout.source, PersonColumn::Symbol(_)); batch.num_rows()];
        for (column, seen) in kept.iter().zip(&self.seen) {
            column.mark_searched(seen.as_deref(), &mut searched);
        }
        let coarse = self.layout.coarse.iter().map(|coarse| coarse.columns(&columns)).collect::<Result<Vec<_>>>()?;
        let (coarse, faults): (Vec<Vec<ArrayRef>>, Vec<_>) = coarse.into_iter().unzip();
        let mut not_coarser: BTreeMap<usize, (usize, Reason)> = BTreeMap::new();
        for (row, place, reason) in faults.into_iter().flatten() {
            not_coarser.entry(row).or_insert((place, reason));
        }
        let mut persons = Persons::new(self.layout, &mut self.numbers, person)?;
        let mut accepted = BooleanBufferBuilder::new(batch.num_rows());
        for (row, is_searched) in searched.into_iter().enumerate() {
            rows.read += 1;
            let position = Position { record: block.first_record + row as u64, line: 0, byte: 0 };
            let counts = rows.counts();
            let mut read = persons.next(row, rows, self.layout, &kept, is_searched);
            if read.is_ok()
                && let Some((place, reason)) = not_coarser.get(&row)
            {
                rows.take_back(self.layout, counts);
                read = Err((Some(*place), *reason));
            }
            accepted.append(read.is_ok());
            match read {
                Ok(()) => rows.accept(position),
                Err((column, reason)) => {
                    let field = Some(column.map_or(self.layout.person, |kept| self.layout.keep[kept]));
                    rows.reject(Reject { position, field, reason });
                }
            }
        }
        let accepted = (rows.len() < batch.num_rows()).then(|| BooleanArray::new(accepted.finish(), None));
        let of_accepted = |columns: Vec<ArrayRef>| match &accepted {
            None => Ok(columns),
            Some(accepted) => {
                let columns = columns.iter().map(|column| filter(column, accepted));
                columns.collect::<Result<_, _>>().map_err(unexpected)
            }
        };
        rows.columns = of_accepted(columns)?;
        for (of_output, columns) in rows.coarse.iter_mut().zip(coarse) {
            of_output.columns = of_accepted(columns)?;
        }
        Ok(())
    }
}

/// A column with its values in the place of keys.
fn unpacked(column: &ArrayRef) -> Result<ArrayRef> {
    match column.data_type() {
        DataType::Dictionary(_, values) => cast(column, values).map_err(unexpected),
        _ => Ok(column.clone()),
    }
}

/// An insurers' symbol of a row; `None` if the cell is null.
type InsurersRow = Option<Result<[u8; SYMBOL_LEN], FaultReason>>;

/// The person column, read row after row.
enum Persons<'a> {
    Numbers { numbers: &'a Numbers, taken: usize, faults: usize, changed: usize },
    Insurers { symbols: std::vec::IntoIter<InsurersRow>, encoder: &'a TextEncoder },
}

impl<'a> Persons<'a> {
    fn new(layout: &'a Layout, numbers: &'a mut Numbers, column: &'a ArrayRef) -> Result<Self> {
        Ok(match &layout.source {
            PersonColumn::Number(reading) => {
                // The lineage is applied later, because kept cells are compared with the number as written too.
                numbers
                    .read(column, *reading, None)
                    .map_err(|error| Failure::new(error.to_string(), "give files whose batches have one schema"))?;
                Self::Numbers { numbers, taken: 0, faults: 0, changed: 0 }
            }
            PersonColumn::Symbol(encoder) => {
                let symbols = fugo_columnar::read_symbols(column, encoder)
                    .map_err(|error| Failure::new(error.to_string(), "give files whose batches have one schema"))?;
                Self::Insurers { symbols: symbols.into_iter(), encoder }
            }
        })
    }

    /// Takes the person of the next row. An error names a kept column, or none for the person column.
    fn next(
        &mut self,
        row: usize,
        rows: &mut Rows,
        layout: &Layout,
        kept: &[Kept],
        is_searched: bool,
    ) -> Result<(), (Option<usize>, Reason)> {
        let cells = || {
            let all =
                kept.iter().enumerate().flat_map(|(place, kept)| kept.searched.iter().map(move |read| (place, read)));
            all.filter_map(|(place, read)| {
                read.texts.get(row).map(|text| Cell { place, text, is_count: read.is_count })
            })
        };
        let mut search = |owner| {
            if let Some(i) = kept.iter().position(|kept| kept.is_missing(row)) {
                return Err((Some(i), Reason::Null));
            }
            if !is_searched {
                return Ok(());
            }
            kept::search(cells, owner, &layout.other_codes, &mut rows.codes)
                .map_err(|(i, fault)| (Some(i), Reason::Kept(fault)))
        };
        match self {
            Self::Numbers { numbers, taken, faults, changed } => {
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
                let reissued = lineage.and_then(|lineage| lineage.get(number));
                let first = reissued.unwrap_or(number);
                search(Owner::Number { numbers: [number, first], lineage })?;
                rows.normalized += u64::from(changes.is_some());
                rows.zeros_restored += u64::from(changes.is_some_and(|changes| changes.zeros_restored));
                rows.reissued += u64::from(reissued.is_some());
                rows.numbers.push(first.clone());
            }
            Self::Insurers { symbols, encoder } => {
                let read = symbols.next().unwrap_or_else(|| unreachable!("a column has as many rows as its batch"));
                let symbol = read.ok_or((None, Reason::Null))?.map_err(|reason| (None, reason.into()))?;
                search(Owner::Insurers(&symbol, encoder))?;
                rows.symbols.push(symbol);
            }
        }
        Ok(())
    }
}

/// The values of a kept column in every form that is searched. Booleans and small integers have too few digits.
fn searched(column: &ArrayRef) -> Result<Vec<Searched>> {
    if let Some((keys, texts)) = keys_and_texts(column) {
        return Ok(vec![Searched { texts: Texts::Dictionary(keys.clone(), texts.clone()), is_count: false }]);
    }
    let read = |column: &ArrayRef, is_count| Ok(Searched { texts: Texts::Column(text(column)?), is_count });
    let shown = || read(column, false);
    let count = |stored| read(&cast(column, &stored).map_err(unexpected)?, true);
    Ok(match column.data_type() {
        DataType::Null | DataType::Boolean | DataType::Int8 | DataType::Int16 | DataType::UInt8 | DataType::UInt16 => {
            Vec::new()
        }
        // Stored as days since 1970. Displayed as a date they have eight digits.
        DataType::Date32 => vec![count(DataType::Int32)?],
        DataType::Time32(_) => vec![shown()?, count(DataType::Int32)?],
        DataType::Date64 | DataType::Time64(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
            vec![shown()?, count(DataType::Int64)?]
        }
        _ => vec![shown()?],
    })
}
