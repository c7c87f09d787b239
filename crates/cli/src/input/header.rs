//! The header: which columns there are, and what their headers look like in the outputs.

use super::csv;
use crate::{
    encoding::Encoding,
    failure::{Failure, Result},
};

/// The columns of the input.
pub(crate) struct Header {
    bytes: Vec<u8>,
    fields: Vec<csv::Field>,
    names: Vec<String>,
}

impl Header {
    /// Reads the header's record, a byte order mark before it or not.
    pub(crate) fn parse(bytes: Vec<u8>, delimiter: u8, encoding: Encoding) -> Result<Self> {
        let start = if encoding == Encoding::Utf8 && bytes.starts_with(csv::MARK) { csv::MARK.len() } else { 0 };
        let mut fields = Vec::new();
        let split = csv::split(&bytes, start, delimiter, true, &mut fields);
        if !split.is_some_and(|record| record.end > record.start && !record.stray_quote) {
            return Err(Failure::new("the first line is not a header", "put the names of the columns there"));
        }
        let bare_cr = |field: &[u8]| !field.starts_with(b"\"") && field.contains(&b'\r');
        if fields.iter().any(|field| bare_cr(&bytes[field.clone()])) {
            return Err(Failure::new(
                "the first line holds a CR: lines that end in CR alone would all be one",
                "end lines in LF or CR LF",
            ));
        }
        let mut names = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            let mut scratch = Vec::new();
            let name = encoding.decode(csv::value(&bytes[field.clone()], &mut scratch)).ok_or_else(|| {
                Failure::new(
                    format!("header {} of {} is not text in the encoding of the file", i + 1, fields.len()),
                    "name the encoding by --encoding (utf-8 or cp932)",
                )
            })?;
            names.push(name.to_string());
        }
        Ok(Self { bytes, fields, names })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Which column has a header. It must be one.
    pub(crate) fn column(&self, name: &str) -> Result<usize> {
        let mut found = self.names.iter().enumerate().filter(|(_, other)| *other == name);
        match (found.next(), found.next()) {
            (Some((column, _)), None) => Ok(column),
            (Some(_), Some(_)) => Err(Failure::new(
                format!("several columns are headed `{name}`"),
                "give each column a header of its own",
            )),
            (None, _) if self.looks_like_data() => {
                // A file without a header has a person's row there: its cells must not be printed.
                Err(Failure::new(
                    format!("no column is headed `{name}`, and the first line looks like data"),
                    "put a header line before the rows, or name the column by --column",
                ))
            }
            (None, _) => Err(Failure::new(
                format!("no column is headed `{name}` among the {} of the first line", self.names.len()),
                "look at the first line of the file, and check --column, --keep, --delimiter and --encoding",
            )),
        }
    }

    /// Whether a cell, or all together, could hold a number: digits of any script, as many as three lost zeros leave.
    fn looks_like_data(&self) -> bool {
        let digits = |name: &String| name.chars().filter(|c| c.is_numeric()).count();
        self.names.iter().any(|name| digits(name) > 0 && name.len() >= 9)
            || self.names.iter().map(digits).sum::<usize>() >= 9
    }

    /// The header of a column, as written in the input.
    pub(crate) fn raw(&self, column: usize) -> &[u8] {
        &self.bytes[self.fields[column].clone()]
    }
}
