//! Quoted cells over several lines: either text that is meant to have several lines, or a stray quote that swallowed
//! the rows after it.

use std::ops::Range;

use fugo::{
    MyNumber,
    normalize::{LostZeros, normalize},
    text,
};
use fugo_columnar::kept;
use memchr::{memchr_iter, memchr2};

use super::{
    csv::{self, Field, Record},
    encoding::Encoding,
};
use crate::failure::Failure;

/// Maximum number of lines of one cell, unless the operator accepts such cells.
const MOST_LINES: u64 = 100;

/// The rules that decide whether a cell over several lines is rows that a quote swallowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineRule {
    pub(crate) delimiter: u8,
    pub(crate) encoding: Encoding,
    /// Fields in the header.
    pub(crate) fields: usize,
    /// Whether rows may have lost their leading zeros.
    pub(crate) lost_zeros: LostZeros,
    /// `--multi-line-cells`: lines of such cells may look like rows, unless one holds a person's number or symbol.
    pub(crate) allowed: bool,
}

/// The cells over several lines in a record, and the number of line ends within them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spanning {
    pub(crate) cells: u64,
    pub(crate) line_ends: u64,
}

impl Spanning {
    pub(crate) fn add(&mut self, other: Self) {
        self.cells += other.cells;
        self.line_ends += other.line_ends;
    }
}

/// Rows that were read as one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Swallowed {
    /// The offset in the block of the quote that opens the cell.
    at: usize,
    /// The line of the quote, and the line at fault, counted from the first line of the record.
    opens: u64,
    line: u64,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// The line has as many fields as the header.
    Fields(usize),
    /// A number or a symbol is at the start of the line, or is a field of the line.
    Person,
    Lines(u64),
    /// Lines that end in CR alone were read as one record.
    BareCr,
}

impl LineRule {
    /// Checks the cells of a record that contains line ends: LF, or CR alone, which ends lines in old files.
    pub(crate) fn judge(&self, bytes: &[u8], record: &Record, fields: &[Field]) -> Result<Spanning, Swallowed> {
        let mut spanning = Spanning::default();
        let is_row = fields.len() == self.fields && !record.stray_quote;
        let with_cr = has_bare_cr(&bytes[record.start..record.end]);
        if with_cr && (!is_row || self.fields == 1) {
            self.judge_bare_cr(bytes, record).map_or(Ok(()), Err)?;
        }
        for (column, field) in fields.iter().enumerate() {
            let cell = &bytes[field.clone()];
            let feeds = memchr_iter(b'\n', cell).count() as u64;
            let line_ends = feeds + if with_cr { bare_crs(cell).count() as u64 } else { 0 };
            if line_ends == 0 {
                continue;
            }
            let opens = memchr_iter(b'\n', &bytes[record.start..field.start]).count() as u64;
            if !cell.starts_with(b"\"") {
                // A CR outside quotes. The cell is one line for every reader whose lines end in LF.
                if lines(cell).skip(1).any(|line| self.holds_number(&cell[line])) {
                    return Err(Swallowed { at: field.start, opens, line: opens, why: Why::BareCr });
                }
                continue;
            }
            spanning.cells += 1;
            spanning.line_ends += feeds;
            // A swallowed row ends where the cell's quote closes. If the record is not such a row, complete lines are
            // checked.
            let inner = field.start + 1..if is_row { field.end - 1 } else { record.end.max(field.end) };
            let found = self.fault(&bytes[inner], is_row.then_some(column), line_ends);
            if let Some((line, why)) = found {
                return Err(Swallowed { at: field.start, opens, line: opens + line, why });
            }
        }
        Ok(spanning)
    }

