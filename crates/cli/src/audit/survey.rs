//! The first reading of a file: the number of rows, their order, the keys of the symbols, and the contents of the
//! columns.

use std::collections::BTreeSet;

use fugo::{
    MyNumber, SYMBOL_LEN,
    normalize::{LostZeros, normalize},
    text,
};

use super::{
    file::{Delivery, Row, Whose},
    hashes::Hashes,
    sample::Sample,
};
use crate::{failure::Result, hex};

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
    /// Cells of twelve digits, in any form that normalisation reads, and how many of them are valid numbers.
    twelve_digits: u64,
    numbers: u64,
    /// Cells that are symbols in text form.
    texts: u64,
    /// Cells of 32 hexadecimal digits.
    hexes: u64,
}

impl Column {
    fn within(memory: usize) -> Self {
        Self { sample: Sample::within(memory), filled: 0, twelve_digits: 0, numbers: 0, texts: 0, hexes: 0 }
    }

    /// How many cells are MyNumbers. It is 0 if chance can explain the count: one in ten random values of twelve
    /// digits is valid, and six standard deviations are allowed.
    pub(super) fn numbers(&self) -> u64 {
        let chance = self.twelve_digits as f64 / 10.0;
        let beyond = self.numbers as f64 > chance + 6.0 * (chance * 0.9).sqrt();
        let most = 2 * self.numbers >= self.twelve_digits;
        if self.numbers >= 3 && (most || beyond) { self.numbers } else { 0 }
    }

    /// How many cells are symbols: those in text form; also those of 32 hexadecimal digits, if at least half of the
    /// cells are.
    pub(super) fn symbols(&self) -> u64 {
        self.texts + if 2 * self.hexes >= self.filled { self.hexes } else { 0 }
    }

    fn add(&mut self, cell: &[u8], hash: u64, place: u64) {
        self.sample.add(hash, place);
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        if let Some(is_number) = number(cell) {
            self.twelve_digits += 1;
            self.numbers += u64::from(is_number);
        }
        self.hexes += u64::from(cell.len() == 2 * SYMBOL_LEN && hex::decode::<SYMBOL_LEN>(cell).is_some());
        self.texts +=
            u64::from(cell.len() > 2 * SYMBOL_LEN && text::decode(cell.trim_ascii().to_ascii_lowercase()).is_ok());
    }
}

/// Whether twelve digits are a valid number; `None` if the cell is not twelve digits.
fn number(cell: &[u8]) -> Option<bool> {
    // A column of fractions writes a whole number as `123.0`.
    let cell = cell.strip_suffix(b".0").unwrap_or(cell);
    // Twelve full-width digits with three separators between groups take less than 64 bytes.
    if !(MyNumber::LEN..64).contains(&cell.len()) {
        return None;
    }
    let may_be_digit = |byte: &&u8| byte.is_ascii_digit() || !byte.is_ascii();
    if cell.iter().filter(may_be_digit).count() < MyNumber::LEN {
        return None;
    }
    let normalized = normalize(str::from_utf8(cell).ok()?, LostZeros::Refuse).ok()?;
    Some(normalized.parse().is_ok())
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
            survey.whose.extend(row.whose);
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
        assert_eq!(column(&["123456789018"]).numbers(), 0);
        assert_eq!(column(&["123456789018", "123456789012", "123456789013", "1980-01-02"]).numbers(), 0);
    }

    #[test]
    fn symbols_are_found_in_text_form_and_where_a_whole_column_is_hexadecimal() {
        let (text, hex) = ("kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v", "aca8b7a2ad979b290c590b2464183640");
        assert_eq!(column(&[text, "memo", &text.to_uppercase()]).symbols(), 2);
        assert_eq!(column(&[hex, "", hex]).symbols(), 2);
        assert_eq!(column(&[hex, hex, "NULL"]).symbols(), 2);
        assert_eq!(column(&[hex, "memo", "memo"]).symbols(), 0);
        assert_eq!(column(&["", ""]).symbols(), 0);
    }
}
