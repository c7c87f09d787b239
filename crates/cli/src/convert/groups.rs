//! Counts the people who have equal kept cells, and finds those in groups that are too small for the policy.
//!
//! Every row is counted while the input is read. Rows that are not converted are subtracted afterwards: duplicates are
//! few, and only the rows of people with several need to be found and ordered for it (`sort.rs`). A coarser level is
//! counted from the groups of the finest, because all people of such a group have the same cells there too.

use std::{
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use ahash::RandomState;

use super::coarse::{Again, Coarse};
use crate::{
    by_hash::{ByHash, HashesOf},
    counts::thousands,
    failure::{Failure, Result},
    policy::SmallGroups,
};

/// Parts of a table of groups, each with its lock, so that threads rarely wait for each other. A thread brings all that
/// it counted in a block to one part after the other, so that the part is in the processor's caches.
const SHARDS: usize = 64;
/// The groups that a thread counts in its own table before it brings them to the shards: enough for policies with large
/// groups, and 64 KiB, which stay in the processor's caches.
const RECENT: usize = 1 << 12;

/// About how many bytes a group takes while groups are counted, without its cells.
const GROUP: usize = 40;

/// The groups of one output: the number of people by a digest of their cells. Digests have 64 bits and a key of this
/// run. Among a million groups, two share a digest in 3 of 10^8 runs; they are counted as one group.
pub(crate) struct Groups<'a> {
    coarse: &'a Coarse,
    state: RandomState,
    shards: Vec<Mutex<Shard>>,
    /// Whether coarser levels may be needed, which are made of the cells.
    keeps_cells: bool,
    /// The bytes that all groups take.
    taken: AtomicUsize,
    most: usize,
}

#[derive(Default)]
struct Shard {
    groups: ByHash<Group>,
    /// The cells of all groups, if they are kept.
    cells: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
struct Group {
    people: u32,
    /// The length of the cells.
    len: u32,
    /// Where the cells start.
    start: usize,
}

/// The rows of a block on their way into the groups.
pub(crate) struct Counting {
    /// Groups by the low bits of their digests. A group that needs the place of another one takes it.
    recent: Vec<Counted>,
    of_shards: Vec<Vec<Counted>>,
}

/// Rows of a block that are in one group.
#[derive(Clone, Copy, Default)]
struct Counted {
    digest: u64,
    /// One of the rows, by its number in the block.
    row: u32,
    people: u32,
}

impl Default for Counting {
    fn default() -> Self {
        Self { recent: vec![Counted::default(); RECENT], of_shards: vec![Vec::new(); SHARDS] }
    }
}

/// The level at which an output is written, and the groups that are left out.
pub(crate) struct Chosen<'a> {
    coarse: &'a Coarse,
    state: RandomState,
    pub(crate) level: usize,
    small: HashesOf,
    pub(crate) groups: usize,
    /// The number of people in the smallest group that is written.
    pub(crate) smallest: Option<u32>,
}

impl<'a> Groups<'a> {
    /// Holds at most about `memory` bytes.
    pub(crate) fn new(coarse: &'a Coarse, memory: usize) -> Self {
        Self {
            coarse,
            state: RandomState::new(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            keeps_cells: coarse.policy.last_level() > 0,
            taken: AtomicUsize::new(0),
            most: memory,
        }
    }

    fn shard_of(digest: u64) -> usize {
        (digest >> (u64::BITS - SHARDS.ilog2())) as usize
    }

    fn shard(&self, shard: usize) -> MutexGuard<'_, Shard> {
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the rows of a block: row `i` has the cells `cells(i)`.
    pub(crate) fn add<'r>(&self, rows: usize, cells: impl Fn(usize) -> &'r [u8], counting: &mut Counting) {
        let Counting { recent, of_shards } = counting;
        let mut bring = |counted: Counted| of_shards[Self::shard_of(counted.digest)].push(counted);
        for row in 0..rows {
            let digest = self.state.hash_one(cells(row));
            let place = &mut recent[digest as usize % RECENT];
            if place.digest == digest && place.people > 0 {
                place.people += 1;
                continue;
            }
            let before = mem::replace(place, Counted { digest, row: row as u32, people: 1 });
            if before.people > 0 {
                bring(before);
            }
        }
        recent.iter_mut().map(mem::take).filter(|counted| counted.people > 0).for_each(bring);
        for (shard, counted) in of_shards.iter_mut().enumerate() {
            if counted.is_empty() {
                continue;
            }
            let Shard { groups, cells: kept } = &mut *self.shard(shard);
            for Counted { digest, row, people } in counted.drain(..) {
                if let Some(group) = groups.get_mut(&digest) {
                    group.people = group.people.saturating_add(people);
                    continue;
                }
                let cells = if self.keeps_cells { cells(row as usize) } else { &[] };
                // More groups than this are refused later, and need no memory before.
                if self.taken.fetch_add(GROUP + cells.len(), Ordering::Relaxed) < self.most {
                    let group = Group { people, len: cells.len() as u32, start: kept.len() };
                    groups.insert(digest, group);
                    kept.extend_from_slice(cells);
                }
            }
        }
    }

