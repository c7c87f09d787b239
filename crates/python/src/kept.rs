//! Searches kept columns for numbers and symbols, as the tool does.

use arrow_array::{Array, LargeStringArray, cast::AsArray};
use fugo::{ErrorKind, KeyTag, MyNumber, Purpose, SYMBOL_LEN, text::TextEncoder};
use fugo_columnar::{
    Reading,
    kept::{Cell, Codes, Owner, Person, Sample, search},
    numbers, read_symbols,
};
use pyo3::prelude::*;

use crate::{
    column_in::Column, errors::Failure, lineage::Lineage, number::lost_zeros, panics::guarded, symbol_key::SymbolKey,
};

/// The row, the index of the column, the reason and its message.
type KeptFault = (usize, usize, &'static str, String);
/// The indices of columns that are made of numbers or symbols, and a description.
type Made = (Vec<usize>, String);
/// The faults; the indices of columns of other codes that hold numbers; the columns that are made of numbers or
/// symbols.
type Answer = Result<(Vec<KeptFault>, Vec<usize>, Option<Made>), Failure>;

/// _search_kept(keys, column, cells, *, ...): searches kept columns for numbers and symbols.
///
/// `column` holds the persons. `cells[i]` holds the values of a kept column as text, in one array. `places[i]` is the
/// index of that column, and says whether the values are counts of times. `other_codes[place]` says whether a column
/// holds other codes of twelve digits. Rows whose person is null or refused are skipped. Returns the faults, the
/// indices of columns of other codes that hold numbers, and, if `judge`, the columns that are made of numbers or
/// symbols.
#[pyfunction]
#[pyo3(signature = (
    keys, column, cells, places, *, number_format, restore_zeros, lineage, insurers_tag, other_codes, judge
))]
#[expect(clippy::too_many_arguments, reason = "the arguments of one conversion")]
pub(crate) fn _search_kept(
    py: Python<'_>,
    keys: Vec<Bound<'_, SymbolKey>>,
    column: &Bound<'_, PyAny>,
    cells: Vec<Bound<'_, PyAny>>,
    places: Vec<(usize, bool)>,
    number_format: &str,
    restore_zeros: bool,
    lineage: Option<&Bound<'_, Lineage>>,
    insurers_tag: Option<&str>,
    other_codes: Vec<bool>,
    judge: bool,
) -> Answer {
    let insurers = insurers_tag.map(str::parse::<KeyTag>).transpose()?;
    let lineage = lineage.map(|lineage| &lineage.get().0);
    let (column, cells) = guarded(|| {
        let cells = cells.iter().map(Column::new).collect::<Result<Vec<_>, _>>()?;
        Ok((Column::new(column)?, cells))
    })?;
    let [person] = &column.chunks()[..] else { return Err(not_one_array()) };
    let texts = cells.iter().map(|cell| text(cell, person.len())).collect::<Result<Vec<_>, _>>()?;
    if texts.len() != places.len() || places.iter().any(|(place, _)| *place >= other_codes.len()) {
        return Err(Failure::wrong_option("each array needs the index of its column".into()));
    }
    let reading = match (number_format, restore_zeros) {
        ("strict", false) => Reading::Strict,
        (_, restore) => Reading::Lenient(lost_zeros(restore)),
    };
    let keys: Vec<&SymbolKey> = keys.iter().map(Bound::get).collect();
    py.detach(|| {
        guarded(|| {
            let looked = Looked { keys: &keys, texts: &texts, places: &places, other_codes: &other_codes, judge };
            match insurers {
                Some(tag) => looked.at_insurers(*person, &TextEncoder::new(Purpose::Insurers, tag)),
                None => looked.at_numbers(*person, reading, lineage),
            }
        })
    })
}

fn not_one_array() -> Failure {
    Failure::column(ErrorKind::ColumnType, "persons and kept cells must be one array each")
}

fn text(column: &Column, rows: usize) -> Result<LargeStringArray, Failure> {
    let [chunk] = &column.chunks()[..] else { return Err(not_one_array()) };
    let texts = chunk.as_string_opt::<i64>().filter(|texts| texts.len() == rows);
    texts.cloned().ok_or_else(|| {
        Failure::column(ErrorKind::ColumnType, "kept cells must be of type large_string, one for each row")
    })
}

/// The values to search, and how.
struct Looked<'a> {
    keys: &'a [&'a SymbolKey],
    texts: &'a [LargeStringArray],
    places: &'a [(usize, bool)],
    other_codes: &'a [bool],
    judge: bool,
}

