//! Sorts one partition into symbol order. Equal rows of a person become one row; if the rows of a person differ, all
//! are set aside.

use std::ops::Range;

use fugo::SYMBOL_LEN;

use super::{
    coarse::Again,
    division::Division,
    groups::{Chosen, Groups},
    memory::Partition,
    parts::{Equality, Listed, Parts, RowFormat},
    position::Position,
    render::{Rendering, RowForm},
};
use crate::{
    failure::{Failure, Result},
    ordered::Ended,
    partition::{Part, Spills},
    prefetch::prefetch,
};

/// How the partitions of one output are sorted.
#[derive(Clone, Copy)]
pub(crate) struct Sorting<'a> {
    pub(crate) format: RowFormat,
    /// How rows are rendered; `None` if only duplicates are needed.
    pub(crate) form: Option<&'a RowForm>,
    /// Whether rows that are not converted are subtracted from their groups, or people in small groups are left out.
    pub(crate) groups: GroupStep<'a>,
    pub(crate) partition: Partition,
    /// The temporary file for partitions that are partitioned again.
    pub(crate) spills: &'a Spills,
}

/// How many rows before it is rendered a row is fetched.
const AHEAD: usize = 8;

/// What a sort does about groups of people.
#[derive(Clone, Copy)]
pub(crate) enum GroupStep<'a> {
    None,
    Subtract(&'a Groups<'a>),
    Write(&'a Chosen<'a>),
}

/// Takes rows in order, piece by piece, and returns the buffers for reuse.
pub(crate) type Give<'a> = dyn FnMut(&mut Sorted) -> Result<(), Ended<Failure>> + 'a;

type GivePositions<'a> = dyn FnMut(&[Position]) -> Result<(), Ended<Failure>> + 'a;

/// What happened to a row of a person with several rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was converted: it is the first of equal rows.
    Converted,
    /// It is equal to the row that was converted.
    Equal,
    /// The person's rows differ, so none was converted.
    Differs,
}

/// A row of a person with several rows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duplicate {
    pub(crate) position: Position,
    pub(crate) outcome: Outcome,
    /// Whether it is the first row of its person.
    pub(crate) opens_group: bool,
}

/// Rows in order, rendered, and the rows that were set aside.
#[derive(Default)]
pub(crate) struct Sorted {
    pub(crate) rendered: Rendering,
    pub(crate) converted: u64,
    /// Of the converted, the people in small groups, who are not written.
    pub(crate) left_out: u64,
    pub(crate) equal: u64,
    pub(crate) differing: u64,
    /// The rows of people with several; empty unless positions are listed.
    pub(crate) duplicates: Vec<Duplicate>,
}

impl Sorted {
    fn clear(&mut self) {
        self.rendered.clear();
        self.duplicates.clear();
        (self.converted, self.left_out, self.equal, self.differing) = (0, 0, 0, 0);
    }
}

/// Sorts partitions. Each thread has one sorter and reuses its buffers.
pub(crate) struct Sorter<'a> {
    how: Sorting<'a>,
    bytes: Vec<u8>,
    order: Vec<Entry>,
    /// The memory in which entries are distributed to buckets.
    buckets: Vec<Entry>,
    ends: Vec<u32>,
    seen: Seen,
    again: Again,
    sorted: Sorted,
}

/// A row in `bytes`: its sort key, which is eight bytes of its symbol, and its offset.
#[derive(Clone, Copy, Default)]
struct Entry {
    key: u64,
    at: u32,
}

impl<'a> Sorter<'a> {
    pub(crate) fn new(how: Sorting<'a>) -> Self {
        Self {
            how,
            bytes: Vec::new(),
            order: Vec::new(),
            buckets: Vec::new(),
            ends: Vec::new(),
            seen: Seen::default(),
            again: Again::default(),
            sorted: Sorted::default(),
        }
    }

    /// Returns the rows of a partition in order, in the buffers of `again`. If the partition is too large, its rows are
    /// given in pieces, and what is returned is empty. `division` is how it was divided from the others.
    pub(crate) fn sort(
        &mut self,
        part: Part<'_>,
        division: Division,
        again: Sorted,
        give: &mut Give<'_>,
    ) -> Result<Sorted, Ended<Failure>> {
        self.sorted = again;
        if part.len() > self.how.partition.limit as u64 {
            self.sort_large(&part, division, give)?;
            self.sorted.clear();
        } else {
            self.sort_at_once(part, division, give)?;
        }
        Ok(std::mem::take(&mut self.sorted))
    }

