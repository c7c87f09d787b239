//! Reads Arrow IPC files and streams, message by message. A length in the data is checked against the bytes that are
//! there, and the unpacked size of a message is known before it is unpacked.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    os::unix::fs::FileExt,
    sync::Arc,
};

use arrow_array::RecordBatch;
use arrow_buffer::{Buffer, MutableBuffer};
use arrow_ipc::{
    Block, CompressionType, MessageHeader, MetadataVersion, convert::fb_to_schema, reader::FileDecoder,
    reader::read_footer_length, root_as_footer, root_as_message,
};
use arrow_schema::{DataType, Schema, SchemaRef};

use super::{fault::Fault, lz4};

/// The first bytes of an Arrow IPC file.
pub(super) const MAGIC: &[u8; 6] = b"ARROW1";

/// The marker before a message; files from before 2019 do not have it.
const CONTINUATION: [u8; 4] = [0xFF; 4];

/// How many bytes a packed byte can represent at most: zstd unpacks a block of four bytes to 128 KiB, LZ4 one byte to
/// 255.
const RATIO: u64 = 1 << 16;

/// The batches of an Arrow IPC file.
pub(crate) struct ArrowFile {
    file: File,
    messages: Messages,
    batches: std::vec::IntoIter<Block>,
}

impl ArrowFile {
    /// Reads the index and the dictionaries of a file of `len` bytes.
    pub(super) fn open(file: File, len: u64, memory: usize) -> Result<Self, Fault> {
        let fault = || Fault::damaged("its index is damaged");
        let mut tail = [0; 10];
        let tail_at = len.checked_sub(tail.len() as u64).ok_or_else(fault)?;
        file.read_exact_at(&mut tail, tail_at)?;
        let size = read_footer_length(tail)? as u64;
        let at = tail_at.checked_sub(size).ok_or_else(fault)?;
        Fault::unless_fits(|| "the index of the file".to_owned(), size, memory as u64 / 8)?;
        let mut footer = vec![0; size as usize];
        file.read_exact_at(&mut footer, at)?;
        let footer = root_as_footer(&footer).map_err(|_| fault())?;
        let schema = footer.schema().ok_or_else(fault)?;
        let mut messages = Messages::new(schema, footer.version(), memory)?;
        let dictionaries: Vec<Block> = footer.dictionaries().into_iter().flatten().copied().collect();
        let batches: Vec<Block> = footer.recordBatches().into_iter().flatten().copied().collect();
        for block in dictionaries.iter().chain(&batches) {
            let parts = [block.offset(), i64::from(block.metaDataLength()), block.bodyLength()];
            let end = parts.iter().try_fold(0_u64, |end, part| end.checked_add(u64::try_from(*part).ok()?));
            if end.is_none_or(|end| end > len) || block.metaDataLength() < 8 {
                return Err(fault());
            }
        }
        for block in &dictionaries {
            let message = read_block(&file, block, messages.limit)?;
            messages.take_dictionary(block, &message)?;
        }
        Ok(Self { file, messages, batches: batches.into_iter() })
    }

    pub(super) fn schema(&self) -> SchemaRef {
        self.messages.schema.clone()
    }
}

fn read_block(file: &File, block: &Block, limit: u64) -> Result<Buffer, Fault> {
    let len = block.metaDataLength() as u64 + block.bodyLength() as u64;
    Fault::unless_fits(|| "a batch of the file".to_owned(), len, limit)?;
    let mut message = MutableBuffer::from_len_zeroed(len as usize);
    file.read_exact_at(&mut message, block.offset() as u64)?;
    Ok(message.into())
}

impl Iterator for ArrowFile {
    type Item = Result<RecordBatch, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let block = self.batches.next()?;
        let batch = read_block(&self.file, &block, self.messages.limit)
            .and_then(|message| self.messages.batch(&block, &message));
        Some(batch)
    }
}

/// The batches of an Arrow IPC stream.
pub(crate) struct ArrowStream {
    input: File,
    messages: Messages,
    at_end: bool,
}

