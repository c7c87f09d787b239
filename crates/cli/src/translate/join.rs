//! Joins the asked rows with the roster, in bounded memory.
//!
//! The asked rows are partitioned by their symbols, and spill if memory is short. As many partitions as fit form a
//! group: their symbols, each once, and the same number of new symbols. The roster is read once for each group. Pairs
//! of symbols are in memory only: a temporary file holds rows with symbols of one scope.

use std::ops::Range;

use fugo::{AnySymbolKey, Pair, SYMBOL_LEN, Translator};
use zeroize::Zeroizing;

use super::plan::Keys;
use crate::{
    convert::{
        parts::{Parts, RowFormat},
        position::Position,
        reading::TRANSLATED,
        sort::rows,
        writing::Unsorted,
    },
    failure::{Failure, Result},
    partition::Part,
};

/// The bytes that an asked symbol takes: twice while symbols are collected, its share of the translator's filter and
/// starts, and the symbols of its person.
const SYMBOL: usize = 2 * SYMBOL_LEN + 6 + TRANSLATED * SYMBOL_LEN + 1;

/// How many bytes of spilled rows are read at a time.
const PIECE: usize = 1 << 20;

/// How many unknown symbols are listed together, in the order of the rows.
const UNKNOWN: usize = 1 << 16;

/// The asked rows, partitioned by symbol.
pub(super) struct Asked<'a> {
    pub(super) unsorted: &'a Unsorted<'a>,
    /// The rows in memory, by thread.
    pub(super) parts: Vec<Vec<Parts>>,
}

/// Partitions whose symbols are translated together.
pub(super) struct Group {
    partitions: Range<usize>,
    pub(super) translator: Translator<TRANSLATED>,
    pub(super) answers: Answers,
}

/// For each asked symbol of a group whose person is in the roster: her symbol in the output and in the record.
pub(super) struct Answers {
    found: Vec<bool>,
    symbols: Zeroizing<Vec<[[u8; SYMBOL_LEN]; TRANSLATED]>>,
}

impl Asked<'_> {
    fn part(&self, part: usize) -> Part<'_> {
        Part::new(self.parts.iter().map(|thread| thread[0].pages()), part, &self.unsorted.spill)
    }

    /// Gives each row of a partition.
    fn each(&self, part: usize, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let format = self.unsorted.format;
        let piece = |bytes: &[u8]| rows(bytes, format).try_for_each(&mut each);
        self.part(part).pieces(|bytes| format.row_len(bytes), PIECE, piece)
    }

    /// The next group after `start`, whose symbols take at most `memory` bytes; `None` after the last partition. There
    /// is always a first group, so that the roster is read once.
    pub(super) fn group(&self, start: usize, memory: usize, keys: &Keys) -> Result<Option<Group>> {
        let (most, all) = (memory / SYMBOL, self.unsorted.division.parts());
        if start == all {
            return Ok(None);
        }
        let (mut symbols, mut end): (Vec<[u8; SYMBOL_LEN]>, _) = (Vec::new(), start);
        while end < all {
            let mut full = false;
            self.each(end, |row| {
                // More than fit, even each of them once.
                if !full {
                    symbols.push(*RowFormat::symbol(row));
                    full = symbols.len() >= 2 * most && once(&mut symbols) > most;
                }
                Ok(())
            })?;
            full |= symbols.len() > most && once(&mut symbols) > most;
            if full {
                break;
            }
            end += 1;
        }
        if end < all {
            // The symbols of the partition that did not fit are the last.
            once(&mut symbols);
            symbols.truncate(symbols.partition_point(|symbol| self.unsorted.division.part(symbol) < end));
        }
        if end == start {
            return Err(Failure::new(
                "the asked symbols do not fit in memory: too many of them begin with the same bits, which symbols do not",
                "give more --memory, or find out who made the rows; no output was changed",
            ));
        }
        Group::new(start..end, symbols, keys).map(Some)
    }

    /// Gives the rows of a group to the partitions of the output, and lists those whose symbol is nobody's. Returns how
    /// many these are.
    pub(super) fn hand_over(
        &self,
        group: &Group,
        (output, parts): (&Unsorted<'_>, &mut Parts),
        unknown: &mut dyn FnMut(&[Position]) -> Result<()>,
    ) -> Result<u64> {
        let format = self.unsorted.format;
        let (mut positions, mut count) = (Vec::new(), 0);
        for part in group.partitions.clone() {
            self.each(part, |row| {
                let position = format.position(row);
                if let Some(symbol) = group.symbol_of(RowFormat::symbol(row)) {
                    return parts
                        .push(symbol, position, [format.kept(row), &[]], &output.spill)
                        .map_err(|error| output.spill.failure(&error));
                }
                positions.push(position);
                count += 1;
                if positions.len() == UNKNOWN {
                    list(&mut positions, unknown)?;
                }
                Ok(())
            })?;
        }
        list(&mut positions, unknown)?;
        Ok(count)
    }
}