    /// Sorts a partition into `sorted`. If its rows are too large once they are rendered, all but the last piece of them
    /// are given.
    fn sort_at_once(&mut self, part: Part<'_>, division: Division, give: &mut Give<'_>) -> Result<(), Ended<Failure>> {
        part.load(&mut self.bytes)?;
        drop(part);
        self.index();
        if let GroupStep::Subtract(_) = self.how.groups {
            self.seen.keep_repeated(&mut self.order, division);
        }
        self.order(division);
        self.render(give)
    }

    fn index(&mut self) {
        self.order.clear();
        let mut at = 0;
        while let Some(len) = self.how.format.row_len(&self.bytes[at..]) {
            let mut key = [0; 8];
            key.copy_from_slice(&self.bytes[at..at + 8]);
            self.order.push(Entry { key: u64::from_be_bytes(key), at: at as u32 });
            at += len;
        }
        assert_eq!(at, self.bytes.len(), "a part holds whole rows");
    }

    /// Sorts by symbol, kept cells and position. Within a partition the remaining bits of the symbols are uniform, so
    /// a counting sort by the next bits leaves one or two rows in each bucket.
    fn order(&mut self, division: Division) {
        let bits = self.order.len().max(2).ilog2().min(16);
        let skipped = division.used();
        // After eight bytes the key has no bits left, so all rows are in one bucket.
        let bucket = |entry: &Entry| (entry.key.checked_shl(skipped).unwrap_or(0) >> (u64::BITS - bits)) as usize;
        self.ends.clear();
        self.ends.resize(1 << bits, 0);
        self.order.iter().for_each(|entry| self.ends[bucket(entry)] += 1);
        let mut start = 0;
        for end in &mut self.ends {
            (*end, start) = (start, start + *end);
        }
        self.buckets.clear();
        self.buckets.resize(self.order.len(), Entry::default());
        for entry in &self.order {
            let place = &mut self.ends[bucket(entry)];
            self.buckets[*place as usize] = *entry;
            *place += 1;
        }
        let (bytes, format) = (&self.bytes, self.how.format);
        let mut start = 0;
        for end in &self.ends {
            self.buckets[start..*end as usize].sort_unstable_by(|a, b| {
                a.key.cmp(&b.key).then_with(|| {
                    let (a, b) = (row(bytes, format, *a), row(bytes, format, *b));
                    RowFormat::symbol(a)
                        .cmp(RowFormat::symbol(b))
                        .then_with(|| format.kept(a).cmp(format.kept(b)))
                        .then_with(|| format.position(a).cmp(&format.position(b)))
                })
            });
            start = *end as usize;
        }
        std::mem::swap(&mut self.order, &mut self.buckets);
    }

    fn render(&mut self, give: &mut Give<'_>) -> Result<(), Ended<Failure>> {
        self.sorted.clear();
        let most = self.how.form.map_or(u64::MAX, |form| form.most_rows(self.how.partition.limit));
        let mut start = 0;
        while start < self.order.len() {
            if let Some(soon) = self.order.get(start + AHEAD) {
                prefetch(&self.bytes, soon.at as usize);
            }
            let symbol = RowFormat::symbol(row(&self.bytes, self.how.format, self.order[start]));
            let same = |entry: &&Entry| RowFormat::symbol(row(&self.bytes, self.how.format, **entry)) == symbol;
            let end = start + self.order[start..].iter().take_while(same).count();
            self.person(start..end);
            start = end;
            if self.sorted.converted >= most {
                self.finish()?;
                give(&mut self.sorted)?;
                self.sorted.clear();
            }
        }
        Ok(self.finish()?)
    }

    fn finish(&mut self) -> Result<()> {
        self.how.form.map_or(Ok(()), |form| self.sorted.rendered.finish(form))
    }

    /// Renders the rows of one person, which are consecutive in the order.
    fn person(&mut self, rows: Range<usize>) {
        let bytes = &self.bytes;
        let row_at = |i: usize| row(bytes, self.how.format, self.order[i]);
        let first = row_at(rows.start);
        let kept = self.how.format.kept(first);
        // The rows are sorted by their kept cells too, so if the first and the last are equal in bytes, all are. If
        // rows are equal in value but written differently, the first in this order is converted, wherever it was in
        // the input.
        let equal = rows.len() == 1
            || kept == self.how.format.kept(row_at(rows.end - 1))
            || rows.clone().all(|i| self.how.format.same(kept, self.how.format.kept(row_at(i))));
        let cells = self.how.format.cells(first);
        let sorted = &mut self.sorted;
        if let GroupStep::Subtract(groups) = self.how.groups {
            let converted = usize::from(equal);
            rows.skip(converted).for_each(|i| groups.subtract(self.how.format.cells(row_at(i))));
            return;
        }
        if equal {
            self.how.convert(RowFormat::symbol(first), cells, &mut self.again, sorted);
            sorted.equal += rows.len() as u64 - 1;
        } else {
            sorted.differing += rows.len() as u64;
        }
        if rows.len() > 1 && self.how.format.listed != Listed::No {
            let listed = sorted.duplicates.len();
            for i in rows.clone() {
                let outcome = match (equal, i == rows.start) {
                    (true, true) => Outcome::Converted,
                    (true, false) => Outcome::Equal,
                    (false, _) => Outcome::Differs,
                };
                let position = self.how.format.position(row_at(i));
                sorted.duplicates.push(Duplicate { position, outcome, opens_group: false });
            }
            sorted.duplicates[listed..].sort_unstable_by_key(|duplicate| duplicate.position);
            sorted.duplicates[listed].opens_group = true;
        }
    }

