//! Counts the people who have equal kept cells, and finds those in groups that are too small for the policy.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::coarse::{Again, Coarse};
use crate::{
    counts::thousands,
    failure::{Failure, Result},
    policy::SmallGroups,
};

/// Parts of a table of groups, each with its lock, so that threads rarely wait for each other.
const SHARDS: usize = 64;

/// About how many bytes a group takes while groups are counted.
const GROUP: usize = 40;

/// The groups of one output at each level: the number of people by a digest of their cells. Digests have 64 bits and a
/// key of this run. Among a million groups, two share a digest in 3 of 10^8 runs; they are counted as one group.
pub(crate) struct Groups<'a> {
    coarse: &'a Coarse,
    state: RandomState,
    levels: Vec<Vec<Mutex<HashMap<u64, u32>>>>,
    found: AtomicUsize,
    most: usize,
}

/// The level at which an output is written, and the groups that are left out.
pub(crate) struct Chosen<'a> {
    coarse: &'a Coarse,
    state: RandomState,
    pub(crate) level: usize,
    small: HashSet<u64>,
    pub(crate) groups: usize,
    /// The number of people in the smallest group that is written.
    pub(crate) smallest: Option<u32>,
}

impl<'a> Groups<'a> {
    /// Holds at most about `memory` bytes.
    pub(crate) fn new(coarse: &'a Coarse, memory: usize) -> Self {
        let shards = || (0..SHARDS).map(|_| Mutex::default()).collect();
        let levels = (0..=coarse.policy.last_level()).map(|_| shards()).collect();
        Self { coarse, state: RandomState::new(), levels, found: AtomicUsize::new(0), most: memory / GROUP }
    }

    /// Counts a person with these cells.
    pub(crate) fn add(&self, cells: &[u8], again: &mut Again) {
        for (level, shards) in self.levels.iter().enumerate() {
            let digest = self.state.hash_one(self.coarse.at_level(level, cells, again));
            let shard = &shards[digest as usize % SHARDS];
            let mut groups = shard.lock().unwrap_or_else(PoisonError::into_inner);
            // More groups than this are refused later, and need no memory before.
            if self.found.load(Ordering::Relaxed) <= self.most {
                let count = groups.entry(digest).or_insert_with(|| {
                    self.found.fetch_add(1, Ordering::Relaxed);
                    0
                });
                *count = count.saturating_add(1);
            }
        }
    }

    /// Chooses the finest level at which few enough people are in small groups.
    pub(crate) fn choose(self) -> Result<Chosen<'a>> {
        let policy = &self.coarse.policy;
        if self.found.into_inner() > self.most {
            return Err(Failure::new(
                format!(
                    "the kept columns make more than {} groups, and --memory holds no more",
                    thousands(self.most as u64)
                ),
                "make the columns coarser in the policy, deliver fewer of them, or give more --memory",
            ));
        }
        let last = self.levels.len() - 1;
        let mut said = String::new();
        for (level, shards) in self.levels.into_iter().enumerate() {
            let groups =
                shards.into_iter().flat_map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner));
            let (mut small, mut people, mut left_out, mut count) = (HashSet::new(), 0, 0, 0);
            let mut smallest = None;
            for (digest, size) in groups {
                people += u64::from(size);
                count += 1;
                if u64::from(size) < policy.group_size {
                    small.insert(digest);
                    left_out += u64::from(size);
                } else {
                    smallest = Some(smallest.map_or(size, |least: u32| least.min(size)));
                }
            }
            let few_enough = left_out as f64 * 100.0 <= policy.leave_out_at_most * people as f64;
            if few_enough && (policy.small_groups != SmallGroups::Refuse || left_out == 0) {
                let groups = count - small.len();
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

impl Chosen<'_> {
    /// The cells of a person as they are written; `None` if the person is left out.
    pub(crate) fn write<'b>(&'b self, cells: &'b [u8], again: &'b mut Again) -> Option<&'b [u8]> {
        let cells = self.coarse.at_level(self.level, cells, again);
        (!self.small.contains(&self.state.hash_one(cells))).then_some(cells)
    }
}
