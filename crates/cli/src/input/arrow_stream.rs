//! An Arrow IPC stream, whose lengths are believed only as far as bytes come.

use std::{
    fs::File,
    io::{self, Read},
};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::{ArrowError, Schema, SchemaRef};

/// Bytes read at a time.
const CHUNK: u64 = 1 << 20;

/// Batches of a stream.
pub(crate) struct ArrowStream {
    input: File,
    decoder: StreamDecoder,
    unread: Buffer,
    /// Came with the schema.
    first: Option<RecordBatch>,
}

impl ArrowStream {
    /// Reads the schema. `head` is what was read of the stream before.
    pub(crate) fn open(input: File, head: Vec<u8>) -> Result<Self, ArrowError> {
        let (decoder, unread) = (StreamDecoder::new(), Buffer::from_vec(head));
        let mut stream = Self { input, decoder, unread, first: None };
        stream.first = stream.read_until(|decoder| decoder.schema().is_some())?;
        Ok(stream)
    }

    pub(crate) fn schema(&self) -> SchemaRef {
        self.decoder.schema().unwrap_or_else(|| SchemaRef::new(Schema::empty()))
    }

    /// Reads to the next batch, or until something holds; none at the end.
    fn read_until(&mut self, holds: impl Fn(&StreamDecoder) -> bool) -> Result<Option<RecordBatch>, ArrowError> {
        loop {
            if let Some(batch) = self.decoder.decode(&mut self.unread)? {
                return Ok(Some(batch));
            }
            if holds(&self.decoder) {
                return Ok(None);
            }
            let mut chunk = Vec::with_capacity(CHUNK as usize);
            (&mut self.input).take(CHUNK).read_to_end(&mut chunk)?;
            if chunk.is_empty() {
                return self.check_end().map(|()| None);
            }
            self.unread = Buffer::from_vec(chunk);
        }
    }

    /// A stream that lacks its end marker may have been cut between two batches. Only behind the marker does the decoder
    /// refuse more bytes.
    fn check_end(&mut self) -> Result<(), ArrowError> {
        match self.decoder.decode(&mut Buffer::from_vec(vec![0_u8])) {
            Err(_) => Ok(()),
            Ok(_) => {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it has no end marker, and may be cut off").into())
            }
        }
    }
}

impl Iterator for ArrowStream {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.first.take().map(Ok);
        first.or_else(|| self.read_until(|_| false).transpose())
    }
}
