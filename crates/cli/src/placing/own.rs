//! Recognises an existing file as an earlier output of this tool.

use std::{
    fs::{File, Metadata},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

use data_encoding::BASE64;
use fugo::{KeyTag, text::TextEncoder};
use memchr::memmem;
use rustix::fs::OFlags;

use super::{
    Kind, SymbolsOf,
    precious::{HEAD, is_precious},
    seen::Seen,
};

/// A regular file, and its first bytes.
pub(super) struct Found {
    file: File,
    metadata: Metadata,
    head: Vec<u8>,
}

/// The maximum length of a report.
const MAX_REPORT: u64 = 1 << 20;
/// The maximum length of a line that may be a passphrase.
const MAX_PASSPHRASE: usize = 256;

impl Found {
    /// Opens the file itself, not the target of a link.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let file = File::options().read(true).custom_flags(flags).open(path)?;
        let metadata = file.metadata()?;
        let mut head = Vec::new();
        (&file).take(HEAD as u64).read_to_end(&mut head)?;
        Ok(Self { file, metadata, head })
    }

    pub(super) fn seen(&self) -> Seen {
        Seen::of(&self.metadata)
    }

    pub(super) fn is_precious(&self) -> bool {
        is_precious(&self.head)
    }

    /// Whether the file is one line that only its owner can read. Every file that this tool writes has a header, so
    /// it is not one of these.
    pub(super) fn may_be_a_passphrase(&self) -> bool {
        let line = self.head.trim_ascii_end();
        let is_owners = [0o400, 0o600, 0o700].contains(&(self.metadata.mode() & 0o7777));
        is_owners && (1..=MAX_PASSPHRASE).contains(&line.len()) && !line.contains(&b'\n') && !line.contains(&b',')
    }

    /// Whether the file is empty, or begins like an earlier output of this kind.
    pub(super) fn is_of(&self, kind: &Kind) -> io::Result<bool> {
        Ok(self.head.is_empty()
            || match kind {
                Kind::Symbols(of) => self.is_table(of.tag)? || is_csv_of_symbols(&self.head, of),
                Kind::Rejects => self.head.starts_with(b"record,line,byte,column,reason"),
                Kind::Duplicates => self.head.starts_with(b"person,record,line,byte,outcome"),
                Kind::Report => self.is_report("fugo_report")?,
                Kind::Audit => self.is_report("fugo_audit")?,
                Kind::Delivery | Kind::Grant => false,
                Kind::Request => self.head.starts_with(b"old "),
                Kind::Checkpoint => crate::record::is_checkpoint(&self.head),
                Kind::Ledger => self.head.starts_with(crate::ledger::MARK),
                #[cfg(feature = "demonstrations")]
                Kind::Demonstration { head, .. } => {
                    head.as_ref().is_some_and(|head| self.head.starts_with(head.as_bytes()))
                }
            })
    }

    /// The footer of Parquet names the program that wrote the file and has Arrow's schema in base64. An Arrow file
    /// begins with its schema. The symbol column in the schema has the tag of the key.
    fn is_table(&self, tag: KeyTag) -> io::Result<bool> {
        const MAGIC: &[u8] = b"PAR1";
        let names_key = |schema: &[u8]| {
            memmem::find(schema, b"fugo.tag").is_some() && memmem::find(schema, tag.to_string().as_bytes()).is_some()
        };
        if self.head.starts_with(b"ARROW1") {
            return Ok(names_key(&self.head));
        }
        let len = self.metadata.len();
        if !self.head.starts_with(MAGIC) || len < 12 {
            return Ok(false);
        }
        let mut end = [0; 8];
        self.file.read_exact_at(&mut end, len - 8)?;
        let [a, b, c, d, magic @ ..] = end;
        let footer = u64::from(u32::from_le_bytes([a, b, c, d])).min(len - 12).min(HEAD as u64);
        let mut tail = vec![0; usize::try_from(footer).unwrap_or(0)];
        self.file.read_exact_at(&mut tail, len - 8 - footer)?;
        let schema = arrow_schema_in(&tail).unwrap_or_default();
        Ok(magic == MAGIC && memmem::find(&tail, b"fugo version ").is_some() && names_key(&schema))
    }

    /// Whether the file is JSON with this key.
    fn is_report(&self, key: &str) -> io::Result<bool> {
        if !self.head.starts_with(b"{") || self.metadata.len() > MAX_REPORT {
            return Ok(false);
        }
        let mut file = &self.file;
        file.seek(SeekFrom::Start(0))?;
        let mut text = Vec::new();
        file.take(MAX_REPORT).read_to_end(&mut text)?;
        Ok(serde_json::from_slice(&text).is_ok_and(|report: serde_json::Value| report.get(key).is_some()))
    }
}

