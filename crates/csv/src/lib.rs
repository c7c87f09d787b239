//! Splits CSV (RFC 4180) into records and fields, as bytes, so that kept columns stay unchanged.
//!
//! This is safe for UTF-8 and CP932: there, comma, quote, CR and LF are never part of a longer character.
//!
//! It is a separate crate, so that fuzz targets and benchmarks need not build the tool's dependencies for Parquet and
//! key files.
#![forbid(unsafe_code)]

use memchr::{memchr, memchr_iter, memchr2, memrchr};
use wide::u8x16;

/// UTF-8's byte order mark, which may come before a header.
pub const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The length in bytes of the marks at the start: none, one, or two if a second program added its own.
pub fn marks(bytes: &[u8]) -> usize {
    MARK.len() * bytes.chunks_exact(MARK.len()).take_while(|chunk| *chunk == MARK).count()
}

/// The position of a field in the block: its bytes as written, including quotes.
pub type Field = std::ops::Range<usize>;

/// One record of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The start of the record in the block.
    pub start: usize,
    /// The end of its last field, before CR and LF.
    pub end: usize,
    /// The start of the next record.
    pub next: usize,
    /// The number of line ends in the record, including quoted ones.
    pub lines: u64,
    /// Whether text follows a closing quote.
    pub stray_quote: bool,
}

/// Splits the record at `start`, and writes its fields to `fields`. `None` if the record does not end in `bytes`: the
/// line end is missing, or a quote is not closed. If `bytes` end with the input, set `last`: then the end of `bytes`
/// also ends a record, and `None` means that a quote is not closed.
pub fn split(bytes: &[u8], start: usize, delimiter: u8, last: bool, fields: &mut Vec<Field>) -> Option<Record> {
    fields.clear();
    let (mut at, mut lines, mut stray_quote) = (start, 0, false);
    loop {
        let field = at;
        if bytes.get(at) == Some(&b'"') {
            let close = closing_quote(bytes, at + 1)?;
            lines += memchr_iter(b'\n', &bytes[at..close]).count() as u64;
            at = close + 1;
            // A quote at the end of a block may be the first of two.
            if at == bytes.len() && !last {
                return None;
            }
            let ends = matches!(bytes.get(at), None | Some(b'\n'))
                || bytes[at] == delimiter
                || (bytes[at] == b'\r' && matches!(bytes.get(at + 1), None | Some(b'\n')));
            stray_quote |= !ends;
        }
        match memchr2(delimiter, b'\n', &bytes[at..]) {
            Some(found) if bytes[at + found] == delimiter => {
                fields.push(field..at + found);
                at += found + 1;
            }
            found => {
                let end = match found {
                    Some(found) => at + found,
                    None if last => bytes.len(),
                    None => return None,
                };
                let next = end + usize::from(found.is_some());
                lines += u64::from(found.is_some());
                let end = if end > field && bytes[end - 1] == b'\r' { end - 1 } else { end };
                fields.push(field..end);
                return Some(Record { start, end, next, lines, stray_quote });
            }
        }
    }
}

/// The positions of all delimiters, line ends and quotes of a block. They are found sixteen bytes at a time, so a
/// record without quotes is split by reading one position per field.
#[derive(Default)]
pub struct Structure {
    places: Vec<u32>,
}

impl Structure {
    /// Finds the positions in a block, which must be shorter than 4 GiB.
    pub fn find(&mut self, bytes: &[u8], delimiter: u8) {
        self.places.clear();
        let wanted = [delimiter, b'\n', b'"'].map(u8x16::splat);
        let (chunks, rest) = bytes.as_chunks::<64>();
        let mut tail = [0; 64];
        tail[..rest.len()].copy_from_slice(rest);
        for (i, chunk) in chunks.iter().chain([&tail]).enumerate() {
            let mut found = 0;
            for (quarter, bytes) in chunk.as_chunks::<16>().0.iter().enumerate() {
                let bytes = u8x16::new(*bytes);
                let [a, b, c] = wanted.map(|wanted| bytes.simd_eq(wanted));
                found |= u64::from((a | b | c).to_bitmask()) << (16 * quarter);
            }
            while found != 0 {
                self.places.push((64 * i) as u32 + found.trailing_zeros());
                found &= found - 1;
            }
        }
    }

