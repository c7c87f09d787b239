//! The pages of one column in one row group, as they are written.

use std::io::Write;

use bytes::Bytes;
use parquet::{
    basic::{Compression, Encoding},
    column::{
        page::{CompressedPage, Page, PageWriter},
        writer::ColumnCloseResult,
    },
    errors::{ParquetError, Result},
    file::{
        metadata::{ColumnChunkMetaData, OffsetIndexBuilder, PageEncodingStats},
        statistics::Statistics,
        writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite},
    },
    schema::types::ColumnDescPtr,
};

use super::hybrid;

/// The maximum number of rows of a page, and of bytes of its values.
pub(super) const PAGE_ROWS: usize = 1 << 15;
pub(super) const PAGE_BYTES: usize = 1 << 20;

/// A column of a row group, encoded.
pub(super) struct Chunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl Chunk {
    pub(super) fn append_to<W: Write + Send>(self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<()> {
        group.append_column(&self.bytes, self.close)
    }
}

/// Writes the pages of a column in which no value is nested.
pub(super) struct ChunkWriter<'a> {
    descr: &'a ColumnDescPtr,
    /// Snappy, or no compression.
    is_packed: bool,
    sink: TrackedWrite<Vec<u8>>,
    index: OffsetIndexBuilder,
    stats: Vec<PageEncodingStats>,
    dictionary_at: Option<u64>,
    data_at: Option<u64>,
    rows: usize,
    unpacked: usize,
    body: Vec<u8>,
}

impl<'a> ChunkWriter<'a> {
    pub(super) fn new(descr: &'a ColumnDescPtr, is_packed: bool) -> Self {
        Self {
            descr,
            is_packed,
            sink: TrackedWrite::new(Vec::new()),
            index: OffsetIndexBuilder::new(),
            stats: Vec::new(),
            dictionary_at: None,
            data_at: None,
            rows: 0,
            unpacked: 0,
            body: Vec::new(),
        }
    }

    /// Writes the dictionary page, which is the first page: so many values, in the encoding PLAIN.
    pub(super) fn dictionary(&mut self, values: &[u8], count: usize) -> Result<()> {
        let (buf, num_values) = (self.packed(values)?, count as u32);
        let page = Page::DictionaryPage { buf, num_values, encoding: Encoding::PLAIN, is_sorted: false };
        let (at, _) = self.write(CompressedPage::new(page, values.len()))?;
        self.dictionary_at = Some(at);
        Ok(())
    }

    /// Writes a data page of so many rows, of which those with the level 0 are null; without levels none is. `values`
    /// appends the values of the others in this encoding.
    pub(super) fn data(
        &mut self,
        rows: usize,
        levels: Option<&[u32]>,
        encoding: Encoding,
        values: impl FnOnce(&mut Vec<u8>),
    ) -> Result<()> {
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        self.levels(rows, levels, &mut body)?;
        values(&mut body);
        let page = Page::DataPage {
            buf: self.packed(&body)?,
            num_values: rows as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let (at, size) = self.write(CompressedPage::new(page, body.len()))?;
        self.body = body;
        self.data_at.get_or_insert(at);
        self.index.append_offset_and_size(signed(at)?, signed(size)?);
        self.index.append_row_count(signed(rows)?);
        self.index.append_unencoded_byte_array_data_bytes(None);
        self.rows += rows;
        Ok(())
    }

    /// Appends the definition levels behind their length, if the column may be null.
    fn levels(&self, rows: usize, levels: Option<&[u32]>, body: &mut Vec<u8>) -> Result<()> {
        let with_nulls = levels.filter(|levels| levels.contains(&0));
        match (self.descr.max_def_level(), with_nulls) {
            (0, None) => return Ok(()),
            (1, _) => {}
            _ => return Err(ParquetError::General("a null in a column without nulls".to_owned())),
        }
        let start = body.len();
        body.extend_from_slice(&[0; 4]);
        match with_nulls {
            Some(levels) => hybrid::encode(levels, 1, body),
            None => hybrid::encode_run(1, rows, 1, body),
        }
        let len = (body.len() - start - 4) as u32;
        body[start..start + 4].copy_from_slice(&len.to_le_bytes());
        Ok(())
    }

    fn packed(&self, bytes: &[u8]) -> Result<Bytes> {
        if !self.is_packed {
            return Ok(Bytes::copy_from_slice(bytes));
        }
        let packed = snap::raw::Encoder::new().compress_vec(bytes);
        packed.map(Bytes::from).map_err(|error| ParquetError::External(Box::new(error)))
    }

    /// Writes a page. Returns where it begins, and its size with its header.
    fn write(&mut self, page: CompressedPage) -> Result<(u64, usize)> {
        let (page_type, encoding) = (page.page_type(), page.encoding());
        match self.stats.last_mut().filter(|last| (last.page_type, last.encoding) == (page_type, encoding)) {
            Some(last) => last.count += 1,
            None => self.stats.push(PageEncodingStats { page_type, encoding, count: 1 }),
        }
        let spec = SerializedPageWriter::new(&mut self.sink).write_page(page)?;
        self.unpacked += spec.uncompressed_size;
        Ok((spec.offset, spec.compressed_size))
    }

    /// The column. `bounds` are its least and its greatest value.
    pub(super) fn finish(self, bounds: Option<Statistics>) -> Result<Chunk> {
        let bytes = self.sink.into_inner()?;
        let mut encodings: Vec<Encoding> = self.stats.iter().map(|stats| stats.encoding).collect();
        encodings.push(Encoding::RLE);
        let mut metadata = ColumnChunkMetaData::builder(self.descr.clone())
            .set_compression(if self.is_packed { Compression::SNAPPY } else { Compression::UNCOMPRESSED })
            .set_encodings(encodings)
            .set_page_encoding_stats(self.stats)
            .set_total_compressed_size(signed(bytes.len())?)
            .set_total_uncompressed_size(signed(self.unpacked)?)
            .set_num_values(signed(self.rows)?)
            .set_data_page_offset(signed(self.data_at.unwrap_or(0))?)
            .set_dictionary_page_offset(self.dictionary_at.map(signed).transpose()?);
        if let Some(bounds) = bounds {
            metadata = metadata.set_statistics(bounds);
        }
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: self.rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(self.index.build()),
        };
        Ok(Chunk { bytes: bytes.into(), close })
    }
}

/// A number in a type of the format's metadata.
fn signed<T>(number: impl TryInto<T>) -> Result<T> {
    number.try_into().map_err(|_| ParquetError::General("a column is too large for the format".to_owned()))
}
