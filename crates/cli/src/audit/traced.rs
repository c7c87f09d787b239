//! Columns that are made of the other file's symbols, or of the numbers of a roster: digests, encodings, parts.

use std::{collections::HashMap, path::Path};

use fugo::text::TextEncoder;
use fugo_columnar::kept::Traces;

use super::{
    file::{Delivery, numbers},
    findings::{Finding, Kind},
    survey::Survey,
    values::Hashes,
};
use crate::{
    counts::thousands,
    failure::{Failure, Result},
    redaction::shown,
    roster::ReadOptions,
};

/// The most numbers of a roster that are looked for.
const NUMBERS: usize = 4_096;
/// So many cells are not chance.
const SEVERAL: u64 = 3;

/// A roster, and its column of numbers.
pub(super) struct Roster<'a> {
    pub(super) path: &'a Path,
    pub(super) column: &'a str,
    pub(super) form: ReadOptions,
}

/// What is looked for in each file: the other file's symbols, and the numbers.
pub(super) fn traces(
    surveys: [&Survey; 2],
    roster: Option<Roster<'_>>,
    hashes: &Hashes,
) -> Result<[Option<Traces>; 2]> {
    let numbers = roster.map(|roster| numbers(roster.path, roster.form, roster.column, hashes, NUMBERS)).transpose()?;
    if numbers.as_ref().is_some_and(Vec::is_empty) {
        return Err(Failure::new(
            "--roster holds no valid number",
            "name a roster and, with --roster-column, its column",
        ));
    }
    Ok([0, 1].map(|side| {
        // Most files have no column in which anything can be.
        surveys[side].columns.iter().any(super::column::Column::spells).then(|| {
            let mut traces = Traces::default();
            for (_, symbol, whose) in &surveys[1 - side].symbols {
                let whose = whose.or_else(|| surveys[1 - side].whose.first().copied());
                let encoder = whose.map(|(purpose, tag)| TextEncoder::new(purpose, tag));
                traces.add_symbol(*symbol, encoder.as_ref());
            }
            numbers.iter().flatten().for_each(|number| traces.add_number(number));
            traces
        })
    }))
}

/// The cells that were found in each file, and how many rows were searched.
pub(super) struct Traced {
    pub(super) cells: [HashMap<(usize, String), u64>; 2],
    pub(super) searched: [u64; 2],
}

impl Traced {
    pub(super) fn findings(&self, side: usize, name: &str, file: &Delivery) -> Vec<Finding> {
        let mut cells: Vec<_> = self.cells[side].iter().filter(|(_, count)| **count >= SEVERAL).collect();
        cells.sort();
        let finding = |((column, made), count): (&(usize, String), &u64)| {
            let is_number = made.contains("the number");
            let kind = if is_number { Kind::Numbers } else { Kind::SymbolsBeside };
            Finding::links(
                kind,
                format_args!(
                    "{name}: in {} of {} rows that were searched, the column `{}` holds this: {made}",
                    thousands(*count),
                    thousands(self.searched[side]),
                    shown(&file.names[*column])
                ),
                if is_number {
                    "leave the column out: anybody can compute it from the number, for all numbers"
                } else {
                    "leave the column out: whoever has the other file can compute it from the symbols there"
                },
            )
            .with_count(*count)
        };
        cells.into_iter().map(finding).collect()
    }
}
