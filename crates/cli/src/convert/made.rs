//! Detects kept columns that are computed from their rows' numbers or symbols. A sample of rows is tested.

use arrow_array::{Array, ArrayRef, StringArray, UInt64Array};
use arrow_select::take::take;
use fugo::{KeyTag, SYMBOL_LEN, Scope, text::TextEncoder};
use fugo_columnar::kept::{Person, Sample};

use super::{
    render::KeptForm,
    rows::{PersonColumn, Rows},
};
use crate::{
    failure::{Failure, Result},
    roster::text::{text, unexpected},
};

/// The kept columns of a run, and a sample of its rows.
pub(crate) struct MadeOf<'a> {
    names: &'a [String],
    kept: KeptForm,
    /// Writes insurers' symbols as text, if the input holds them instead of numbers.
    insurers: Option<TextEncoder>,
    sample: Sample,
    looked: bool,
}

impl<'a> MadeOf<'a> {
    pub(crate) fn new(names: &'a [String], kept: KeptForm, source: &PersonColumn, scopes: &[(Scope, KeyTag)]) -> Self {
        let insurers = match source {
            PersonColumn::Number(_) => None,
            PersonColumn::Symbol(encoder) => Some(*encoder),
        };
        let encoders = scopes.iter().map(|(scope, tag)| TextEncoder::new(scope.purpose(), *tag)).collect();
        Self { names, kept, insurers, sample: Sample::new(names.len(), encoders), looked: false }
    }

    /// Takes the rows of a block that belong to the sample. `symbols[k][i]` is the symbol of row i under key k. The
    /// columns are tested once after the first block that has rows, so that a long run is not refused at its end. Not
    /// inlined, and the test is not either: the stack that they used is wiped after all input is read.
    #[inline(never)]
    pub(crate) fn add(&mut self, rows: &Rows, symbols: &[Vec<[u8; SYMBOL_LEN]>]) -> Result<()> {
        let taken = self.sample.next(rows.len());
        let cells = match self.kept {
            KeptForm::Packed(_) => texts(&rows.columns, &taken)?,
            KeptForm::Cells { .. } => self.kept.texts(taken.iter().map(|row| rows.kept(*row)))?,
        };
        for (nth, row) in taken.iter().copied().enumerate() {
            let person = match self.insurers {
                Some(encoder) => Person::Insurers(rows.symbols[row], encoder),
                None => Person::Number(rows.numbers[row].clone()),
            };
            let symbols = symbols.iter().map(|column| column[row]).collect();
            let texts = cells.iter().map(|texts| if texts.is_valid(nth) { texts.value(nth) } else { "" });
            self.sample.take(row, person, symbols, texts);
        }
        if self.looked || taken.is_empty() {
            return Ok(());
        }
        self.looked = true;
        self.check()
    }

    /// Refuses columns that are made of numbers or symbols.
    #[inline(never)]
    pub(crate) fn check(&self) -> Result<()> {
        let Some(made) = self.sample.judge() else { return Ok(()) };
        let names: Vec<String> = made.columns().iter().map(|column| format!("`{}`", self.names[*column])).collect();
        let (columns, hold) = if names.len() == 1 { ("column", "holds") } else { ("columns", "together hold") };
        Err(Failure::new(
            format!(
                "the kept {columns} {} {hold} values that are computed from a number or a symbol: {made}",
                names.join(", ")
            ),
            "leave it out of --keep: whoever has it can find the numbers, or link the outputs; no output was changed",
        ))
    }
}

/// Some rows of columns as text.
fn texts(columns: &[ArrayRef], rows: &[usize]) -> Result<Vec<StringArray>> {
    let rows: UInt64Array = rows.iter().map(|row| *row as u64).collect();
    columns.iter().map(|column| text(&take(column, &rows, None).map_err(unexpected)?)).collect()
}
