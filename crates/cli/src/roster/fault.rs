//! Why a Parquet or Arrow file cannot be read.

use arrow_schema::ArrowError;
use parquet::errors::ParquetError;

use super::format::TableFormat;
use crate::failure::Failure;

/// Why a table cannot be read.
#[derive(Debug)]
pub(crate) enum Fault {
    /// An error of the reader.
    Reader(ArrowError),
    /// A fault in the structure of the file.
    Damaged(String),
    /// A size in the file is larger than the memory that the run may use.
    Memory { what: String, bytes: u64, allowed: u64 },
    /// A complete failure.
    Refused(Failure),
}

impl From<ArrowError> for Fault {
    fn from(error: ArrowError) -> Self {
        Self::Reader(error)
    }
}

impl From<ParquetError> for Fault {
    fn from(error: ParquetError) -> Self {
        Self::Reader(error.into())
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Reader(error.into())
    }
}

impl Fault {
    pub(super) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged(what.into())
    }

    /// Refuses a size that is larger than allowed.
    pub(super) fn unless_fits(what: impl FnOnce() -> String, bytes: u64, allowed: u64) -> Result<(), Self> {
        if bytes <= allowed { Ok(()) } else { Err(Self::Memory { what: what(), bytes, allowed }) }
    }

    /// The failure for a file that was read up to `record`; `None` if its schema cannot be read.
    pub(super) fn of(self, format: TableFormat, record: Option<u64>) -> Failure {
        let structure = match self {
            Self::Refused(failure) => return failure,
            Self::Memory { what, bytes, allowed } => {
                return Failure::new(
                    format!("{what} takes {}, but --memory allows only {} for it", size(bytes), size(allowed)),
                    "give more --memory, or write the file again in smaller pages, row groups or batches",
                );
            }
            Self::Damaged(what) => what,
            Self::Reader(error) => structural(format, &error),
        };
        let damaged = "read the file with another tool to see whether it is damaged; no output was changed";
        match record {
            Some(record) => {
                Failure::new(format!("the input cannot be read from row {record} on: {structure}"), damaged)
            }
            None => Failure::new(
                format!("the input cannot be read as {}: {structure}", format.extension()),
                "check the file and --input-format",
            ),
        }
    }
}

/// A size in the largest unit of which it has several, rounded up. It has few digits, so that it cannot be mistaken
/// for a number.
fn size(bytes: u64) -> String {
    let (mut size, mut units) = (bytes, ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].iter());
    let mut unit = "bytes";
    while size >= 10_000 {
        let Some(larger) = units.next() else { break };
        (size, unit) = (size.div_ceil(1024), larger);
    }
    format!("{size} {unit}")
}

/// A description of an error in the structure of the file. Errors that may quote a value give only their kind.
fn structural(format: TableFormat, error: &ArrowError) -> String {
    match error {
        ArrowError::ParquetError(_) | ArrowError::IpcError(_) | ArrowError::IoError(..) => error.to_string(),
        _ => format!("it is damaged, or is not in the format {}", format.extension()),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_have_at_most_four_digits_and_are_rounded_up() {
        for (bytes, said) in
            [(0, "0 bytes"), (9999, "9999 bytes"), (10_241, "11 KiB"), (1 << 40, "1024 GiB"), (u64::MAX, "16 EiB")]
        {
            assert_eq!(size(bytes), said);
        }
    }
}
