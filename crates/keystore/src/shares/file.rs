//! The file of a share: an age file for its custodian, with the lines `fugo-share 1`, `share:` (the line of the share),
//! `salt:` and `checks:` (the check values of all shares, in the order of their indexes, with commas between them).

use std::{fmt::Write, path::Path};

use base16ct::HexDisplay;
use zeroize::Zeroizing;

use super::{MAX_SHARES, SALT_LEN, Share, checks::CHECK_LEN, line};
use crate::{
    error::{KeyFileError, PlaintextError},
    key_file::{TestKeys, Use},
    plaintext::{Lines, key_bytes},
    seal::{Seal, create},
    unlock::{Content, SealedKeyFile, Unlock},
};

const NAMES: &[&str] = &["fugo-share", "share", "salt", "checks"];

impl Share {
    /// Opens the file of a share that was read.
    pub fn unlock(file: &SealedKeyFile, unlock: &Unlock) -> Result<Self, KeyFileError> {
        file.unlock_as(unlock)
    }

    /// Writes a new file that only its owner can read. An existing file is never replaced.
    pub fn create(&self, path: &Path, seal: &Seal) -> Result<(), KeyFileError> {
        create(self, path, seal, &self.text())
    }

    /// The lines of the file.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        // More than the longest text, so that the string never reallocates and leaves a copy.
        let capacity = 256 + 2 * SALT_LEN + usize::from(MAX_SHARES) * (2 * CHECK_LEN + 1);
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        // Writing to a string cannot fail.
        let _ = write!(text, "fugo-share 1\nshare: {}\nsalt: {:x}\nchecks: ", *self.line(), HexDisplay(&*self.salt));
        for (at, check) in self.checks.iter().enumerate() {
            let comma = if at == 0 { "" } else { "," };
            let _ = write!(text, "{comma}{:x}", HexDisplay(check));
        }
        text.push('\n');
        debug_assert!(text.len() <= capacity);
        text
    }
}

impl Content for Share {
    fn parse(text: &[u8]) -> Result<Self, PlaintextError> {
        let mut lines = Lines::of(text, NAMES);
        lines.value("fugo-share", " ", "1", |value| (value == "1").then_some(()))?;
        let line =
            lines.value("share", ": ", "the line of a share, 88 characters with a good checksum", line::parse)?;
        let salt = lines.value("salt", ": ", "64 characters of 0-9 and a-f", key_bytes)?;
        let allowed = "2 to 32 times 64 characters of 0-9 and a-f, with commas between them";
        let checks = lines.value("checks", ": ", allowed, |value| {
            let checks: Option<Vec<_>> = value.split(',').map(|check| key_bytes(check).map(|bytes| *bytes)).collect();
            checks.filter(|checks| (2..=usize::from(MAX_SHARES)).contains(&checks.len()))
        })?;
        lines.end()?;
        let line::Line { usage, threshold, index, set, tag, value } = line;
        Ok(Self { usage, threshold, index, set, tag, value, salt, checks })
    }

    fn usage(&self) -> Use {
        self.usage
    }

    fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError> {
        // A share shows no pattern of its key: the joined key is checked.
        if self.usage == Use::Test && test_keys == TestKeys::Refuse { Err(KeyFileError::TestKey) } else { Ok(()) }
    }
}
