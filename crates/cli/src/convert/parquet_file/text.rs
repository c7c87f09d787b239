//! A column of text in one row group of Parquet: its values once, in a dictionary, and for each row a place in it.
//!
//! The Parquet crate looks up each value of each row in a table of hashes, and in symbol order values come in random
//! order: that took a sixth of a conversion's processor time. A column that arrives as a dictionary is looked up once for
//! each of its values.

use std::collections::HashMap;

use ahash::RandomState;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, UInt32Array, cast::AsArray, types::UInt32Type};
use arrow_schema::DataType;
use parquet::{
    basic::Encoding,
    errors::{ParquetError, Result},
    schema::types::ColumnDescPtr,
};

use super::{
    chunk::{Chunk, ChunkWriter, PAGE_BYTES, PAGE_ROWS},
    hybrid,
};
use crate::convert::dictionary::same_texts;

/// The maximum size in bytes of the values of a dictionary. Rows behind the one that would exceed it have their values
/// themselves. It is the default of the Parquet crate.
const DICTIONARY: usize = 1 << 20;

/// In place of a null.
const NULL: u32 = u32::MAX;

/// Encodes a column, batch by batch: `Utf8`, `LargeUtf8`, or a dictionary of `UInt32` and `Utf8`. The bytes depend on its
/// values alone.
pub(super) fn encode(descr: &ColumnDescPtr, batches: &[&ArrayRef]) -> Result<Chunk> {
    let batches = batches.iter().map(|batch| Texts::of(batch)).collect::<Result<Vec<_>>>()?;
    let mut places = Places::default();
    let covered: Vec<usize> = batches.iter().map(|texts| places.add(texts)).collect();
    let mut chunk = ChunkWriter::new(descr, true);
    chunk.dictionary(&places.values, places.of.len())?;
    write_places(&places, &mut chunk)?;
    let rest = batches.iter().zip(covered).flat_map(|(texts, from)| (from..texts.len()).map(|row| texts.get(row)));
    write_texts(rest, &mut chunk)?;
    chunk.finish(None)
}

/// Writes the rows whose texts are in the dictionary.
fn write_places(places: &Places<'_>, chunk: &mut ChunkWriter<'_>) -> Result<()> {
    let width = places.width();
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    for rows in places.rows.chunks(PAGE_ROWS) {
        let write = |values: &[u32], body: &mut Vec<u8>| {
            body.push(width as u8);
            hybrid::encode(values, width, body);
        };
        if places.nulls == 0 {
            chunk.data(rows.len(), None, Encoding::RLE_DICTIONARY, |body| write(rows, body))?;
            continue;
        }
        levels.clear();
        levels.extend(rows.iter().map(|place| u32::from(*place != NULL)));
        values.clear();
        values.extend(rows.iter().copied().filter(|place| *place != NULL));
        chunk.data(rows.len(), Some(&levels), Encoding::RLE_DICTIONARY, |body| write(&values, body))?;
    }
    Ok(())
}

/// Writes the other rows.
fn write_texts<'t>(mut rest: impl Iterator<Item = Option<&'t [u8]>>, chunk: &mut ChunkWriter<'_>) -> Result<()> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    loop {
        levels.clear();
        values.clear();
        while levels.len() < PAGE_ROWS && values.len() < PAGE_BYTES {
            let Some(text) = rest.next() else { break };
            levels.push(u32::from(text.is_some()));
            if let Some(text) = text {
                push_text(text, &mut values);
            }
        }
        if levels.is_empty() {
            return Ok(());
        }
        chunk.data(levels.len(), Some(&levels), Encoding::PLAIN, |body| body.extend_from_slice(&values))?;
    }
}