    /// [`split`] for the records of the block, one after the other, each with its start. `from` is the first position
    /// that is not used yet; it is 0 for the first record. Records that are not `expected` fields without quotes use
    /// [`split`].
    #[inline]
    pub fn split(
        &self,
        bytes: &[u8],
        start: usize,
        delimiter: u8,
        expected: usize,
        from: &mut usize,
        fields: &mut Vec<Field>,
    ) -> Option<Record> {
        if let Some(places) = self.places.get(*from..*from + expected) {
            let (mut at, mut parts) = (start, 0);
            fields.resize(expected, 0..0);
            for (field, place) in fields.iter_mut().zip(places) {
                let end = *place as usize;
                *field = at..end;
                at = end + 1;
                parts += usize::from(bytes[end] == delimiter);
            }
            let end = at - 1;
            if parts + 1 == expected && bytes[end] == b'\n' {
                *from += expected;
                let last = &mut fields[expected - 1];
                last.end -= usize::from(end > last.start && bytes[end - 1] == b'\r');
                return Some(Record { start, end: last.end, next: at, lines: 1, stray_quote: false });
            }
        }
        let record = split(bytes, start, delimiter, true, fields)?;
        *from += self.places[*from..].iter().take_while(|place| (**place as usize) < record.next).count();
        Some(record)
    }
}

/// The end of the last complete record of `bytes` (0 without one), the number of complete records, and the number
/// of their lines. `last` is as for [`split`]. The result agrees with [`split`], but fields are not examined.
pub fn whole_records(bytes: &[u8], delimiter: u8, last: bool) -> (usize, u64, u64) {
    let line_ends = |bytes: &[u8]| memchr_iter(b'\n', bytes).count() as u64;
    let opening_quote = |from: usize| {
        let opens = |quote: &usize| *quote == 0 || [delimiter, b'\n'].contains(&bytes[quote - 1]);
        memchr_iter(b'"', &bytes[from..]).map(|found| from + found).find(opens)
    };
    // Counts of quoted line ends: before the end found so far, and after it.
    let (mut end, mut quoted, mut quoted_behind, mut from) = (0, 0, 0, 0);
    let closed = loop {
        let quote = opening_quote(from);
        if let Some(found) = memrchr(b'\n', &bytes[from..quote.unwrap_or(bytes.len())]) {
            end = from + found + 1;
            quoted += std::mem::take(&mut quoted_behind);
        }
        let Some(quote) = quote else { break true };
        let Some(close) = closing_quote(bytes, quote + 1) else { break false };
        quoted_behind += line_ends(&bytes[quote..close]);
        from = close + 1;
    };
    let unended = last && closed && end < bytes.len();
    if unended {
        (end, quoted) = (bytes.len(), quoted + quoted_behind);
    }
    let lines = line_ends(&bytes[..end]);
    (end, lines - quoted + u64::from(unended), lines)
}

/// The quote that closes a field. A doubled quote does not close it.
fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', &bytes[at..])?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// The value of a field: without its quotes, and with doubled quotes made single. `scratch` is used only if there are
/// doubled quotes.
#[inline]
pub fn value<'a>(field: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let Some(inner) = field.strip_prefix(b"\"").map(|inner| inner.strip_suffix(b"\"").unwrap_or(inner)) else {
        return field;
    };
    if memchr(b'"', inner).is_none() {
        return inner;
    }
    scratch.clear();
    let mut rest = inner;
    while let Some(quote) = memchr(b'"', rest) {
        scratch.extend_from_slice(&rest[..=quote]);
        rest = &rest[(quote + 2).min(rest.len())..];
    }
    scratch.extend_from_slice(rest);
    scratch
}

