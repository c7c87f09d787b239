//! What a file of symbols contains, as far as a manifest states it: its digest, its form, and how much of what.

use std::{fs, io::Read, path::Path};

use clap::ValueEnum;
use fugo::Scope;
use fugo_columnar::kept::Codes;
use fugo_keystore::Use;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::open;
use crate::{
    audit::file::{Delivery, Whose},
    failure::{Failure, Result},
    interrupt::Interrupt,
    roster::{ReadOptions, blocks::MAX_SYMBOL_RECORD, encoding::Encoding, format::FileFormat, identity::Identity},
};

/// What a file contains.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contents {
    pub(crate) format: FileFormat,
    /// For CSV: its delimiter and its encoding.
    pub(crate) delimiter: u8,
    pub(crate) encoding: Encoding,
    /// The headers of all columns; the symbol column is the first.
    pub(crate) columns: Vec<String>,
    pub(crate) symbol_column: String,
    pub(crate) rows: u64,
    /// For CSV: its lines, as `wc -l` counts them if the last has an end.
    pub(crate) lines: Option<u64>,
    pub(crate) sha256: String,
}

/// Whose symbols a file holds, as far as the file shows it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The key that all symbols in text form name.
    pub(crate) whose: Option<Whose>,
    /// The scope that the metadata of a table names.
    pub(crate) scope: Option<Scope>,
    /// The use of the key, by the metadata of a table.
    pub(crate) usage: Option<Use>,
    /// A column whose codes of twelve digits are MyNumbers.
    pub(crate) numbers: Option<String>,
}

impl Contents {
    /// Reads a file twice: its bytes, and its rows.
    pub(crate) fn read(
        path: &Path,
        form: ReadOptions,
        symbol_column: Option<&str>,
        interrupt: &Interrupt,
    ) -> Result<(Self, Shown)> {
        let format = form.format.unwrap_or_else(|| FileFormat::of(path));
        let file = Delivery::open(path, form, symbol_column)?;
        let before = identity(path)?;
        let (sha256, line_ends) = digest(path, interrupt)?;
        let metadata = file.metadata.map(|metadata| (metadata.scope.purpose(), metadata.tag));
        let mut whose: Option<Whose> = metadata;
        let mut codes = vec![Codes::default(); file.names.len()];
        let rows = file.each_row(&mut |row| {
            for (sum, cell) in codes.iter_mut().zip(row.cells) {
                sum.add(&str::from_utf8(cell).map(Codes::of).unwrap_or_default());
            }
            if let Some(found) = row.whose
                && *whose.get_or_insert(found) != found
            {
                return Err(Failure::new(
                    format!("{} holds symbols of several keys", path.display()),
                    "deliver a file that `fugo convert` wrote, with the symbols of one scope",
                ));
            }
            Ok(())
        })?;
        if identity(path)? != before {
            return Err(changed(path));
        }
        let columns = [file.symbol_name.clone()].into_iter().chain(file.names.iter().cloned()).collect();
        let contents = Self {
            format,
            delimiter: form.delimiter,
            encoding: form.encoding,
            columns,
            symbol_column: file.symbol_name.clone(),
            rows,
            lines: (format == FileFormat::Csv).then_some(line_ends),
            sha256,
        };
        let numbers =
            file.names.iter().zip(&codes).find(|(_, codes)| codes.are_numbers()).map(|(name, _)| name.clone());
        let scope = file.metadata.map(|metadata| metadata.scope);
        Ok((contents, Shown { whose, scope, usage: file.usage, numbers }))
    }

    /// How to read the file again.
    pub(crate) fn form(&self, block: usize, memory: usize) -> ReadOptions {
        ReadOptions {
            format: Some(self.format),
            delimiter: self.delimiter,
            encoding: self.encoding,
            block,
            longest: MAX_SYMBOL_RECORD,
            // The bytes are those that the issuer signed, whatever their cells look like.
            multi_line_cells: true,
            memory,
        }
    }

    /// All except the digest, which the statement's subject has.
    pub(super) fn json(&self) -> Value {
        let csv = (self.format == FileFormat::Csv).then(|| {
            json!({
                "delimiter": char::from(self.delimiter).to_string(),
                "encoding": name(self.encoding),
                "lines": self.lines,
            })
        });
        json!({
            "format": self.format.extension(),
            "csv": csv,
            "columns": self.columns,
            "symbol_column": self.symbol_column,
            "rows": self.rows,
        })
    }

    pub(super) fn parse(found: &Value, sha256: String) -> Option<Self> {
        let csv = &found["csv"];
        let format = FileFormat::from_str(found["format"].as_str()?, false).ok()?;
        let (delimiter, encoding) = match format {
            FileFormat::Csv => {
                let &[delimiter] = csv["delimiter"].as_str()?.as_bytes() else { return None };
                (delimiter, Encoding::from_str(csv["encoding"].as_str()?, false).ok()?)
            }
            FileFormat::Parquet | FileFormat::Arrow => (b',', Encoding::Utf8),
        };
        let columns = found["columns"].as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then_some(())?;
        Some(Self {
            format,
            delimiter,
            encoding,
            columns: columns.collect::<Option<_>>()?,
            symbol_column: found["symbol_column"].as_str()?.to_owned(),
            rows: found["rows"].as_u64()?,
            lines: csv["lines"].as_u64(),
            sha256,
        })
    }
}

fn name(encoding: Encoding) -> String {
    encoding.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

fn identity(path: &Path) -> Result<Identity> {
    fs::metadata(path).map(|metadata| Identity::of(&metadata)).map_err(|error| Failure::io("read", path, &error))
}

/// A file that is not the one that was read before.
pub(crate) fn changed(path: &Path) -> Failure {
    Failure::new(format!("{} changed while it was read", path.display()), "deliver a file that nobody writes to")
}

/// SHA-256 of a file in hexadecimal digits, and the number of its lines. A last line without an end counts.
pub(crate) fn digest(path: &Path, interrupt: &Interrupt) -> Result<(String, u64)> {
    let fail = |error: std::io::Error| Failure::io("read", path, &error);
    let mut file = open(path)?;
    let (mut digest, mut lines, mut last) = (Sha256::new(), 0, b'\n');
    let mut buffer = vec![0; 1 << 18];
    loop {
        interrupt.check()?;
        let read = file.read(&mut buffer).map_err(fail)?;
        let Some(end) = buffer[..read].last() else { break };
        last = *end;
        digest.update(&buffer[..read]);
        lines += memchr::memchr_iter(b'\n', &buffer[..read]).count() as u64;
    }
    Ok((base16ct::lower::encode_string(&digest.finalize()), lines + u64::from(last != b'\n')))
}