    /// The first line of a cell (counted from 0) that shows that the cell is rows. `column` is the index of the cell
    /// in a complete row.
    fn fault(&self, cell: &[u8], column: Option<usize>, line_ends: u64) -> Option<(u64, Why)> {
        let mut fields = Vec::new();
        let has = |line: &[u8], fields: &mut Vec<Field>, wanted: usize| {
            let plain = memchr_iter(self.delimiter, line).count() + 1;
            plain == wanted || csv::split(line, 0, self.delimiter, true, fields).is_some() && fields.len() == wanted
        };
        let as_row = Some((0, Why::Fields(self.fields)));
        let (mut number, mut first_ends_a_row) = (0, false);
        for range in lines(cell) {
            let line = &cell[range.clone()];
            let is_first = range.start == 0;
            number += u64::from(range.start > 0 && cell[range.start - 1] == b'\n');
            let is_last = range.end == cell.len();
            if !self.allowed && self.fields > 1 {
                // If a quote swallowed these rows, the first line is the rest of a row, and the last line is the
                // beginning of one.
                if let Some(column) = column.filter(|_| is_first) {
                    first_ends_a_row = has(line, &mut fields, self.fields - column);
                }
                let begins_a_row =
                    column.is_some_and(|column| is_last && first_ends_a_row && has(line, &mut fields, column + 1));
                if !is_first && (begins_a_row || has(line, &mut fields, self.fields)) {
                    return as_row.map(|(_, why)| (number, why));
                }
            }
            if self.holds_person(line, is_first) {
                return Some((number, Why::Person));
            }
        }
        (!self.allowed && line_ends >= MOST_LINES).then_some((line_ends, Why::Lines(line_ends + 1)))
    }

    /// Whether a number or a symbol is at the start of a line or is a complete field of it. The first line of a cell
    /// is skipped at its start: text there is the cell's own.
    fn holds_person(&self, line: &[u8], is_first: bool) -> bool {
        if line.len() < SHORTEST {
            return false;
        }
        let mut rest = Some(line);
        let mut is_start = true;
        while let Some(line) = rest {
            let field = if let Some(end) = memchr::memchr(self.delimiter, line) {
                rest = Some(&line[end + 1..]);
                &line[..end]
            } else {
                rest = None;
                line
            };
            if !(is_first && is_start) && self.is_person(field, is_start) {
                return true;
            }
            is_start = false;
        }
        false
    }

    /// Whether a field of a line outside quotes is a person's number or symbol, or the line contains any valid
    /// number.
    fn holds_number(&self, line: &[u8]) -> bool {
        self.holds_person(line, false)
            || line.len() >= MyNumber::LEN
                && self.encoding.decode(line).is_some_and(|line| kept::Codes::of(&line).valid > 0)
    }

    fn is_person(&self, field: &[u8], begins_line: bool) -> bool {
        if field.len() < SHORTEST {
            return false;
        }
        // Doubled and stray quotes leave more than one quote.
        let is_around = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'"';
        let Some(start) = field.iter().position(|byte| !is_around(byte)) else { return false };
        let end = field.iter().rposition(|byte| !is_around(byte)).map_or(start, |last| last + 1);
        let field = &field[start..end];
        if text::decode(field.to_ascii_lowercase()).is_ok() {
            return true;
        }
        let other = if self.encoding == Encoding::Utf8 { Encoding::Cp932 } else { Encoding::Utf8 };
        let Some(field) = self.encoding.decode(field).or_else(|| other.decode(field)) else { return false };
        let is_number = |text: &str, lost_zeros| normalize(text, lost_zeros).is_ok_and(|number| number.parse().is_ok());
        is_number(&field, self.lost_zeros)
            || begins_line && number_at_start(&field).is_some_and(|text| is_number(text, LostZeros::Refuse))
    }

    /// Rows whose lines end in CR alone, and that were read as one record with a wrong number of fields.
    fn judge_bare_cr(&self, bytes: &[u8], record: &Record) -> Option<Swallowed> {
        let row = &bytes[record.start..record.end];
        let mut fields = Vec::new();
        let mut parts = row.split(|byte| *byte == b'\r').filter(|part| !part.is_empty());
        let rows = if self.fields == 1 {
            let persons = parts.clone().filter(|part| self.is_person(part, true)).count();
            if persons > 0 { parts.count() } else { 0 }
        } else {
            let mut is_row = |part: &&[u8]| {
                csv::split(part, 0, self.delimiter, true, &mut fields).is_some() && fields.len() == self.fields
            };
            parts.by_ref().filter(|part| is_row(part)).count()
        };
        // Rows of another width are recognised by the numbers or symbols in them.
        let people = row.split(|byte| *byte == b'\r').filter(|part| self.holds_number(part)).count();
        (rows > 1 || people > 1).then_some(Swallowed { at: record.start, opens: 0, line: 0, why: Why::BareCr })
    }
}