/// Writes a value as a field of a new file. It is quoted if CSV requires it, or if a reader might trim its spaces.
pub fn write_value(value: &str, delimiter: u8, out: &mut Vec<u8>) {
    let is_special = |c| matches!(c, '"' | '\n' | '\r') || c == char::from(delimiter);
    if value.contains(is_special) || value.starts_with(char::is_whitespace) || value.ends_with(char::is_whitespace) {
        write_quoted(value.as_bytes(), out);
    } else {
        out.extend_from_slice(value.as_bytes());
    }
}

/// Writes a value as one cell of several. Empty text is quoted, so that readers do not take it for a null.
pub fn write_cell(value: &str, delimiter: u8, out: &mut Vec<u8>) {
    if value.is_empty() { write_quoted(b"", out) } else { write_value(value, delimiter, out) }
}

/// Writes a field as it is. It is quoted if it contains an unquoted CR, because some readers would end the row there.
pub fn write_field(field: &[u8], out: &mut Vec<u8>) {
    if field.first() != Some(&b'"') && memchr(b'\r', field).is_some() {
        write_quoted(field, out);
    } else {
        out.extend_from_slice(field);
    }
}

fn write_quoted(value: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for part in value.split_inclusive(|byte| *byte == b'"') {
        out.extend_from_slice(part);
        if part.ends_with(b"\"") {
            out.push(b'"');
        }
    }
    out.push(b'"');
}