/// The schema that Arrow's writers put in the footer of a Parquet file.
fn arrow_schema_in(footer: &[u8]) -> Option<Vec<u8>> {
    const KEY: &[u8] = b"ARROW:schema";
    const SHORTEST: usize = 64;
    let behind = &footer[memmem::find(footer, KEY)? + KEY.len()..];
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let text = behind.split(|byte| !is_sign(byte)).find(|text| text.len() >= SHORTEST)?;
    // The length before it may look like a base64 character.
    (0..3).find_map(|start| BASE64.decode(&text[start..]).ok())
}

/// Whether the first row begins with a symbol. A symbol in text form cannot be mistaken and has the tag of the key.
/// Other files may also begin with 32 hexadecimal digits or with only a header, so these must have the header of a
/// symbol column.
fn is_csv_of_symbols(head: &[u8], of: &SymbolsOf) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n');
    let (header, first) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let name = |line: &[u8]| line.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let symbol = &first[..name(first)];
    let is_headed = ["symbol", &of.column].iter().any(|name| {
        header.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first().is_none_or(|c| !c.is_ascii_alphanumeric()))
    });
    let is_hex = of.in_hex && symbol.len() == 32 && symbol.iter().all(u8::is_ascii_hexdigit);
    TextEncoder::new(of.purpose, of.tag).decode(symbol).is_ok()
        || is_headed && (is_hex || head.ends_with(b"\n") && first.is_empty())
}

#[cfg(test)]
mod tests {
    use fugo::Purpose;

    use super::*;

    const TEXT: &str = "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v";
    const HEX: &str = "aca8b7a2ad979b290c590b2464183640";

    #[test]
    fn a_csv_of_symbols_is_known_by_its_first_row() {
        let of = |tag: &str, in_hex| SymbolsOf {
            column: "fugo".to_owned(),
            purpose: Purpose::Agency,
            tag: tag.parse().unwrap(),
            in_hex,
        };
        let is_own = |text: &str| is_csv_of_symbols(text.as_bytes(), &of("7c2cb2a1", true));
        assert!(is_own(&format!("anything,memo\n{TEXT},a\n")));
        assert!(is_own(&format!("symbol;memo\n{TEXT};a\n")) && is_own(&format!("symbol\n{TEXT}\n")));
        assert!(is_own(&format!("symbol\n{HEX}\n")) && is_own(&format!("fugo\tmemo\n{HEX}\ta\n")));
        assert!(is_own("symbol,memo\n") && is_own("fugo\n"));
        assert!(!is_own(&format!("id,memo\n{HEX},a\n")) && !is_own("id,memo\n"));
        assert!(!is_own("my_number,name\n123456789018,a\n") && !is_own("symbol,name\nAAPL,Apple\n"));
        let text = format!("symbol\n{TEXT}\n");
        assert!(!is_csv_of_symbols(text.as_bytes(), &of("7c2cb2a2", true)), "another key's");
        assert!(!is_csv_of_symbols(format!("symbol\n{HEX}\n").as_bytes(), &of("7c2cb2a1", false)), "nobody's");
        assert!(!is_own(&format!("symbol\n{}\n", TEXT.replace('k', "l"))) && !is_own("a passphrase"));
    }
}
