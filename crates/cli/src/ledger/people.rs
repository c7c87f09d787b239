//! The people of a scope, as a ledger knows them: keyed hashes of their symbols, of their cells, and of their
//! histories.
//!
//! A history is the list of the deliveries at which a person came, went, came back or changed. It is kept as a chain of
//! keyed hashes: two people have equal chains if, and only if, they have equal histories. So the people with one chain
//! are a group whose members nobody can tell apart by history.

use std::cell::Cell;

use fugo::SYMBOL_LEN;
use fugo_keystore::{LedgerHash, LedgerKeyFile};

use crate::failure::Result;

/// A cell that was never seen.
const UNKNOWN: u16 = 0;

/// The most columns that have a history of their own.
pub(super) const MOST_ALONE: usize = 8;

/// Columns whose changes make a history, by their place in the ledger. Coming and going are in every history.
pub(super) type Set = Vec<usize>;

/// The sets for a number of columns: none; each alone, if they are few; all.
pub(super) fn sets(columns: usize) -> Vec<Set> {
    let alone = if columns <= MOST_ALONE { columns } else { 0 };
    let all = (columns != alone || columns > 1).then(|| (0..columns).collect());
    [Vec::new()].into_iter().chain((0..alone).map(|column| vec![column])).chain(all).collect()
}

/// The keyed hashes of a scope.
pub(super) struct Hashes {
    person: LedgerHash,
    cell: LedgerHash,
    history: LedgerHash,
}

impl Hashes {
    /// `key` is that of the scope.
    pub(super) fn of(key: &LedgerKeyFile) -> Self {
        Self { person: key.hash(b"person"), cell: key.hash(b"cell"), history: key.hash(b"history") }
    }

    pub(super) fn person(&self, symbol: &[u8; SYMBOL_LEN]) -> u64 {
        first8(self.person.of(&[symbol]))
    }

    /// Sixteen bits of the hash of a cell: enough to see a change, with one exception in 65,535.
    pub(super) fn cell(&self, column: &str, value: &[u8]) -> u16 {
        let [a, b, ..] = self.cell.of(&[column.as_bytes(), value]);
        u16::from_be_bytes([a, b]).max(UNKNOWN + 1)
    }

    fn next(&self, chain: u64, delivery: u32, event: &[u8]) -> u64 {
        first8(self.history.of(&[&chain.to_be_bytes(), &delivery.to_be_bytes(), event]))
    }
}

fn first8(hash: [u8; fugo_keystore::LEDGER_HASH_LEN]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first)
}

/// A person in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) tag: u64,
    pub(super) present: bool,
    /// The last known cell of each column.
    pub(super) cells: Vec<u16>,
    /// The history under each set.
    pub(super) chains: Vec<u64>,
}

/// A row of a new delivery: a person, and the cell of each column of the ledger.
pub(super) type Row = (u64, Vec<u16>);

/// How many people had an event in a delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Events {
    pub(super) came: u64,
    pub(super) gone: u64,
    pub(super) changed: u64,
}

/// What a delivery does to the people of a scope.
pub(super) struct Delivery<'a> {
    pub(super) hashes: &'a Hashes,
    /// Its place among the deliveries of the scope.
    pub(super) nth: u32,
    pub(super) sets: &'a [Set],
    /// For each column, whether its values are part of the history, because others know them too.
    pub(super) shared: &'a [bool],
    /// Set if somebody has a cell here and not in the ledger, or the other way round. That shows no change, but it is
    /// not the delivery that was recorded.
    pub(super) other_columns: &'a Cell<bool>,
}

