//! What is known of a column after the first reading.

use fugo::{MyNumber, SYMBOL_LEN};
use fugo_columnar::kept::{Codes, holds_symbol_text};

use super::{
    sample::Sample,
    values::{Cell, Hashes, View},
};
use crate::{by_hash::ByHash, hex, mix::mix};

/// So many filled cells decide which readings of a column are kept.
const DECIDING: u64 = 256;
/// The oldest age.
const OLDEST: usize = 125;
/// The most distinct days that are counted.
const DAYS: usize = 80_000;
/// The most values that are kept to estimate how dense numbers are.
const SPREAD: usize = 4_096;
/// The least share of cells with a serial number of their own. The number of values is an estimate.
const SERIAL: f64 = 0.85;
/// About how many bytes an entry of the cache takes.
const ENTRY: usize = 128;

/// The contents of a column.
pub(super) struct Column {
    memory: usize,
    pub(super) filled: u64,
    pub(super) readings: Vec<Reading>,
    pub(super) numbers: Numbers,
    /// How many cells have each day; and how many have each small integer, which may be an age.
    pub(super) days: ByHash<u64>,
    pub(super) ages: Vec<u64>,
    facts: Totals,
    cache: Cache,
}

/// A reading of a column, and a sample of its values.
pub(super) struct Reading {
    pub(super) view: View,
    pub(super) sample: Sample,
    /// How many cells have a value in this reading.
    read: u64,
}

/// The numbers, times, or digits at the end of codes in a column.
#[derive(Default)]
pub(super) struct Numbers {
    first: Option<i64>,
    pub(super) least: i64,
    pub(super) most: i64,
    /// All values are `first` and a multiple of this.
    pub(super) step: u64,
    /// All values whose hash is at most a bound, with the hashes.
    pub(super) spread: Vec<(u64, i64)>,
    bound: u64,
    /// How many cells have such a value.
    pub(super) count: u64,
    /// The least power of ten of which all numbers are multiples; the most significant digits; the largest number.
    pub(super) exponent: Option<i32>,
    pub(super) significant: u32,
    pub(super) largest: f64,
}

#[derive(Default)]
struct Totals {
    /// Codes of twelve digits in the cells, as [`Codes`] finds them, and how many of them are valid numbers.
    codes: u64,
    valid: u64,
    /// Cells that hold a symbol in text form.
    texts: u64,
    /// Cells of 32 hexadecimal digits, and how many of them have the mark of a random UUID.
    hexes: u64,
    uuids: u64,
    /// Cells that may spell eight bytes or more.
    spelled: u64,
}

/// The cells of a column that were read last. Columns of few different values are counted here.
///
/// A cell is in one of [`PROBED`] slots from the one that its hash names. If others are in all of them, it takes the slot
/// of the one that fewest cells have, so that frequent cells stay.
#[derive(Default)]
struct Cache {
    seen: Vec<Seen>,
    known: Vec<Known>,
    /// The values of the cell in each reading; 0 if it has none.
    values: Vec<u64>,
}

/// The slots in which a cell can be.
const PROBED: usize = 8;

/// The hash of a cell's bytes, how many cells have them, and the sum of the indices of their rows, which is below 2^64 for
/// 6 · 10^9 rows.
#[derive(Clone, Copy, Default)]
struct Seen {
    hash: u64,
    cells: u64,
    places: u64,
}

/// What is known of a cell's bytes.
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
#[derive(Clone, Copy, Default)]
struct Known {
    rank: Option<i64>,
    day: Option<i32>,
    age: Option<u8>,
    codes: u8,
    valid: u8,
    is_empty: bool,
    holds_symbol: bool,
    is_hex: bool,
    is_uuid: bool,
    is_spelled: bool,
}

