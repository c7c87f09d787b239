//! The first reading of a file: how many rows, in which order, whose symbols, and what its columns hold.

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

/// What the first reading finds.
#[derive(Default)]
pub(super) struct Survey {
    pub(super) rows: u64,
    /// Rows whose symbol is below the one before.
    pub(super) descents: u64,
    /// Whose symbols there are, by what their text says.
    pub(super) whose: BTreeSet<Whose>,
    pub(super) columns: Vec<Column>,
}

/// What a column holds.
pub(super) struct Column {
    pub(super) sample: Sample,
    filled: u64,
    /// Cells of twelve digits, in any shape that normalisation reads, and those of them that are numbers.
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

    /// How many cells are MyNumbers; 0 if they are no more than chance lets pass, which is one of ten values of twelve
    /// digits, six standard deviations granted.
    pub(super) fn numbers(&self) -> u64 {
        let chance = self.twelve_digits as f64 / 10.0;
        let beyond = self.numbers as f64 > chance + 6.0 * (chance * 0.9).sqrt();
        let most = 2 * self.numbers >= self.twelve_digits;
        if self.numbers >= 3 && (most || beyond) { self.numbers } else { 0 }
    }

    /// How many cells are symbols: in text form, or half of them and more look like symbols in hexadecimal digits.
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

/// Whether twelve digits are a number; none if the cell is not twelve digits.
fn number(cell: &[u8]) -> Option<bool> {
    // As a number with a point: what becomes of whole numbers in a column of fractions.
    let cell = cell.strip_suffix(b".0").unwrap_or(cell);
    // Twelve digits in full width, with three separators between groups, are under 64 bytes.
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
    /// Reads a file, in so much memory.
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
        // Four in ten of other ids of twelve digits.
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
