//! The first reading of a file: the number of rows, their order, the keys of the symbols, and the contents of the
//! columns.

use std::collections::BTreeSet;

use fugo::{MyNumber, SYMBOL_LEN};
use fugo_columnar::kept::{Codes, holds_symbol_text};

use super::{
    file::{Delivery, Row, Whose},
    hashes::Hashes,
    sample::Sample,
};
use crate::{failure::Result, hex};

/// The most keys of symbols that are told apart in one file.
pub(super) const KEYS: usize = 1_000;

/// The results of the first reading.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) rows: u64,
    /// Rows whose symbol is smaller than the symbol of the row before.
    pub(super) descents: u64,
    /// The purposes and tags that the text of the symbols names.
    pub(super) whose: BTreeSet<Whose>,
    pub(super) columns: Vec<Column>,
}

/// The contents of a column.
pub(super) struct Column {
    pub(super) sample: Sample,
    filled: u64,
    /// Codes of twelve digits in the cells, as [`Codes`] finds them, and how many of them are valid numbers.
    codes: u64,
    valid: u64,
    /// Cells that hold a symbol in text form.
    texts: u64,
    /// Cells of 32 hexadecimal digits.
    hexes: u64,
}

impl Column {
    fn within(memory: usize) -> Self {
        Self { sample: Sample::within(memory), filled: 0, codes: 0, valid: 0, texts: 0, hexes: 0 }
    }

    /// How many MyNumbers the cells hold. It is 0 if chance can explain the count: one in ten random codes of twelve
    /// digits is valid, and six standard deviations are allowed.
    pub(super) fn numbers(&self) -> u64 {
        let chance = self.codes as f64 / 10.0;
        let beyond = self.valid as f64 > chance + 6.0 * (chance * 0.9).sqrt();
        let most = 2 * self.valid >= self.codes;
        if self.valid >= 3 && (most || beyond) { self.valid } else { 0 }
    }

    /// The valid codes and all codes of twelve digits, if chance can explain that some are valid.
    pub(super) fn valid_by_chance(&self) -> Option<(u64, u64)> {
        (self.valid > 0 && self.numbers() == 0).then_some((self.valid, self.codes))
    }

    /// How many cells are symbols: those in text form; also those of 32 hexadecimal digits, if at least half of the
    /// cells are.
    pub(super) fn symbols(&self) -> u64 {
        self.texts + if 2 * self.hexes >= self.filled { self.hexes } else { 0 }
    }

    fn add(&mut self, cell: &[u8], hash: u64, place: u64) {
        // Empty cells are in nearly every column, and say nothing of what it holds.
        if cell.is_empty() {
            return;
        }
        self.sample.add(hash, place);
        self.filled += 1;
        if has_enough_digits(cell) {
            let found = str::from_utf8(cell).map(Codes::of).unwrap_or_default();
            self.codes += found.shapes;
            self.valid += found.valid;
        }
        self.hexes += u64::from(cell.len() == 2 * SYMBOL_LEN && hex::decode::<SYMBOL_LEN>(cell).is_some());
        self.texts += u64::from(holds_symbol_text(cell));
    }
}

/// Whether a cell has enough digits for a code. Digits of full width take several bytes.
fn has_enough_digits(cell: &[u8]) -> bool {
    let may_be_digit = |byte: &&u8| byte.is_ascii_digit() || !byte.is_ascii();
    cell.len() >= MyNumber::LEN && cell.iter().filter(may_be_digit).count() >= MyNumber::LEN
}

impl Survey {
    /// Reads a file. The samples of its columns share this much memory.
    pub(super) fn of(file: &Delivery, hashes: &Hashes, memory: usize) -> Result<Self> {
        let mut survey = Self::default();
        let each = memory / file.names.len().max(1);
        survey.columns.resize_with(file.names.len(), || Column::within(each));
        let (mut last, mut plain) = (None, Vec::new());
        let mut add = |row: &Row<'_>| {
            survey.descents += u64::from(last.is_some_and(|last| row.symbol < last));
            last = Some(row.symbol);
            if survey.whose.len() < KEYS {
                survey.whose.extend(row.whose);
            }
            for (column, cell) in survey.columns.iter_mut().zip(row.cells) {
                column.add(cell, hashes.cell(cell, &mut plain), survey.rows);
            }
            survey.rows += 1;
            Ok(())
        };
        file.each_row(&mut add)?;
        survey.whose.extend(file.metadata.map(|metadata| (metadata.scope.purpose(), metadata.tag)));
        Ok(survey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Column {
        let mut column = Column::within(1 << 20);
        cells.iter().for_each(|cell| column.add(cell.as_bytes(), 0, 0));
        column
    }

    #[test]
    fn numbers_are_found_in_every_shape_and_chance_is_not_taken_for_them() {
        assert_eq!(column(&["123456789018", "", "1234-5678-9018", "１２３４５６７８９０１８", "memo"]).numbers(), 3);
        assert_eq!(column(&["123456789018.0"; 3]).numbers(), 3);
        // Of other ids of twelve digits, four in ten are valid.
        let mixed: Vec<&str> = (0..1_000).map(|i| if i % 5 < 2 { "123456789018" } else { "123456789012" }).collect();
        assert_eq!(column(&mixed).numbers(), 400);
        assert_eq!(column(&["no. 1234-5678-9018 (old)"; 3]).numbers(), 3);
        assert_eq!(column(&["123456789018"]).numbers(), 0);
        assert_eq!(column(&["123456789018", "memo"]).valid_by_chance(), Some((1, 1)));
        assert_eq!(column(&["123456789012", "memo"]).valid_by_chance(), None);
        assert_eq!(column(&["123456789018"; 3]).valid_by_chance(), None);
        assert_eq!(column(&["123456789018", "123456789012", "123456789013", "1980-01-02"]).numbers(), 0);
    }

    #[test]
    fn symbols_are_found_in_text_form_and_where_a_whole_column_is_hexadecimal() {
        let (text, hex) = ("kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v", "aca8b7a2ad979b290c590b2464183640");
        assert_eq!(column(&[text, "memo", &text.to_uppercase()]).symbols(), 2);
        assert_eq!(column(&[&format!("ref={text}."), "memo"]).symbols(), 1);
        assert_eq!(column(&[hex, "", hex]).symbols(), 2);
        assert_eq!(column(&[hex, hex, "NULL"]).symbols(), 2);
        assert_eq!(column(&[hex, "memo", "memo"]).symbols(), 0);
        assert_eq!(column(&["", ""]).symbols(), 0);
    }
}