impl Looked<'_> {
    fn at_numbers(&self, column: &dyn Array, reading: Reading, lineage: Option<&fugo::Lineage>) -> Answer {
        let read = numbers(column, reading, None)?;
        let first = |number| lineage.map_or(number, |lineage: &fugo::Lineage| lineage.first(number));
        let people: Vec<(usize, &MyNumber)> = read.rows().zip(read.as_slice()).collect();
        let owner = |i: usize| {
            let number = people[i].1;
            Owner::Number { numbers: [number, first(number)], lineage }
        };
        let rows: Vec<usize> = people.iter().map(|(row, _)| *row).collect();
        let person = |i: usize| Person::Number(first(people[i].1).clone());
        let symbols = |taken: &[usize], key: &SymbolKey| {
            let numbers: Vec<MyNumber> = taken.iter().map(|i| first(people[*i].1).clone()).collect();
            let mut symbols = vec![[0; SYMBOL_LEN]; numbers.len()];
            key.key.symbols(&numbers, &mut symbols)?;
            Ok(symbols)
        };
        self.at(&rows, owner, person, symbols)
    }

    fn at_insurers(&self, column: &dyn Array, encoder: &TextEncoder) -> Answer {
        let read = read_symbols(column, encoder)?;
        let read = read.into_iter().enumerate().filter_map(|(row, symbol)| Some((row, symbol?.ok()?)));
        let people: Vec<(usize, [u8; SYMBOL_LEN])> = read.collect();
        let rows: Vec<usize> = people.iter().map(|(row, _)| *row).collect();
        let owner = |i: usize| Owner::Insurers(&people[i].1, encoder);
        let person = |i: usize| Person::Insurers(people[i].1, *encoder);
        let symbols = |taken: &[usize], key: &SymbolKey| {
            let insurers: Vec<[u8; SYMBOL_LEN]> = taken.iter().map(|i| people[*i].1).collect();
            let mut symbols = vec![[0; SYMBOL_LEN]; insurers.len()];
            key.key.symbols_from_insurers(&insurers, &mut symbols)?;
            Ok(symbols)
        };
        self.at(&rows, owner, person, symbols)
    }

    /// `rows[i]` is the row of the `i`-th person.
    fn at<'a>(
        &self,
        rows: &[usize],
        owner: impl Fn(usize) -> Owner<'a>,
        person: impl Fn(usize) -> Person,
        symbols: impl Fn(&[usize], &SymbolKey) -> Result<Vec<[u8; SYMBOL_LEN]>, Failure>,
    ) -> Answer {
        let (mut faults, mut accepted) = (Vec::new(), Vec::new());
        let mut codes = vec![Codes::default(); self.other_codes.len()];
        for (i, row) in rows.iter().copied().enumerate() {
            let cells = || self.present(row);
            match search(cells, owner(i), self.other_codes, &mut codes) {
                Ok(()) => accepted.push(i),
                Err((place, fault)) => faults.push((row, place, fault.kind().as_str(), fault.to_string())),
            }
        }
        let numbers = (0..codes.len()).filter(|place| codes[*place].are_numbers()).collect();
        let made = if self.judge { self.made(rows, &accepted, person, symbols)? } else { None };
        Ok((faults, numbers, made))
    }

    fn present(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        let texts = self.places.iter().copied().zip(self.texts).filter(move |(_, texts)| texts.is_valid(row));
        texts.map(move |((place, is_count), texts)| Cell { place, text: texts.value(row), is_count })
    }

    fn made(
        &self,
        rows: &[usize],
        accepted: &[usize],
        person: impl Fn(usize) -> Person,
        symbols: impl Fn(&[usize], &SymbolKey) -> Result<Vec<[u8; SYMBOL_LEN]>, Failure>,
    ) -> Result<Option<Made>, Failure> {
        let encoders = self.keys.iter().map(|key| key.key.encoder()).collect();
        let mut sample = Sample::new(self.other_codes.len(), encoders);
        let taken: Vec<usize> = sample.next(accepted.len());
        let people: Vec<usize> = taken.iter().map(|nth| accepted[*nth]).collect();
        let symbols = self.keys.iter().map(|key| symbols(&people, key)).collect::<Result<Vec<_>, _>>()?;
        for (k, (nth, i)) in taken.iter().zip(&people).enumerate() {
            let of_row = symbols.iter().map(|column| column[k]).collect();
            // A column that is searched in several readings counts once, with its first reading.
            let cell = |place| self.present(rows[*i]).find(|cell| cell.place == place).map_or("", |cell| cell.text);
            sample.take(*nth, person(*i), of_row, (0..self.other_codes.len()).map(cell));
        }
        Ok(sample.judge().map(|made| (made.columns().to_vec(), made.to_string())))
    }
}
