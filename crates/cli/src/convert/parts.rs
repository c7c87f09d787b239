//! Rows of one output on their way into symbol order: parted by the symbol's leading byte, in memory pages that
//! spill to one temporary file when they are too many. Symbols are uniform, so the parts are alike in size.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use fugo::SYMBOL_LEN;

use super::{derive::SymbolBytes, position::Position};
use crate::roster::csv;

/// Parts, one for each value of a symbol byte.
pub(crate) const PARTS: usize = 256;

/// symbol (16) ‖ position (16; only in the output whose duplicates are listed) ‖ length of the rest (4,
/// little-endian) ‖ what follows the symbol in the row.
#[derive(Clone, Copy)]
pub(crate) struct RowFormat {
    pub(crate) listed: bool,
    pub(crate) equality: Equality,
}

/// When what follows the symbols of two rows is the same.
#[derive(Clone, Copy)]
pub(crate) enum Equality {
    /// Cells of CSV behind this delimiter: where their values are.
    Cells { delimiter: u8 },
    /// Packed cells of a table: where their bytes are, but for so many at the end.
    Packed { bits_len: usize },
}

impl RowFormat {
    pub(crate) fn head_len(self) -> usize {
        SYMBOL_LEN + if self.listed { Position::LEN } else { 0 } + 4
    }

    fn append(self, page: &mut Vec<u8>, symbol: &SymbolBytes, position: Position, kept: &[u8]) {
        page.extend_from_slice(symbol);
        if self.listed {
            page.extend_from_slice(&position.pack());
        }
        page.extend_from_slice(&(kept.len() as u32).to_le_bytes());
        page.extend_from_slice(kept);
    }

    /// Length of the row that starts `bytes`, or `None` if they do not hold all of it.
    pub(crate) fn row_len(self, bytes: &[u8]) -> Option<usize> {
        let head = self.head_len();
        let len = bytes.get(head - 4..head)?;
        let row = head + u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
        (row <= bytes.len()).then_some(row)
    }

    pub(crate) fn symbol(row: &[u8]) -> &SymbolBytes {
        row.first_chunk().unwrap_or_else(|| unreachable!("a row starts with its symbol"))
    }

    pub(crate) fn kept(self, row: &[u8]) -> &[u8] {
        &row[self.head_len()..]
    }

    /// Whether what follows the symbols of two rows is the same.
    pub(crate) fn same(self, a: &[u8], b: &[u8]) -> bool {
        a == b
            || match self.equality {
                Equality::Cells { delimiter } => csv::same_values(a, b, delimiter),
                Equality::Packed { bits_len } => a[..a.len() - bits_len] == b[..b.len() - bits_len],
            }
    }

    pub(crate) fn position(self, row: &[u8]) -> Position {
        let mut bytes = [0; Position::LEN];
        if self.listed {
            bytes.copy_from_slice(&row[SYMBOL_LEN..SYMBOL_LEN + Position::LEN]);
        }
        Position::unpack(bytes)
    }
}

/// The rows of one thread for one output.
pub(crate) struct Parts {
    format: RowFormat,
    /// Which byte of the symbol parts the rows.
    depth: usize,
    pages: Vec<Vec<Vec<u8>>>,
    free: Vec<Vec<u8>>,
    page: usize,
    limit: usize,
    allocated: usize,
}

impl Parts {
    /// Holds at most about `limit` bytes before it spills.
    pub(crate) fn new(format: RowFormat, depth: usize, limit: usize) -> Self {
        let page = (limit / (4 * PARTS)).clamp(1 << 9, 1 << 14);
        let pages = vec![Vec::new(); PARTS];
        Self { format, depth, pages, free: Vec::new(), page, limit, allocated: 0 }
    }

