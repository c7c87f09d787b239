//! The memory of rows that are partitioned: pages of one size, taken from the operating system in slabs.
//!
//! Slabs ask for huge pages: rows arrive in random order, and small pages cost a miss of the translation buffer for
//! most rows, and a page fault for every fourth page of rows.

use std::io;

use memmap2::MmapMut;

/// The size of a slab, where the limit allows it: one huge page of x86-64 and of most ARM kernels.
const SLAB: usize = 1 << 21;

/// Names a page of [`Slabs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageId(u32);

/// Pages of one size.
pub(crate) struct Slabs {
    size: usize,
    /// The number of pages of a slab, as a power of two.
    slab_bits: u32,
    mapped: Vec<MmapMut>,
    taken: u32,
    limit: usize,
}

impl Slabs {
    /// `size` is a power of two. At most about `limit` bytes are taken.
    pub(crate) fn new(size: usize, limit: usize) -> Self {
        debug_assert!(size.is_power_of_two(), "pages fill a slab");
        let slab = SLAB.min(prev_power_of_two(limit / 8)).max(size);
        Self { size, slab_bits: (slab / size).ilog2(), mapped: Vec::new(), taken: 0, limit }
    }

    /// The size of a page in bytes.
    #[inline]
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// The number of bytes in pages that are taken.
    pub(crate) fn taken(&self) -> usize {
        self.taken as usize * self.size
    }

    /// Takes a page, if it is within the limit next to `others` bytes.
    pub(crate) fn take(&mut self, others: usize) -> io::Result<Option<PageId>> {
        if self.taken > 0 && self.taken() + self.size + others > self.limit {
            return Ok(None);
        }
        let page = PageId(self.taken);
        if self.slab_of(page) == self.mapped.len() {
            let slab = MmapMut::map_anon(self.size << self.slab_bits)?;
            // A kernel without huge pages refuses, and small pages serve as well.
            #[cfg(target_os = "linux")]
            let _ = slab.advise(memmap2::Advice::HugePage);
            self.mapped.push(slab);
        }
        self.taken += 1;
        Ok(Some(page))
    }

    /// Frees all pages. Their memory is used again.
    pub(crate) fn free_all(&mut self) {
        self.taken = 0;
    }

    #[inline]
    pub(crate) fn bytes(&self, page: PageId) -> &[u8] {
        let start = self.start_of(page);
        &self.mapped[self.slab_of(page)][start..start + self.size]
    }

    #[inline]
    pub(crate) fn bytes_mut(&mut self, page: PageId) -> &mut [u8] {
        let (slab, start) = (self.slab_of(page), self.start_of(page));
        &mut self.mapped[slab][start..start + self.size]
    }

    #[inline]
    fn slab_of(&self, page: PageId) -> usize {
        (page.0 >> self.slab_bits) as usize
    }

    #[inline]
    fn start_of(&self, page: PageId) -> usize {
        (page.0 as usize & ((1 << self.slab_bits) - 1)) * self.size
    }
}

fn prev_power_of_two(n: usize) -> usize {
    1 << n.max(1).ilog2()
}