fn list(positions: &mut Vec<Position>, unknown: &mut dyn FnMut(&[Position]) -> Result<()>) -> Result<()> {
    positions.sort_unstable();
    unknown(positions)?;
    positions.clear();
    Ok(())
}

/// Sorts symbols and keeps each once. Returns how many these are.
fn once(symbols: &mut Vec<[u8; SYMBOL_LEN]>) -> usize {
    symbols.sort_unstable();
    symbols.dedup();
    symbols.len()
}

impl Group {
    fn new(partitions: Range<usize>, symbols: Vec<[u8; SYMBOL_LEN]>, keys: &Keys) -> Result<Self> {
        let Keys { from, to, record } = keys;
        let of = |key: &AnySymbolKey| format!("the key of {}", key.scope());
        let translator = Translator::new(from, [to, record], symbols).map_err(|error| {
            Failure::new(format!("{} or {}: {error}", of(from), of(to)), "give keys that take numbers")
        })?;
        let asked = translator.asked().len();
        let answers =
            Answers { found: vec![false; asked], symbols: Zeroizing::new(vec![[[0; SYMBOL_LEN]; TRANSLATED]; asked]) };
        Ok(Self { partitions, translator, answers })
    }

    /// The partition after the last one of the group.
    pub(super) fn end(&self) -> usize {
        self.partitions.end
    }

    /// The new symbol of an asked symbol of this group, if its person is in the roster.
    fn symbol_of(&self, asked: &[u8; SYMBOL_LEN]) -> Option<&[u8; SYMBOL_LEN]> {
        let index = self.translator.index_of(asked)?;
        self.answers.found[index].then(|| &self.answers.symbols[index][0])
    }
}

impl Answers {
    /// The number of asked symbols whose person is in the roster.
    pub(super) fn people(&self) -> u64 {
        self.found.iter().filter(|found| **found).count() as u64
    }

    /// The record symbols of these people.
    pub(super) fn recorded(&self) -> Zeroizing<Vec<[u8; SYMBOL_LEN]>> {
        let mut symbols = Zeroizing::new(Vec::with_capacity(self.found.len()));
        let found = self.symbols.iter().zip(&self.found).filter(|(_, found)| **found);
        symbols.extend(found.map(|(symbols, _)| symbols[1]));
        symbols
    }

    /// Takes a pair. A person who is in the roster twice gives it twice.
    pub(super) fn take(&mut self, pair: Pair<TRANSLATED>) -> Result<()> {
        let symbols = &mut self.symbols[pair.asked];
        if std::mem::replace(&mut self.found[pair.asked], true) && *symbols != pair.to {
            return Err(Failure::new(
                "two people of the roster have the same symbol under --from-key and different symbols under other keys",
                "report this; no output was changed",
            ));
        }
        *symbols = pair.to;
        Ok(())
    }
}
