//! The first reading of a file: its symbols, the meanings of its columns, and a sample of the values of each.

use std::collections::BTreeSet;

use fugo::SYMBOL_LEN;

use super::{
    column::Column,
    file::{Delivery, Row, Whose},
    values::{Cell, Hashes},
};
use crate::{failure::Result, interrupt::Interrupt};

/// The most keys of symbols that are told apart in one file.
pub(super) const KEYS: usize = 1_000;

/// The most symbols that are kept to look for in the other file.
const SYMBOLS: usize = 4_096;

/// The results of the first reading.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) rows: u64,
    /// Rows whose symbol is smaller than the symbol of the row before: by their bytes, and (at most one) as they are
    /// written.
    descents: u64,
    descents_of_text: u64,
    /// The purposes and tags that the text of the symbols names.
    pub(super) whose: BTreeSet<Whose>,
    pub(super) columns: Vec<Column>,
    /// Symbols of the file, chosen by their hashes.
    pub(super) symbols: Vec<(u64, [u8; SYMBOL_LEN], Option<Whose>)>,
}

impl Survey {
    /// Reads a file. The samples of its columns share this much memory.
    pub(super) fn of(file: &Delivery, hashes: &Hashes, memory: usize, interrupt: &Interrupt) -> Result<Self> {
        let mut survey = Self::default();
        let each = memory / file.names.len().max(1);
        survey.columns.resize_with(file.names.len(), || Column::within(each));
        let (mut last, mut last_text, mut cell, mut bound) = (None, Vec::new(), Cell::default(), u64::MAX);
        let mut add = |row: &Row<'_>| {
            if survey.rows % (1 << 16) == 0 {
                interrupt.check()?;
            }
            survey.descents += u64::from(last.is_some_and(|last| row.symbol < last));
            last = Some(row.symbol);
            // In another order one is found soon, and no more are needed.
            if survey.descents_of_text == 0 {
                survey.descents_of_text = u64::from(survey.rows > 0 && *last_text > *row.written);
                last_text.clear();
                last_text.extend_from_slice(row.written);
            }
            if survey.whose.len() < KEYS {
                survey.whose.extend(row.whose);
            }
            let hash = hashes.bytes(&row.symbol);
            if hash <= bound {
                survey.symbols.push((hash, row.symbol, row.whose));
                if survey.symbols.len() > SYMBOLS {
                    bound /= 2;
                    survey.symbols.retain(|(hash, ..)| *hash <= bound);
                }
            }
            for (column, value) in survey.columns.iter_mut().zip(row.cells) {
                column.add(value, survey.rows, hashes, &mut cell);
            }
            survey.rows += 1;
            Ok(())
        };
        file.each_row(&mut add)?;
        survey.whose.extend(file.metadata.map(|metadata| (metadata.scope.purpose(), metadata.tag)));
        survey.columns.iter_mut().for_each(Column::finish);
        Ok(survey)
    }

    /// Whether the rows are in an order that follows from the symbols alone: by their bytes, or by their text, as other
    /// programs sort.
    pub(super) fn is_in_symbol_order(&self) -> bool {
        self.descents == 0 || self.descents_of_text == 0
    }
}
