//! The key of a ledger of deliveries: it turns symbols and cells into keyed hashes (HMAC-SHA-256).
//!
//! The lines of its file are `fugo-ledger-key 1`, `use:`, `key-id:` and `key:`.

use std::{fmt, io, path::Path};

use fugo::KEY_LEN;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    error::{KeyFileError, PlaintextError},
    four_lines::{self, KeyId},
    key_file::{TestKeys, Use},
    seal::{Seal, create},
    unlock::{Content, SealedKeyFile, Unlock},
};

const NAMES: &[&str] = &["fugo-ledger-key", "use", "key-id", "key"];

/// The number of bytes of a keyed hash.
pub const LEDGER_HASH_LEN: usize = 32;

/// The key of a ledger, and its use. It is wiped on drop. `Debug` prints only the type.
pub struct LedgerKeyFile {
    key: Zeroizing<[u8; KEY_LEN]>,
    usage: Use,
}

impl LedgerKeyFile {
    /// A new key from the system's random generator.
    pub fn random(usage: Use) -> io::Result<Self> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        getrandom::fill(&mut *key).map_err(io::Error::other)?;
        Ok(Self { key, usage })
    }

    /// Opens a key file that was read.
    pub fn unlock(file: &SealedKeyFile, unlock: &Unlock) -> Result<Self, KeyFileError> {
        file.unlock_as(unlock)
    }

    /// Writes a new key file that only its owner can read. An existing file is never replaced.
    pub fn create(&self, path: &Path, seal: &Seal) -> Result<(), KeyFileError> {
        create(self, path, seal, &four_lines::text(NAMES[0], self.usage, self.id(), &self.key))
    }

    /// The use of the key.
    pub fn usage(&self) -> Use {
        self.usage
    }

    /// The name of the key: the beginning of a keyed hash of nothing.
    pub fn id(&self) -> KeyId {
        KeyId::of_digest(&self.hash(b"id").of(&[]))
    }

    /// The hash function for one purpose. Different purposes have independent functions.
    pub fn hash(&self, purpose: &[u8]) -> LedgerHash {
        LedgerHash(mac(&*self.key).chain_update(purpose).chain_update([0]))
    }

    /// Of another key, for one scope: two scopes have independent keys.
    #[must_use]
    pub fn for_scope(&self, scope: &str) -> Self {
        Self { key: Zeroizing::new(self.hash(b"scope").of(&[scope.as_bytes()])), usage: self.usage }
    }
}

impl Content for LedgerKeyFile {
    fn parse(text: &[u8]) -> Result<Self, PlaintextError> {
        let mut lines = four_lines::lines(text, NAMES)?;
        let file = Self { key: std::mem::take(&mut lines.key), usage: lines.usage };
        lines.check_id(file.id())?;
        Ok(file)
    }

    fn usage(&self) -> Use {
        self.usage
    }

    fn check(&self, test_keys: TestKeys) -> Result<(), KeyFileError> {
        four_lines::check(self.usage, &self.key, test_keys)
    }
}

impl fmt::Debug for LedgerKeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerKeyFile(..)")
    }
}

/// A keyed hash function.
#[derive(Clone)]
pub struct LedgerHash(Hmac<Sha256>);

impl LedgerHash {
    /// The hash of these parts. Parts that are divided in another way have another hash.
    pub fn of(&self, parts: &[&[u8]]) -> [u8; LEDGER_HASH_LEN] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Adds bytes to a hash of a long text, such as a file.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of what was added.
    pub fn finish(self) -> [u8; LEDGER_HASH_LEN] {
        self.0.finalize().into_bytes().into()
    }
}

impl fmt::Debug for LedgerHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LedgerHash(..)")
    }
}

/// HMAC takes keys of any length.
fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> LedgerKeyFile {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        key.iter_mut().zip(0..).for_each(|(byte, i)| *byte = i);
        LedgerKeyFile { key, usage: Use::Test }
    }

    #[test]
    fn a_hash_is_hmac_sha_256_of_the_purpose_and_the_parts_with_their_lengths() {
        // printf 'a\0\0\0\0\0\0\0\0\2bc' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
        let found = known().hash(b"a").of(&[b"bc"]);
        assert_eq!(format!("{:x}", base16ct::HexDisplay(&found)), HASH);
        assert_ne!(known().hash(b"a").of(&[b"b", b"c"]), known().hash(b"a").of(&[b"bc"]));
        assert_ne!(known().for_scope("agency/nta/1").hash(b"a").of(&[]), known().for_scope("x").hash(b"a").of(&[]));
    }

    const HASH: &str = "de7fd6e26856943202c361f1d12870a05927a7a22d7269c848fb79e9bc2bc637";

    #[test]
    fn what_is_written_is_read_and_an_altered_key_is_refused() {
        let text = four_lines::text(NAMES[0], Use::Test, known().id(), &known().key);
        assert_eq!(LedgerKeyFile::parse(text.as_bytes()).expect("a key").id(), known().id());
        let altered = text.replace("1e1f\n", "1e1e\n");
        assert!(matches!(LedgerKeyFile::parse(altered.as_bytes()), Err(PlaintextError::TagMismatch { line: 3 })));
    }

    #[test]
    fn a_hash_in_pieces_is_that_of_the_bytes() {
        let mut hash = known().hash(b"a");
        hash.update(&2_u64.to_be_bytes());
        hash.update(b"bc");
        assert_eq!(hash.finish(), known().hash(b"a").of(&[b"bc"]));
    }

    #[test]
    fn a_key_that_anybody_can_guess_is_no_production_key_and_a_test_key_is_asked_for() {
        let checked = |file: &LedgerKeyFile, test_keys| file.check(test_keys).map_err(|error| error.kind().as_str());
        assert_eq!(checked(&known(), TestKeys::Refuse), Err("test-key"));
        assert_eq!(checked(&known(), TestKeys::Allow), Ok(()));
        // 00 01 02 … 1f
        let guessable = LedgerKeyFile { key: known().key, usage: Use::Production };
        assert_eq!(checked(&guessable, TestKeys::Refuse), Err("weak-key"));
        assert_eq!(checked(&LedgerKeyFile::random(Use::Production).expect("random"), TestKeys::Refuse), Ok(()));
    }

    #[test]
    fn a_ledger_key_is_never_replaced_and_prints_only_its_type() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ledger.key");
        known().create(&path, &Seal::plaintext()).expect("made");
        let text = std::fs::read(&path).expect("read");
        let error = LedgerKeyFile::random(Use::Test).expect("random").create(&path, &Seal::plaintext());
        assert_eq!(error.expect_err("a refusal").kind().as_str(), "exists");
        assert_eq!(std::fs::read(&path).expect("read"), text);
        assert_eq!(format!("{:?} {:?}", known(), known().hash(b"a")), "LedgerKeyFile(..) LedgerHash(..)");
    }
}
