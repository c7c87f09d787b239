//! Turns a block of input into accepted rows and rejects.

use std::{ops::Range, sync::Arc};

use arrow_array::ArrayRef;
use arrow_schema::ArrowError;
use fugo::{
    Lineage, MyNumber, SYMBOL_LEN,
    normalize::{LostZeros, Reading},
    text::TextEncoder,
};
use fugo_columnar::kept::{Codes, KeptFault};
use memchr::memchr;

use super::{
    cells::{self, KeptCells},
    coarse::{Coarse, DIGEST, Digests},
    dictionary::Seen,
    packer::Packer,
    position::Position,
    reason::Reason,
};
use crate::{
    failure::Failure,
    roster::{
        blocks::Block,
        cells_over_lines::{LineRule, Spanning, has_bare_cr, has_line_ends},
        csv::{self, Field, Record, Structure},
        encoding::Encoding,
    },
};

/// The contents of the person column.
pub(crate) enum PersonColumn {
    Number(Reading),
    /// Symbols of one key: insurers' symbols on the issuer's path, or symbols that are translated. Such a column holds
    /// no numbers.
    Symbol(TextEncoder),
}

/// How rows are read. It is fixed for a run once the header is known.
pub(crate) struct Layout {
    pub(crate) delimiter: u8,
    pub(crate) encoding: Encoding,
    pub(crate) source: PersonColumn,
    pub(crate) lineage: Option<Lineage>,
    /// The number of fields in the header.
    pub(crate) fields: usize,
    /// The index of the person's field.
    pub(crate) person: usize,
    /// The indices of the kept fields, in the order of --keep.
    pub(crate) keep: Vec<usize>,
    /// Whether kept cells are searched for numbers and symbols.
    pub(crate) searched: bool,
    /// The kept fields that hold other codes of twelve digits, as indices in `keep`.
    pub(crate) other_codes: Vec<bool>,
    /// The kept fields whose schema does not allow nulls, as indices in `keep`.
    pub(crate) required: Vec<bool>,
    /// Whether the lines of a cell over several lines may look like rows.
    pub(crate) multi_line_cells: bool,
    /// Packs the kept cells of a table; `None` for CSV and if no column is kept.
    pub(crate) packer: Option<Arc<Packer>>,
    /// How each output writes the kept cells; empty if there is no policy, and all outputs have the same cells.
    pub(crate) coarse: Vec<Arc<Coarse>>,
    /// Digests of the kept cells, by which the rows of a person are compared if there is a policy.
    pub(crate) digests: Option<Digests>,
}

impl Layout {
    /// The kept fields as one range of the record, if they are neighbours in the order of --keep.
    fn kept_stretch(&self) -> Option<Range<usize>> {
        let (first, last) = (*self.keep.first()?, *self.keep.last()?);
        self.keep.iter().copied().eq(first..=last).then_some(first..last + 1)
    }

    fn line_rule(&self) -> LineRule {
        LineRule {
            delimiter: self.delimiter,
            encoding: self.encoding,
            fields: self.fields,
            lost_zeros: match self.source {
                PersonColumn::Number(Reading::Lenient(lost_zeros)) => lost_zeros,
                PersonColumn::Number(Reading::Strict) | PersonColumn::Symbol(_) => LostZeros::Refuse,
            },
            allowed: self.multi_line_cells,
        }
    }
}

/// A row that is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reject {
    pub(crate) position: Position,
    /// The field at fault; `None` if it is the whole record.
    pub(crate) field: Option<usize>,
    pub(crate) reason: Reason,
}

/// The rows of a block: accepted and rejected. Its buffers are reused from block to block.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) read: u64,
    pub(crate) zeros_restored: u64,
    pub(crate) normalized: u64,
    pub(crate) reissued: u64,
    /// For each kept column, the codes that were counted in columns of other codes.
    pub(crate) codes: Vec<Codes>,
    /// The number of lines of CSV, counted by their ends alone.
    pub(crate) lines: u64,
    /// The cells over several lines, and the number of line ends within them.
    pub(crate) spanning: Spanning,
    /// The last record of the input, if it has no line end.
    pub(crate) unended: Option<Position>,
    /// The failure that stops the run at this block.
    pub(crate) stop: Option<Failure>,
    pub(crate) rejects: Vec<Reject>,
    /// The persons of the accepted rows, by number or by symbol.
    pub(crate) numbers: Vec<MyNumber>,
    pub(crate) symbols: Vec<[u8; SYMBOL_LEN]>,
    pub(crate) positions: Vec<Position>,
    /// The kept columns of the accepted rows of a table.
    pub(crate) columns: Vec<ArrayRef>,
    /// The kept cells of each output, if there is a policy.
    pub(crate) coarse: Vec<KeptCellsOf>,
    /// The digests of the kept cells in the roster, if there is a policy.
    digests: Vec<[u8; DIGEST]>,
    /// The bytes after the symbol in the outputs: a delimiter before each kept cell, as written in the input. Or the
    /// packed cells of a table.
    kept: Vec<u8>,
    kept_ends: Vec<usize>,
}