    /// A partition that is too large, for example because a person has millions of rows. It is partitioned again by
    /// the next byte, or given piece by piece if all of its rows are one person's.
    fn sort_large(&mut self, part: &Part<'_>, division: Division, give: &mut Give<'_>) -> Result<(), Ended<Failure>> {
        let Sorting { format, partition, spills, .. } = self.how;
        let (mut one, mut one_person) = (None, true);
        let first_look = |piece: &[u8]| {
            for row in rows(piece, format) {
                let (symbol, kept) = (RowFormat::symbol(row), format.kept(row));
                let one =
                    one.get_or_insert_with(|| OnePerson { symbol: *symbol, kept: kept.to_vec(), rows: 0, equal: true });
                one.rows += 1;
                one.equal &= format.same(kept, &one.kept);
                if kept < &one.kept[..] {
                    one.kept = kept.to_vec();
                }
                one_person &= *symbol == one.symbol;
            }
            Ok(())
        };
        part.pieces(|bytes| format.row_len(bytes), partition.piece(), first_look)?;
        if let (true, Some(one)) = (one_person, &one) {
            return self.one_person(part, one, give);
        }
        let division = division.next();
        let spill = spills.open(division.parts());
        let fail = |error| spill.failure(&error);
        let mut parts = Parts::new(format, division, partition.divided());
        let again = |piece: &[u8]| {
            for row in rows(piece, format) {
                let (symbol, position, kept) = (RowFormat::symbol(row), format.position(row), format.kept(row));
                parts.push(symbol, position, [kept, &[]], &spill).map_err(fail)?;
            }
            Ok(())
        };
        part.pieces(|bytes| format.row_len(bytes), partition.piece(), again)?;
        parts.spill(&spill).map_err(fail)?;
        drop(parts);
        for i in 0..division.parts() {
            let part = Part::new(std::iter::empty(), i, &spill);
            if part.len() > self.how.partition.limit as u64 {
                self.sort_large(&part, division, give)?;
            } else {
                self.sort_at_once(part, division, give)?;
                give(&mut self.sorted)?;
            }
        }
        Ok(())
    }

    /// A person has more rows than fit in memory: at most one row is rendered, and the positions of all are listed.
    fn one_person(&mut self, part: &Part<'_>, one: &OnePerson, give: &mut Give<'_>) -> Result<(), Ended<Failure>> {
        let sorted = &mut self.sorted;
        sorted.clear();
        if let GroupStep::Subtract(groups) = self.how.groups {
            return self.how.subtract_all_but_one(part, one, groups);
        }
        if one.equal {
            self.how.convert(&one.symbol, self.how.format.cells_of(&one.kept), &mut self.again, sorted);
            self.how.form.map_or(Ok(()), |form| sorted.rendered.finish(form))?;
            sorted.equal = one.rows - 1;
        } else {
            sorted.differing = one.rows;
        }
        give(sorted)?;
        let format = self.how.format;
        if format.listed == Listed::No {
            return Ok(());
        }
        let mut first = true;
        let mut list = |positions: &[Position]| {
            sorted.clear();
            for position in positions {
                let outcome = match (one.equal, first) {
                    (true, true) => Outcome::Converted,
                    (true, false) => Outcome::Equal,
                    (false, _) => Outcome::Differs,
                };
                sorted.duplicates.push(Duplicate { position: *position, outcome, opens_group: first });
                first = false;
            }
            give(sorted)
        };
        let positions = |row: &[u8]| format.position(row).pack();
        self.how.positions(part, format, &positions, Division::first(8), &mut list)
    }
}

/// The rows of a partition, if they are all of one person.
struct OnePerson {
    symbol: [u8; SYMBOL_LEN],
    /// The smallest kept cells of all rows, in bytes.
    kept: Vec<u8>,
    rows: u64,
    equal: bool,
}