impl Swallowed {
    /// The failure, for a record that begins in the given line. `offset` is the block's offset in the input.
    pub(crate) fn failure(&self, record: u64, line: u64, offset: u64) -> Failure {
        let (opens, at) = (line + self.opens, line + self.line);
        let place = format!("record {record} (line {opens}, byte {})", offset + self.at as u64);
        let quote = format!("add the closing quote of the cell in line {opens}, or double the quote");
        let meant =
            format!("{quote}; if the cell is meant to have such lines, give --multi-line-cells; no output was changed");
        match self.why {
            Why::Fields(fields) => Failure::new(
                format!(
                    "{place}: the quoted cell that opens there includes line {at}, which has {fields} fields like \
                     the header"
                ),
                meant,
            ),
            Why::Person => Failure::new(
                format!(
                    "{place}: the quoted cell that opens there includes line {at}, and a valid number or symbol \
                     begins this line or is one of its fields"
                ),
                format!("{quote}, or remove the number from the cell; no output was changed"),
            ),
            Why::Lines(lines) => Failure::new(
                format!("{place}: the cell there has {lines} lines; at most {MOST_LINES} are allowed"),
                meant,
            ),
            Why::BareCr => Failure::new(
                format!("{place}: lines that end in CR alone were read as one record"),
                "end every line with LF or CR LF; no output was changed",
            ),
        }
    }
}

/// Whether a record has line ends in it, so that its cells must be checked: LF, or a CR without LF if `may_have_cr`
/// says that the block has such.
#[inline]
pub(crate) fn has_line_ends(bytes: &[u8], record: &Record, may_have_cr: bool) -> bool {
    let own_end = u64::from(bytes[..record.next].ends_with(b"\n"));
    record.lines > own_end || may_have_cr && has_bare_cr(&bytes[record.start..record.end])
}

/// Whether there is a CR without an LF after it.
pub(crate) fn has_bare_cr(bytes: &[u8]) -> bool {
    bare_crs(bytes).next().is_some()
}

fn bare_crs(bytes: &[u8]) -> impl Iterator<Item = usize> {
    memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// The length of the shortest number: nine digits.
const SHORTEST: usize = 9;

/// The lines of a cell, which end in LF, CR LF or CR.
fn lines(cell: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let Some(found) = memchr2(b'\n', b'\r', &cell[start..]) else {
            next = None;
            return Some(start..cell.len());
        };
        let end = start + found;
        let is_pair = cell[end] == b'\r' && cell.get(end + 1) == Some(&b'\n');
        next = Some(end + 1 + usize::from(is_pair));
        Some(start..end)
    })
}

