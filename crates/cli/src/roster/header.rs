//! The header: the columns of the input, and their headers in the outputs.

use fugo::normalize::LostZeros;
use fugo_columnar::kept;

use super::{
    ReadOptions,
    cells_over_lines::{LineRule, has_line_ends},
    csv,
    encoding::Encoding,
    names::{self, Found},
};
use crate::failure::{Failure, Result};

/// The columns of the input.
pub(crate) struct Header {
    bytes: Vec<u8>,
    fields: Vec<csv::Field>,
    names: Vec<String>,
    form: ReadOptions,
}

impl Header {
    /// Reads the record of the header, with or without a byte order mark before it.
    pub(crate) fn parse(bytes: Vec<u8>, form: ReadOptions) -> Result<Self> {
        let ReadOptions { delimiter, encoding, .. } = form;
        let start = if encoding == Encoding::Utf8 { csv::marks(&bytes) } else { 0 };
        let mut fields = Vec::new();
        let split = csv::split(&bytes, start, delimiter, true, &mut fields);
        let found = split.filter(|record| record.end > record.start && !record.stray_quote).ok_or_else(|| {
            Failure::new("the first line is not a header", "put the names of the columns in the first line")
        })?;
        if has_line_ends(&bytes, &found, true) {
            let rule = LineRule {
                delimiter,
                encoding,
                fields: fields.len(),
                lost_zeros: LostZeros::Refuse,
                allowed: form.multi_line_cells,
            };
            rule.judge(&bytes, &found, &fields).map_err(|swallowed| swallowed.failure(0, 1, 0))?;
        }
        let bare_cr = |field: &[u8]| !field.starts_with(b"\"") && field.contains(&b'\r');
        if fields.iter().any(|field| bare_cr(&bytes[field.clone()])) {
            return Err(Failure::new(
                "the first line contains a CR; lines that end in CR alone would be read as one line",
                "end lines with LF or CR LF",
            ));
        }
        let mut names = Vec::new();
        for (i, field) in fields.iter().enumerate() {
            let mut scratch = Vec::new();
            let name = encoding.decode(csv::value(&bytes[field.clone()], &mut scratch)).ok_or_else(|| {
                Failure::new(
                    format!("header {} of {} is not text in the encoding of the file", i + 1, fields.len()),
                    match encoding {
                        Encoding::Utf8 if Encoding::Cp932.accepts(&bytes) => {
                            "it can be read as CP932: give --encoding cp932"
                        }
                        Encoding::Cp932 if Encoding::Utf8.accepts(&bytes) => {
                            "it can be read as UTF-8, the encoding of files without an option"
                        }
                        Encoding::Utf8 | Encoding::Cp932 => "name the encoding with --encoding (utf-8 or cp932)",
                    },
                )
            })?;
            // If the first line is a row, or has swallowed one, it is not a header.
            if kept::Codes::of(&name).valid > 0 {
                return Err(Failure::new(
                    format!(
                        "the first line looks like data: header {} of {} holds twelve digits that are a valid MyNumber",
                        i + 1,
                        fields.len()
                    ),
                    "put the names of the columns on a line of their own, without such digits",
                ));
            }
            names.push(name.to_string());
        }
        Ok(Self { bytes, fields, names, form })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The column with a header. There must be exactly one.
    pub(crate) fn column(&self, name: &str) -> Result<usize> {
        let nearest = match names::find(&self.names, name) {
            Found::One(column) => return Ok(column),
            Found::Several => {
                return Err(Failure::new(
                    format!("several columns have the header `{name}`"),
                    "give each column a different header",
                ));
            }
            Found::None { nearest } => nearest,
        };
        let absent = format!("none of the {} columns of the first line has the header `{name}`", self.names.len());
        match self.misread() {
            Some(remedy) => Err(Failure::new(absent, remedy)),
            None if self.looks_like_data() => {
                // If the file has no header, its first line is the row of a person, and its cells must not be
                // printed.
                Err(Failure::new(
                    format!("no column has the header `{name}`, and the first line looks like data"),
                    "put a header line before the rows, or name the column with --column",
                ))
            }
            None => Err(Failure::new(
                absent,
                format!(
                    "look at the first line of the file, and check --column, --keep, --delimiter and \
                     --encoding{nearest}"
                ),
            )),
        }
    }

    /// A sign that the file has another form than the options say.
    fn misread(&self) -> Option<String> {
        let ReadOptions { delimiter, encoding, .. } = self.form;
        if encoding == Encoding::Cp932 && !self.bytes.is_ascii() && Encoding::Utf8.accepts(&self.bytes) {
            return Some("the first line is UTF-8; leave out --encoding cp932".to_owned());
        }
        if self.bytes.contains(&0) {
            return Some("the first line contains NUL bytes: the file is not text, or it is damaged".to_owned());
        }
        let count = |byte: u8| memchr::memchr_iter(byte, &self.bytes).count();
        let others = [(b',', ","), (b';', ";"), (b'\t', "tab"), (b'|', "|")];
        let other = others.into_iter().filter(|(byte, _)| *byte != delimiter && count(*byte) > 0);
        let (byte, name) = other.max_by_key(|(byte, _)| count(*byte)).filter(|_| self.names.len() == 1)?;
        Some(format!(
            "the first line is one field and contains another separator {} times; give --delimiter '{name}'",
            count(byte)
        ))
    }

    /// Whether a cell, or all cells together, could hold a number: digits of any script, as many as remain when three
    /// zeros are lost.
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
