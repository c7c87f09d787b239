//! The second reading of a file: its rows as hashes, partitioned by their symbols.

use std::{borrow::Cow, collections::HashMap};

use fugo_columnar::kept::Traces;

use super::{
    file::{Delivery, Row},
    sample::Sample,
    survey::Survey,
    values::{Cell, Hashes, View, joined},
};
use crate::{
    failure::{Failure, Result},
    interrupt::Interrupt,
    partition::{PARTS, Pages, Part, Spill, Spills, Values},
};

/// The hashes of a row: of its symbol, of all its other cells, and of the columns that are compared.
const SYMBOL: usize = 0;
const CELLS: usize = 1;
const OWN: usize = 2;
/// Rows of which the cells are searched for digests and encodings: about so many.
const SEARCHED: u64 = 1 << 18;
/// The cells that are remembered, of all columns together, and at least and at most of each. They are powers of two.
const REMEMBERED: usize = 1 << 19;
const LEAST: usize = 1 << 10;
const MOST: usize = 1 << 16;
/// The bytes of a sample of positions.
const POSITIONS: usize = 1 << 20;
/// The values of a column by which rows can be ordered are mapped to so many positions.
pub(super) const RANKS: u64 = 1 << 40;

/// What is read of one file.
pub(super) struct Wanted<'a> {
    pub(super) file: &'a Delivery,
    pub(super) survey: &'a Survey,
    /// The columns that are compared, and as what.
    pub(super) uses: Vec<(usize, View)>,
    /// Sets of these columns whose positions are sampled.
    pub(super) placed: Vec<Vec<usize>>,
    /// Columns that may give the order of entry.
    pub(super) serials: Vec<usize>,
    /// Numbers and symbols to look for.
    pub(super) traces: Option<&'a Traces>,
    pub(super) hashes: &'a Hashes,
    pub(super) interrupt: &'a Interrupt,
}

/// The rows of a file.
pub(super) struct Stored<'s> {
    width: usize,
    pages: Pages,
    spill: Spill<'s>,
    /// The positions of equal values: for each set, in the file, and in the order of each serial.
    pub(super) places: Vec<Vec<Sample>>,
    /// Cells that are made of a number or a symbol: how many of each column, and how they are made.
    pub(super) traced: HashMap<(usize, String), u64>,
    pub(super) searched: u64,
}

impl Wanted<'_> {
    /// Reads the file. The rows take at most about `limit` bytes in memory.
    pub(super) fn read<'s>(&self, spills: &'s Spills, limit: usize) -> Result<Stored<'s>> {
        let width = OWN + self.uses.len();
        let mut stored = Stored {
            width,
            pages: Pages::new(PARTS, limit),
            spill: spills.open(PARTS),
            places: Vec::new(),
            traced: HashMap::new(),
            searched: 0,
        };
        let orders = 1 + self.serials.len();
        stored.places.resize_with(self.placed.len(), || (0..orders).map(|_| Sample::within(POSITIONS)).collect());
        let searched: Vec<usize> = match self.traces {
            Some(_) => (0..self.survey.columns.len()).filter(|column| self.survey.columns[*column].spells()).collect(),
            None => Vec::new(),
        };
        let most = u64::MAX / (self.survey.rows / SEARCHED).max(1);
        let mut columns = Reader::of(self);
        let (mut row_hashes, mut place, mut cell) = (vec![0; width], 0, Cell::default());
        let mut add = |row: &Row<'_>| {
            if place % (1 << 16) == 0 {
                self.interrupt.check()?;
            }
            columns.read(row.cells, &mut row_hashes, &mut cell);
            let symbol = self.hashes.bytes(&row.symbol);
            row_hashes[SYMBOL] = symbol;
            let write = |row: &mut [u8]| {
                let hashes = row.as_chunks_mut().0.iter_mut().zip(&row_hashes);
                hashes.for_each(|(bytes, hash)| *bytes = hash.to_le_bytes());
            };
            let pushed = stored.pages.push((symbol >> 56) as usize, 8 * width, write, &stored.spill);
            pushed.map_err(|error| spills.failure(&error))?;
            for (set, samples) in self.placed.iter().zip(&mut stored.places) {
                let Some(hash) = value_of(set, &row_hashes[OWN..]) else { continue };
                samples[0].add(hash, place);
                for (serial, sample) in self.serials.iter().zip(&mut samples[1..]) {
                    if sample.takes(hash) && cell.read(&row.cells[*serial]) {
                        let numbers = &self.survey.columns[*serial].numbers;
                        cell.rank().into_iter().for_each(|rank| sample.add(hash, numbers.place(rank, RANKS)));
                    }
                }
            }
            if symbol <= most && !searched.is_empty() {
                stored.searched += 1;
                for column in &searched {
                    let text = String::from_utf8_lossy(&row.cells[*column]);
                    if let Some(found) = self.traces.and_then(|traces| traces.find(&text)) {
                        *stored.traced.entry((*column, found.to_owned())).or_default() += 1;
                    }
                }
            }
            place += 1;
            Ok(())
        };
        let rows = self.file.each_row(&mut add)?;
        if rows != self.survey.rows {
            return Err(Failure::new("the file changed while it was read", "audit files that nobody writes to")
                .of(&self.file.path));
        }
        Ok(stored)
    }
}

