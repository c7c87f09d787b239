//! Rows of several partitions in memory pages. They spill to a temporary file when there are too many.

use std::{io, ops::RangeInclusive};

use super::{
    slabs::{PageId, Slabs},
    spill::Spill,
};
use crate::prefetch::prefetch;

/// The size of a page of rows in bytes.
pub(crate) const PAGE: RangeInclusive<usize> = 1 << 9..=1 << 14;

/// Pages are so small that each partition could have this many.
pub(crate) const PAGES: usize = 4;

/// The rows of one thread.
pub(crate) struct Pages {
    slabs: Slabs,
    /// The page of each partition that is being filled.
    open: Vec<Filled>,
    /// The pages of each partition that are full.
    full: Vec<Vec<Filled>>,
    /// The rows of each partition that are wider than a page.
    wide: Vec<Vec<u8>>,
    wide_bytes: usize,
    limit: usize,
}

/// A page and how many of its bytes are filled.
#[derive(Clone, Copy)]
struct Filled {
    page: Option<PageId>,
    len: usize,
}

impl Filled {
    const NONE: Self = Self { page: None, len: 0 };
}

impl Pages {
    /// Divides rows into so many partitions. Holds at most about `limit` bytes, then spills.
    pub(crate) fn new(partitions: usize, limit: usize) -> Self {
        Self {
            slabs: Slabs::new(page(limit, partitions), limit),
            open: vec![Filled::NONE; partitions],
            full: vec![Vec::new(); partitions],
            wide: vec![Vec::new(); partitions],
            wide_bytes: 0,
            limit,
        }
    }

    /// Fetches the place of the next row of a partition. Rows come in random order, so the place of each is far from that
    /// of the row before, and writing to it would wait for memory.
    #[inline]
    pub(crate) fn prefetch(&self, part: usize) {
        let open = self.open[part];
        if let Some(page) = open.page {
            prefetch(self.slabs.bytes(page), open.len);
        }
    }

    /// Takes a row of `needed` bytes, which `write` writes. Spills all rows if the limit is exceeded.
    #[inline]
    pub(crate) fn push(
        &mut self,
        part: usize,
        needed: usize,
        write: impl FnOnce(&mut [u8]),
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        let open = self.open[part];
        if let Some(page) = open.page
            && needed <= self.slabs.size() - open.len
        {
            write(&mut self.slabs.bytes_mut(page)[open.len..open.len + needed]);
            self.open[part].len += needed;
            return Ok(());
        }
        self.push_elsewhere(part, needed, write, spill)
    }

    /// Takes a row for which the open page of its partition has no space.
    #[cold]
    #[inline(never)]
    fn push_elsewhere(
        &mut self,
        part: usize,
        needed: usize,
        write: impl FnOnce(&mut [u8]),
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        if needed > self.slabs.size() {
            let wide = &mut self.wide[part];
            let start = wide.len();
            wide.resize(start + needed, 0);
            write(&mut wide[start..]);
            self.wide_bytes += needed;
            return if self.slabs.taken() + self.wide_bytes > self.limit { self.spill(spill) } else { Ok(()) };
        }
        let page = if let Some(page) = self.slabs.take(self.wide_bytes)? {
            page
        } else {
            self.spill(spill)?;
            self.slabs.take(0)?.unwrap_or_else(|| unreachable!("all pages were freed"))
        };
        let filled = std::mem::replace(&mut self.open[part], Filled { page: Some(page), len: needed });
        if filled.page.is_some() {
            self.full[part].push(filled);
        }
        write(&mut self.slabs.bytes_mut(page)[..needed]);
        Ok(())
    }

    /// Moves all rows to the spill file.
    pub(crate) fn spill(&mut self, spill: &Spill<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        for part in 0..self.open.len() {
            bytes.clear();
            self.pieces(part).for_each(|piece| bytes.extend_from_slice(piece));
            spill.append(part, &bytes)?;
            self.open[part] = Filled::NONE;
            self.full[part].clear();
            self.wide[part] = Vec::new();
        }
        self.wide_bytes = 0;
        self.slabs.free_all();
        Ok(())
    }

    /// The rows of one partition that are in memory, in pieces of complete rows.
    pub(super) fn pieces(&self, part: usize) -> impl Iterator<Item = &[u8]> {
        let filled = self.full[part].iter().chain(std::iter::once(&self.open[part]));
        let pages = filled.filter_map(|filled| filled.page.map(|page| &self.slabs.bytes(page)[..filled.len]));
        pages.chain(std::iter::once(&self.wide[part][..]).filter(|wide| !wide.is_empty()))
    }
}

/// The size of a page, if the pages of all partitions may take this many bytes: a power of two.
fn page(all: usize, parts: usize) -> usize {
    1 << (all / (PAGES * parts)).clamp(*PAGE.start(), *PAGE.end()).ilog2()
}