    /// Takes a row; spills everything if that was too much.
    pub(crate) fn push(
        &mut self,
        symbol: &SymbolBytes,
        position: Position,
        kept: &[u8],
        spill: &Spill,
    ) -> io::Result<()> {
        let needed = self.format.head_len() + kept.len();
        let part = &mut self.pages[usize::from(symbol[self.depth])];
        match part.last_mut() {
            Some(page) if page.capacity() - page.len() >= needed => {
                self.format.append(page, symbol, position, kept);
            }
            _ => {
                let fitting = if needed <= self.page { self.free.pop() } else { None };
                let mut page = fitting.unwrap_or_else(|| {
                    let page = Vec::with_capacity(self.page.max(needed));
                    self.allocated += page.capacity();
                    page
                });
                self.format.append(&mut page, symbol, position, kept);
                part.push(page);
                // Pages that wait to be used again make room first, so that a spill always moves as much as there may be.
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

    /// Moves every row to the spill file.
    pub(crate) fn spill(&mut self, spill: &Spill) -> io::Result<()> {
        let mut bytes = Vec::new();
        for (part, pages) in self.pages.iter_mut().enumerate() {
            bytes.clear();
            pages.iter().for_each(|page| bytes.extend_from_slice(page));
            spill.append(part, &bytes)?;
            for mut page in pages.drain(..) {
                page.clear();
                // A page of a wide row's own is not kept.
                if page.capacity() > self.page {
                    self.allocated -= page.capacity();
                } else {
                    self.free.push(page);
                }
            }
        }
        Ok(())
    }

    /// Takes one part's rows out.
    pub(crate) fn take(&mut self, part: usize) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.pages[part])
    }
}

/// Where rows go that memory cannot hold: one file for one output, written in runs that each belong to one
/// part. The file is made when the first run comes.
pub(crate) struct Spill {
    make: Box<dyn Fn() -> io::Result<File> + Send + Sync>,
    file: Mutex<Option<Arc<File>>>,
    end: AtomicU64,
    /// Bytes written by all spill files of the run.
    written: Arc<AtomicU64>,
    runs: Vec<Mutex<Vec<Run>>>,
}

/// Consecutive bytes of the spill file.
#[derive(Clone, Copy)]
struct Run {
    offset: u64,
    len: usize,
}

impl Spill {
    pub(crate) fn new(make: impl Fn() -> io::Result<File> + Send + Sync + 'static, written: Arc<AtomicU64>) -> Self {
        let runs = (0..PARTS).map(|_| Mutex::new(Vec::new())).collect();
        Self { make: Box::new(make), file: Mutex::new(None), end: AtomicU64::new(0), written, runs }
    }

    fn append(&self, part: usize, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        let file = {
            let mut slot = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            match &*slot {
                Some(file) => file.clone(),
                None => slot.insert(Arc::new((self.make)()?)).clone(),
            }
        };
        let offset = self.end.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        file.write_all_at(bytes, offset)?;
        self.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.runs_of(part).push(Run { offset, len: bytes.len() });
        Ok(())
    }

    fn runs_of(&self, part: usize) -> MutexGuard<'_, Vec<Run>> {
        self.runs[part].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All rows of one part, from the pages of every thread and from the spill file.
pub(crate) struct Part<'a> {
    pages: Vec<Vec<u8>>,
    runs: Vec<Run>,
    spill: &'a Spill,
}

impl<'a> Part<'a> {
    pub(crate) fn new(pages: Vec<Vec<u8>>, part: usize, spill: &'a Spill) -> Self {
        Self { pages, runs: std::mem::take(&mut *spill.runs_of(part)), spill }
    }

    /// Bytes of all rows.
    pub(crate) fn len(&self) -> u64 {
        let pages = self.pages.iter().map(Vec::len);
        pages.chain(self.runs.iter().map(|run| run.len)).map(|len| len as u64).sum()
    }

    /// Reads the part as a whole; frees its pages.
    pub(crate) fn load(mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        bytes.reserve_exact(self.len() as usize);
        for page in self.pages.drain(..) {
            bytes.extend_from_slice(&page);
        }
        for run in &self.runs {
            self.read(*run, bytes)?;
        }
        Ok(())
    }

    /// Gives the part piece by piece, each of whole rows and of about `size` bytes.
    pub(crate) fn pieces(
        &self,
        format: RowFormat,
        size: usize,
        mut each: impl FnMut(&[u8]) -> crate::failure::Result<()>,
        fail: impl Fn(io::Error) -> crate::failure::Failure,
    ) -> crate::failure::Result<()> {
        for page in &self.pages {
            each(page)?;
        }
        let mut bytes = Vec::new();
        for run in &self.runs {
            let mut rest = *run;
            bytes.clear();
            while rest.len > 0 {
                let step = Run { offset: rest.offset, len: rest.len.min(size) };
                self.read(step, &mut bytes).map_err(&fail)?;
                rest = Run { offset: rest.offset + step.len as u64, len: rest.len - step.len };
                let mut whole = 0;
                while let Some(len) = format.row_len(&bytes[whole..]) {
                    whole += len;
                }
                each(&bytes[..whole])?;
                bytes.drain(..whole);
            }
            assert!(bytes.is_empty(), "a run holds whole rows");
        }
        Ok(())
    }

    fn read(&self, run: Run, bytes: &mut Vec<u8>) -> io::Result<()> {
        let file = self.spill.file.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let file = file.ok_or(io::ErrorKind::NotFound)?;
        let start = bytes.len();
        bytes.resize(start + run.len, 0);
        file.read_exact_at(&mut bytes[start..], run.offset)
    }
}
