//! The lineage file: a CSV with the header `new,previous` and strict numbers. It holds numbers, so keep it where the
//! roster is kept.

use std::{
    io::{self, Read},
    path::Path,
};

use fugo::{Lineage, LineageError, MyNumber};
use fugo_keystore::open_regular;
use zeroize::Zeroizing;

use crate::{
    failure::{Failure, Result},
    roster::{csv, foreign, identity::Watched},
};

/// Reads a lineage file of at most this many bytes (a quarter of `--memory`), and resolves its pairs.
#[inline(never)]
pub(crate) fn load(path: &Path, most: usize) -> Result<Lineage> {
    let fail = |error: io::Error| Failure::io("read", path, &error);
    // Opening a FIFO would wait for a writer.
    let mut file = open_regular(path).map_err(fail)?.ok_or_else(|| {
        Failure::new(format!("{} is not a regular file", path.display()), "give the name of the lineage file itself")
    })?;
    let len = file.metadata().map_err(fail)?.len();
    if len > most as u64 {
        return Err(Failure::new(
            format!(
                "{} has {len} bytes; at most a quarter of --memory is allowed, which is {} bytes",
                path.display(),
                most
            ),
            "give more --memory; each pair of numbers takes 26 bytes",
        ));
    }
    // Space for the whole file and one more byte, so that the buffer is not reallocated at the end of the file.
    let mut bytes = Zeroizing::new(Vec::with_capacity(len as usize + 1));
    let watched = Watched::of(Some(path), &file).map_err(fail)?;
    // Read at most one byte more than the file had. If there is one, the file has changed.
    (&mut file).take(len).read_to_end(&mut bytes).map_err(fail)?;
    watched.as_ref().map_or(Ok(()), Watched::check_unchanged)?;
    foreign::refuse(&bytes).map_err(|failure| failure.of(path))?;
    // DOS ends a text file with Ctrl-Z.
    let end = bytes.iter().rposition(|byte| *byte != 0x1A).map_or(0, |last| last + 1);
    let bytes = &bytes[csv::marks(&bytes)..end];
    let refuse = |line: u64, why: String| {
        let what = format!("{}, line {line}: {why}", path.display());
        Failure::new(what, "a lineage file is a CSV with the header new,previous and two valid numbers on each line")
    };
    // Space for every line: a vector that grows would leave copies of numbers in freed memory.
    let mut pairs = Vec::with_capacity(memchr::memchr_iter(b'\n', bytes).count() + 1);
    let mut lines_of_pairs = Vec::with_capacity(pairs.capacity());
    let (mut at, mut line, mut fields) = (0, 1, Vec::new());
    if bytes.is_empty() {
        return Err(refuse(1, "the file is empty".into()));
    }
    while at < bytes.len() {
        let record = csv::split(bytes, at, b',', true, &mut fields)
            .ok_or_else(|| refuse(line, "a quoted field has no closing quote".into()))?;
        let cells: Vec<&[u8]> = fields.iter().map(|field| unquoted(&bytes[field.clone()])).collect();
        let is_blank = record.end == record.start && line > 1;
        match (line, &cells[..]) {
            // Blank lines at the end are ignored.
            _ if is_blank && bytes[at..].trim_ascii().is_empty() => break,
            _ if is_blank => return Err(refuse(line, "the line is blank".into())),
            (1, cells) if cells.iter().any(|cell| cell.contains(&b'\r')) => {
                return Err(refuse(1, "the first line contains a CR; lines must end in LF or CR LF".into()));
            }
            (1, [b"new", b"previous"]) => {}
            (1, _) => return Err(refuse(1, "the header is not new,previous".into())),
            (_, [new, previous]) => {
                let number = |cell: &[u8], column: &str| {
                    MyNumber::parse(cell).map_err(|error| refuse(line, format!("column {column}: {error}")))
                };
                pairs.push((number(new, "new")?, number(previous, "previous")?));
                lines_of_pairs.push(line);
            }
            (_, other) => return Err(refuse(line, format!("the number of fields is {}; two are needed", other.len()))),
        }
        at = record.next;
        line += record.lines;
    }
    Lineage::new(pairs).map_err(|error| match error.pair() {
        // The error counts pairs; the operator counts lines.
        Some(pair) => {
            let why = match error {
                LineageError::SelfPair { .. } => "new and previous are the same number",
                LineageError::DuplicateNew { .. } => "an earlier line has this number in the column new",
                LineageError::DuplicatePrevious { .. } => "an earlier line has this number in the column previous",
                other => unreachable!("a new error of pairs, {}", other.kind()),
            };
            refuse(lines_of_pairs[pair], why.to_owned())
        }
        None => Failure::new(
            format!("{}: {error}", path.display()),
            "find the circular pairs and remove the wrong one; a lineage must begin with the person's first number",
        ),
    })
}

/// A number contains no quotes, so the only quotes are around the whole field.
fn unquoted(field: &[u8]) -> &[u8] {
    field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")).unwrap_or(field)
}
