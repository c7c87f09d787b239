//! Recognises files that are not CSV by their first bytes, and says how to convert them.

use super::{csv, tables::TableFile};
use crate::failure::{Failure, Result};

/// How many bytes are needed to recognise a file.
pub(crate) const ENOUGH: usize = 512;

/// The first bytes of a format, its name, and the remedy.
const KINDS: [(&[u8], &str, &str); 21] = [
    (b"\x1F\x8B", "a gzip file", "unpack it first: gzip -dc FILE | fugo …"),
    (b"\x28\xB5\x2F\xFD", "a zstd file", "unpack it first: zstd -dc FILE | fugo …"),
    (b"\xFD7zXZ\0", "an xz file", "unpack it first: xz -dc FILE | fugo …"),
    (b"\x04\x22\x4D\x18", "an lz4 file", "unpack it first: lz4 -dc FILE | fugo …"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", "unpack it first"),
    (b"Rar!\x1A\x07", "a RAR archive", "unpack it first"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook (.xlsx)", "unpack the archive, or save the sheet as CSV UTF-8"),
    (b"PK\x05\x06", "an empty ZIP archive", "find the file that was meant"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old or an encrypted Excel workbook", "save the sheet as CSV UTF-8"),
    (b"FEA1", "a Feather file of version 1", "write it again as Feather version 2, Parquet or CSV"),
    (b"PARE", "an encrypted Parquet file", "decrypt it where its keys are, and write Parquet without encryption"),
    (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    (b"Obj\x01", "an Avro file", "export it as Parquet or CSV"),
    (b"%PDF-", "a PDF", "ask for the table as CSV, Parquet or Arrow"),
    (b"{\\rtf", "an RTF document", "save the table as CSV UTF-8"),
    (b"age-encryption.org/", "a file encrypted by age", "decrypt it first: age -d FILE | fugo …"),
    (b"-----BEGIN ", "a PEM file, which is encrypted or a key", "decrypt it first"),
    (b"<?xml", "an XML file", "export the table as CSV"),
    (b"<!DOCTYPE", "a web page", "export the table as CSV"),
    (b"<html", "a web page", "export the table as CSV"),
    (b"\x89HDF", "an HDF5 file", "export the table as CSV or Parquet"),
];

/// Refuses an input that is neither CSV nor a list of numbers, by its first bytes.
pub(crate) fn refuse(head: &[u8]) -> Result<()> {
    let head = &head[..head.len().min(ENOUGH)];
    let refused = |what: &str, remedy: &str| Err(Failure::new(format!("the input is {what}"), remedy));
    if let Some(format) = TableFile::recognise(head) {
        let extension = format.extension();
        return refused(
            &format!("not CSV but a file in the format {extension}"),
            &format!("give --input-format {extension} to `fugo convert`"),
        );
    }
    if let Some((_, what, remedy)) = KINDS.iter().find(|(beginning, ..)| head.starts_with(beginning)) {
        return refused(what, remedy);
    }
    // A text may begin with the same letters, but the binary format has a binary byte after them.
    if head.starts_with(b"BZh") && head.get(4..10) == Some(b"\x31\x41\x59\x26\x53\x59") {
        return refused("a bzip2 file", "unpack it first: bzip2 -dc FILE | fugo …");
    }
    if head.starts_with(b"ORC") && head.get(3).is_some_and(|byte| *byte < 0x20 && !b"\t\r\n".contains(byte)) {
        return refused("an ORC file", "export it as Parquet or CSV");
    }
    if head.get(257..262) == Some(b"ustar") {
        return refused("a tar archive", "unpack it first");
    }
    if let Some(form) = wide_encoding(head) {
        return refused(
            &format!("text in {form}"),
            &format!("convert it first: iconv -f {form} -t UTF-8 FILE | fugo …"),
        );
    }
    if is_json(head) {
        return refused("JSON", "export the table as CSV, Parquet or Arrow");
    }
    Ok(())
}

/// UTF-16 and UTF-32, recognised by a byte order mark or by their zero bytes.
fn wide_encoding(head: &[u8]) -> Option<&'static str> {
    let marked = match head {
        [0xFF, 0xFE, 0, 0, ..] => Some("UTF-32LE"),
        [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32BE"),
        [0xFF, 0xFE, ..] => Some("UTF-16LE"),
        [0xFE, 0xFF, ..] => Some("UTF-16BE"),
        _ => None,
    };
    // A header contains ASCII, at least a separator or a line end. In UTF-16 the other byte of such a character is
    // zero, always on the same side.
    let head = &head[..head.len() - head.len() % 2];
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let ascii = |side: usize| {
        head.chunks_exact(2).filter(|pair| pair[side] == 0 && b",;\t\r\n".contains(&pair[1 - side])).count()
    };
    marked.or_else(|| match (zeros(0), zeros(1)) {
        (0, 1..) if ascii(1) > 0 => Some("UTF-16LE"),
        (1.., 0) if ascii(0) > 0 => Some("UTF-16BE"),
        _ => None,
    })
}

/// An object, or a list of objects, lists or values: `{"`, `[{`, `[[`, `["`.
fn is_json(head: &[u8]) -> bool {
    let head = head.strip_prefix(csv::MARK).unwrap_or(head);
    let mut marks = head.iter().filter(|byte| !byte.is_ascii_whitespace());
    matches!(
        (marks.next(), marks.next()),
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b'[' | b'"' | b']'))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_told_by_their_first_bytes() {
        let utf16 = |text: &str, big: bool| -> Vec<u8> {
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            text.encode_utf16().flat_map(bytes).collect()
        };
        let mut tar = vec![b'a'; 257];
        tar.extend_from_slice(b"ustar\x0000");
        for (head, what) in [
            (b"\x1F\x8B\x08\0".to_vec(), "gzip"),
            (b"BZh91AY&SY".to_vec(), "bzip2"),
            (b"PK\x03\x04\x14\0".to_vec(), "xlsx"),
            (b"ORC\x08\x03".to_vec(), "ORC"),
            (b"FEA1\0\0".to_vec(), "Feather file of version 1"),
            (b"PAR1\x15".to_vec(), "--input-format parquet"),
            (b"\xEF\xBB\xBF[\n {\"my_number\":".to_vec(), "JSON"),
            (tar, "tar"),
            (utf16("\u{FEFF}my_number,name\r\n", false), "UTF-16LE"),
            (utf16("\u{FEFF}my_number,name\r\n", true), "UTF-16BE"),
            (utf16("個人番号,氏名\r\n", false), "UTF-16LE"),
            (utf16("個人番号,氏名\r\n", true), "UTF-16BE"),
        ] {
            assert!(refuse(&head).expect_err(what).to_string().contains(what), "{what}");
        }
    }

    #[test]
    fn headers_that_begin_alike_are_csv() {
        for head in
            ["BZh9,x\n", "ORC,x\n", "[my_number],name\n", "{x},y\n", "Object,x\n", "my_number\0,x\n", "個人番号\n", ""]
        {
            assert!(refuse(head.as_bytes()).is_ok(), "{head:?}");
        }
        assert!(refuse(&encoding_rs::SHIFT_JIS.encode("個人番号,氏名\r\n").0).is_ok());
    }
}
