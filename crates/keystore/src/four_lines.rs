//! Key files of four lines: the name of the kind, `use:`, `key-id:` and `key:`. The keys of deliveries and ledgers have
//! this form.

use std::fmt::{self, Write};

use base16ct::HexDisplay;
use fugo::KEY_LEN;
use zeroize::Zeroizing;

use crate::{
    error::{KeyFileError, PlaintextError},
    key_file::{TestKeys, Use},
    plaintext::{Lines, key_bytes},
    weak,
};

const ID_LEN: usize = 16;
const HEX: &str = "64 characters of 0-9 and a-f";
/// More than the longest text of a key, so that the string never reallocates and leaves a copy.
const CAPACITY: usize = 256;

/// The name of a key: for a pair of keys the first 16 bytes of the SHA-256 of the public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId([u8; ID_LEN]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", HexDisplay(&self.0))
    }
}

impl KeyId {
    /// The id that begins a digest of a key.
    pub(crate) fn of_digest(digest: &[u8; 32]) -> Self {
        let mut id = [0; ID_LEN];
        id.copy_from_slice(&digest[..ID_LEN]);
        Self(id)
    }
}

/// Refuses a production key that can be guessed, and a test key unless test keys are allowed.
pub(crate) fn check(usage: Use, key: &[u8; KEY_LEN], test_keys: TestKeys) -> Result<(), KeyFileError> {
    match usage {
        Use::Test if test_keys == TestKeys::Refuse => Err(KeyFileError::TestKey),
        Use::Production if weak::is_guessable(key) => Err(KeyFileError::WeakKey),
        Use::Test | Use::Production => Ok(()),
    }
}

/// The text of a key file with these four lines.
pub(crate) fn text(name: &str, usage: Use, id: KeyId, key: &[u8; KEY_LEN]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(CAPACITY));
    // Writing to a string cannot fail.
    let _ = write!(text, "{name} 1\nuse: {usage}\nkey-id: {id}\nkey: {:x}\n", HexDisplay(key));
    debug_assert!(text.len() <= CAPACITY);
    text
}

/// The lines of a key file with four lines.
pub(crate) struct KeyLines {
    pub(crate) usage: Use,
    id: [u8; ID_LEN],
    pub(crate) key: Zeroizing<[u8; KEY_LEN]>,
    id_line: usize,
    pub(crate) last: usize,
}

impl KeyLines {
    pub(crate) fn check_id(&self, found: KeyId) -> Result<(), PlaintextError> {
        if found.0 == self.id { Ok(()) } else { Err(PlaintextError::TagMismatch { line: self.id_line }) }
    }
}

pub(crate) fn lines(text: &[u8], names: &'static [&'static str]) -> Result<KeyLines, PlaintextError> {
    let mut lines = Lines::of(text, names);
    lines.value(names[0], " ", "1", |value| (value == "1").then_some(()))?;
    let usage = lines.value("use", ": ", "production or test", Use::from_name)?;
    let id = lines.value("key-id", ": ", "32 characters of 0-9 and a-f", |value| {
        let mut id = [0; ID_LEN];
        base16ct::lower::decode(value, &mut id).is_ok_and(|found| found.len() == ID_LEN).then_some(id)
    })?;
    let id_line = lines.number();
    let key = lines.value("key", ": ", HEX, key_bytes)?;
    lines.end()?;
    Ok(KeyLines { usage, id, key, id_line, last: lines.number() })
}
