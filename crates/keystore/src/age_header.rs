//! Reads from the header of an age file how much work it takes to open the file, before any of that work is done.

use std::io::{BufRead, BufReader, Read};

use age::armor::ArmoredReader;

/// The most recipients of a key file. Each recipient is tried with each identity: 64 of each take less than a second.
pub(crate) const MAX_RECIPIENTS: usize = 64;

/// The facts that this crate needs from a header.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct AgeHeader {
    /// The number of recipients.
    pub(crate) recipients: usize,
    /// The binary logarithm of the scrypt work factor.
    pub(crate) scrypt_work: Option<u8>,
}

impl AgeHeader {
    /// Reads the header of an age file, armored or not. `age` checks later whether the header is complete and valid.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut header = Self::default();
        let Ok(age) = ArmoredReader::new(bytes).take(bytes.len() as u64).bytes().collect::<Result<Vec<u8>, _>>() else {
            return header;
        };
        for line in BufReader::new(&age[..]).split(b'\n').map_while(Result::ok) {
            if line.starts_with(b"---") {
                break;
            }
            if let Some(stanza) = line.strip_prefix(b"-> ") {
                header.recipients += 1;
                header.scrypt_work = header.scrypt_work.or_else(|| scrypt_work(stanza));
            }
        }
        header
    }
}

/// `scrypt SALT LOG_N`
fn scrypt_work(stanza: &[u8]) -> Option<u8> {
    let work = str::from_utf8(stanza).ok()?.strip_prefix("scrypt ")?;
    work.rsplit_once(' ')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_counted_and_the_work_is_read() {
        let scrypt = b"age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 18\nbody\n--- mac\n-> no stanza\n";
        assert_eq!(AgeHeader::read(scrypt), AgeHeader { recipients: 1, scrypt_work: Some(18) });
        let two = b"age-encryption.org/v1\n-> X25519 a\nbody\n-> X25519 b\nbody\n--- mac\n";
        assert_eq!(AgeHeader::read(two), AgeHeader { recipients: 2, scrypt_work: None });
    }
}
