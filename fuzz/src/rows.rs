//! Rows of CSV: compares the splitting in `fugo convert` with a splitter that reads byte by byte.

use std::ops::Range;

use fugo_csv as csv;

use crate::planted::Fault;

/// The first byte chooses the delimiter, the second the position at which the input is cut in two; the rest is the
/// input.
pub fn check(data: &[u8]) {
    let [delimiter, cut, bytes @ ..] = data else { return };
    let delimiter = [b',', b';', b'\t', b'|'][usize::from(delimiter % 4)];
    let (mut fields, mut by_structure, mut structure) = (Vec::new(), Vec::new(), csv::Structure::default());
    structure.find(bytes, delimiter);
    let expected = usize::from(cut % 5) + 1;
    let (mut at, mut place, mut records, mut lines) = (0, 0, 0, 0);
    while at < bytes.len() {
        let found = csv::split(bytes, at, delimiter, true, &mut fields);
        let same = structure.split(bytes, at, delimiter, expected, &mut place, &mut by_structure);
        assert_eq!((same, same.is_some().then_some(&by_structure)), (found, found.is_some().then_some(&fields)));
        let Some(plain) = plain(bytes, at, delimiter) else {
            assert!(found.is_none(), "an unclosed quote has no end");
            break;
        };
        let record = found.expect("a record that ends");
        assert_eq!((record.start, record.end, record.next), (at, plain.end, plain.next));
        let lines_found = if Fault::RowsLines.is_planted() { record.lines.min(1) } else { record.lines };
        assert_eq!((lines_found, record.stray_quote), (plain.lines, plain.stray_quote));
        assert_eq!(fields, plain.fields);
        for field in &fields {
            let mut scratch = Vec::new();
            assert!(csv::value(&bytes[field.clone()], &mut scratch).len() <= field.len());
        }

        // After a cut at any position, the record is either incomplete or the same.
        let end = at + (usize::from(*cut) * (bytes.len() - at)) / 255;
        let mut of_part = Vec::new();
        if let Some(part) = csv::split(&bytes[..end], at, delimiter, false, &mut of_part) {
            assert_eq!((part, of_part), (record, fields.clone()));
        } else {
            assert!(end < record.next || bytes[..record.next].last() != Some(&b'\n'));
        }
        at = record.next;
        records += 1;
        lines += record.lines;
    }
    assert_eq!(csv::whole_records(bytes, delimiter, true), (at, records, lines));
}

struct Plain {
    fields: Vec<Range<usize>>,
    end: usize,
    next: usize,
    lines: u64,
    stray_quote: bool,
}

/// A field that begins with a quote ends after the quote that is not doubled. Any other field ends at a delimiter or at
/// a line end.
fn plain(bytes: &[u8], start: usize, delimiter: u8) -> Option<Plain> {
    let byte = |at: usize| bytes.get(at).copied();
    let (mut fields, mut lines, mut stray_quote, mut at) = (Vec::new(), 0, false, start);
    loop {
        let field = at;
        if byte(at) == Some(b'"') {
            at += 1;
            loop {
                match (byte(at)?, byte(at + 1)) {
                    (b'"', Some(b'"')) => at += 2,
                    (b'"', _) => break,
                    (c, _) => {
                        lines += u64::from(c == b'\n');
                        at += 1;
                    }
                }
            }
            at += 1;
            stray_quote |= match (byte(at), byte(at + 1)) {
                (None | Some(b'\n'), _) | (Some(b'\r'), None | Some(b'\n')) => false,
                (Some(c), _) => c != delimiter,
            };
        }
        while byte(at).is_some_and(|c| c != delimiter && c != b'\n') {
            at += 1;
        }
        if byte(at) == Some(delimiter) {
            fields.push(field..at);
            at += 1;
            continue;
        }
        let end = if at > field && byte(at - 1) == Some(b'\r') { at - 1 } else { at };
        fields.push(field..end);
        let next = if at < bytes.len() { at + 1 } else { at };
        lines += u64::from(next > at);
        return Some(Plain { fields, end, next, lines, stray_quote });
    }
}