impl Sorting<'_> {
    /// Subtracts the rows of a person who has more than fit in memory, except the one that is converted.
    fn subtract_all_but_one(
        &self,
        part: &Part<'_>,
        one: &OnePerson,
        groups: &Groups<'_>,
    ) -> Result<(), Ended<Failure>> {
        let format = self.format;
        let mut is_converted = !one.equal;
        let subtract = |piece: &[u8]| {
            for row in rows(piece, format) {
                if !is_converted && format.kept(row) == one.kept {
                    is_converted = true;
                } else {
                    groups.subtract(format.cells(row));
                }
            }
            Ok(())
        };
        Ok(part.pieces(|bytes| format.row_len(bytes), self.partition.piece(), subtract)?)
    }

    /// Converts a person: renders its row, unless it is in a small group.
    #[inline]
    fn convert(&self, symbol: &[u8; SYMBOL_LEN], cells: &[u8], again: &mut Again, sorted: &mut Sorted) {
        sorted.converted += 1;
        let written = match self.groups {
            GroupStep::None | GroupStep::Subtract(_) => Some(cells),
            GroupStep::Write(chosen) => {
                let written = chosen.write(cells, again);
                sorted.left_out += u64::from(written.is_none());
                written
            }
        };
        if let (Some(form), Some(written)) = (self.form, written) {
            sorted.rendered.push(form, symbol, written);
        }
    }

    /// Gives the positions of a partition's rows in order, in pieces. A packed position has the length of a symbol
    /// and sorts like one, so positions are partitioned like rows without kept cells.
    fn positions(
        self,
        part: &Part<'_>,
        format: RowFormat,
        position: &dyn Fn(&[u8]) -> [u8; Position::LEN],
        division: Division,
        give: &mut GivePositions<'_>,
    ) -> Result<(), Ended<Failure>> {
        const { assert!(Position::LEN == SYMBOL_LEN, "a packed position takes a symbol's place") };
        let bare = RowFormat { listed: Listed::No, equality: Equality::Packed { bits_len: 0 } };
        let spill = self.spills.open(division.parts());
        let fail = |error| spill.failure(&error);
        let mut parts = Parts::new(bare, division, self.partition.divided());
        let again = |piece: &[u8]| {
            for row in rows(piece, format) {
                let packed = position(row);
                parts.push(&packed, Position::unpack(packed), [&[], &[]], &spill).map_err(fail)?;
            }
            Ok(())
        };
        part.pieces(|bytes| format.row_len(bytes), self.partition.piece(), again)?;
        parts.spill(&spill).map_err(fail)?;
        drop(parts);
        let mut bytes = Vec::new();
        for i in 0..division.parts() {
            let part = Part::new(std::iter::empty(), i, &spill);
            if part.len() > self.partition.limit as u64 {
                self.positions(&part, bare, &|row| *RowFormat::symbol(row), division.next(), give)?;
            } else if part.len() > 0 {
                part.load(&mut bytes)?;
                let unpacked = rows(&bytes, bare).map(|row| Position::unpack(*RowFormat::symbol(row)));
                let mut positions: Vec<Position> = unpacked.collect();
                positions.sort_unstable();
                give(&positions)?;
            }
        }
        Ok(())
    }
}

/// Finds the rows whose persons may have several in a partition. Few others are kept: one row in about
/// [`Self::BITS_PER_ROW`].
#[derive(Default)]
struct Seen {
    once: Vec<u64>,
    again: Vec<u64>,
}

impl Seen {
    const BITS_PER_ROW: usize = 16;

    fn keep_repeated(&mut self, rows: &mut Vec<Entry>, division: Division) {
        let bits = (Self::BITS_PER_ROW * rows.len()).max(64).next_power_of_two();
        let of = |entry: &Entry| {
            let place = entry.key.checked_shl(division.used()).unwrap_or(0) >> (u64::BITS - bits.ilog2());
            ((place / 64) as usize, 1 << (place % 64))
        };
        for words in [&mut self.once, &mut self.again] {
            words.clear();
            words.resize(bits / 64, 0);
        }
        for (word, bit) in rows.iter().map(of) {
            self.again[word] |= self.once[word] & bit;
            self.once[word] |= bit;
        }
        rows.retain(|entry| {
            let (word, bit) = of(entry);
            self.again[word] & bit != 0
        });
    }
}

fn row(bytes: &[u8], format: RowFormat, entry: Entry) -> &[u8] {
    let rest = &bytes[entry.at as usize..];
    let len = format.row_len(rest).unwrap_or_else(|| unreachable!("an entry is where a row starts"));
    &rest[..len]
}

/// The rows in a piece of complete rows.
pub(crate) fn rows(piece: &[u8], format: RowFormat) -> impl Iterator<Item = &[u8]> {
    let mut rest = piece;
    std::iter::from_fn(move || {
        let (row, behind) = rest.split_at(format.row_len(rest)?);
        rest = behind;
        Some(row)
    })
}