/// A batch of the column.
enum Texts<'a> {
    Small(&'a StringArray),
    Large(&'a LargeStringArray),
    Dictionary(&'a UInt32Array, &'a StringArray),
}

impl<'a> Texts<'a> {
    fn of(column: &'a ArrayRef) -> Result<Self> {
        Ok(match column.data_type() {
            DataType::Utf8 => Self::Small(column.as_string()),
            DataType::LargeUtf8 => Self::Large(column.as_string()),
            _ => {
                let dictionary = column.as_dictionary_opt::<UInt32Type>();
                let parts = dictionary.and_then(|found| Some((found.keys(), found.values().as_string_opt::<i32>()?)));
                let (keys, values) = parts.ok_or_else(|| ParquetError::General("not a column of text".to_owned()))?;
                Self::Dictionary(keys, values)
            }
        })
    }

    fn len(&self) -> usize {
        match self {
            Self::Small(texts) => texts.len(),
            Self::Large(texts) => texts.len(),
            Self::Dictionary(keys, _) => keys.len(),
        }
    }

    /// The text of a row; `None` if it is null.
    fn get(&self, row: usize) -> Option<&'a [u8]> {
        match self {
            Self::Small(texts) => texts.is_valid(row).then(|| texts.value(row).as_bytes()),
            Self::Large(texts) => texts.is_valid(row).then(|| texts.value(row).as_bytes()),
            Self::Dictionary(keys, values) => {
                keys.is_valid(row).then(|| values.value(keys.value(row) as usize).as_bytes())
            }
        }
    }
}

/// The dictionary of a row group: its values in the order in which they first occur, and the place of each row's.
#[derive(Default)]
struct Places<'a> {
    of: HashMap<&'a [u8], u32, RandomState>,
    /// Each value behind its length.
    values: Vec<u8>,
    rows: Vec<u32>,
    nulls: usize,
    is_full: bool,
    /// The places of the values of a dictionary; `NULL` where the place is not known yet.
    known: Vec<u32>,
    known_of: Option<&'a StringArray>,
}

impl<'a> Places<'a> {
    /// Adds the rows of a batch. Returns how many were added: a row whose value does not fit ends the dictionary.
    fn add(&mut self, texts: &Texts<'a>) -> usize {
        let before = self.rows.len();
        if let Texts::Dictionary(_, values) = texts
            && !self.known_of.is_some_and(|known| same_texts(known, values))
        {
            self.known.clear();
            self.known.resize(values.len(), NULL);
            self.known_of = Some(values);
        }
        if self.is_full {
            return 0;
        }
        self.rows.reserve(texts.len());
        if let Texts::Dictionary(keys, values) = texts
            && keys.null_count() == 0
        {
            for key in keys.values() {
                let Some(place) = self.place_of(*key, values) else { break };
                self.rows.push(place);
            }
            return self.rows.len() - before;
        }
        for row in 0..texts.len() {
            let place = match texts {
                Texts::Dictionary(keys, values) if keys.is_valid(row) => self.place_of(keys.value(row), values),
                _ => texts.get(row).map_or(Some(NULL), |text| self.place(text)),
            };
            let Some(place) = place else { break };
            self.nulls += usize::from(place == NULL);
            self.rows.push(place);
        }
        self.rows.len() - before
    }

    /// The place of a value of the dictionary that is known; `None` if it does not fit.
    #[inline]
    fn place_of(&mut self, key: u32, values: &'a StringArray) -> Option<u32> {
        let key = key as usize;
        if self.known[key] == NULL {
            self.known[key] = self.place(values.value(key).as_bytes())?;
        }
        Some(self.known[key])
    }

    /// The place of a value; `None` if it does not fit.
    fn place(&mut self, text: &'a [u8]) -> Option<u32> {
        if let Some(place) = self.of.get(text) {
            return Some(*place);
        }
        if self.values.len() + 4 + text.len() > DICTIONARY {
            self.is_full = true;
            return None;
        }
        let place = self.of.len() as u32;
        push_text(text, &mut self.values);
        self.of.insert(text, place);
        Some(place)
    }

    /// The bits of a place.
    fn width(&self) -> u32 {
        u32::BITS - (self.of.len().saturating_sub(1) as u32).leading_zeros()
    }
}

/// Appends a value in the encoding PLAIN: its length in four bytes, then its bytes.
fn push_text(text: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text);
}