impl Delivery<'_> {
    /// Adds the delivery to the history of everybody, and gives each person to `each`. People and rows come ascending by
    /// person, and so do the people that are given.
    pub(super) fn add(
        &self,
        mut people: impl Iterator<Item = Result<Person>>,
        mut rows: impl Iterator<Item = Result<Row>>,
        each: &mut dyn FnMut(&Person) -> Result<()>,
    ) -> Result<Events> {
        let mut events = Events::default();
        let (mut known, mut row) = (people.next().transpose()?, rows.next().transpose()?);
        loop {
            let known_tag = known.as_ref().map(|person| person.tag);
            let row_tag = row.as_ref().map(|(tag, _)| *tag);
            if known_tag.is_none_or(|known| row_tag.is_some_and(|row| row < known)) {
                let Some((tag, cells)) = row.take() else { return Ok(events) };
                events.came += 1;
                each(&self.newcomer(tag, cells))?;
                row = rows.next().transpose()?;
                continue;
            }
            let Some(mut person) = known.take() else { return Ok(events) };
            known = people.next().transpose()?;
            if known_tag == row_tag {
                if let Some((_, cells)) = row.take() {
                    self.seen(&mut person, cells, &mut events);
                }
                row = rows.next().transpose()?;
            } else if person.present {
                events.gone += 1;
                person.present = false;
                self.chain(&mut person, Kind::Gone, &[]);
            }
            each(&person)?;
        }
    }

    fn newcomer(&self, tag: u64, cells: Vec<u16>) -> Person {
        let all: Vec<usize> = (0..cells.len()).collect();
        let mut person = Person { tag, present: true, cells, chains: vec![0; self.sets.len()] };
        self.chain(&mut person, Kind::Came, &all);
        person
    }

    fn seen(&self, person: &mut Person, cells: Vec<u16>, events: &mut Events) {
        // A column that this delivery or the ledger does not have shows no change.
        let differs = |column: &usize| {
            let (before, now) = (person.cells[*column], cells[*column]);
            before != UNKNOWN && now != UNKNOWN && before != now
        };
        let changed: Vec<usize> = (0..cells.len()).filter(differs).collect();
        if person.cells.iter().zip(&cells).any(|(before, now)| (*before == UNKNOWN) != (*now == UNKNOWN)) {
            self.other_columns.set(true);
        }
        let known = cells.iter().zip(&mut person.cells).filter(|(now, _)| **now != UNKNOWN);
        known.for_each(|(now, before)| *before = *now);
        if !person.present {
            events.came += 1;
            person.present = true;
            self.chain(person, Kind::CameBack, &changed);
        } else if !changed.is_empty() {
            events.changed += 1;
            self.chain(person, Kind::Changed, &changed);
        }
    }

    /// Adds an event to the histories. A change is part of a history only if a column of its set changed.
    fn chain(&self, person: &mut Person, kind: Kind, columns: &[usize]) {
        for (set, chain) in self.sets.iter().zip(&mut person.chains) {
            let of_set: Vec<usize> = columns.iter().filter(|column| set.contains(column)).copied().collect();
            if kind == Kind::Changed && of_set.is_empty() {
                continue;
            }
            let mut event = vec![kind as u8];
            for column in of_set {
                event.extend_from_slice(&(column as u32).to_be_bytes());
                let value = if self.shared[column] { person.cells[column] } else { UNKNOWN };
                event.extend_from_slice(&value.to_be_bytes());
            }
            *chain = self.hashes.next(*chain, self.nth, &event);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Came = 1,
    Gone = 2,
    CameBack = 3,
    Changed = 4,
}

#[cfg(test)]
mod tests {
    use fugo_keystore::Use;

    use super::*;

    fn people_after(deliveries: &[&[(u64, u16)]], shared: bool) -> (Vec<Person>, Events) {
        let hashes = Hashes::of(&LedgerKeyFile::random(Use::Test).expect("a key"));
        let (mut people, mut events) = (Vec::new(), Events::default());
        for (nth, rows) in (0..).zip(deliveries) {
            let delivery =
                Delivery { hashes: &hashes, nth, sets: &sets(1), shared: &[shared], other_columns: &Cell::default() };
            let rows = rows.iter().map(|(tag, cell)| Ok((*tag, vec![*cell])));
            let before = std::mem::take(&mut people).into_iter().map(Ok);
            let mut each = |person: &Person| {
                people.push(person.clone());
                Ok(())
            };
            events = delivery.add(before, rows, &mut each).expect("added");
        }
        (people, events)
    }

    #[test]
    fn sets_are_none_each_alone_and_all() {
        assert_eq!(sets(0), [Set::new()]);
        assert_eq!(sets(1), [Set::new(), vec![0]]);
        assert_eq!(sets(2), [Set::new(), vec![0], vec![1], vec![0, 1]]);
        assert_eq!(sets(MOST_ALONE + 1).len(), 2);
    }

    #[test]
    fn people_have_equal_chains_if_and_only_if_they_have_equal_histories() {
        // 1 and 2 stay; 3 changes; 4 goes; 5 comes; 6 goes and comes back; 7 and 8 change together.
        let first: &[_] = &[(1, 9), (2, 9), (3, 9), (4, 9), (6, 9), (7, 9), (8, 9)];
        let second: &[_] = &[(1, 9), (2, 9), (3, 8), (5, 9), (7, 1), (8, 2)];
        let third: &[_] = &[(1, 9), (2, 9), (3, 8), (5, 9), (6, 9), (7, 1), (8, 2)];
        let (people, events) = people_after(&[first, second, third], false);
        let chain = |tag: u64, set: usize| people.iter().find(|person| person.tag == tag).expect("there").chains[set];
        assert_eq!(events, Events { came: 1, gone: 0, changed: 0 });
        let mut all: Vec<u64> = people.iter().map(|person| person.chains[1]).collect();
        all.sort_unstable();
        all.dedup();
        // {1, 2}, {3, 7, 8}, {4}, {5}, {6}
        assert_eq!(all.len(), 5);
        assert!(chain(1, 1) == chain(2, 1) && chain(3, 1) == chain(7, 1) && chain(7, 1) == chain(8, 1));
        // Without the column a change is not seen.
        assert!(chain(1, 0) == chain(3, 0) && chain(1, 0) != chain(4, 0));
        // If others know the values too, who changed to another value has another history.
        let (people, _) = people_after(&[first, second, third], true);
        let chain = |tag: u64| people.iter().find(|person| person.tag == tag).expect("there").chains[1];
        assert!(chain(7) != chain(8) && chain(1) == chain(2));
    }

    #[test]
    fn coming_going_and_changing_are_counted() {
        let (people, events) = people_after(&[&[(1, 9), (2, 9), (3, 9)], &[(2, 9), (3, 8), (4, 9), (5, 9)]], false);
        assert_eq!(events, Events { came: 2, gone: 1, changed: 1 });
        assert!(people.is_sorted_by_key(|person| person.tag));
        assert_eq!(people.iter().filter(|person| person.present).count(), 4);
    }
}