impl Column {
    pub(super) fn within(memory: usize) -> Self {
        // Most columns keep four readings or fewer.
        let sample = || Sample::within(memory / 6);
        let readings = View::ALL.map(|view| Reading { view, sample: sample(), read: 0 });
        Self {
            memory,
            filled: 0,
            readings: readings.into(),
            numbers: Numbers { bound: u64::MAX, ..Numbers::default() },
            days: ByHash::default(),
            ages: vec![0; OLDEST + 1],
            facts: Totals::default(),
            cache: Cache::default(),
        }
    }

    /// Takes the cell of the next row. The empty value does not count.
    pub(super) fn add(&mut self, value: &[u8], place: u64, hashes: &Hashes, cell: &mut Cell) {
        if value.is_empty() {
            return;
        }
        let hash = hashes.quick(value);
        let seen = Seen { hash, cells: 1, places: place };
        if self.cache.seen.is_empty() {
            let known = self.look(value, cell);
            self.cache.values.resize(self.readings.len(), 0);
            self.remember(0, &known, hashes, cell);
            self.count(seen, &known, 0);
            if self.filled == DECIDING {
                self.decide();
            }
            return;
        }
        let slot = match self.cache.find(hash) {
            Ok(slot) => {
                let seen = &mut self.cache.seen[slot];
                seen.cells += 1;
                seen.places += place;
                return;
            }
            Err(slot) => slot,
        };
        let (old, of_old) = (self.cache.seen[slot], self.cache.known[slot]);
        self.count(old, &of_old, slot);
        let known = self.look(value, cell);
        self.remember(slot, &known, hashes, cell);
        (self.cache.seen[slot], self.cache.known[slot]) = (seen, known);
    }

    /// Keeps the values of the cell that was read.
    fn remember(&mut self, slot: usize, known: &Known, hashes: &Hashes, cell: &Cell) {
        let width = self.readings.len();
        let values = &mut self.cache.values[slot * width..(slot + 1) * width];
        for (value, reading) in values.iter_mut().zip(&self.readings) {
            *value = if known.is_empty { 0 } else { cell.hash(reading.view, hashes).unwrap_or(0) };
        }
    }

    /// Counts the cells that have the same bytes.
    fn count(&mut self, seen: Seen, known: &Known, slot: usize) {
        let (cells, width) = (seen.cells, self.readings.len());
        if known.is_empty || cells == 0 {
            return;
        }
        self.filled += cells;
        for (hash, reading) in self.cache.values[slot * width..(slot + 1) * width].iter().zip(&mut self.readings) {
            if *hash != 0 {
                reading.read += cells;
                reading.sample.add_several(*hash, cells, seen.places.into());
            }
        }
        self.numbers.count += if known.rank.is_some() { cells } else { 0 };
        if let Some(day) = known.day.filter(|_| self.days.len() < DAYS) {
            *self.days.entry(i64::from(day).cast_unsigned()).or_default() += cells;
        }
        if let Some(age) = known.age {
            self.ages[usize::from(age)] += cells;
        }
        let facts = &mut self.facts;
        let if_so = |fact: bool| if fact { cells } else { 0 };
        facts.codes += cells * u64::from(known.codes);
        facts.valid += cells * u64::from(known.valid);
        facts.texts += if_so(known.holds_symbol);
        facts.hexes += if_so(known.is_hex);
        facts.uuids += if_so(known.is_uuid);
        facts.spelled += if_so(known.is_spelled);
    }

    /// Drops the readings in which half of the cells have no value, and begins to remember cells.
    fn decide(&mut self) {
        let filled = self.filled;
        self.readings.retain(|reading| 2 * reading.read >= filled);
        let slots = (self.memory / 4 / ENTRY).clamp(1 << 6, 1 << 17);
        let slots = 1 << slots.ilog2();
        self.cache = Cache {
            seen: vec![Seen::default(); slots],
            known: vec![Known::default(); slots],
            values: vec![0; slots * self.readings.len()],
        };
    }