impl ArrowStream {
    /// Reads the schema. `head` holds the bytes that were already read from the stream, which are less than one
    /// message.
    pub(super) fn open(mut input: File, head: &[u8], memory: usize) -> Result<Self, Fault> {
        let first = match read_message(&mut head.chain(&mut input), memory as u64 / 2) {
            // Without a marker, the first four bytes are a length, and any text would do.
            Err(Fault::Memory { .. }) if !head.starts_with(&CONTINUATION) => {
                return Err(Fault::damaged("it does not begin as an Arrow stream does"));
            }
            first => first?,
        };
        let Some((block, message)) = first else { return Err(Fault::damaged("it holds no schema")) };
        let message = parsed(&block, &message)?;
        let schema = message.header_as_schema().ok_or_else(|| Fault::damaged("it does not begin with a schema"))?;
        let messages = Messages::new(schema, message.version(), memory)?;
        Ok(Self { input, messages, at_end: false })
    }

    pub(super) fn schema(&self) -> SchemaRef {
        self.messages.schema.clone()
    }

    fn read_batch(&mut self) -> Result<Option<RecordBatch>, Fault> {
        while let Some((block, message)) = read_message(&mut self.input, self.messages.limit)? {
            match parsed(&block, &message)?.header_type() {
                MessageHeader::RecordBatch => return self.messages.batch(&block, &message).map(Some),
                MessageHeader::DictionaryBatch => self.messages.take_dictionary(&block, &message)?,
                _ => return Err(Fault::damaged("it holds a message that is neither a batch nor a dictionary")),
            }
        }
        if self.input.read(&mut [0])? > 0 {
            return Err(Fault::damaged("bytes follow its end marker"));
        }
        Ok(None)
    }
}

impl Iterator for ArrowStream {
    type Item = Result<RecordBatch, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at_end {
            return None;
        }
        let batch = self.read_batch();
        self.at_end = !matches!(batch, Ok(Some(_)));
        batch.transpose()
    }
}

/// Reads a message and the length before it; `None` at the end marker. A stream without an end marker may have been
/// cut between two batches.
fn read_message(input: &mut impl Read, limit: u64) -> Result<Option<(Block, Buffer)>, Fault> {
    let cut = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Fault::damaged("it has no end marker, and may be cut off"),
        _ => error.into(),
    };
    let (mut prefix, mut size) = (Vec::new(), [0; 4]);
    input.read_exact(&mut size).map_err(cut)?;
    prefix.extend_from_slice(&size);
    if size == CONTINUATION {
        input.read_exact(&mut size).map_err(cut)?;
        prefix.extend_from_slice(&size);
    }
    let size = u32::from_le_bytes(size);
    if size == 0 {
        return Ok(None);
    }
    Fault::unless_fits(|| "the head of a batch".to_owned(), size.into(), limit / 4)?;
    let mut head = prefix.clone();
    if input.take(size.into()).read_to_end(&mut head)? != size as usize {
        return Err(cut(io::ErrorKind::UnexpectedEof.into()));
    }
    let message =
        root_as_message(&head[prefix.len()..]).map_err(|_| Fault::damaged("the head of a batch is damaged"))?;
    let body = u64::try_from(message.bodyLength()).map_err(|_| Fault::damaged("the head of a batch is damaged"))?;
    Fault::unless_fits(|| "a batch of the stream".to_owned(), body.saturating_add(head.len() as u64), limit)?;
    let mut message = MutableBuffer::from_len_zeroed(head.len() + body as usize);
    message[..head.len()].copy_from_slice(&head);
    input.read_exact(&mut message[head.len()..]).map_err(cut)?;
    Ok(Some((Block::new(0, i32::try_from(head.len()).unwrap_or(i32::MAX), body.cast_signed()), message.into())))
}

/// The Arrow crate panics at such a width when it allocates rows.
fn has_negative_width(found: &DataType) -> bool {
    match found {
        DataType::FixedSizeBinary(width) | DataType::FixedSizeList(_, width) => *width < 0,
        DataType::Dictionary(_, values) => has_negative_width(values),
        _ => false,
    }
}

/// The head of a message.
fn parsed<'a>(block: &Block, message: &'a [u8]) -> Result<arrow_ipc::Message<'a>, Fault> {
    let fault = || Fault::damaged("the head of a batch is damaged");
    let head = message.get(..block.metaDataLength() as usize).ok_or_else(fault)?;
    let prefix = if head.starts_with(&CONTINUATION) { 8 } else { 4 };
    root_as_message(head.get(prefix..).ok_or_else(fault)?).map_err(|_| fault())
}