/// The value of a set of columns; `None` if a cell is empty.
fn value_of(set: &[usize], hashes: &[u64]) -> Option<u64> {
    match set {
        [] => None,
        [one] => Some(hashes[*one]).filter(|hash| *hash != 0),
        _ => set.iter().all(|column| hashes[*column] != 0).then(|| joined(set.iter().map(|column| hashes[*column]))),
    }
}

/// The columns of a file, and the cells of each that were read last.
struct Reader<'a> {
    hashes: &'a Hashes,
    columns: Vec<Remembered>,
}

struct Remembered {
    /// The readings of the column, and where they are in a row.
    views: Vec<(View, usize)>,
    slots: usize,
    /// For each cell: the hash by which it is found, that of its bytes, and its value in each reading.
    cells: Vec<u64>,
}

/// The slots in which a cell can be, from the one that its hash names.
const PROBED: usize = 4;

impl<'a> Reader<'a> {
    fn of(wanted: &Wanted<'a>) -> Self {
        let mut columns: Vec<Remembered> = Vec::new();
        let all = wanted.survey.columns.len();
        let slots = 1 << (REMEMBERED / all.max(1)).clamp(LEAST, MOST).ilog2();
        columns.resize_with(all, || Remembered { views: Vec::new(), slots, cells: Vec::new() });
        for (i, (column, view)) in wanted.uses.iter().enumerate() {
            columns[*column].views.push((*view, OWN + i));
        }
        for column in &mut columns {
            column.cells = vec![0; slots * column.width()];
        }
        Self { hashes: wanted.hashes, columns }
    }

    fn read(&mut self, cells: &[Cow<'_, [u8]>], row: &mut [u64], cell: &mut Cell) {
        let mut all = 0x9E37_79B9_7F4A_7C15_u64;
        for (column, value) in self.columns.iter_mut().zip(cells) {
            if value.is_empty() {
                all = joined([all, 0]);
                column.views.iter().for_each(|(_, at)| row[*at] = 0);
                continue;
            }
            let quick = self.hashes.quick(value);
            let remembered = match column.find(quick) {
                Ok(at) => &column.cells[at..],
                Err(at) => {
                    let (views, width) = (&column.views, column.width());
                    let remembered = &mut column.cells[at..at + width];
                    (remembered[0], remembered[1]) = (quick, self.hashes.bytes(value));
                    let is_filled = !views.is_empty() && cell.read(value);
                    for (value, (view, _)) in remembered[2..].iter_mut().zip(views) {
                        *value = if is_filled { cell.hash(*view, self.hashes).unwrap_or(0) } else { 0 };
                    }
                    remembered
                }
            };
            all = joined([all, remembered[1]]);
            remembered[2..].iter().zip(&column.views).for_each(|(value, (_, at))| row[*at] = *value);
        }
        row[CELLS] = all;
    }
}

impl Remembered {
    fn width(&self) -> usize {
        2 + self.views.len()
    }

    /// Where a cell is; or where it comes, in the place of another.
    #[inline]
    fn find(&self, quick: u64) -> Result<usize, usize> {
        let (mask, width) = (self.slots - 1, self.width());
        let at = |step: usize| ((quick as usize).wrapping_add(step) & mask) * width;
        for step in 0..PROBED {
            match self.cells[at(step)] {
                found if found == quick => return Ok(at(step)),
                0 => return Err(at(step)),
                _ => {}
            }
        }
        Err(at((quick >> 62) as usize % PROBED))
    }
}

impl Stored<'_> {
    /// The rows, to be read as often as needed.
    pub(super) fn records(&self) -> Records<'_> {
        let spill = &self.spill;
        let parts = (0..PARTS).map(|i| Part::new(std::iter::once(&self.pages), i, spill)).collect();
        Records { width: self.width, parts, has_repeats: true }
    }
}