    pub(super) fn finish(&mut self) {
        for slot in 0..self.cache.seen.len() {
            let (seen, known) = (self.cache.seen[slot], self.cache.known[slot]);
            self.count(seen, &known, slot);
        }
        self.cache = Cache::default();
        let filled = self.filled;
        self.readings.retain(|reading| 2 * reading.read >= filled);
        if !self.has(View::Day) {
            self.days = ByHash::default();
        }
        self.numbers.spread.sort_unstable();
        self.numbers.spread.dedup();
    }

    /// Reads the cell anew.
    fn look(&mut self, value: &[u8], cell: &mut Cell) -> Known {
        let is_empty = !cell.read(value);
        let mut known = Known { is_empty, ..Known::default() };
        if is_empty {
            return known;
        }
        known.rank = cell.rank();
        known.day = cell.day().and_then(|day| i32::try_from(day).ok());
        let number = cell.number;
        known.age = number
            .and_then(super::values::Decimal::integer)
            .and_then(|value| u8::try_from(value).ok())
            .filter(|value| usize::from(*value) <= OLDEST);
        self.numbers.add(known.rank, number);
        if has_enough_digits(value) {
            let found = str::from_utf8(value).map(Codes::of).unwrap_or_default();
            (known.codes, known.valid) = (found.shapes.min(255) as u8, found.valid.min(255) as u8);
        }
        known.is_hex = value.len() == 2 * SYMBOL_LEN && hex::decode::<SYMBOL_LEN>(value).is_some();
        known.is_uuid = known.is_hex && is_random_uuid(value);
        known.holds_symbol = holds_symbol_text(value);
        known.is_spelled = known.day.is_none() && may_spell(value);
        known
    }

    pub(super) fn has(&self, view: View) -> bool {
        self.readings.iter().any(|reading| reading.view == view)
    }

    pub(super) fn sample(&self, view: View) -> Option<&Sample> {
        self.readings.iter().find(|reading| reading.view == view).map(|reading| &reading.sample)
    }

    /// About how many different values the column has, as text.
    pub(super) fn distinct(&self) -> f64 {
        self.sample(View::Text).map_or(0.0, Sample::distinct)
    }

    /// How many MyNumbers the cells hold. It is 0 if chance can explain the count: one in ten random codes of twelve
    /// digits is valid, and six standard deviations are allowed.
    pub(super) fn my_numbers(&self) -> u64 {
        let (codes, valid) = (self.facts.codes, self.facts.valid);
        let chance = codes as f64 / 10.0;
        let beyond = valid as f64 > chance + 6.0 * (chance * 0.9).sqrt();
        let most = 2 * valid >= codes;
        if valid >= 3 && (most || beyond) { valid } else { 0 }
    }

    /// The valid codes and all codes of twelve digits, if chance can explain that some are valid.
    pub(super) fn valid_by_chance(&self) -> Option<(u64, u64)> {
        (self.facts.valid > 0 && self.my_numbers() == 0).then_some((self.facts.valid, self.facts.codes))
    }

    /// How many cells are symbols: those in text form; also those of 32 hexadecimal digits, if at least half of the
    /// cells are, and they are not random UUIDs. One symbol in 64 has the mark of a UUID.
    pub(super) fn symbols(&self) -> u64 {
        let Totals { texts, hexes, uuids, .. } = self.facts;
        let are_uuids = hexes >= 16 && uuids == hexes;
        texts + if 2 * hexes >= self.filled && !are_uuids { hexes } else { 0 }
    }

    /// Whether enough cells may spell bytes that digests of symbols are looked for in them.
    pub(super) fn spells(&self) -> bool {
        10 * self.facts.spelled >= self.filled && self.facts.spelled > 0
    }
}

impl Cache {
    /// The slot of a cell; or the slot that it takes, whose cells must be counted.
    #[inline]
    fn find(&self, hash: u64) -> Result<usize, usize> {
        let mask = self.seen.len() - 1;
        let (mut taken, mut fewest) = (0, u64::MAX);
        for slot in (0..PROBED).map(|step| (hash as usize).wrapping_add(step) & mask) {
            let seen = &self.seen[slot];
            if seen.hash == hash {
                return Ok(slot);
            }
            if seen.cells < fewest {
                (taken, fewest) = (slot, seen.cells);
            }
            if seen.cells == 0 {
                break;
            }
        }
        Err(taken)
    }
}

