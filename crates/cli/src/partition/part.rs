//! All rows of one partition.

use super::spill::{Extent, Spill};
use crate::failure::Result;

/// All rows of one partition, from the pages of all threads and from the spill file.
pub(crate) struct Part<'a> {
    pages: Vec<Vec<u8>>,
    extents: Vec<Extent>,
    spill: &'a Spill<'a>,
}

impl<'a> Part<'a> {
    pub(crate) fn new(pages: Vec<Vec<u8>>, part: usize, spill: &'a Spill<'a>) -> Self {
        Self { pages, extents: spill.take(part), spill }
    }

    /// The size of all rows in bytes.
    pub(crate) fn len(&self) -> u64 {
        let pages = self.pages.iter().map(Vec::len);
        pages.chain(self.extents.iter().map(|extent| extent.len)).map(|len| len as u64).sum()
    }

    /// Reads the whole partition, and frees its pages.
    pub(crate) fn load(mut self, bytes: &mut Vec<u8>) -> Result<()> {
        bytes.clear();
        bytes.reserve_exact(self.len() as usize);
        for page in self.pages.drain(..) {
            bytes.extend_from_slice(&page);
        }
        self.extents.iter().try_for_each(|extent| self.read(*extent, bytes))
    }

    /// Reads the partition in pieces of complete rows and of about `size` bytes. `row_len` gives the length of the first
    /// row, or `None` if not all of it is there.
    pub(crate) fn pieces(
        &self,
        row_len: impl Fn(&[u8]) -> Option<usize>,
        size: usize,
        mut each: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        for page in &self.pages {
            each(page)?;
        }
        let mut bytes = Vec::new();
        for extent in &self.extents {
            let mut rest = *extent;
            bytes.clear();
            while rest.len > 0 {
                let step = Extent { offset: rest.offset, len: rest.len.min(size) };
                self.read(step, &mut bytes)?;
                rest = Extent { offset: rest.offset + step.len as u64, len: rest.len - step.len };
                let mut whole = 0;
                while let Some(len) = row_len(&bytes[whole..]) {
                    whole += len;
                }
                each(&bytes[..whole])?;
                bytes.drain(..whole);
            }
            assert!(bytes.is_empty(), "what was spilled at a time is complete rows");
        }
        Ok(())
    }

    fn read(&self, extent: Extent, bytes: &mut Vec<u8>) -> Result<()> {
        self.spill.read(extent, bytes).map_err(|error| self.spill.failure(&error))
    }
}
