//! The formats of inputs and outputs.

use std::path::Path;

use clap::ValueEnum;

use crate::failure::{Failure, Result};

/// A format of rosters and of outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// Comma-separated values with a header (RFC 4180), or with another delimiter.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// Apache Arrow IPC: the file format, also known as Feather 2; a stream can also be read.
    Arrow,
}

/// A format of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableFormat {
    Parquet,
    Arrow,
}

impl TableFormat {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }
}

impl FileFormat {
    /// The format of a table; `None` for CSV.
    pub(crate) fn table(self) -> Option<TableFormat> {
        match self {
            Self::Csv => None,
            Self::Parquet => Some(TableFormat::Parquet),
            Self::Arrow => Some(TableFormat::Arrow),
        }
    }

    /// The format that the name of a file gives; CSV if it gives none.
    pub(crate) fn of(path: &Path) -> Self {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        match extension.as_encoded_bytes() {
            b"parquet" | b"pq" => Self::Parquet,
            b"arrow" | b"arrows" | b"ipc" | b"feather" => Self::Arrow,
            _ => Self::Csv,
        }
    }

    /// Refuses a name that promises a format that this tool does not write. `any` accepts other names, unless they
    /// promise compression.
    pub(crate) fn check_output_name(path: &Path, any: bool) -> Result<()> {
        const PACKED: [&str; 9] = ["gz", "zst", "xz", "bz2", "lz4", "br", "zip", "7z", "age"];
        const OTHER: [&str; 16] = [
            "xlsx", "xls", "xlsm", "xlsb", "ods", "json", "jsonl", "ndjson", "xml", "html", "orc", "avro", "db",
            "sqlite", "sqlite3", "pdf",
        ];
        if path.as_os_str() == "-" {
            return Err(Failure::new(
                "an output must be a file; `-` is not the name of a file",
                "name a file; an output must appear complete or not at all, and standard output cannot do that",
            ));
        }
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let is = |list: &[&str]| list.contains(&&*extension);
        if is(&PACKED) || !any && is(&OTHER) {
            return Err(Failure::new(
                format!("{} would not be a .{extension} file; outputs are CSV, Parquet or Arrow", path.display()),
                "use a name that ends in .csv, .parquet or .arrow; compress or encrypt the file afterwards",
            ));
        }
        Ok(())
    }

    pub(crate) fn extension(self) -> &'static str {
        self.table().map_or("csv", TableFormat::extension)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_format_and_what_has_none_is_csv() {
        let of = |name: &str| FileFormat::of(Path::new(name));
        assert_eq!(["a.parquet", "a.b/c.PQ"].map(of), [FileFormat::Parquet; 2]);
        assert_eq!(["a.arrow", "a.feather", "a.ipc", "a.arrows"].map(of), [FileFormat::Arrow; 4]);
        assert_eq!(["a.csv", "parquet", ".parquet", "a.tsv", "-", "/dev/stdin"].map(of), [FileFormat::Csv; 6]);
    }
}