impl Numbers {
    fn add(&mut self, rank: Option<i64>, number: Option<super::values::Decimal>) {
        if let Some(number) = number.filter(|number| number.digits > 0) {
            self.exponent = Some(self.exponent.map_or(number.exponent, |least| least.min(number.exponent)));
            self.significant = self.significant.max(number.significant());
            self.largest = self.largest.max(number.to_f64().abs());
        }
        let Some(value) = rank else { return };
        let first = *self.first.get_or_insert(value);
        if first == value && self.step == 0 && self.spread.is_empty() {
            (self.least, self.most) = (value, value);
        }
        self.least = self.least.min(value);
        self.most = self.most.max(value);
        self.step = gcd(self.step, first.abs_diff(value));
        let hash = mix(value.cast_unsigned());
        if hash <= self.bound {
            self.spread.push((hash, value));
            if self.spread.len() > SPREAD {
                self.spread.sort_unstable();
                self.spread.dedup();
                if self.spread.len() > SPREAD {
                    self.bound /= 2;
                    self.spread.retain(|(hash, _)| *hash <= self.bound);
                }
            }
        }
    }
}

impl Numbers {
    /// Whether the values are serial numbers: without gaps, nearly, up to a step; and nearly each cell has its own.
    pub(super) fn are_dense(&self, filled: u64) -> bool {
        let span = self.most.abs_diff(self.least) / self.step.max(1);
        span < filled + filled / 2 && self.distinct() >= SERIAL * filled as f64
    }

    /// Whether all values are multiples of a unit.
    pub(super) fn are_multiples(&self, unit: i64) -> bool {
        self.first.is_some_and(|first| first % unit == 0) && self.step.is_multiple_of(unit.unsigned_abs())
    }

    /// About how many different values there are.
    fn distinct(&self) -> f64 {
        self.spread.len() as f64 * (u64::MAX as f64 / self.bound as f64)
    }

    /// Maps a value to a position below `positions`.
    pub(super) fn place(&self, value: i64, positions: u64) -> u64 {
        let span = self.most.abs_diff(self.least).max(1);
        let place = u128::from(value.abs_diff(self.least)) * u128::from(positions - 1) / u128::from(span);
        u64::try_from(place).unwrap_or(0).min(positions - 1)
    }