/// The rows of a file, partitioned by their symbols.
pub(super) struct Records<'a> {
    width: usize,
    parts: Vec<Part<'a>>,
    /// Whether a person may have several rows.
    has_repeats: bool,
}

/// The rows of a partition, in the order of the hashes of their symbols if people have several rows.
#[derive(Default)]
pub(super) struct Rows {
    width: usize,
    hashes: Vec<u64>,
    order: Vec<u32>,
}

impl Records<'_> {
    /// Says that no person has several rows, so that partitions need not be sorted.
    pub(super) fn are_single(&mut self) {
        self.has_repeats = false;
    }

    /// Reads a partition.
    pub(super) fn load(&self, part: usize, sorted: bool, rows: &mut Rows) -> Result<()> {
        let (width, mut failed) = (self.width, Ok(()));
        rows.width = width;
        rows.hashes.clear();
        let row_len = |bytes: &[u8]| (bytes.len() >= 8 * width).then_some(8 * width);
        let read = self.parts[part].pieces(row_len, 1 << 20, |piece| {
            rows.hashes.extend(piece.as_chunks().0.iter().map(|hash| u64::from_le_bytes(*hash)));
            Ok(())
        });
        let count = rows.hashes.len() / width;
        match u32::try_from(count) {
            Ok(count) => {
                rows.order.clear();
                rows.order.extend(0..count);
            }
            Err(_) => failed = Err(Failure::new("a file has too many rows for an audit", "divide the file")),
        }
        if sorted || self.has_repeats {
            let Rows { hashes, order, .. } = rows;
            order.sort_unstable_by_key(|row| hashes[*row as usize * width]);
        }
        read.and(failed)
    }

    /// Gives the values of each set of columns, one for each person who has it. `to(set, value)` takes them.
    pub(super) fn each_value(
        &self,
        sets: &[Vec<usize>],
        interrupt: &Interrupt,
        mut to: impl FnMut(usize, u64) -> Result<()>,
    ) -> Result<()> {
        let (mut rows, mut seen) = (Rows::default(), Vec::new());
        for part in 0..PARTS {
            interrupt.check()?;
            self.load(part, false, &mut rows)?;
            if !self.has_repeats {
                for row in rows.hashes.chunks_exact(self.width) {
                    for (i, set) in sets.iter().enumerate() {
                        value_of(set, &row[OWN..]).map_or(Ok(()), |value| to(i, value))?;
                    }
                }
                continue;
            }
            for person in rows.people() {
                for (i, set) in sets.iter().enumerate() {
                    seen.clear();
                    seen.extend(person.iter().filter_map(|row| value_of(set, &rows.row(*row)[OWN..])));
                    seen.sort_unstable();
                    seen.dedup();
                    seen.iter().try_for_each(|value| to(i, *value))?;
                }
            }
        }
        Ok(())
    }

    /// Gives the hash of all cells of each row but the symbol, to a count of rows that are equal.
    pub(super) fn each_row(&self, values: &mut Values<'_>, spills: &Spills) -> Result<()> {
        let mut rows = Rows::default();
        for part in 0..PARTS {
            self.load(part, false, &mut rows)?;
            for row in rows.hashes.chunks_exact(self.width) {
                values.add(row[CELLS]).map_err(|error| spills.failure(&error))?;
            }
        }
        Ok(())
    }
}

impl Rows {
    /// The rows of each person.
    pub(super) fn people(&self) -> impl Iterator<Item = &[u32]> {
        self.order.chunk_by(|a, b| self.symbol(*a) == self.symbol(*b))
    }

    pub(super) fn symbol(&self, row: u32) -> u64 {
        self.row(row)[SYMBOL]
    }

    /// The hash of all cells of a row but the symbol.
    pub(super) fn cells(&self, row: u32) -> u64 {
        self.row(row)[CELLS]
    }

    /// The hashes of the columns that are compared.
    pub(super) fn values(&self, row: u32) -> &[u64] {
        &self.row(row)[OWN..]
    }

    fn row(&self, row: u32) -> &[u64] {
        &self.hashes[row as usize * self.width..(row as usize + 1) * self.width]
    }
}
