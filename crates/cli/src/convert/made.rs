//! Kept columns that are made of their rows' numbers or symbols: a sample of rows is held against them.

use arrow_array::Array;
use fugo::{KeyTag, Scope, text::TextEncoder};
use fugo_columnar::kept::{Person, Sample};

use super::{
    derive::SymbolBytes,
    render::KeptForm,
    rows::{Rows, Source},
};
use crate::failure::{Failure, Result};

/// The kept columns of a run, and rows of it.
pub(crate) struct MadeOf<'a> {
    names: &'a [String],
    kept: KeptForm,
    /// Writes insurers' symbols, if rows are known by those.
    insurers: Option<TextEncoder>,
    sample: Sample,
    looked: bool,
}

impl<'a> MadeOf<'a> {
    pub(crate) fn new(names: &'a [String], kept: KeptForm, source: &Source, scopes: &[(Scope, KeyTag)]) -> Self {
        let insurers = match source {
            Source::Number(_) => None,
            Source::InsurersSymbol(encoder) => Some(*encoder),
        };
        let encoders = scopes.iter().map(|(scope, tag)| TextEncoder::new(scope.purpose(), *tag)).collect();
        Self { names, kept, insurers, sample: Sample::new(names.len(), encoders), looked: false }
    }

    /// Takes the rows of a block that belong to the sample. `symbols[k][i]` is the symbol of row i under key k. After the first
    /// block that has rows the columns are looked at, so that a long run does not end in a refusal.
    // Not inlined, nor is the look: what they leave on the stack is wiped when all is read.
    #[inline(never)]
    pub(crate) fn add(&mut self, rows: &Rows, symbols: &[Vec<SymbolBytes>]) -> Result<()> {
        let taken = self.sample.next(rows.len());
        let cells = self.kept.texts(taken.iter().map(|row| rows.kept(*row)))?;
        for (nth, row) in taken.iter().copied().enumerate() {
            let person = match self.insurers {
                Some(encoder) => Person::Insurers(rows.insurers[row], encoder),
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
            format!("the kept {columns} {} {hold} what is made of a number or a symbol: {made}", names.join(", ")),
            "leave it out of --keep: whoever has it has the numbers, or the link; outputs are as they were before",
        ))
    }
}