/// Whether two rows have the same values, regardless of quotes. Each cell has a delimiter before it.
pub fn same_values(a: &[u8], b: &[u8], delimiter: u8) -> bool {
    let (mut fields_a, mut fields_b) = (Vec::new(), Vec::new());
    let (mut scratch_a, mut scratch_b) = (Vec::new(), Vec::new());
    if split(a, 1, delimiter, true, &mut fields_a).is_none() || split(b, 1, delimiter, true, &mut fields_b).is_none() {
        return false;
    }
    let same = |(a_at, b_at): (&Field, &Field)| {
        value(&a[a_at.clone()], &mut scratch_a) == value(&b[b_at.clone()], &mut scratch_b)
    };
    fields_a.len() == fields_b.len() && fields_a.iter().zip(&fields_b).all(same)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(bytes: &[u8]) -> Option<Vec<Vec<Vec<u8>>>> {
        let (mut rows, mut fields, mut at, mut scratch) = (Vec::new(), Vec::new(), 0, Vec::new());
        while at < bytes.len() {
            let record = split(bytes, at, b',', true, &mut fields)?;
            if record.end > record.start {
                rows.push(fields.iter().map(|f| value(&bytes[f.clone()], &mut scratch).to_vec()).collect());
            }
            at = record.next;
        }
        Some(rows)
    }

    fn oracle(bytes: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let rows = reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect());
        rows.collect()
    }

    #[test]
    fn quotes_line_ends_and_empty_fields_are_split_as_rfc_4180_says() {
        let bytes = b"a,\"b,\"\"c\",d\r\n\"x\ny\",,\n1";
        let expected: [&[&[u8]]; 3] = [&[b"a", b"b,\"c", b"d"], &[b"x\ny", b"", b""], &[b"1"]];
        assert_eq!(rows(bytes).unwrap(), expected);
    }

    #[test]
    fn cells_are_the_same_where_their_values_are() {
        let same = |a: &str, b: &str| same_values(a.as_bytes(), b.as_bytes(), b',');
        for (a, b) in [(",a,b", ",\"a\",\"b\""), (",", ",\"\""), (",\"a\"\"b\"", ",a\"b"), (",\"a,b\"", ",\"a,b\"")] {
            assert!(same(a, b) && same(b, a), "{a} {b}");
        }
        for (a, b) in [(",a", ", a"), (",\"a,b\"", ",a,b"), (",a,", ",a"), (",a", ",b")] {
            assert!(!same(a, b) && !same(b, a), "{a} {b}");
        }
    }

    #[test]
    fn values_are_quoted_where_a_reader_would_read_another() {
        let written = |value: &str, delimiter| {
            let mut out = Vec::new();
            write_value(value, delimiter, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written("a;b", b';'), "\"a;b\"");
        assert_eq!(written("a;b", b','), "a;b");
        assert_eq!(
            [written("a\rb", b','), written(" a", b','), written("a\u{3000}", b',')],
            ["\"a\rb\"", "\" a\"", "\"a\u{3000}\""]
        );
        assert_eq!(written("a\"b", b','), "\"a\"\"b\"");
        let field = |field: &str| {
            let mut out = Vec::new();
            write_field(field.as_bytes(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!([field("a\rb\"c"), field("\"a\rb\""), field(" a ")], ["\"a\rb\"\"c\"", "\"a\rb\"", " a "]);
    }

    #[test]
    fn an_unclosed_quote_has_no_end() {
        assert_eq!(rows(b"a,\"b\n1,2\n"), None);
    }

    #[test]
    fn text_behind_a_closing_quote_is_marked() {
        let mut fields = Vec::new();
        assert!(split(b"\"a\"b,c\n", 0, b',', true, &mut fields).unwrap().stray_quote);
        assert!(!split(b"\"a\"\"b\",c\n", 0, b',', true, &mut fields).unwrap().stray_quote);
        assert!(!split(b"a\"b,c\n", 0, b',', true, &mut fields).unwrap().stray_quote);
    }

    #[test]
    fn a_record_that_goes_on_in_the_next_part_has_no_end_yet() {
        let mut fields = Vec::new();
        for cut in [&b"a,b"[..], b"\"a\"", b"a,\"b\"", b"a,\"b\n"] {
            assert_eq!(split(cut, 0, b',', false, &mut fields), None);
        }
    }

    /// The records that [`split`] finds, one after the other.
    fn records(bytes: &[u8], last: bool) -> Vec<(Record, Vec<Field>)> {
        let (mut all, mut fields, mut at) = (Vec::new(), Vec::new(), 0);
        while at < bytes.len() {
            let Some(record) = split(bytes, at, b',', last, &mut fields) else { break };
            at = record.next;
            all.push((record, fields.clone()));
        }
        all
    }

    proptest! {
        #[test]
        fn the_end_of_whole_records_is_where_splitting_ends(text in "[a,\"\r\n]{0,200}", last: bool) {
            let records = records(text.as_bytes(), last);
            let end = records.last().map_or(0, |(record, _)| record.next);
            let lines = records.iter().map(|(record, _)| record.lines).sum::<u64>();
            prop_assert_eq!(whole_records(text.as_bytes(), b',', last), (end, records.len() as u64, lines));
        }

        #[test]
        fn records_found_by_structure_are_those_found_byte_by_byte(
            text in "([a\r]{0,40}[,,,\"\n]){0,60}[a,\"\r\n]{0,9}", expected in 1..5_usize,
        ) {
            let (mut structure, mut fields, mut from) = (Structure::default(), Vec::new(), 0);
            structure.find(text.as_bytes(), b',');
            for (record, wanted) in records(text.as_bytes(), true) {
                let split = structure.split(text.as_bytes(), record.start, b',', expected, &mut from, &mut fields);
                prop_assert_eq!((split, &fields), (Some(record), &wanted));
            }
        }

        #[test]
        fn well_formed_files_split_as_the_csv_crate_splits_them(
            cells in prop::collection::vec(prop::collection::vec("[a,\"\r\n 1]{0,6}", 1..4), 0..12),
            crlf: bool, final_end: bool,
        ) {
            let end = if crlf { "\r\n" } else { "\n" };
            let line = |row: &Vec<String>| row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
            let mut text = cells.iter().map(line).collect::<Vec<_>>().join(end);
            if final_end { text += end; }
            prop_assert_eq!(rows(text.as_bytes()).unwrap(), oracle(text.as_bytes()));
        }
    }
}
