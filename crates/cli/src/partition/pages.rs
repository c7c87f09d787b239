//! Rows of 256 partitions in memory pages. They spill to a temporary file when there are too many.

use std::io;

use super::spill::{PARTS, Spill};

/// The rows of one thread.
pub(crate) struct Pages {
    partitions: Vec<Vec<Vec<u8>>>,
    free: Vec<Vec<u8>>,
    page: usize,
    limit: usize,
    allocated: usize,
}

impl Pages {
    /// Holds at most about `limit` bytes, then spills.
    pub(crate) fn new(limit: usize) -> Self {
        // The last pages of all partitions may take a quarter of the limit.
        let page = (limit / (4 * PARTS)).clamp(1 << 9, 1 << 14);
        Self { partitions: vec![Vec::new(); PARTS], free: Vec::new(), page, limit, allocated: 0 }
    }

    /// Takes a row of `needed` bytes, which `append` writes. Spills all rows if the limit is exceeded.
    pub(crate) fn push(
        &mut self,
        part: usize,
        needed: usize,
        append: impl FnOnce(&mut Vec<u8>),
        spill: &Spill<'_>,
    ) -> io::Result<()> {
        let part = &mut self.partitions[part];
        match part.last_mut() {
            Some(page) if page.capacity() - page.len() >= needed => append(page),
            _ => {
                let fitting = if needed <= self.page { self.free.pop() } else { None };
                let mut page = fitting.unwrap_or_else(|| {
                    let page = Vec::with_capacity(self.page.max(needed));
                    self.allocated += page.capacity();
                    page
                });
                append(&mut page);
                part.push(page);
                // Free the cached empty pages before spilling, so that each spill writes as much as possible.
                while self.allocated > self.limit
                    && let Some(page) = self.free.pop()
                {
                    self.allocated -= page.capacity();
                }
                if self.allocated > self.limit {
                    self.spill(spill)?;
                }
            }
        }
        Ok(())
    }

    /// Moves all rows to the spill file.
    pub(crate) fn spill(&mut self, spill: &Spill<'_>) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (part, pages) in self.partitions.iter_mut().enumerate() {
            bytes.clear();
            pages.iter().for_each(|page| bytes.extend_from_slice(page));
            spill.append(part, &bytes)?;
            for mut page in pages.drain(..) {
                page.clear();
                // A page that was made for one wide row is not reused.
                if page.capacity() > self.page {
                    self.allocated -= page.capacity();
                } else {
                    self.free.push(page);
                }
            }
        }
        Ok(())
    }

    /// Takes out the rows of one partition.
    pub(crate) fn take(&mut self, part: usize) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.partitions[part])
    }
}