impl Rows {
    /// The number of accepted rows.
    pub(crate) fn len(&self) -> usize {
        self.positions.len()
    }

    /// The bytes after the symbol of row `i`.
    #[inline]
    pub(crate) fn kept(&self, i: usize) -> &[u8] {
        let start = if i == 0 { 0 } else { self.kept_ends[i - 1] };
        &self.kept[start..self.kept_ends[i]]
    }

    /// The bytes after the symbol of row `i` in output `k`.
    #[inline]
    pub(crate) fn kept_in(&self, k: usize, i: usize) -> &[u8] {
        self.coarse.get(k).map_or_else(|| self.kept(i), |of_output| of_output.row(i))
    }

    /// The kept columns of a table in output `k`.
    pub(crate) fn columns_in(&self, k: usize) -> &[ArrayRef] {
        self.coarse.get(k).map_or(&self.columns, |of_output| &of_output.columns)
    }

    /// The digest of row `i`'s kept cells in the roster; empty if there is no policy.
    #[inline]
    pub(crate) fn digest(&self, i: usize) -> &[u8] {
        self.digests.get(i).map_or(&[], |digest| digest)
    }

    /// Packs the kept columns of a table, so that [`Self::kept`] and [`Self::kept_in`] return the packed cells of a
    /// row. `seen` are the dictionaries of the columns.
    pub(crate) fn pack(&mut self, layout: &Layout, seen: &[Option<Arc<Seen>>]) -> Result<(), ArrowError> {
        if let Some(packer) = &layout.packer {
            self.kept.clear();
            self.kept_ends.clear();
            packer.pack(&self.columns, seen, &mut self.kept, &mut self.kept_ends)?;
        }
        let bits_len = layout.packer.as_ref().map_or(0, |packer| packer.bits_len());
        if let Some(digests) = &layout.digests {
            let digest = |i| {
                let kept = self.kept(i);
                digests.of_bytes(&kept[..kept.len() - bits_len])
            };
            self.digests = (0..self.len()).map(digest).collect();
        }
        for (coarse, of_output) in layout.coarse.iter().zip(&mut self.coarse) {
            of_output.bytes.clear();
            of_output.ends.clear();
            match coarse.packer() {
                Some(packer) => {
                    packer.pack(&of_output.columns, &[], &mut of_output.bytes, &mut of_output.ends)?;
                }
                None => of_output.ends.resize(self.positions.len(), 0),
            }
        }
        Ok(())
    }

    /// Accepts the current row.
    pub(crate) fn accept(&mut self, position: Position) {
        self.positions.push(position);
        self.kept_ends.push(self.kept.len());
        self.coarse.iter_mut().for_each(KeptCellsOf::end_row);
    }

    /// Rejects the current row.
    pub(crate) fn reject(&mut self, reject: Reject) {
        self.kept.truncate(self.kept_ends.last().copied().unwrap_or(0));
        self.coarse.iter_mut().for_each(KeptCellsOf::undo);
        self.rejects.push(reject);
    }

    /// The counts of accepted rows, before the current row.
    pub(crate) fn counts(&self) -> Counts {
        (self.normalized, self.zeros_restored, self.reissued)
    }

    /// Takes back the person of the current row, which is rejected after it was read.
    pub(crate) fn take_back(&mut self, layout: &Layout, counts: Counts) {
        (self.normalized, self.zeros_restored, self.reissued) = counts;
        match layout.source {
            PersonColumn::Number(_) => drop(self.numbers.pop()),
            PersonColumn::Symbol(_) => drop(self.symbols.pop()),
        }
    }

    /// Allocates space for the persons of `rows` rows, and wipes those of the block before. A vector that grows would
    /// leave persons in freed memory.
    pub(crate) fn begin(&mut self, layout: &Layout, rows: usize) {
        self.clear();
        self.codes.resize(layout.keep.len(), Codes::default());
        self.coarse.resize_with(layout.coarse.len(), KeptCellsOf::default);
        match layout.source {
            PersonColumn::Number(_) => self.numbers.reserve(rows),
            PersonColumn::Symbol(_) => self.symbols.reserve(rows),
        }
    }

    fn clear(&mut self) {
        (self.read, self.zeros_restored, self.normalized, self.reissued) = (0, 0, 0, 0);
        self.codes.clear();
        (self.lines, self.spanning, self.unended, self.stop) = (0, Spanning::default(), None, None);
        self.rejects.clear();
        self.numbers.clear();
        self.symbols.clear();
        self.positions.clear();
        self.columns.clear();
        self.coarse.iter_mut().for_each(KeptCellsOf::clear);
        self.digests.clear();
        self.kept.clear();
        self.kept_ends.clear();
    }
}