    /// Subtracts a row that is not converted.
    pub(crate) fn subtract(&self, cells: &[u8]) {
        let digest = self.state.hash_one(cells);
        let mut shard = self.shard(Self::shard_of(digest));
        if let Some(group) = shard.groups.get_mut(&digest) {
            group.people = group.people.saturating_sub(1);
        }
    }

    /// Chooses the finest level at which few enough people are in small groups.
    pub(crate) fn choose(self) -> Result<Chosen<'a>> {
        let policy = &self.coarse.policy;
        let shards: Vec<Shard> =
            self.shards.into_iter().map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
        if self.taken.into_inner() > self.most {
            let found: usize = shards.iter().map(|shard| shard.groups.len()).sum();
            return Err(Failure::new(
                format!(
                    "the kept columns make more than {} groups, and --memory holds no more",
                    thousands(found as u64)
                ),
                "make the columns coarser in the policy, deliver fewer of them, or give more --memory",
            ));
        }
        let last = if self.keeps_cells { policy.last_level() } else { 0 };
        let mut said = String::new();
        for level in 0..=last {
            let mut summary = Summary::default();
            let all = || shards.iter().flat_map(|shard| shard.groups.iter().map(move |of| (shard, of)));
            if level == 0 {
                all().for_each(|(_, (digest, group))| summary.add(*digest, u64::from(group.people), policy.group_size));
            } else {
                let (mut groups, mut again) = (ByHash::<u64>::default(), Again::default());
                for (shard, (_, group)) in all().filter(|(_, (_, group))| group.people > 0) {
                    let cells = &shard.cells[group.start..group.start + group.len as usize];
                    let digest = self.state.hash_one(self.coarse.at_level(level, cells, &mut again));
                    *groups.entry(digest).or_default() += u64::from(group.people);
                }
                groups.into_iter().for_each(|(digest, people)| summary.add(digest, people, policy.group_size));
            }
            let Summary { small, people, left_out, groups, smallest } = summary;
            let few_enough = left_out as f64 * 100.0 <= policy.leave_out_at_most * people as f64;
            if few_enough && (policy.small_groups != SmallGroups::Refuse || left_out == 0) {
                let smallest = smallest.map(|smallest| u32::try_from(smallest).unwrap_or(u32::MAX));
                return Ok(Chosen { coarse: self.coarse, state: self.state, level, small, groups, smallest });
            }
            said = format!(
                "{} of {} people are in groups of fewer than {} with equal kept cells{}",
                thousands(left_out),
                thousands(people),
                policy.group_size,
                if level < last || last == 0 { "" } else { ", at the coarsest level of the policy too" }
            );
        }
        Err(Failure::new(
            said,
            "make the columns coarser in the policy, deliver fewer of them, or allow more people to be left out with \
             `leave-out-at-most`; no output was changed",
        ))
    }
}

/// The groups of one level.
#[derive(Default)]
struct Summary {
    small: HashesOf,
    people: u64,
    left_out: u64,
    /// The groups that are large enough.
    groups: usize,
    smallest: Option<u64>,
}

impl Summary {
    fn add(&mut self, digest: u64, people: u64, group_size: u64) {
        self.people += people;
        if people >= group_size {
            self.groups += 1;
            self.smallest = Some(self.smallest.map_or(people, |least| least.min(people)));
        } else if people > 0 {
            self.small.insert(digest);
            self.left_out += people;
        }
    }
}

impl Chosen<'_> {
    /// The cells of a person as they are written; `None` if the person is left out.
    pub(crate) fn write<'b>(&'b self, cells: &'b [u8], again: &'b mut Again) -> Option<&'b [u8]> {
        let cells = self.coarse.at_level(self.level, cells, again);
        let is_small = !self.small.is_empty() && self.small.contains(&self.state.hash_one(cells));
        (!is_small).then_some(cells)
    }
}