/// What happens to messages.
struct Messages {
    /// As the file says.
    schema: SchemaRef,
    decoder: FileDecoder,
    /// The maximum size of a batch in bytes, packed and unpacked.
    limit: u64,
    /// Bytes of each dictionary.
    dictionaries: HashMap<i64, u64>,
}

impl Messages {
    fn new(schema: arrow_ipc::Schema<'_>, version: MetadataVersion, memory: usize) -> Result<Self, Fault> {
        if !schema.endianness().equals_to_target_endianness() {
            return Err(Fault::damaged("its bytes are in big-endian order, which is not supported"));
        }
        let schema = Arc::new(fb_to_schema(schema));
        if schema.flattened_fields().iter().any(|field| has_negative_width(field.data_type())) {
            return Err(Fault::damaged("its schema has a column with a negative width"));
        }
        // A null where the schema forbids nulls rejects its row, not the file: see `TableReader`.
        let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true));
        let nullable = Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone());
        let decoder = FileDecoder::new(Arc::new(nullable), version);
        Ok(Self { schema, decoder, limit: memory as u64 / 2, dictionaries: HashMap::new() })
    }

    fn batch(&self, block: &Block, message: &Buffer) -> Result<RecordBatch, Fault> {
        self.check(block, message)?;
        let batch = self.decoder.read_record_batch(block, message)?;
        batch.ok_or_else(|| Fault::damaged("its index names a message that is not a batch"))
    }

    fn take_dictionary(&mut self, block: &Block, message: &Buffer) -> Result<(), Fault> {
        let bytes = self.check(block, message)?;
        let (id, adds) = parsed(block, message)?
            .header_as_dictionary_batch()
            .map(|dictionary| (dictionary.id(), dictionary.isDelta()))
            .ok_or_else(|| Fault::damaged("its index names a message that is not a dictionary"))?;
        let held = self.dictionaries.entry(id).or_default();
        *held = if adds { held.saturating_add(bytes) } else { bytes };
        let all = self.dictionaries.values().fold(0, |all: u64, held| all.saturating_add(*held));
        Fault::unless_fits(|| "all dictionaries of the file".to_owned(), all, self.limit)?;
        Ok(self.decoder.read_dictionary(block, message)?)
    }

    /// The size of a message in bytes, packed and unpacked. Refuses lengths that are impossible, and messages that do
    /// not fit.
    fn check(&self, block: &Block, message: &Buffer) -> Result<u64, Fault> {
        let head = parsed(block, message)?;
        let body = &message[block.metaDataLength() as usize..];
        let fault = || Fault::damaged("a buffer of a batch is damaged");
        let dictionary = head.header_as_dictionary_batch();
        let batch = head.header_as_record_batch().or_else(|| dictionary.and_then(|dictionary| dictionary.data()));
        let Some(batch) = batch else { return Err(Fault::damaged("a message is neither a batch nor a dictionary")) };
        let mut bytes = message.len() as u64;
        for buffer in batch.buffers().into_iter().flatten() {
            let (at, len) = (usize::try_from(buffer.offset()), usize::try_from(buffer.length()));
            let (at, len) = (at.map_err(|_| fault())?, len.map_err(|_| fault())?);
            let packed = at.checked_add(len).and_then(|end| body.get(at..end)).ok_or_else(fault)?;
            let Some(compression) = batch.compression().filter(|_| len > 0) else { continue };
            // The unpacked length; -1 means that the buffer is not packed.
            let (unpacked, packed) = packed.split_first_chunk().ok_or_else(fault)?;
            let unpacked = match i64::from_le_bytes(*unpacked) {
                -1 => continue,
                unpacked => u64::try_from(unpacked).map_err(|_| fault())?,
            };
            // No compressor reaches this ratio, so the length is damaged.
            if unpacked / RATIO > packed.len() as u64 + 1 {
                return Err(fault());
            }
            bytes = bytes.saturating_add(unpacked);
            Fault::unless_fits(|| "a batch of the file, once unpacked,".to_owned(), bytes, self.limit)?;
            if compression.codec() == CompressionType::LZ4_FRAME && !lz4::fits(packed, unpacked, self.limit) {
                return Err(fault());
            }
        }
        Ok(bytes)
    }
}