/// The beginning of a line up to its twelfth digit, if no digit follows.
fn number_at_start(line: &str) -> Option<&str> {
    let is_digit = |c: char| c.is_ascii_digit() || ('\u{FF10}'..='\u{FF19}').contains(&c);
    let (at, last) = line.char_indices().filter(|(_, c)| is_digit(*c)).nth(MyNumber::LEN - 1)?;
    let end = at + last.len_utf8();
    (!line[end..].starts_with(is_digit)).then_some(&line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(fields: usize) -> LineRule {
        LineRule { delimiter: b',', encoding: Encoding::Utf8, fields, lost_zeros: LostZeros::Refuse, allowed: false }
    }

    fn judge(rule: LineRule, record: &str) -> Result<Spanning, (u64, Why)> {
        let mut fields = Vec::new();
        let found = csv::split(record.as_bytes(), 0, b',', true, &mut fields).expect("a record");
        rule.judge(record.as_bytes(), &found, &fields).map_err(|swallowed| (swallowed.line, swallowed.why))
    }

    const NUMBER: &str = "123456789018";

    #[test]
    fn addresses_and_remarks_over_several_lines_pass() {
        for cell in ["東京都\n千代田区 1-2-3", "a\r\nb\r\n", "\n", "Tokyo, Chiyoda\n1-2-3", "tel 03-1234-5678\nx"]
        {
            for record in [format!("{NUMBER},\"{cell}\",x,y\n"), format!("\"{cell}\",{NUMBER},x,y\r\n")] {
                let line_ends = cell.matches('\n').count() as u64;
                assert_eq!(judge(rule(4), &record), Ok(Spanning { cells: 1, line_ends }), "{record:?}");
            }
        }
    }

    #[test]
    fn a_line_with_the_headers_fields_is_a_row_wherever_it_stands() {
        let row = |line| Err((line, Why::Fields(3)));
        assert_eq!(judge(rule(3), "1,x,\"\n2,x,ok\n3,x,\"\n"), row(1));
        assert_eq!(judge(rule(3), "1,x,\"a\nb\n3,x,\"\n"), row(2));
        // Two rows, one after the other, whichever column the quotes are in.
        assert_eq!(judge(rule(3), "1,\",x\n2,\",y\n"), row(1));
        assert_eq!(judge(rule(3), "\"1,x,y\n2\",x,y\n"), row(1));
        // With text after the closing quote, or with another number of fields, complete lines are checked.
        assert_eq!(judge(rule(3), "1,x,\"\n2,\"y\",z\n"), row(1));
        assert_eq!(judge(rule(3), "1,\",x\n2,y,\"\n"), row(1));
        assert_eq!(
            judge(LineRule { allowed: true, ..rule(3) }, "1,x,\"\n2,x,ok\n3,x,\"\n").map(|s| s.line_ends),
            Ok(2)
        );
    }

    #[test]
    fn a_line_that_begins_with_a_number_or_has_one_as_a_field_is_a_row_even_if_such_cells_are_meant() {
        let rule = LineRule { allowed: true, ..rule(5) };
        for line in [
            NUMBER,
            "1234-5678-9018",
            "１２３４　５６７８　９０１８",
            "123456789018 Tokyo",
            "1234 5678 9018;x",
            "x,123456789018",
            "\"\"123456789018\"\"",
            "x, \u{200B}123456789018 ,y",
            "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v,x",
        ] {
            assert_eq!(judge(rule, &format!("1,\"a\n{line}\nb\",3,4,5\n")), Err((1, Why::Person)), "{line}");
            assert_eq!(judge(rule, &format!("1,\"a\r\n{line}\",3,4,5\r\n")), Err((1, Why::Person)), "{line}");
            assert_eq!(judge(rule, &format!("1,\"a\r{line}\n\",3,4,5\r\n")), Err((0, Why::Person)), "{line}");
        }
        assert_eq!(judge(rule, &format!("1,\"a,{NUMBER}\nb\",3,4,5\n")), Err((0, Why::Person)));
        for line in ["123456789012", "1234567890180", "tel 123456789018", "12345678901", "20261122093011"] {
            assert!(judge(rule, &format!("1,\"a\n{line}\nb\",3,4,5\n")).is_ok(), "{line}");
        }
        // Text at the start of the cell is the cell's own.
        assert!(judge(rule, &format!("1,\"{NUMBER}\nb\",3,4,5\n")).is_ok());
    }

    #[test]
    fn numbers_in_the_other_encoding_are_found_too() {
        let (line, ..) = encoding_rs::SHIFT_JIS.encode("１２３４５６７８９０１８");
        let record = [b"1,\"a\n", &line[..], b"\",3\n"].concat();
        for encoding in [Encoding::Utf8, Encoding::Cp932] {
            let mut fields = Vec::new();
            let found = csv::split(&record, 0, b',', true, &mut fields).expect("a record");
            assert!(LineRule { encoding, ..rule(3) }.judge(&record, &found, &fields).is_err());
        }
    }

    #[test]
    fn a_hundred_lines_are_allowed_and_more_are_not() {
        let record = |lines: usize| format!("1,\"{}\",3\n", vec!["x"; lines].join("\n"));
        assert!(judge(rule(3), &record(100)).is_ok());
        assert_eq!(judge(rule(3), &record(101)), Err((100, Why::Lines(101))));
        assert!(judge(LineRule { allowed: true, ..rule(3) }, &record(101)).is_ok());
    }

    #[test]
    fn rows_that_end_in_cr_alone_are_told_from_a_cell_with_a_cr() {
        let found = |rule: LineRule, text: &str| {
            let record = csv::split(text.as_bytes(), 0, b',', true, &mut Vec::new()).expect("a record");
            rule.judge_bare_cr(text.as_bytes(), &record).is_some()
        };
        assert!(found(rule(2), "1,a\r2,b\r3,c\n"));
        assert!(!found(rule(2), "1,a\rb\n") && !found(rule(3), "1,a\rb,c\n"));
        assert!(found(rule(1), "123456789018\r123456789018\n"));
        assert!(!found(rule(1), "1\r2\n"));
        assert!(!found(rule(1), "123456789018\r\r\n"));
    }
}