/// Normalised, with zeros restored, re-issued.
type Counts = (u64, u64, u64);

/// The kept cells of one output, as its policy wants them.
#[derive(Default)]
pub(crate) struct KeptCellsOf {
    /// The columns of a table.
    pub(crate) columns: Vec<ArrayRef>,
    /// The cells of each row, as in [`Rows`].
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl KeptCellsOf {
    #[inline]
    fn row(&self, i: usize) -> &[u8] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.bytes[start..self.ends[i]]
    }

    fn end_row(&mut self) {
        self.ends.push(self.bytes.len());
    }

    fn undo(&mut self) {
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn clear(&mut self) {
        self.columns.clear();
        self.bytes.clear();
        self.ends.clear();
    }
}

/// Reads blocks. Each thread has one reader.
pub(crate) struct RowReader<'a> {
    layout: &'a Layout,
    kept_stretch: Option<Range<usize>>,
    line_rule: LineRule,
    block_has_cr: bool,
    block_has_quotes: bool,
    structure: Structure,
    fields: Vec<Field>,
    kept_cells: KeptCells,
    scratch: Vec<u8>,
    canonical: Vec<u8>,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(layout: &'a Layout) -> Self {
        Self {
            layout,
            kept_stretch: layout.kept_stretch(),
            line_rule: layout.line_rule(),
            block_has_cr: false,
            block_has_quotes: false,
            structure: Structure::default(),
            fields: Vec::new(),
            kept_cells: KeptCells::new(layout.encoding),
            scratch: Vec::new(),
            canonical: Vec::new(),
        }
    }

    pub(crate) fn read(&mut self, block: &Block, rows: &mut Rows) {
        rows.begin(self.layout, block.rows());
        rows.lines = block.lines;
        let bytes = &block.bytes[..];
        let all_text = self.layout.encoding.accepts(bytes);
        let Layout { delimiter, fields, .. } = *self.layout;
        self.structure.find(bytes, delimiter);
        self.block_has_cr = has_bare_cr(bytes);
        self.block_has_quotes = memchr(b'"', bytes).is_some();
        let (mut at, mut place, mut line) = (0, 0, block.first_line);
        while at < bytes.len() {
            // The block holds complete records, so its end is the end of a record.
            let Some(record) = self.structure.split(bytes, at, delimiter, fields, &mut place, &mut self.fields) else {
                unreachable!("a block holds whole records");
            };
            let byte = block.offset + record.start as u64;
            let position = Position { record: block.first_record + rows.read, line, byte };
            rows.read += 1;
            line += record.lines;
            at = record.next;
            let unended = block.unended && at == bytes.len();
            if unended {
                rows.unended = Some(position);
            }
            if has_line_ends(bytes, &record, self.block_has_cr) {
                match self.line_rule.judge(bytes, &record, &self.fields) {
                    Ok(spanning) => rows.spanning.add(spanning),
                    Err(swallowed) => {
                        rows.stop = Some(swallowed.failure(position.record, position.line, block.offset));
                        return;
                    }
                }
            }
            let counts = rows.counts();
            let read = self.row(bytes, &record, all_text, rows).and_then(|()| self.make_coarser(bytes, rows, counts));
            if let Err((field, reason)) = read {
                let start = field.map_or(record.start, |field| self.fields[field].start);
                let position = Position { byte: block.offset + start as u64, ..position };
                rows.reject(Reject { position, field, reason });
            } else {
                rows.accept(position);
            }
        }
    }

