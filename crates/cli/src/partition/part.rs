//! All rows of one partition.

use super::{
    pages::Pages,
    spill::{Extent, Spill},
};
use crate::failure::Result;

/// All rows of one partition, from the memory of all threads and from the spill file.
pub(crate) struct Part<'a> {
    pieces: Vec<&'a [u8]>,
    extents: Vec<Extent>,
    spill: &'a Spill<'a>,
}

impl<'a> Part<'a> {
    /// `pages` are the rows that each thread holds in memory.
    pub(crate) fn new(pages: impl Iterator<Item = &'a Pages>, part: usize, spill: &'a Spill<'a>) -> Self {
        let pieces = pages.flat_map(|pages| pages.pieces(part)).collect();
        Self { pieces, extents: spill.extents(part), spill }
    }

    /// The size of all rows in bytes.
    pub(crate) fn len(&self) -> u64 {
        let pieces = self.pieces.iter().map(|piece| piece.len());
        pieces.chain(self.extents.iter().map(|extent| extent.len)).map(|len| len as u64).sum()
    }

    /// Reads the whole partition.
    pub(crate) fn load(&self, bytes: &mut Vec<u8>) -> Result<()> {
        bytes.clear();
        bytes.reserve_exact(self.len() as usize);
        self.pieces.iter().for_each(|piece| bytes.extend_from_slice(piece));
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
        for piece in &self.pieces {
            each(piece)?;
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