    /// How many values two columns have in common by chance, if each has its own: for each value of the first, how
    /// dense the values of the second are around it.
    pub(super) fn common_by_chance(columns: [&Self; 2]) -> f64 {
        const BINS: usize = 64;
        let [a, b] = columns;
        let share = |numbers: &Self| numbers.bound as f64 / u64::MAX as f64;
        let (Some(first_a), Some(first_b)) = (a.first, b.first) else { return 0.0 };
        // Values of both columns can only meet on this grid.
        let grid = gcd(gcd(a.step, b.step), first_a.abs_diff(first_b)).max(1) as f64;
        let mut values: Vec<i64> = b.spread.iter().map(|(_, value)| *value).collect();
        values.sort_unstable();
        values.dedup();
        let mut chance = 0.0;
        for bin in values.chunks(values.len().div_ceil(BINS).max(1)) {
            let (Some(from), Some(to)) = (bin.first(), bin.last()) else { continue };
            let density = bin.len() as f64 / share(b) / (from.abs_diff(*to) as f64 / grid + 1.0);
            let within = a.spread.iter().filter(|(_, value)| (from..=to).contains(&value)).count() as f64;
            chance += within / share(a) * density.min(1.0);
        }
        chance
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Whether a cell has enough digits for a code. Digits of full width take several bytes.
fn has_enough_digits(cell: &[u8]) -> bool {
    let may_be_digit = |byte: &&u8| byte.is_ascii_digit() || !byte.is_ascii();
    cell.len() >= MyNumber::LEN && cell.iter().filter(may_be_digit).count() >= MyNumber::LEN
}

/// Version 4 and its variant.
fn is_random_uuid(digits: &[u8]) -> bool {
    digits[12] == b'4' && b"89abAB".contains(&digits[16])
}

/// Whether a cell has a stretch that can be digits of a base: twelve letters and digits or more, with a digit or letters
/// of both cases.
fn may_spell(cell: &[u8]) -> bool {
    const SHORTEST: usize = 12;
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_=:{}".contains(byte);
    cell.len() >= SHORTEST
        && cell.split(|byte| !is_sign(byte)).any(|stretch| {
            stretch.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() >= SHORTEST
                && (stretch.iter().any(u8::is_ascii_digit)
                    || stretch.iter().any(u8::is_ascii_uppercase) && stretch.iter().any(u8::is_ascii_lowercase))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str]) -> Column {
        let (mut column, hashes, mut cell) = (Column::within(1 << 20), Hashes::default(), Cell::default());
        cells.iter().for_each(|value| column.add(value.as_bytes(), 0, &hashes, &mut cell));
        column.finish();
        column
    }

    #[test]
    fn numbers_are_found_in_every_shape_and_chance_is_not_taken_for_them() {
        assert_eq!(column(&["123456789018", "", "1234-5678-9018", "１２３４５６７８９０１８", "memo"]).my_numbers(), 3);
        assert_eq!(column(&["123456789018.0"; 3]).my_numbers(), 3);
        // Of other ids of twelve digits, four in ten are valid.
        let mixed: Vec<&str> = (0..1_000).map(|i| if i % 5 < 2 { "123456789018" } else { "123456789012" }).collect();
        assert_eq!(column(&mixed).my_numbers(), 400);
        assert_eq!(column(&["no. 1234-5678-9018 (old)"; 3]).my_numbers(), 3);
        assert_eq!(column(&["123456789018"]).my_numbers(), 0);
        assert_eq!(column(&["123456789018", "memo"]).valid_by_chance(), Some((1, 1)));
        assert_eq!(column(&["123456789012", "memo"]).valid_by_chance(), None);
        assert_eq!(column(&["123456789018"; 3]).valid_by_chance(), None);
        assert_eq!(column(&["123456789018", "123456789012", "123456789013", "1980-01-02"]).my_numbers(), 0);
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
        let uuid = "aca8b7a2ad974b29bc590b2464183640";
        assert_eq!((column(&[uuid; 16]).symbols(), column(&[uuid, hex]).symbols()), (0, 2));
    }

    #[test]
    fn readings_without_values_are_dropped_and_the_step_of_numbers_is_known() {
        let days: Vec<String> = (1..=500).map(|i| format!("2001-02-{:02}", i % 28 + 1)).collect();
        let days = column(&days.iter().map(|day| &day[..]).collect::<Vec<_>>());
        assert!(days.has(View::Day) && !days.has(View::Second) && !days.has(View::SpreadsheetDay));
        assert_eq!((days.filled, days.days.len()), (500, 28));
        let serials: Vec<String> = (0..500).map(|i| format!("A{}", 5_000_017 + 3 * i)).collect();
        let numbers = column(&serials.iter().map(|serial| &serial[..]).collect::<Vec<_>>()).numbers;
        assert_eq!((numbers.least, numbers.most, numbers.step), (5_000_017, 5_001_514, 3));
        assert!(numbers.are_dense(500));
        // The last numbers of addresses have hardly a gap, but many people have each.
        let houses: Vec<String> = (0..500).map(|i| format!("{}番地の{}", i / 25, i % 25)).collect();
        assert!(!column(&houses.iter().map(|house| &house[..]).collect::<Vec<_>>()).numbers.are_dense(500));
    }
}