    /// Reads one record. An error names the field at fault.
    fn row(
        &mut self,
        bytes: &[u8],
        record: &Record,
        all_text: bool,
        rows: &mut Rows,
    ) -> Result<(), (Option<usize>, Reason)> {
        let layout = self.layout;
        if record.end == record.start {
            return Err((None, Reason::Blank));
        }
        if record.stray_quote {
            return Err((None, Reason::StrayQuote));
        }
        if self.fields.len() != layout.fields {
            return Err((None, Reason::Fields { found: self.fields.len(), expected: layout.fields }));
        }
        let cell = |field: &Range<usize>| &bytes[field.clone()];
        let mut harmless = true;
        for &keep in &layout.keep {
            let text = cell(&self.fields[keep]);
            if !all_text && !layout.encoding.accepts(text) {
                return Err((Some(keep), Reason::Encoding));
            }
            if layout.searched && !self.kept_cells.harmless(bytes, &self.fields[keep]) {
                if self.kept_cells.hold_symbol_text(text) {
                    return Err((Some(keep), Reason::Kept(KeptFault::Symbol)));
                }
                harmless = false;
            }
        }
        self.keep(bytes, rows);
        let person = cell(&self.fields[layout.person]);
        let at_person = |reason| (Some(layout.person), reason);
        match &layout.source {
            PersonColumn::Number(reading) => {
                let (number, changes) = cells::number(person, *reading, layout.encoding).map_err(at_person)?;
                let lineage = layout.lineage.as_ref();
                let reissued = lineage.and_then(|lineage| lineage.get(&number));
                let first = reissued.unwrap_or(&number);
                if !harmless {
                    // Cells such as telephone numbers need no further search.
                    let mut may_hold_codes = false;
                    for &keep in &layout.keep {
                        if self.kept_cells.hold_number(cell(&self.fields[keep]), [&number, first], lineage) {
                            return Err((Some(keep), Reason::Kept(KeptFault::OwnNumber)));
                        }
                        may_hold_codes |= self.kept_cells.had_enough_for_codes();
                    }
                    if may_hold_codes {
                        self.others(bytes, rows)?;
                    }
                }
                rows.zeros_restored += u64::from(changes.zeros_restored);
                rows.normalized += u64::from(!changes.is_empty());
                rows.reissued += u64::from(reissued.is_some());
                rows.numbers.push(reissued.cloned().unwrap_or(number));
            }
            PersonColumn::Symbol(encoder) => {
                let symbol = cells::symbol(person, encoder).map_err(at_person)?;
                // A symbol in hex may have few digits.
                for &keep in layout.keep.iter().filter(|_| layout.searched) {
                    if self.kept_cells.hold_symbol(cell(&self.fields[keep]), &symbol, encoder) {
                        return Err((Some(keep), Reason::Kept(KeptFault::Symbol)));
                    }
                }
                if !harmless {
                    self.others(bytes, rows)?;
                }
                rows.symbols.push(symbol);
            }
        }
        Ok(())
    }

    /// Writes the kept cells of a row as they are in the roster.
    fn keep(&self, bytes: &[u8], rows: &mut Rows) {
        let Layout { delimiter, ref keep, .. } = *self.layout;
        let start = rows.kept.len();
        if let Some(stretch) = &self.kept_stretch {
            rows.kept.push(delimiter);
            rows.kept.extend_from_slice(&bytes[self.fields[stretch.start].start..self.fields[stretch.end - 1].end]);
        } else {
            for &keep in keep {
                rows.kept.push(delimiter);
                rows.kept.extend_from_slice(&bytes[self.fields[keep].clone()]);
            }
        }
        if self.block_has_cr && memchr(b'\r', &rows.kept[start..]).is_some() {
            rows.kept.truncate(start);
            for &keep in keep {
                rows.kept.push(delimiter);
                csv::write_field(&bytes[self.fields[keep].clone()], &mut rows.kept);
            }
        }
    }

    /// Writes the kept cells of a good row for the outputs that have a policy. If a cell cannot be made coarser, the
    /// person is taken back.
    fn make_coarser(&mut self, bytes: &[u8], rows: &mut Rows, counts: Counts) -> Result<(), (Option<usize>, Reason)> {
        let layout = self.layout;
        if layout.coarse.is_empty() {
            return Ok(());
        }
        let cells =
            |from: usize, to: usize| &bytes[self.fields[layout.keep[from]].start..self.fields[layout.keep[to - 1]].end];
        let form = (self.kept_stretch.is_some(), self.block_has_cr);
        for (coarse, of_output) in layout.coarse.iter().zip(&mut rows.coarse) {
            if let Err((place, reason)) = coarse.write_cells(cells, form, &mut self.scratch, &mut of_output.bytes) {
                rows.take_back(layout, counts);
                return Err((Some(layout.keep[place]), reason));
            }
        }
        let Some(digests) = &layout.digests else { return Ok(()) };
        let kept = &rows.kept[rows.kept_ends.last().copied().unwrap_or(0)..];
        let is_plain = !self.block_has_cr && (!self.block_has_quotes || memchr(b'"', kept).is_none());
        rows.digests.push(if is_plain {
            digests.of_bytes(kept)
        } else {
            let cells = (0..layout.keep.len()).map(|place| cells(place, place + 1));
            digests.of_cells(cells, layout.delimiter, &mut self.scratch, &mut self.canonical)
        });
        Ok(())
    }

    /// Searches the kept cells for the numbers of other people.
    fn others(&mut self, bytes: &[u8], rows: &mut Rows) -> Result<(), (Option<usize>, Reason)> {
        for (i, &keep) in self.layout.keep.iter().enumerate() {
            let codes = self.kept_cells.codes(&bytes[self.fields[keep].clone()]);
            if self.layout.other_codes[i] {
                rows.codes[i].add(&codes);
            } else if codes.valid > 0 {
                return Err((Some(keep), Reason::Kept(KeptFault::OtherNumber)));
            }
        }
        Ok(())
    }
}
